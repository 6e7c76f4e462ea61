"""A file on which a verdict depends is read, or it is an error: never absent because it cannot be read."""

import sys

import pytest
from support import repositories
from support.repositories import git

from secgate import git as ours
from secgate.errors import HistoryError, UsageError

PATH = ".secgate/policy.yaml"


@pytest.fixture
def root(tmp_path):
    return repositories.repository(tmp_path / "r", "a.py")


def content(root, revision="HEAD"):
    commit = git(root, "rev-parse", revision)
    with ours.opened(root) as repository:
        return ours.content(repository, ours.snapshot(repository, commit), PATH)


def test_what_is_there_is_read_and_what_is_not_is_none(root):
    repositories.commit(root)
    assert content(root) is None
    repositories.write(root, PATH)
    repositories.commit(root)
    assert content(root) == f"# {PATH}\n".encode()


def test_a_file_above_the_bound_is_an_error(root, monkeypatch):
    repositories.write(root, PATH)
    repositories.commit(root)
    monkeypatch.setattr(sys.modules["secgate.git.snapshot"], "MAX_FILE_BYTES", 5)
    with pytest.raises(UsageError, match="larger than") as caught:
        content(root)
    assert "smaller" in caught.value.remedy


@pytest.mark.parametrize("name", [PATH, ".secgate"])
def test_a_link_in_its_place_or_above_it_is_an_error(root, name):
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).symlink_to("elsewhere")
    repositories.commit(root)
    with pytest.raises(UsageError, match=f"`{name}` of commit .* is no regular"):
        content(root)


def test_a_submodule_or_a_file_above_it_is_an_error(root):
    first = repositories.commit(root)
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{first},.secgate")
    git(root, "commit", "-q", "-m", "x")
    with pytest.raises(UsageError, match="no regular folder"):
        content(root)
    git(root, "update-index", "--force-remove", ".secgate")
    repositories.write(root, ".secgate")
    repositories.commit(root)
    with pytest.raises(UsageError, match="no regular folder"):
        content(root)


def test_a_name_that_is_there_twice_is_an_error(root):
    blob = repositories.blob(root)
    folder = repositories.tree(root, ("100644", b"policy.yaml", blob), ("100644", b"policy.yaml", blob))
    commit = git(root, "commit-tree", "-m", "x", repositories.tree(root, ("40000", b".secgate", folder)))
    with pytest.raises(HistoryError, match="twice"):
        content(root, commit)


def test_a_folder_that_was_never_fetched_is_an_error(root):
    repositories.write(root, PATH)
    repositories.commit(root)
    missing = git(root, "rev-parse", "HEAD:.secgate")
    (root / ".git/objects" / missing[:2] / missing[2:]).unlink()
    with pytest.raises(HistoryError, match="partial"):
        content(root)
