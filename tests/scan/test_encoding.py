"""Text with a mark, in UTF-16 or with letters as escapes is given to scanners as plain text, line by line."""

import codecs
import json

import pytest
from attack.innocent import DOCKERFILE, POD, STACK, VOLUME
from hypothesis import given
from hypothesis import strategies as st

from secgate.scan.encoding import forms


@pytest.mark.parametrize(("mark", "encoding"), [
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")
])  # fmt: skip
@pytest.mark.parametrize(("path", "suffix", "text"), [
    ("Dockerfile", ".Dockerfile", DOCKERFILE), ("a/Dockerfile.prod", ".Dockerfile", DOCKERFILE),
    ("web.dockerfile", ".Dockerfile", DOCKERFILE), ("main.tf", ".tf", VOLUME), ("main.tf.json", ".tf.json", "{}\n"),
    ("POD.YML", ".yml", POD), ("stack.json", ".json", STACK),
])  # fmt: skip
def test_a_mark_is_taken_off(path, suffix, text, mark, encoding):
    (form,) = forms(path, mark + text.encode(encoding))
    assert (form.suffix, form.content, form.lines, form.instead) == (suffix, text.encode(), (), True)


def test_letters_of_json_are_written_out_and_nothing_else_is():
    (form,) = forms("a.json", rb'{"\u0052esources": "\u003c\u0022\\u0041\u005c\u00e9\u0041"}')
    assert form.content == rb'{"Resources": "\u003c\u0022\\u0041\u005c\u00e9A"}'
    for path, content in (("a.json", rb'{"a": "\u003cb\u003e"}'), ("a.yaml", rb"a: \u0041"), ("a.json", b"{}"),
                          ("a.py", codecs.BOM_UTF8), ("Dockerfile", b"FROM a")):  # fmt: skip
        assert list(forms(path, content)) == []


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner)), st.randoms())
def test_json_stays_what_it_is(value, chance):
    written = "".join(
        f"\\u{ord(letter):04x}" if letter.isalnum() and letter.isascii() and chance.random() < 0.3 else letter
        for letter in json.dumps(value).replace("\\u", "\0")
    ).replace("\0", "\\u")
    try:
        known = json.loads(written)
    except ValueError:
        return
    for form in forms("a.json", written.encode()):
        assert json.loads(form.content) == known
