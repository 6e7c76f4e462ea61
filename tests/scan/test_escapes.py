"""A letter written as a number is that letter, and a line ends where what runs it sees an end."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgate.scan.escapes import java, letters, line_ends
from secgate.scan.form import Form

plain = letters(".js")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        (rb"\u0065val(x)", b"eval(x)"),
        (rb"e\u{76}al(x); \u{000061}.b", b"eval(x); a.b"),
        (rb"x = '\u0065', /[\u0041-\u005A]/, '\u0022'", rb"x = 'e', /[A-Z]/, '\u0022'"),
        (rb"\u0024(x), `\u0024{x}`", rb"$(x), `\u0024{x}`"),
        (rb"'\\u0065', '\\\u0065'", rb"'\\u0065', '\\e'"),
        (b"#!/usr/bin/node\reval(x)\r", b"#!/usr/bin/node\neval(x)\n"),
        (b"a\r\n// b\reval(x)\r\n", b"a\r\n// b\neval(x)\r\n"),
    ],
)
def test_a_script_is_written_plainly(source, result):
    assert plain(source) == Form(".js", result)


@pytest.mark.parametrize(
    "source",
    [
        b"", b"a\r\nb\r\n", rb"'\u00e9\u2028'", rb"'\u002f\u003c\u007f\u0020'", rb"'\\u0065'", "'a\u2028b'".encode(),
        rb"'\ud800\udfff\u{1f600}\u{}\u00'", b"\\", b"\\u",
    ],
)  # fmt: skip
def test_a_usual_script_needs_no_other_form(source):
    assert plain(source) is None


@pytest.mark.parametrize(
    ("source", "result", "lines"),
    [
        (rb"// \u000a eval();", b"// \n eval();", (1, 1)),
        (rb"// \uuu000d eval();", b"// \n eval();", (1, 1)),
        (rb"Runtime.e\u0078ec(a);", b"Runtime.exec(a);", ()),
        (b"// a\rb();", b"// a\nb();", ()),
        (rb'"\\u0041\u0041"', rb'"\\u0041A"', ()),
    ],
)
def test_java_is_read_as_java_reads_it(source, result, lines):
    assert java(source) == Form(".java", result, lines)


@pytest.mark.parametrize("source", [b"a\r\nb", rb'"\u00e9"', rb"'\u0000'", rb'"\\u0041"'])
def test_usual_java_needs_no_other_form(source):
    assert java(source) is None


def test_a_carriage_return_alone_ends_a_line():
    assert line_ends(".kt")(b"// a\rb\r\n") == Form(".kt", b"// a\nb\r\n")
    assert line_ends(".kt")(b"// a\r\nb\n") is None


@given(st.lists(st.sampled_from(["\\", "u", "0065", "{65}", "\r", "\n", "\u2028", "//", "'", "x", "\\u000a", "$"])))
def test_no_line_is_lost(parts):
    source = "".join(parts).encode()
    for make in (plain, java):
        if form := make(source):
            assert len(form.lines or [*re.findall(rb"\r\n|\r|\n", source), b""]) == form.content.count(b"\n") + 1
            assert list(form.lines) == sorted(form.lines)


def test_one_long_line_takes_time_in_proportion():
    assert plain(rb"\u0065" * 300_000).content == b"e" * 300_000
    assert plain(b"//" * 1_000_000 + b"\\u0065").content.endswith(b"e")
    assert java(b"\\" * 1_000_001 + b"u0041").content.endswith(b"A")
