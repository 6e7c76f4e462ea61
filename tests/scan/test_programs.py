"""A program is read in its language, whatever its file is called."""

import pytest

from secgate.scan import source
from secgate.scan.form import Form
from secgate.scan.programs import SUFFIXES, by_first_line, by_suffix, kind_called, started_by, suffix_of


@pytest.mark.parametrize(
    ("line", "suffix"),
    [
        (b"#!/usr/bin/env python3", ".py"),
        (b"#!/usr/bin/env -S python3 -u", ".py"),
        (b"#! /opt/venv/bin/python3.11", ".py"),
        (b"#!/usr/bin/env -iS A=b pypy3", ".py"),
        (b"#!/usr/bin/env -S uv run --script", ".py"),
        (b"\xef\xbb\xbf#!/usr/bin/node18", ".js"),
        (b"#!/usr/bin/env -S npx tsx", ".ts"),
        (b"#!/usr/bin/env -S deno run", ".ts"),
        (b"#!/usr/bin/ruby2.7 -w", ".rb"),
        (b"#!/usr/bin/env php", ".php"),
        (b"#!/bin/sh -e", ".sh"),
        (b"#!/bin/bash", ".sh"),
    ],
)
@pytest.mark.parametrize("path", ["deploy", "bin/run.cgi", ".hooks/x.txt", "manage.py-tpl"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_first_line_tells_the_language(line, suffix, path, end):
    content = line + end + b"x\n"
    assert by_first_line(path, content) == Form(suffix, content)


@pytest.mark.parametrize(
    "line",
    [b"#!/usr/bin/perl", b"#!/usr/bin/make -f", b"#!", b"#!/usr/bin/env", b" #!/bin/sh", b"#!/usr/bin/pythonish"],
)
def test_any_other_first_line_tells_nothing(line):
    assert by_first_line("deploy", line + b"\n") is None
    assert started_by(line) == ""


@pytest.mark.parametrize("path", ["a.py", "a.JS", "a.ts", "a.rb", "a.pl", "a.tcl", "a.sh.in", "a.j2"])
def test_a_suffix_that_says_the_language_goes_first_and_a_template_is_no_program(path):
    assert by_first_line(path, b"#!/bin/sh\nx\n") is None


def test_what_runs_is_plain_under_either_name():
    assert by_first_line("deploy", b"#!/usr/bin/node\r\\u0065val(x)\r").content == b"#!/usr/bin/node\neval(x)\n"
    assert (
        by_first_line("deploy", b"#!/usr/bin/python3\r# a\reval(x)\r").content == b"#!/usr/bin/python3\n# a\neval(x)\n"
    )
    assert by_suffix("a.MJS", b"\\u0065val(x)") == Form(".js", b"eval(x)")
    assert by_suffix("a.tsx", b"\\u0065val(x)") == Form(".ts", b"eval(x)")
    assert by_suffix("a.hpp", b"// a\rgets(x);") == Form(".cc", b"// a\ngets(x);")
    assert by_suffix("a.d.cts", b"x") == Form(".ts", b"x")
    assert by_suffix("A.java", b"// \\u000a eval();").lines == (1, 1)


@pytest.mark.parametrize("path", ["a.py", "a.js", "a.java", "a.php", "a.go", "a.txt", "a"])
def test_usual_source_needs_no_other_form(path):
    assert by_suffix(path, b"// a\r\nx = 'b'\r\n") is None


@pytest.mark.parametrize(("path", "is_known"), [("a.py", True), ("a/b.CS", True), ("py", False), ("a.py/b", False)])
def test_a_suffix_is_known_or_not(path, is_known):
    assert (suffix_of(path) in SUFFIXES) == is_known


@pytest.mark.parametrize(
    ("name", "kind"),
    [("c++17", "cpp"), ("c#", "csharp"), ("python3.11", "python"), ("nodejs", "javascript"), ("r", "")],
)
def test_a_language_has_many_names(name, kind):
    assert kind_called(name) == kind


@pytest.mark.parametrize("path", ["a.mts", "b/index.d.CTS"])
def test_a_plain_file_of_an_unknown_suffix_has_a_form_too(path):
    assert source.forms(path, b"export const a = 1;\n") == [Form(".ts", b"export const a = 1;\n")]
    assert source.forms("a.ts", b"export const a = 1;\n") == []
