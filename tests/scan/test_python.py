"""Python source is read as Python reads it."""

import ast
import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgate.scan.python import plain


def lines(content):
    """Return the number of each line of the form, from the map that it has."""
    form = plain(content)
    return form.content.decode().split("\n"), form.lines


@pytest.mark.parametrize(
    "source",
    [
        b"# coding: utf-7\nreturn_ = +AGUAdgBhAGw-(words)\n",
        b"#!/usr/bin/python\n# -*- coding: utf-7 -*-\n+AGUAdgBhAGw-(words)\n",
        b"\n# vim: set fileencoding=UTF_7 :\n+AGUAdgBhAGw-(words)\n",
        b"# coding: unicode_escape\n\\u0065val(words)\n",
        b"# coding: raw_unicode_escape\n\\u0065val(words)\n",
        b"# coding: cp037".replace(b"cp037", b"latin-1") + b"\neval('\xe9')\n",
        b"# coding: utf-7\r+AGUAdgBhAGw-(words)\r",
        "\uff45val(words)\n".encode(),
        "x = \U0001d41e\U0001d42f\U0001d41a\U0001d425(words)\n".encode(),
        b"# a\reval(words)\r",
        b"# a\r\nx = 1 # b\reval(words)\r\n",
    ],
)
def test_what_python_runs_is_what_is_written(source):
    form = plain(source)
    assert b"eval(" in form.content
    assert ast.dump(ast.parse(form.content)) == ast.dump(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"x = 1\n",
        b"# coding: latin-1\nx = 1\n",
        b"# coding: utf-8\nx = 'a'\r\n",
        "\ufeffx = 'é…²'\n".encode(),
        "x = 'ﷺ Ωmega'\n".encode(),
        b"x = 1\n\n# coding: utf-7\n",
        b"x = 1\n# coding: utf-7\n",
        b"x = '\xff'\n",
        b"# coding: ascii\nx = '\xff'\n",
        b"# coding: undefined\nx\n",
    ],
)
def test_usual_source_and_what_python_refuses_have_no_other_form(source):
    assert plain(source) is None


@pytest.mark.parametrize(
    "name", ["nonsense", "future_fstrings", "rot13", "hex", "idna", "punycode", "..secgate", "os.path"]
)
def test_an_encoding_that_is_not_read_is_said(name):
    form = plain(f"# coding: {name}\nx = 1\n".encode())
    assert name in form.content
    assert isinstance(form.content, str)


def test_a_line_that_only_its_encoding_makes_has_the_line_where_it_stands():
    text, numbers = lines(b"# coding: unicode_escape\nx = 1  # \\u000aeval(y)  # \\n\nz\n")
    assert text == ["# c0ding: unicode_escape", "x = 1  # ", "eval(y)  # ", "", "z", ""]
    assert numbers == (1, 2, 2, 2, 3, 4)


def test_a_second_encoding_cannot_come_out_of_the_first():
    content = plain(b"# coding: unicode_escape \\u000a# coding: utf-7\nx = '\\u00e9'\n").content
    assert b"coding:" not in content


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.sampled_from(["utf-7", "utf-8", "cp1252", "utf-16", "big5"]),
)
def test_whatever_it_holds_it_has_lines(text, name):
    content = (
        f"# coding: {name}\n{text}".encode(name, "replace") if name != "utf-16" else f"#coding:utf-16\n{text}".encode()
    )
    form = plain(content)
    if form and form.lines:
        assert len(form.lines) >= form.content.count(b"\n")
        assert max(form.lines) <= len(content.splitlines()) + 1


def test_no_codec_but_pythons_own_is_asked():
    asked = []
    codecs.register(asked.append)
    try:
        plain(b"# coding: ..os\nx\n")
    finally:
        codecs.unregister(asked.append)
    assert asked in ([], ["..os"])


def test_a_large_file_takes_time_in_proportion():
    assert plain(b"#" + b" " * 5_000_000 + b"\n") is None
    assert plain(b"# coding: utf-7\n" + b"x = 1\n" * 300_000 + b"y = '+AGU-'\n").content.count(b"\n") == 300_002
    assert plain(("\uff45" * 3_000_000).encode()).content == b"e" * 3_000_000
