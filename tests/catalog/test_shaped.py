"""What a document's type takes, its schema takes: so only what is refused has to be held against the schema."""

import copy

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from support.policies import FULL, WAIVERS

from secgate import catalog
from secgate.catalog import document, schema
from secgate.catalog.shaped import schema_of, shaped
from secgate.errors import UsageError
from secgate.model import Scanner
from secgate.policy.shape import PolicyFile, WaiverFile

MANIFEST = (catalog.root() / "scanners" / "trivy" / "scanner.yaml").read_text()
WHOLE = {PolicyFile: FULL, WaiverFile: WAIVERS, Scanner: MANIFEST}
TEXTS = ["", "x", "x\n", "0d", "2027-01-01\n", "é" * 300]
ODD = some.sampled_from([None, True, 0, -1, 1.0, 2.5, *TEXTS, [], [""], {}, {"": 1}])


def places(value, key=()):
    if isinstance(value, dict):
        return [key, *(place for name in value for place in places(value[name], (*key, name)))]
    if isinstance(value, list):
        return [key, *(place for index, one in enumerate(value) for place in places(one, (*key, index)))]
    return [key]


def changed(value, key, odd):
    if not key:
        return odd
    value = copy.deepcopy(value)
    inner = value
    for part in key[:-1]:
        inner = inner[part]
    inner[key[-1]] = odd
    return value


@pytest.mark.parametrize("kind", WHOLE)
@given(some.data())
@settings(max_examples=40)
def test_what_a_type_takes_its_schema_takes(kind, data):
    whole = document.parse(WHOLE[kind].encode(), "f.yaml").value
    value = changed(whole, data.draw(some.sampled_from(places(whole))), data.draw(ODD))
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return
    schema.check(document.Document("f.yaml", value, {}), schema_of(kind))


def refused(old, new):
    assert old in MANIFEST
    with pytest.raises(UsageError) as error:
        shaped(document.parse(MANIFEST.replace(old, new, 1).encode(), "f.yaml"), Scanner)
    return str(error.value.message)


def test_what_is_refused_is_explained_by_the_schema():
    assert refused("\ntitle:", "\ntitel:").endswith("unknown key `titel` in the document")


def test_what_two_fields_say_of_each_other_is_told_with_its_place():
    said = refused("    sha256:", "    # sha256:")
    line = MANIFEST[: MANIFEST.index("    sha256:")].count("\n")
    assert said.startswith("f.yaml:")
    assert said.endswith("a source of the kind `archive` needs `sha256`")
    assert abs(int(said.split(":")[1]) - line) <= 3
