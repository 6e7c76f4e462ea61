"""What a person is told about a document that does not meet its schema."""

from typing import Any

import pytest
from support.words import without_column

from secgate.catalog import document, schema
from secgate.errors import UsageError

SCHEMA: dict[str, Any] = document.parse(
    b"""
type: object
additionalProperties: false
required: [name]
properties:
  name: {type: string, pattern: "^[a-z]+$"}
  action: {enum: [block, warn, pass]}
  kind: {const: Policy}
  limits: {type: object, propertyNames: {pattern: "^[a-z]+$"}, additionalProperties: {type: integer}}
  list:
    type: array
    items:
      type: object
      additionalProperties: false
      properties: {severity: {type: string}, scope: {type: string}}
  applies:
    oneOf:
      - enum: [always, found]
      - {type: object, additionalProperties: false, properties: {paths: {type: array, minItems: 1}}}
  free: {type: object, additionalProperties: false, patternProperties: {"^x-": {}}, properties: {one: {}}}
""",
    "schema.yaml",
).value  # type: ignore[assignment]


def refusal(text: str) -> UsageError:
    with pytest.raises(UsageError) as refused:
        schema.check(document.parse(text.encode(), "f.yaml"), SCHEMA)
    return refused.value


def test_a_document_that_fits_passes() -> None:
    text = (
        "name: a\naction: warn\nkind: Policy\nlimits: {a: 1}\nlist: [{scope: x}]\napplies: {paths: [a]}\nfree: {x-y: 1}"
    )
    schema.check(document.parse(text.encode(), "f.yaml"), SCHEMA)


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("name: a\nacton: warn\n", "f.yaml:2: unknown key `acton` in the document", "Did you mean `action`?"),
        ("name: a\nlist:\n  - scope: x\n  - sverity:\n      high\n", "f.yaml:4: unknown key `sverity` in list[1]",
         "Did you mean `severity`?"),
        ("name: a\nlist:\n  - zzz: 1\n", "f.yaml:3: unknown key `zzz` in list[0]", "Known keys: severity, scope."),
        ("name: a\nb2: 1\na1: 1\n", "f.yaml:2: unknown key `b2` in the document",
         "Known keys: name, action, kind, limits, list, applies, free."),
        ("name: a\naction: blok\n", "f.yaml:2: action cannot be `blok`", "Did you mean `block`?"),
        ("name: a\naction: 7\n", "f.yaml:2: action cannot be `7`", "One of: block, warn, pass."),
        ("name: a\nkind: Rules\n", "f.yaml:2: kind cannot be `Rules`", "Write `Policy`."),
        ("name: a\nkind: policy\n", "f.yaml:2: kind cannot be `policy`", "Did you mean `Policy`?"),
        ("name: 1.10\n", "f.yaml:1: name must be text, not `1.1`", "Put it in quotes."),
        ("name: true\n", "f.yaml:1: name must be text, not `True`", "Put it in quotes."),
        ("name: [a]\n", "f.yaml:1: name must be text, not `['a']`", "Write text."),
        ("name: A1\n", "f.yaml:1: name: `A1` does not match `^[a-z]+$`", "Write it so that it does."),
        ("# x\naction: warn\n", "f.yaml:2: the document: 'name' is a required property", "Add `name`."),
        ("- name\n", "f.yaml:1: the document must be a map: `{…}`, not `['name']`", "Write a map: `{…}`."),
        ("name: a\nlimits:\n  a: 1\n  B: 2\n", "f.yaml:4: limits: `B` does not match `^[a-z]+$`",
         "Write it so that it does."),
        ("name: a\nlimits:\n  a: no\n", "f.yaml:3: limits.a must be a whole number, not `no`", "Write a whole number."),
        ("name: a\napplies: allways\n", "f.yaml:2: applies cannot be `allways`", "Did you mean `always`?"),
        ("name: a\napplies:\n  path: [a]\n", "f.yaml:3: unknown key `path` in applies", "Did you mean `paths`?"),
        ("name: a\napplies:\n  paths: []\n", "f.yaml:3: applies.paths: [] should be non-empty",
         "Write what is meant, or leave the key out."),
        ("name: a\nfree:\n  x-a: 1\n  two: 2\n", "f.yaml:4: unknown key `two` in free", "Known keys: one."),
    ],
)  # fmt: skip
def test_the_error_names_the_line_the_problem_and_the_remedy(text: str, message: str, remedy: str) -> None:
    refused = refusal(text)
    assert (without_column(refused.message), refused.remedy) == (message, remedy)


def test_the_first_problem_of_the_file_is_told_whatever_the_schema_says_first() -> None:
    assert refusal("list:\n  - zzz: 1\naction: blok\nname: 5\n").message.startswith("f.yaml:2:5: ")
    assert refusal("name: 5\naction: blok\nlist:\n  - zzz: 1\n").message.startswith("f.yaml:1:1: ")


def test_what_is_said_stays_short() -> None:
    for text in (f"name: {'A' * 5000}\n", f"name: [{'a, ' * 5000}]\n", f"name: a\n{'k' * 900}: 1\n",
                 f"name: a\naction: {'b' * 5000}\n"):  # fmt: skip
        assert len(refusal(text).message) < 300
