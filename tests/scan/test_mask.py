"""Whatever a value is and wherever it stands, it never survives; and what holds none stays as it is."""

import base64
import html
import json
import shlex
import time
import tracemalloc
import urllib.parse
from enum import Enum

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.factories import evidence, finding

from secgate.model import Evidence, Finding, Value
from secgate.scan.mask import MASK, SHORTEST, Mask, masked

SECRET = "Zx81-spectrum+9/q"
EXACT = {"path", "unread", "tool", "scanner", "command", "id", "rule_id", "line_hash", "fingerprint", "digest"}
WRITTEN = {
    "as it is": str,
    "json": lambda value: json.dumps(value)[1:-1],
    "json in json": lambda value: json.dumps(json.dumps(value))[1:-1],
    "json in utf-8": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    "python": lambda value: repr(value)[1:-1],
    "a shell": lambda value: shlex.quote(value).strip("'"),
    "a url": lambda value: urllib.parse.quote(value, safe="", errors="replace"),
    "a path of a url": lambda value: urllib.parse.quote(value, errors="replace"),
    "a form": lambda value: urllib.parse.quote_plus(value, errors="replace"),
    "html": html.escape,
    "hex": lambda value: raw(value).hex(),
    "HEX": lambda value: raw(value).hex().upper(),
    "base64": lambda value: base64.b64encode(raw(value)).decode(),
    "base64 for urls": lambda value: base64.urlsafe_b64encode(raw(value)).decode().rstrip("="),
}
values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*"), min_size=8, max_size=40)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def raw(value: str) -> bytes:
    return value.encode()


@pytest.mark.parametrize("written", WRITTEN)
@given(value=values, before=texts, after=texts)
def test_a_value_never_survives_however_it_is_written(written, value, before, after):
    form = WRITTEN[written](value)
    result = Mask([value]).text(f"{before}{form}{after}")
    assert form not in result
    assert value not in result
    assert MASK in result


