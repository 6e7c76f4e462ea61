"""A repository is read whatever form it has; what it says about itself is never obeyed."""

import os
import shutil

import pytest
from support.repositories import canary, commit, git, repository, write

from secgate import git as room
from secgate.errors import UsageError


def names(entries):
    return [one.name.decode() for one in entries]


def listed(root):
    with room.opened(root) as one:
        return names(room.working_tree(one)), names(room.index(one)), names(room.commit(one, one.resolve("HEAD")))


@pytest.fixture
def hostile(tmp_path):
    """Make a repository whose own settings would start a program at every turn, and give it with the mark."""
    root, mark = repository(tmp_path / "root", "a.py", "b.txt"), tmp_path / "ran"
    commit(root)
    evil = str(canary(tmp_path / "evil", mark))
    (tmp_path / "more").write_text(f"[core]\n\tfsmonitor = {evil}\n\tsshCommand = {evil}\n")
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text("* filter=evil diff=evil text eol=crlf ident\n")
    (root / ".gitattributes").write_text("* filter=evil diff=evil export-ignore text eol=crlf ident\n")
    settings = {
        "core.worktree": str(tmp_path), "include.path": str(tmp_path / "more"), "core.hooksPath": str(tmp_path),
        "core.pager": evil, "core.editor": evil, "core.gitProxy": evil, "core.askPass": evil, "gpg.program": evil,
        "filter.evil.smudge": evil, "filter.evil.clean": evil, "filter.evil.process": evil, "filter.evil.required": "1",
        "diff.evil.textconv": evil, "diff.external": evil, "alias.ls-files": f"!{evil}", "alias.cat-file": f"!{evil}",
        "extensions.partialClone": "origin", "remote.origin.url": f"ext::{evil}", "remote.origin.promisor": "true",
        "core.excludesFile": str(tmp_path / "hide"), "core.attributesFile": str(root / ".gitattributes"),
        "core.alternateRefsCommand": evil, "uploadpack.packObjectsHook": evil, "credential.helper": f"!{evil}",
        "core.fsmonitor": evil,
    }  # fmt: skip
    (tmp_path / "hide").write_text("*\n")
    lines = []
    for key, value in settings.items():
        section, _, name = key.rpartition(".")
        one, _, two = section.partition(".")
        lines.append(f'[{one} "{two}"]' if two else f"[{one}]")
        lines.append(f'\t{name} = "{value}"')
    with (root / ".git" / "config").open("a") as file:
        file.write("\n".join((*lines, "")))
    return root, mark


def test_the_settings_would_start_a_program_if_git_were_simply_asked(hostile):
    root, mark = hostile
    os.system(f"cd {root} && GIT_DIR=.git GIT_WORK_TREE=. git status >/dev/null 2>&1")
    assert mark.exists()


def test_nothing_that_a_repository_says_about_itself_is_obeyed(hostile):
    root, mark = hostile
    working, index, head = listed(root)
    assert working == [".gitattributes", "a.py", "b.txt"]
    assert index == head == ["a.py", "b.txt"]
    with room.opened(root) as one, room.reading(one, 100) as read:
        (entry, _) = room.commit(one, one.resolve("HEAD"))
        assert next(read([entry.blob])).content == b"# a.py\n"
        missing = next(read(["1" * 40]))
        assert missing.kind == "missing"
    assert not mark.exists()


def test_a_folder_that_looks_like_a_bare_repository_is_a_folder(tmp_path):
    root, mark = repository(tmp_path / "root", "a.py"), tmp_path / "ran"
    commit(root)
    bare = root / "trap"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    evil = canary(tmp_path / "evil", mark)
    with (bare / "config").open("a") as file:
        file.write(f'[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = "{evil}"\n')
    assert room.root_of(bare) == root
    working, _, _ = listed(root)
    assert "trap/config" in working
    commit(root)
    _, index, head = listed(root)
    assert "trap/config" in index
    assert index == head
    assert not mark.exists()


def test_replace_refs_replace_nothing(tmp_path):
    root = repository(tmp_path, "a.py")
    first = commit(root)
    (root / "a.py").write_text("evil = 1\n")
    git(root, "replace", first, commit(root))
    with room.opened(root) as one:
        (entry,) = room.commit(one, first)
        with room.reading(one, 100) as read:
            assert next(read([entry.blob])).content == b"# a.py\n"


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_both_kinds_of_ids_are_read(tmp_path, form):
    root = repository(tmp_path, "a.py", "d/b.py", form=form)
    commit(root)
    assert listed(root) == (["a.py", "d/b.py"],) * 3


