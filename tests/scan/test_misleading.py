"""A name that looks like another one, or that some system takes for something else, is told."""

import pytest

from secgate.scan.misleading import RULE, notices


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("a/con", "device"), ("AUX.c", "device"), ("nul/b", "device"), ("lpt1.tar.gz", "device"), ("com²", "device"),
        ("a.py:b", "stream"), ("a.exe ", "blank"), ("a./b", "dot"), ("\u202egpj.exe", "order"), ("a\u200eb", "order"),
        ("pass\u200bword.py", "no shape"), ("a\nb", "control"), ("a\x1b[2K", "control"),
    ],
)  # fmt: skip
def test_a_misleading_name_is_told(path, word):
    (found,) = notices(["usual.py", path])
    assert (found.path, found.rule, found.line) == (path, RULE, 0)
    assert word in found.message


def test_usual_names_are_not():
    usual = [
        "a b.py",
        ".hidden",
        "console.py",
        "a.con",
        "prn_x",
        "com10",
        "é/ñ.txt",
        "می\u200cخواهم.txt",
        "👨\u200d👩.png",
        "..a",
    ]
    assert notices(usual) == ()
    assert notices([]) == ()
    assert notices(["a/b.py", "c"]) == ()
