"""What a commit's trees hold is listed within bounds, and what cannot be followed says why."""

import os

import pytest
from support.repositories import blob, commit, commit_of, git, repository, tree, write

from secgate import git as room
from secgate.errors import UsageError
from secgate.git import listing

FILE, FOLDER = "100644", "40000"


@pytest.fixture
def root(tmp_path):
    return repository(tmp_path / "root")


def entries(root, tree_id):
    with room.opened(root) as one:
        return room.commit(one, commit_of(root, tree_id))


def told(found):
    return {os.fsdecode(one.name): one.absent for one in found}


def test_it_is_what_git_lists(root):
    write(root, "a.py", "d/b.py", "d/e/c.py", "d.py", "d-x/f.py")
    (root / "link").symlink_to("a.py")
    (root / os.fsdecode(b"caf\xe9")).write_text("x")
    commit(root)
    with room.opened(root) as one:
        found = room.commit(one, one.resolve("HEAD"))
        assert found == room.index(one)
    lines = [line.split("\t") for line in git(root, "ls-tree", "-r", "-z", "HEAD").split("\0") if line]
    listed = [(os.fsencode(name), *words.split()) for words, name in lines]
    assert [(one.name, f"{one.mode:06o}", "blob", one.blob) for one in found] == listed
    assert not any(one.absent for one in found)


def test_an_empty_commit_is_empty(root):
    assert entries(root, tree(root)) == []


@pytest.mark.parametrize("name", [b"..", b".", b"", b".git", b".GIT", b"git~1", b".g\xe2\x80\x8cit", b".git."])
def test_a_folder_with_a_bad_name_is_not_entered(root, name):
    inner = tree(root, (FILE, b"x.py", blob(root)))
    found = entries(root, tree(root, (FOLDER, name, inner), (FILE, b"z.py", blob(root))))
    assert len(found) == 2
    assert sorted(bool(one.absent) for one in found) == [False, True]
    assert not any(b"x.py" in one.name for one in found)


def test_a_name_that_holds_a_slash_is_no_path(root):
    found = told(entries(root, tree(root, (FILE, b"a/../../x", blob(root)), (FOLDER, b"b/c", tree(root)))))
    assert found == {"a/../../x": "its name holds a slash", "b/c": "its name holds a slash"}


def test_a_name_that_is_there_twice_is_listed_twice(root):
    inner = tree(root, (FILE, b"x.py", blob(root)))
    found = entries(root, tree(root, (FILE, b"a", blob(root)), (FILE, b"a", blob(root, b"y")), (FOLDER, b"a", inner)))
    assert [one.name for one in found] == [b"a", b"a", b"a/x.py"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("missing folder", "partial"), ("file as folder", "folder"), ("damaged", "damaged")],
)  # fmt: skip
def test_what_cannot_be_read_says_why_and_the_rest_is_listed(root, kind, said):
    bad = {
        "missing folder": (FOLDER, b"a", "1" * 40),
        "file as folder": (FOLDER, b"a", blob(root)),
        "damaged": (
            FOLDER,
            b"a",
            git(root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=b"1006"),
        ),
    }[kind]
    found = told(entries(root, tree(root, bad, (FILE, b"z.py", blob(root)))))
    assert set(found) == {"a", "z.py"}
    assert said in found["a"]
    assert found["z.py"] == ""


@pytest.mark.parametrize("mode", [b"-1", b"9", b"1_0", b"", b"77777777777777777777777", b" 7"])
def test_a_mode_that_is_none_damages_its_folder_only(root, mode):
    raw = mode + b" a\0" + bytes(20)
    bad = git(root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=raw)
    found = told(entries(root, tree(root, (FOLDER, b"bad", bad), (FILE, b"z.py", blob(root)))))
    assert set(found) == {"bad", "z.py"}
    assert "damaged" in found["bad"]


def test_very_deep_folders_are_not_entered(root):
    inner = tree(root, (FILE, b"x.py", blob(root)))
    for _ in range(listing.MAX_DEPTH + 20):
        inner = tree(root, (FOLDER, b"d", inner), (FILE, b"y.py", blob(root)))
    found = entries(root, inner)
    assert len([one for one in found if not one.absent]) == listing.MAX_DEPTH
    (closed,) = [one for one in found if one.absent]
    assert closed.name == b"/".join([b"d"] * listing.MAX_DEPTH)


def test_a_few_trees_that_make_very_many_names_end_at_the_bound(root, monkeypatch):
    monkeypatch.setattr(listing, "MAX_ENTRIES", 1_000)
    inner = tree(root, *((FILE, b"%d" % number, blob(root)) for number in range(10)))
    for _ in range(12):
        inner = tree(root, *((FOLDER, b"%d" % number, inner) for number in range(10)))
    found = entries(root, inner)
    assert 1_000 < len(found) < 3_000
    assert all("1,000 names" in one.absent for one in found)


def test_a_path_longer_than_any_is_cut_and_left_out(root):
    (found,) = entries(root, tree(root, (FILE, b"x" * 5_000, blob(root))))
    assert len(found.name) == listing.MAX_PATH_BYTES
    assert "longer" in found.absent


def test_a_name_with_slashes_longer_than_any_path_is_cut_too(root):
    (found,) = entries(root, tree(root, (FILE, b"x/" * 50_000, blob(root))))
    assert len(found.name) == listing.MAX_PATH_BYTES
    assert "longer" in found.absent


def test_a_commit_without_its_tree_is_an_error_with_a_remedy(root):
    one = commit_of(root, tree(root, (FILE, b"a", blob(root))))
    top = git(root, "rev-parse", f"{one}^{{tree}}")
    (root / ".git" / "objects" / top[:2] / top[2:]).unlink()
    with room.opened(root) as opened, pytest.raises(UsageError) as caught:
        room.commit(opened, one)
    assert "fetch-depth: 0" in caught.value.remedy


def test_a_clone_without_folders_fetches_nothing_and_names_them(root, tmp_path):
    write(root, "a.py", "d/b.py")
    commit(root)
    git(root, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=tree:1", f"file://{root}", str(clone))
    with room.opened(clone) as one:
        found = told(room.commit(one, one.resolve("HEAD")))
    assert found["a.py"] == ""
    assert "partial" in found["d"]


def test_a_conflict_in_the_index_is_named(root):
    write(root, "a.py")
    commit(root)
    git(root, "checkout", "-q", "-b", "other")
    (root / "a.py").write_text("1\n")
    commit(root)
    git(root, "checkout", "-q", "main")
    (root / "a.py").write_text("2\n")
    commit(root)
    with pytest.raises(AssertionError):
        git(root, "merge", "-q", "other")
    with room.opened(root) as one:
        assert "conflict" in told(room.index(one))["a.py"]
