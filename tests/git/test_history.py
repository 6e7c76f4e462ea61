"""Since when a branch has had a line: by what its own first parents say."""

import pytest
from support.repositories import git, repository

from secgate.git import opened, since

DAYS = [f"2026-0{month}-03T12:00:00Z" for month in range(1, 6)]


@pytest.fixture
def root(tmp_path):
    return repository(tmp_path / "r")


def put(root, day, text, name="a.py"):
    (root / name).write_text(text)
    git(root, "add", "-A")
    when = {"GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z", "GIT_COMMITTER_DATE": DAYS[day]}
    git(root, "commit", "-q", "-m", "x", **when)
    return git(root, "rev-parse", "HEAD")


def dates(root, commit, **lines):
    with opened(root) as held:
        return since(held, commit, {name.replace("_", "."): wanted for name, wanted in lines.items()})


def test_each_line_has_the_day_of_the_commit_that_brought_it(root):
    put(root, 0, "one\n")
    put(root, 1, "one\ntwo\n")
    last = put(root, 2, "zero\none\ntwo\n")
    assert dates(root, last, a_py=[1, 2, 3]).days == {
        ("a.py", 1): "2026-03-03", ("a.py", 2): "2026-01-03", ("a.py", 3): "2026-02-03",
    }  # fmt: skip


def test_what_was_merged_counts_from_its_merge_on(root):
    put(root, 0, "one\n")
    git(root, "checkout", "-q", "-b", "topic")
    put(root, 1, "one\ntwo\n")
    git(root, "checkout", "-q", "main")
    put(root, 2, "x\n", "other.py")
    git(root, "merge", "-q", "--no-ff", "topic", "-m", "m", GIT_COMMITTER_DATE=DAYS[3])
    assert dates(root, git(root, "rev-parse", "HEAD"), a_py=[2]).days == {("a.py", 2): "2026-04-03"}


def test_a_line_that_is_not_there_is_taken_for_the_first_and_a_file_that_is_not_there_has_none(root):
    only = put(root, 0, "one\n")
    assert dates(root, only, a_py=[9], b_py=[1]).days == {("a.py", 9): "2026-01-03"}


def test_what_is_older_than_the_clone_is_said(root, tmp_path):
    put(root, 0, "one\n")
    put(root, 1, "one\ntwo\n")
    put(root, 2, "one\ntwo\nthree\n")
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{root}", "shallow")
    found = dates(tmp_path / "shallow", git(root, "rev-parse", "HEAD"), a_py=[1, 2, 3])
    assert found.cut == {("a.py", 1), ("a.py", 2)}
    assert found.days["a.py", 3] == "2026-03-03"
    assert dates(root, git(root, "rev-parse", "HEAD"), a_py=[1]).cut == frozenset()


def test_no_setting_of_the_repository_changes_what_is_said(root):
    put(root, 0, "one\n")
    last = put(root, 1, "two\n")
    (root / "ignored").write_text(f"{last}\n")
    git(root, "config", "blame.ignoreRevsFile", "ignored")
    git(root, "config", "diff.x.textconv", "false")
    (root / ".gitattributes").write_text("*.py diff=x\n")
    assert dates(root, last, a_py=[1]).days == {("a.py", 1): "2026-02-03"}