@given(value=st.text("abcAB019", min_size=12, max_size=40), before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_a_value_inside_of_something_in_base64_never_survives(value, before, after):
    text = base64.b64encode(before + value.encode() + after).decode()
    left = Mask([value]).text(f'x = "{text}"').removeprefix('x = "').removesuffix('"')
    assert MASK in left
    for piece in left.split(MASK):
        assert len(piece) < len(text) - len(value), "more is left than what stands around the value"


@given(st.lists(values, max_size=5), st.lists(st.integers(0, 4), max_size=8), texts)
def test_hiding_twice_changes_nothing(some, order, between):
    text = between.join(some[place] for place in order if place < len(some))
    mask = Mask(some)
    once = mask.text(text)
    assert mask.text(once) == once
    assert Mask(some).text(once) == once


@given(st.lists(st.text("ab*c", min_size=4, max_size=9), max_size=6), st.text("ab*c -", max_size=60))
def test_hiding_twice_changes_nothing_where_values_look_like_masks_and_like_each_other(some, text):
    once = Mask(some).text(text)
    assert Mask(some).text(once) == once
    for value in some:
        assert "***" in value or value.strip("*") not in once.split() or len(value.strip("*")) < SHORTEST


@given(values, texts)
def test_a_text_without_the_value_stays_the_same_object(value, text):
    assume(not any(written(value)[:SHORTEST] in text for written in WRITTEN.values()))
    assert Mask([value]).text(text) is text
    assert Mask().text(text) is text


def test_values_that_overlap_are_hidden_together():
    assert Mask(["abcdefgh1", "fgh1ijklm"]).text("xabcdefgh1ijklmy") == f"x{MASK}y"
    assert Mask(["abcdefgh", "abcdefghijkl"]).text("abcdefghijkl") == MASK


def test_a_short_value_is_hidden_as_a_word_and_no_other_word_is_harmed():
    mask = Mask(["cat9"])
    assert mask.text("is 'cat9', cat9=cat9; cat9") == f"is '{MASK}', {MASK}={MASK}; {MASK}"
    assert mask.text("concat9 cat90 _cat9") == "concat9 cat90 _cat9"
    assert Mask(["abc"]).text("abc") == "abc"


def test_a_part_of_a_long_value_is_hidden_too():
    long = "".join(f"{number:03x}" for number in range(200))
    assert Mask([long]).text(f"it begins with {long[:128]} …") == f"it begins with {MASK} …"
    assert Mask([long]).text(long) == MASK


@pytest.mark.parametrize("end", ["…", "..."])
def test_half_of_a_value_is_hidden_where_a_text_was_cut(end):
    mask = Mask(["tr0ub4dor-and-3"])
    assert mask.text(f"password tr0ub4d{end}") == f"password {MASK}{end}"
    assert mask.text(f"password tr0{end}") == f"password tr0{end}"
    assert mask.text("password tr0ub4d") == "password tr0ub4d"


def test_many_lookalikes_take_no_time_to_speak_of():
    mask = Mask(f"aaaa{number:04}" for number in range(2_000))
    text = "a" * 20_000
    assert mask.text(text) is text


@pytest.mark.parametrize("end", ["", "B", "..."])
def test_one_value_in_every_length_takes_neither_time_nor_memory_to_speak_of(end):
    mask = Mask("A" * length for length in range(SHORTEST, 129))
    began = time.process_time()
    assert mask.text("A" * 100_000 + end) == MASK + end
    assert time.process_time() - began < 5
    tracemalloc.start()
    assert mask.text("A" * 10_000 + end) == MASK + end
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def filled(kind: type, text: str) -> object:
    """Return a value of the type with the text in every field that can hold one."""
    fields = {}
    for field in msgspec.structs.fields(kind):
        fields[field.name] = _filled(msgspec.inspect.type_info(field.type), field.type, text)
    return kind(**{name: value for name, value in fields.items() if value is not None})


def _filled(info, kind, text):
    if isinstance(info, msgspec.inspect.StrType):
        return text
    if isinstance(info, msgspec.inspect.VarTupleType):
        return (_filled(info.item_type, kind.__args__[0], text),)
    if isinstance(info, msgspec.inspect.StructType):
        return filled(info.cls, text)
    if isinstance(info, msgspec.inspect.UnionType):
        (one,) = (each for each in info.types if not isinstance(each, msgspec.inspect.NoneType))
        return _filled(one, None, text)
    if isinstance(info, msgspec.inspect.EnumType):
        return next(iter(info.cls))
    return {msgspec.inspect.BoolType: False, msgspec.inspect.IntType: 1, msgspec.inspect.FloatType: 1.0}[type(info)]


def leaves(value: object, name: str = ""):
    """Yield each text with the field that holds it."""
    if isinstance(value, Value):
        for field in value.__struct_fields__:
            yield from leaves(getattr(value, field), field)
    elif isinstance(value, tuple):
        for item in value:
            yield from leaves(item, name)
    elif isinstance(value, str) and not isinstance(value, Enum):
        yield name, value


@pytest.mark.parametrize("kind", [Finding, Evidence])
def test_every_text_of_every_field_is_hidden_but_what_says_where(kind):
    full = filled(kind, f"it is {SECRET}.")
    told = dict(leaves(full))
    assert len(told) > 10
    assert len(list(leaves(full))) == sum(SECRET in text for _, text in leaves(full)), "a field was not filled"
    after = list(leaves(masked(full, Mask([SECRET]))))
    assert {name for name, text in after if SECRET in text} == EXACT & told.keys()
    assert all(text == f"it is {MASK}." for name, text in after if name not in EXACT)


def test_what_holds_no_secret_stays_the_same_object():
    mask = Mask([SECRET])
    for _ in range(2):
        whole = (finding(message=" ".join(["said", "again"])), evidence())
        assert masked(whole, mask) is whole
        assert masked(whole, Mask()) is whole


def test_a_file_loses_its_values_and_keeps_its_lines():
    content = f'a = 1\r\npassword = "{SECRET}"\n\xe9'.encode("latin-1")
    hidden = Mask([SECRET]).content(content)
    assert hidden.decode() == f'a = 1\r\npassword = "{MASK}"\n\N{REPLACEMENT CHARACTER}'
    assert Mask(["nothing of it"]).content(content) is content


def test_thousands_of_values_with_one_head_are_hidden_in_seconds():
    values = [f"AKIA{number:016X}" for number in range(20_000)]
    text = "\n".join(f'key = "{value}"' for value in values)
    began = time.monotonic()
    hidden = Mask(values).content(text.encode()).decode()
    assert time.monotonic() - began < 20
    assert "AKIA" not in hidden