def test_a_linked_working_tree_has_its_own_head_and_index(tmp_path):
    root = repository(tmp_path / "root", "a.py")
    first = commit(root)
    linked = tmp_path / "linked"
    git(root, "worktree", "add", "-q", "-b", "other", str(linked))
    write(linked, "b.py")
    second = commit(linked)
    write(root, "c.py")
    with room.opened(linked) as one:
        assert one.head() == second
        assert one.resolve("main") == first
    assert listed(linked) == (["a.py", "b.py"],) * 3
    assert listed(root) == (["a.py", "c.py"], ["a.py"], ["a.py"])


def test_a_split_index_is_read_whole(tmp_path):
    root = repository(tmp_path, "a.py", "b.py")
    git(root, "add", "-A")
    git(root, "update-index", "--split-index")
    write(root, "c.py")
    git(root, "-c", "core.splitIndex=true", "add", "c.py")
    assert list((root / ".git").glob("sharedindex.*"))
    with room.opened(root) as one:
        assert names(room.index(one)) == ["a.py", "b.py", "c.py"]


def test_a_sparse_index_is_read_whole(tmp_path):
    root = repository(tmp_path, "docs/a.md", "src/b.py", "src/c.py")
    commit(root)
    git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "docs")
    with room.opened(root) as one:
        assert names(room.index(one)) == ["docs/a.md", "src/b.py", "src/c.py"]


def test_packed_refs_alternates_and_a_shallow_clone_are_read(tmp_path):
    root = repository(tmp_path / "root", "a.py")
    commit(root)
    write(root, "b.py")
    commit(root)
    git(root, "pack-refs", "--all")
    git(root, "gc", "-q")
    clone = tmp_path / 'clone "é\\'
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", str(clone))
    shared = tmp_path / "shared"
    git(tmp_path, "clone", "-q", "--shared", str(root), str(shared))
    assert listed(root) == listed(clone) == listed(shared) == (["a.py", "b.py"],) * 3


def test_files_that_only_this_clone_ignores_are_ignored(tmp_path):
    root = repository(tmp_path, "a.py", "mine.txt")
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "exclude").write_text("mine.txt\n")
    with room.opened(root) as one:
        assert names(room.working_tree(one)) == ["a.py"]


def test_the_index_of_a_running_commit_is_the_one_that_counts(tmp_path, monkeypatch):
    root = repository(tmp_path / "root", "a.py")
    commit(root)
    write(root, "b.py")
    shutil.copy(root / ".git" / "index", root / ".git" / "next-index-1.lock")
    git(root, "add", "b.py", GIT_INDEX_FILE=".git/next-index-1.lock")
    with room.opened(root) as one:
        assert names(room.index(one)) == ["a.py"]
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock")
    with room.opened(root) as one:
        assert names(room.index(one)) == ["a.py", "b.py"]
    other = repository(tmp_path / "other", "c.py")
    commit(other)
    monkeypatch.setenv("GIT_INDEX_FILE", str(root / ".git" / "index"))
    with room.opened(other) as one:
        assert names(room.index(one)) == ["c.py"]


@pytest.mark.parametrize("revision", ["absent", "1" * 40, "--all", "-h", "HEAD~7", "main:a.py", "", "a b\nc"])
def test_a_commit_that_is_not_there_is_an_error_with_a_remedy(tmp_path, revision):
    root = repository(tmp_path, "a.py")
    commit(root)
    with room.opened(root) as one, pytest.raises(UsageError) as caught:
        one.resolve(revision)
    assert "fetch-depth: 0" in caught.value.remedy
    assert "git fetch" in caught.value.remedy


@pytest.mark.parametrize(
    "config", ["[core", "[extensions]\n\tobjectFormat = md5\n", "[extensions]\n\trefStorage = x\n"]
)
def test_a_repository_of_an_unknown_kind_is_a_clear_error(tmp_path, config):
    root = repository(tmp_path, "a.py")
    (root / ".git" / "config").write_text(config)
    with pytest.raises(UsageError), room.opened(root):
        pass


@pytest.mark.parametrize("words", [b"gitdir: absent\n", b"gitdir: \0\n", b"gitdir: /\n"])
def test_a_git_folder_that_leads_nowhere_is_a_clear_error(tmp_path, words):
    (tmp_path / ".git").write_bytes(words)
    with pytest.raises(UsageError), room.opened(tmp_path):
        pass


def test_nothing_is_left_in_the_temporary_folder_or_changed_in_the_repository(tmp_path, monkeypatch):
    root = repository(tmp_path / "root", "a.py")
    commit(root)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    listed(root)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
    assert list(scratch.iterdir()) == []
