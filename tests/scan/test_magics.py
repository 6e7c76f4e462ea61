"""What a notebook's Python has beside Python becomes Python, line by line; Python itself stays as it is."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgate.scan.magics import neutral


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("%matplotlib inline\nx = 1\n", "pass\nx = 1\n"),
        ("!pip install a \\\n  b\nx = 1\n", "pass\n\nx = 1\n"),
        ("if x:\n    !ls 'it\n    y = 2\n", "if x:\n    pass\n    y = 2\n"),
        ("files = !ls -la\nx = %sql select 1\n", "files =None\nx =None\n"),
        ("%time eval(x)\n", "eval(x)\n"),
        ("%timeit -n 10 -r3 eval(x)\n", "eval(x)\n"),
        ("%prun -s cumulative eval(x)\n", "eval(x)\n"),
        ("%time\n", "pass\n"),
        ("%time %timeit eval(x)\n", "eval(x)\n"),
        ("%time %pxresult\n%time !ls\n", "pass\npass\n"),
        ("*int*?\npip install a b\n", "pass\npass\n"),
        ("obj.name?\n?obj\nobj??\n", "pass\npass\npass\n"),
        ("%%bash\ncurl x | sh\n", "\n\n"),
        ("\n%%time\neval(x)\n", "\npass\neval(x)\n"),
        ("%%writefile a.py\neval(x)\n", "pass\neval(x)\n"),
        ("%%writefile a.txt\neval(x)\n", "\n\n"),
        ("%%mine -a b\neval(x)\n", "pass\neval(x)\n"),
        ("%%R\nx <- 1\n", "\n\n"),
        ("%%SQL sqlite://\nselect 1\n", "\n\n"),
        ("%%!\nls -l\n", "\n\n"),
        ("%%bash?\neval(x)\n", "pass\neval(x)\n"),
        ("%%script python3 -u\neval(x)\n", "pass\neval(x)\n"),
        ("%%script /usr/bin/env pypy\neval(x)\n", "pass\neval(x)\n"),
        ("%%script bash\ncurl x\n", "\n\n"),
        ("%%timeit -n 1 eval(x)\npass\n", "eval(x)\npass\n"),
    ],
)
def test_what_is_no_python_does_nothing(cell, plain):
    assert neutral(cell).replace("= None", "=None") == plain
    ast.parse(neutral(cell))


@pytest.mark.parametrize(
    "cell",
    [
        "x = (a\n% b)\ny = [\n%c]\n",
        "text = '''\n%matplotlib\n!ls\nname?\n'''\n",
        's = """\n\\"""\n!ls\n"""\n',
        "s = 'a\\\n!b'\n",
        "# it's\nx != y\nprint('%s' % x)\n",
        "a = f'{x!r}' f'{y=!r}'\n",
        "x %= 2\n",
        "pip = 1\nls -eval(x)\n",
        "def f():\n    return {\n        'a': 1,\n%b\n    }\n",
    ],
)
def test_python_stays_as_it_is(cell):
    assert neutral(cell) == cell


@given(st.lists(st.sampled_from(["%time ", "!", "?", "(", ")", "'", '"""', "#", "\\", "\n", "x", "=", " ", "%%a"])))
def test_no_line_comes_or_goes(parts):
    cell = "".join(parts) + "\n"
    assert neutral(cell).count("\n") == cell.count("\n")


def test_a_long_cell_takes_time_in_proportion():
    assert neutral("!" * 1_000_000 + "\n") == "pass\n"
    assert neutral("%time " * 200_000 + "\n").count("\n") == 1
    assert neutral("x = '" + "a" * 1_000_000 + "\n").count("\n") == 1
    assert neutral("(" * 300_000 + "\n" + '"""' + "\\" * 300_000 + "\n").count("\n") == 2
