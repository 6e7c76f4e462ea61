"""A notebook's code is read as the program that it is, and its text as a reader sees it, by the lines of its JSON."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgate.scan import notebooks

KEY = "-----BEGIN RSA PRIVATE KEY-----"


def cell(source, kind="code", **more):
    return {"cell_type": kind, "source": source, "metadata": {}, **more}


def notebook(*cells, language=None, **more):
    metadata = {"language_info": {"name": language}} if language else {}
    return json.dumps({"cells": list(cells), "metadata": metadata, **more}, indent=1).encode()


def told(content):
    """Return each line of the code with the line of the JSON that it is said to come from."""
    form = notebooks.code("a.ipynb", content)
    lines = content.decode().split("\n")
    return [(text, lines[line - 1]) for text, line in zip(form.content.decode().split("\n"), form.lines, strict=False)]


def test_the_code_is_one_program_with_the_lines_of_the_json():
    code = ["import os\n", "x = '\"'\n", "%magic\n", "eval(x)"]
    content = notebook(cell(["# Title\n"], "markdown"), cell(code), cell("a = 1\nb = 2"))
    found = told(content)
    assert [text for text, _ in found] == ["import os", "x = '\"'", "pass", "eval(x)", "a = 1", "b = 2"]
    assert found[0][1].strip() == '"import os\\n",'
    assert found[3][1].strip() == '"eval(x)"'
    assert found[4][1] == found[5][1] == '   "source": "a = 1\\nb = 2",'


@pytest.mark.parametrize(
    "lines", [["def f(x):\n", "  eval(x)"], ["def f(x):", "  eval(x)"], ["def f(x):\n", "  eval(x)\n"]]
)
def test_the_older_shape_is_read_too(lines):
    content = json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": lines}]}]}).encode()
    assert notebooks.code("a.ipynb", content).content.rstrip() == b"def f(x):\n  eval(x)"


def test_lines_are_joined_as_they_stand():
    assert notebooks.code("a.ipynb", notebook(cell(["eval", "(x)"]))).content == b"eval(x)\n"


def test_a_key_that_stands_twice_hides_nothing():
    content = (
        b'{"cells": [{"cell_type": "code", "source": ["eval(x)"], "source": ["1"], "cell_type": "raw"}], "cells": []}'
    )
    assert notebooks.code("a.ipynb", content).content == b"eval(x)1\n"


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (notebook(cell("eval(x)")), ".py"),
        (notebook(cell("eval(x)"), language="python"), ".py"),
        (notebook(cell("eval(x)"), language="plaintext"), ".py"),
        (notebook(cell("eval(x)"), language="TypeScript"), ".ts"),
        (notebook(cell("x"), language="c#"), ".cs"),
        (notebook(cell("x"), language="C++17"), ".cc"),
        (notebook(cell("x"), language="R"), None),
        (notebook(cell("x", "markdown")), None),
        (notebook(), None),
        (b'{"cells": [{"cell_type": "code", "source": "x"}], "metadata": {"kernelspec": [1]}}', ".py"),
        (b'{"cells": [{"cell_type": "code", "source": "x"}], "metadata": 1}', ".py"),
        (b" \n", None),
    ],
)
def test_the_language_is_the_kernels(content, suffix):
    form = notebooks.code("a.IPYNB", content)
    assert (form.suffix if form else None) == suffix


def test_a_kernel_of_python_is_python_whatever_else_is_said():
    metadata = {"kernelspec": {"name": "python3", "language": "R"}, "language_info": {"name": "R"}}
    content = json.dumps({"cells": [cell("eval(x)")], "metadata": metadata}).encode()
    assert notebooks.code("a.ipynb", content).suffix == ".py"


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b'"', b'{"cells": [{"source": "\\x"}]}', b"\xff\xfe{\0}\0", b"[" * 100_000,
     notebook(cell("x"), language="klingon")],
)  # fmt: skip
def test_what_cannot_be_read_is_said(content):
    form = notebooks.code("a.ipynb", content)
    assert (form.suffix, form.content.startswith("is a notebook")) == (".py", True)


def test_a_coding_cookie_means_nothing_in_a_notebook():
    form = notebooks.code("a.ipynb", notebook(cell("# coding: utf-7\nx = '+AGUAdg-'")))
    assert b"coding:" not in form.content


def test_a_name_in_other_letters_and_another_end_of_line_are_plain():
    assert notebooks.code("a.ipynb", notebook(cell("# a\r\uff45val(x)"))).content == b"# a\neval(x)\n"


def test_the_text_is_what_a_reader_sees():
    outputs = [{"data": {"text/plain": [f"{KEY}\n", "abc\n"], "image/png": "iVBORw0KGgo"}}]
    content = notebook(cell("print(key)", outputs=outputs), cell([f'key = "{KEY}"\n', "more"], "markdown"))
    form = notebooks.text("a.ipynb", content)
    assert f"{KEY}\nabc\n".encode() in form.content
    assert f'key = "{KEY}"\nmore\n'.encode() in form.content
    assert b"iVBOR" not in form.content
    lines = content.decode().split("\n")
    at = form.content.decode().split("\n").index(f'key = "{KEY}"')
    assert lines[form.lines[at] - 1].strip() == json.dumps(f'key = "{KEY}"\n') + ","


def test_other_files_are_left_alone():
    assert notebooks.code("a.json", notebook(cell("x"))) is None
    assert notebooks.text("a.json", notebook(cell("x"))) is None


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"))), max_size=4), st.booleans())
def test_each_line_comes_from_where_its_text_stands(sources, ascii_only):
    cells = [cell([f"{number}_{text}\n" for number, text in enumerate(source)]) for source in sources]
    content = json.dumps({"cells": cells}, indent=1, ensure_ascii=ascii_only).encode()
    form = notebooks.text("a.ipynb", content)
    for text, line in zip(form.content.decode().split("\n"), form.lines, strict=False) if form else ():
        if number := re.match(r"\d+_", text):
            assert number[0] in content.decode().split("\n")[line - 1]


def test_a_large_notebook_takes_time_in_proportion():
    many = json.dumps({"cells": [cell("eval(x)")] * 30_000}).encode()
    assert notebooks.code("a.ipynb", many).content.count(b"\n") == 30_000
    wide = json.dumps({"cells": [cell("x = '" + "a" * 3_000_000 + "'")]}).encode()
    assert len(notebooks.code("a.ipynb", wide).content) > 3_000_000


def test_what_only_opens_takes_time_in_proportion():
    start = time.process_time()
    assert notebooks.text("a.ipynb", b"{" * 300_000 + b'"' + b"a" * 20 + b'"') is not None
    assert time.process_time() - start < 10
