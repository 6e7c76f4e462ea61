"""Whatever is read: values or a reason, never a traceback."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from support.changes import JSON, changed
from support.foreign import DOCUMENT

from secgate.errors import ReportError
from secgate.sarif import read


def outcome(data, *, trusted):
    try:
        return read(data, trusted=trusted), ""
    except ReportError as error:
        return (), str(error)


def survives(data):
    for trusted in (True, False):
        runs, reason = outcome(data, trusted=trusted)
        assert runs or reason


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda data: b'{"version":"2.1.0","runs":[' + data))
def test_any_bytes(data):
    survives(data)


@given(JSON)
def test_any_json(value):
    survives(json.dumps(value).encode())


@settings(max_examples=400)
@given(changed([DOCUMENT]))
def test_sarif_with_any_part_replaced(data):
    survives(data)


@given(st.integers(0, 3000), st.binary(max_size=3))
def test_sarif_with_any_bytes_in_between(place, data):
    text = json.dumps(DOCUMENT).encode()
    survives(text[:place] + data + text[place:])


def test_the_document_itself_is_read():
    (run,) = read(json.dumps(DOCUMENT).encode(), trusted=False)
    assert len(run.findings) == 1
