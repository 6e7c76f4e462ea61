"""Whatever is read: values or a reason, never a traceback."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from secgate.errors import ReportError
from secgate.sarif import read

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
REFERENCE = {"id": "79", "index": 0, "toolComponent": {"name": "CWE", "index": 0}}
PLACE = {
    "physicalLocation": {
        "artifactLocation": {"uri": "src/a.py", "uriBaseId": "ROOT", "index": 0},
        "region": {"startLine": 1, "endLine": 2, "startColumn": 3, "endColumn": 4},
    },
    "logicalLocations": [{"fullyQualifiedName": "a.b", "name": "b"}],
    "message": {"text": "here", "id": "m", "arguments": ["x"]},
}
RULE = {
    "id": "R1",
    "name": "Rule",
    "shortDescription": {"text": "Title"},
    "messageStrings": {"m": {"text": "{0}"}},
    "defaultConfiguration": {"level": "error"},
    "relationships": [{"target": REFERENCE}],
    "properties": {"tags": ["CWE-1"], "security-severity": "5.0", "precision": "high", "cwe": ["CWE-2"]},
}
RESULT = {
    "ruleId": "R1",
    "ruleIndex": 0,
    "rule": REFERENCE,
    "kind": "fail",
    "level": "error",
    "message": {"id": "m", "arguments": ["x"]},
    "locations": [PLACE],
    "relatedLocations": [PLACE],
    "partialFingerprints": {"primaryLocationLineHash": "abc:1"},
    "suppressions": [{"status": "accepted"}],
    "taxa": [REFERENCE],
    "fixes": [{"description": {"text": "Do."}}],
    "properties": {"tags": ["x"], "security-severity": 3},
}
NOTE = {"level": "error", "message": {"text": "oops"}}
DOCUMENT = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "Other", "rules": [RULE]}, "extensions": [{"name": "Pack", "rules": [RULE]}]},
            "results": [RESULT],
            "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [NOTE]}],
            "artifacts": [{"location": {"uri": "b.py"}}],
            "originalUriBaseIds": {"ROOT": {"uri": "file:///r/"}},
            "taxonomies": [{"name": "CWE", "taxa": [{"id": "1"}]}],
        }
    ],
}


def places(node, path=()):
    """Return the path of every part of a document."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def changed(path, value):
    if not path:
        return value
    copy = json.loads(json.dumps(DOCUMENT))
    node = copy
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return copy


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
@given(st.sampled_from(places(DOCUMENT)[1:]), JSON)
def test_sarif_with_any_part_replaced(path, value):
    survives(json.dumps(changed(path, value)).encode())


@given(st.integers(0, 3000), st.binary(max_size=3))
def test_sarif_with_any_bytes_in_between(place, data):
    text = json.dumps(DOCUMENT).encode()
    survives(text[:place] + data + text[place:])


def test_the_document_itself_is_read():
    (run,) = read(json.dumps(DOCUMENT).encode(), trusted=False)
    assert len(run.findings) == 1
