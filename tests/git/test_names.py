"""No name that leads out of a tree, or into git's own folder on any file system, is taken."""

import pytest

from secgate.git import refusal

REFUSED = [
    "", ".", "..", "a/", "/a", "a//b", "../a", "a/../b", "a/..", "./a",
    ".git", ".GIT", ".Git/config", "a/.git/hooks/x", "git~1", "GIT~1/x", "a/.git", ".git/x",
    ".g\u200cit", ".\u200dgit/config", "\ufeff.git", ".git\u206f", ".gi\u202et",
    ".git.", ".git ", ".git. . .", ".git...", ".git::$INDEX_ALLOCATION", ".git:stream", "git~1:x",
    ".git\\config", ".git .:x",
]  # fmt: skip
TAKEN = ["a", ".gitignore", ".github/x", "a.git", "a.git/HEAD", "git", "git~10", "...", "a..b", "..a", ".gitmodules",
         "ägit", "digit.py", "a:b", ".gıt", "x/.g it"]  # fmt: skip


@pytest.mark.parametrize("path", REFUSED)
def test_refused(path):
    assert refusal(path)


def test_a_path_may_be_deeper_than_python_goes():
    assert refusal("a/" * 100_000 + "b") == ""
    assert refusal("a/" * 50_000 + "../" + "a/" * 50_000 + "b")


@pytest.mark.parametrize("path", TAKEN)
def test_taken(path):
    assert refusal(path) == ""
