"""Attributes that keep source from reviewers are told, by line; what they say of pictures and texts is not."""

import pytest

from secgate.scan.attributes import RULE, notices
from secgate.scan.hidden import MAX_EACH


def told(text, path=".gitattributes"):
    return [(one.line, one.message) for one in notices(path, text.encode())]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("*.py -diff", "`-diff`"),
        ("src/**  text  binary", "`binary`"),
        ("* linguist-generated", "`linguist-generated`"),
        ("\t*.min.js\tlinguist-generated=true", "folded"),
        ("vendor/*.js linguist-vendored", "somebody else"),
        ("setup.py export-ignore", "archives"),
        ("*.ps1 working-tree-encoding=UTF-16LE-BOM", "other bytes"),
        ("*.sh filter=evil -text", "`filter=evil`"),
        ('"a b.py" -diff', "`a b.py`"),
        ("*.[ch] -diff", "`*.[ch]`"),
        ("Dockerfile -diff", "Dockerfile"),
        ("*.* -diff", "diff"),
        ('"a\\056py" -diff', "`a.py`"),
        ("app.p[y] -diff", "diff"),
        ("app.p? -diff", "diff"),
        ("*.*y -diff", "diff"),
        ("a?p?py -diff", "diff"),
        ("a.p\\y -diff", "diff"),
        ('"a.p\\\\y" -diff', "diff"),
        ("*.[[:alpha:]]y -diff", "diff"),
        ("makefil? -diff", "diff"),
        ("*.py x=\x0b -diff", "`-diff`"),
    ],
)
def test_what_hides_source_is_told(line, word):
    ((number, message),) = told(f"# comment\n\n{line}\n", "sub/.GitAttributes")
    assert number == 3
    assert word in message


def test_only_a_line_feed_ends_a_line():
    assert [line for line, _ in told("a.txt text\x0b\x0c\x1d\x85\u2028b\r\n*.py -diff\r\n")] == [2]


@pytest.mark.parametrize(
    "line",
    [
        "* text=auto eol=lf", "*.png binary", "*.psd filter=lfs diff=lfs -text", "docs linguist-documentation",
        "*.py diff=python", "*.py linguist-generated=false", "*.py -linguist-vendored", "/tests export-ignore",
        "package-lock.json -diff", "# *.py -diff", "*.py", "", "[attr]x -diff", "*.py -text",
        "*.[oa] binary", "*.mp[34] binary", "*.[pP][nN][gG] binary", "*.xls? -diff", "[a-c] -diff", "*.[ -diff",
    ],
)  # fmt: skip
def test_what_hides_none_is_not(line):
    assert told(line) == []


def test_a_name_for_several_attributes_stands_for_them():
    assert [line for line, _ in told("[attr]quiet -diff linguist-generated\n*.md quiet\n*.py quiet\n")] == [3]


def test_such_a_name_may_stand_for_others_and_be_told_last():
    assert [line for line, _ in told("\ufeff*.py a\n[attr]a -text b\n[attr]b c\n[attr]c -diff a\n*.js d\n")] == [1]


def test_names_for_names_cost_no_more_than_they_are_long():
    lines = [f"[attr]n{number} {f'n{number - 1} ' * 1000}" for number in range(1, 9)]
    assert [line for line, _ in told("\n".join(["[attr]n0 -diff", *lines, "*.py n8"]))] == [10]


def test_only_files_of_attributes_are_read():
    assert told("*.py -diff", "a.gitattributes") == []
    assert told("*.py -diff", "docs/gitattributes") == []
    assert notices("a/.gitattributes", b"*.py -diff")[0].rule == RULE


def test_there_are_not_more_than_so_many():
    assert len(told("*.py -diff\n" * 100)) == MAX_EACH
    assert told("*.py " + "-diff " * 300_000) == told("*.py -diff")
    assert len(told("*.py -diff " + "x" * 1_000_000)[0][1]) < 200
    assert len(told(("a" * 1_000_000) + "?.py -diff")[0][1]) < 200
    assert told('"' + "\\" * 1_000_000) == []
