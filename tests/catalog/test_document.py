"""The strict YAML loader: what it reads as what, what it refuses, and on which line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.words import without_column

from secgate.catalog import document
from secgate.errors import UsageError


def value(text: str) -> object:
    loaded = document.parse(f"a: {text}\n".encode(), "f.yaml").value
    assert isinstance(loaded, dict)
    return loaded["a"]


def refusal(data: bytes) -> UsageError:
    with pytest.raises(UsageError) as refused:
        document.parse(data, "f.yaml")
    return refused.value


@pytest.mark.parametrize(
    "text",
    ["no", "No", "NO", "yes", "on", "off", "y", "2026-01-01", "2026-01-01T10:00:00Z", "12:30", "1_000", "0x1F", "0o17",
     "017", "1.2.3", "1e999", ".inf", ".nan", "9" * 19, "9" * 5000, "+", "e5", "=", "tRUE", "1 2"],
)  # fmt: skip
def test_what_only_looks_like_something_else_stays_text(text: str) -> None:
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("true", True), ("TRUE", True), ("False", False), ("null", None), ("~", None), ("", None), ("0", 0), ("-7", -7),
     ("+3", 3), ("9" * 18, int("9" * 18)), ("1.5", 1.5), (".5", 0.5), ("-1e3", -1000.0), ("1.10", 1.1)],
)  # fmt: skip
def test_the_scalars_of_yaml_1_2(text: str, meaning: object) -> None:
    found = value(text)
    assert found == meaning
    assert type(found) is type(meaning)


@pytest.mark.parametrize("text", ['"1"', "'true'", '"null"', "|\n  1", ">-\n  1", '""', '"2026-01-01"'])
def test_what_is_quoted_is_text(text: str) -> None:
    assert isinstance(value(text), str)


def test_an_alias_stands_for_its_value_and_a_quoted_key_for_itself() -> None:
    assert document.parse(b'a: &x [1, {b: 2}]\n"<<": *x\n', "f").value == {"a": [1, {"b": 2}], "<<": [1, {"b": 2}]}


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbfa: 1\nb:\n  - no\n", b"a: 1\r\nb:\r\n  - no\r\n", b"a: 1\rb:\r  - no\r"]
)
def test_byte_order_marks_and_line_ends_change_nothing(data: bytes) -> None:
    loaded = document.parse(data, "f")
    assert loaded.value == {"a": 1, "b": ["no"]}
    assert [loaded.line(key) for key in (("a",), ("b",), ("b", 0))] == [1, 2, 3]


def test_every_part_knows_its_line() -> None:
    loaded = document.parse(b"# first\na:\n  b:\n\n    - x\n    - c: 1\nd: {e: 1,\n    f: 2}\n", "f.yaml")
    lines = {("a",): 2, ("a", "b"): 3, ("a", "b", 0): 5, ("a", "b", 1, "c"): 6, ("d", "f"): 8, ("d", "g", 3): 7}
    assert {key: loaded.line(key) for key in lines} == lines
    assert loaded.error(("a", "b", 7), "is odd", "Make it even.").message == "f.yaml:3:3: is odd"


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, "`a` stands here twice"),
        (b'x:\n  "1": a\n  1: b\n', 3, "`1` stands here twice"),
        (b"a: 1\nb: !!str 2\n", 2, "tag"),
        (b"a: 1\nb: !!python/object/apply:os.system [id]\n", 2, "tag"),
        (b"a: 1\n!mine b: 2\n", 2, "tag"),
        (b"a: 1\nb: ! 2\n", 2, "tag"),
        (b"a: !!set {b}\n", 1, "tag"),
        (b"a: &x {b: 1}\nc:\n  <<: *x\n", 3, "merge keys"),
        (b"a: 1\n? [b]\n: 2\n", 2, "plain words"),
        (b"a: 1\n---\nb: 2\n", 2, "second document"),
        (b"a: 1\n...\n---\n", 3, "second document"),
        (b"", 1, "empty"),
        (b"# nothing\n", 1, "empty"),
        (b"\xef\xbb\xbf", 1, "empty"),
        (b"a: 1\nb:\n\tc: 2\n", 3, "not YAML"),
        (b"a: 1\nb: [1, 2\n", 3, "not YAML"),
        (b"a: 1\nb: *nowhere\n", 2, "undefined alias"),
        (b"a: 1\nb: c: d\n", 2, "not YAML"),
        (b"a: 1\nb: \x00\n", 2, "U+0000"),
        (b"a: 1\nb: \x1b[31m\n", 2, "U+001B"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "not UTF-8"),
        ("a: 1\n".encode("utf-16-le"), 1, "U+0000"),
        (b"a:\n  " + b"[" * 60 + b"]" * 60, 2, "nested deeper"),
        (b"a:\n  " + b"[" * 400_000, 2, "nesting depth"),
        (b"a: 1\nb: &x [*x]\n", 2, "nested deeper"),
        (b"- x\n" * 100_001, 100_000, "more than 100,000 values"),
    ],
)
def test_what_is_refused_and_where(data: bytes, line: int, words: str) -> None:
    message = refusal(data).message
    assert without_column(message).startswith(f"f.yaml:{line}: ")
    assert words in message


def test_a_tab_is_named_as_what_it_is() -> None:
    assert "tabs" in refusal(b"a:\n\tb: 1\n").remedy


@pytest.mark.parametrize("width", [5, 10])
def test_a_bomb_of_aliases_does_not_go_off(width: int) -> None:
    levels = [b"a0: &a0 [" + b",".join([b"x"] * width) + b"]"]
    levels += [b"a%d: &a%d [%s]" % (n, n, b",".join([b"*a%d" % (n - 1)] * width)) for n in range(1, 30)]
    assert "aliases expand to too much" in refusal(b"\n".join(levels)).message


def test_the_largest_document_is_bounded() -> None:
    assert document.parse(b"a: " + b"x" * (document.MAX_BYTES - 3), "f").value
    assert "1,000,000 bytes" in refusal(b"a: " + b"x" * (document.MAX_BYTES - 2)).message


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be read: (No such file|Is a directory)"):
        document.load(tmp_path / name)


def test_a_file_is_called_what_the_reader_knows_it_by(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_bytes(b"a: 1\na: 2\n")
    with pytest.raises(UsageError, match=r"^\.secgate/policy\.yaml:2:1: "):
        document.load(tmp_path / "p.yaml", ".secgate/policy.yaml")
    assert Path("/dev/zero").exists()
    with pytest.raises(UsageError, match="larger than"):
        document.load(Path("/dev/zero"))


@given(st.binary(max_size=60) | st.text("ab:-[]{}&*!|>?#'\"<, \n\t\r\x85\u2028\ufeff~1.", max_size=60).map(str.encode))
def test_any_bytes_are_a_document_or_a_refusal_with_a_line(data: bytes) -> None:
    try:
        told = f"f.yaml:{document.parse(data, 'f.yaml').line(())}: "
    except UsageError as refused:
        told = without_column(refused.message)
    assert re.match(r"f\.yaml:[1-9][0-9]*: ", told)
