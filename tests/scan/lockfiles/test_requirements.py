"""Requirements are read as pip reads them: what it would install is found, what it would refuse pins nothing."""

import codecs

import pytest

from secgate.scan import lockfiles
from secgate.scan.lockfiles import requirements


@pytest.mark.parametrize(
    "line",
    [
        "py.YAML==5.3", " py-yaml == 5.3 ", "Py_Yaml===5.3", "py-yaml (==5.3)", "py-yaml[a, b]==5.3",
        "py-yaml>=1,==5.3,<9",
        "py-yaml==5.3; python_version < '4'", "py-yaml==5.3 # why", "py-yaml==5.3 --hash=sha256:0", "py-yaml\t==\t5.3",
        "py-yaml==5.\\\n3", "py-yaml\\\n==5.3", "# a\rpy-yaml==5.3\r", "# a\x0cpy-yaml==5.3", "# a\u2028py-yaml==5.3",
        "py-yaml==5.3 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1", "# a\\\npy-yaml==5.3", "py-yaml==5.3 \\\n# a",
        f"#{'x' * 70_000}\npy-yaml==5.3",
    ],
)  # fmt: skip
def test_a_pin_is_found_however_it_is_written(line):
    assert lockfiles.read("requirements", line.encode()) == {("py-yaml", "5.3")}
    assert lockfiles.read("requirements", line.encode("utf-16")) == {("py-yaml", "5.3")}


@pytest.mark.parametrize(
    "line",
    ["a>=1", "a==1.*", "a~=1.0", "# a==1", "a @ https://example.org/a==1", "-e a==1", "a==1 b", "a==${A}",
     "{{ a }}==1", "a=={{ version }}", "pip install a==1", "a; extra == '1'", "--hash=a==1"],
)  # fmt: skip
def test_what_is_no_pin_is_none(line):
    assert lockfiles.read("requirements", line.encode()) == frozenset()


@pytest.mark.parametrize("cookie", ["utf-7", "utf-16", "rot13", "nobody-knows"])
def test_an_encoding_that_hides_letters_is_not_understood(cookie):
    assert lockfiles.read("requirements", f"# x\n# coding: {cookie}\na==1\n".encode()) is None


def test_a_byte_that_is_not_utf_8_hides_nothing():
    assert lockfiles.read("requirements", b"# \xe9\na==1\n") == {("a", "1")}


def test_what_is_taken_in_is_named():
    lines = (
        b"-r a.txt\n--requirement b.txt # x\n-rc.txt\n--requirement=d.txt\n -c e.txt\n--constraint f\\\n.txt\n-e .\n"
    )
    assert requirements.included(lines) == ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt")
    assert lockfiles.included("npm", lines) == ()


@pytest.mark.parametrize(
    "line",
    [
        '-r "a.txt"', "-r a\\.txt", "--requirem a.txt", "--pre -r 'a.txt' --no-index", "-i https://x -ra.txt",
        "-r\ta.txt", "it's @ b -r a.txt", "--const=a.txt", "-r a.txt 'x",
    ],
)  # fmt: skip
def test_a_file_is_named_in_the_ways_that_pip_takes(line):
    assert requirements.included(f"x-y\n{line}\n".encode()) == ("a.txt",)


def test_pip_looks_for_marks_and_cookies_in_its_own_way():
    wide = codecs.BOM_UTF32_BE + "pyyaml==5.3\n".encode("utf-32-be")
    assert lockfiles.read("requirements", wide) == {("pyyaml", "5.3")}
    assert lockfiles.read("requirements", b"#coding:\x0cutf-7\npyyaml+AD0APQ-5.3\n") is None
    assert lockfiles.read("requirements", b" #coding: utf-7\npyyaml==5.3\n") == {("pyyaml", "5.3")}
