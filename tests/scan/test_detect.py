"""What is in the tree is counted; what is not judged is named."""

import os
import shutil
import subprocess

import pytest

from secgate.errors import UsageError
from secgate.scan import disk
from secgate.scan.detect import detect
from secgate.scan.stage import stage


def repository(root, *names):
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return root


def commit(root):
    run = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*run, "add", "-A"], check=True)
    subprocess.run([*run, "commit", "-qm", "x"], check=True)


def names(tree):
    return [target.path for target in tree.files]


def test_tracked_and_untracked_but_not_ignored_files_are_judged(tmp_path):
    repository(tmp_path, "a.py", "new/b.py", "skip.log", ".gitignore")
    (tmp_path / ".gitignore").write_text("*.log\n")
    commit(tmp_path)
    (tmp_path / "c.py").write_text("x")
    (tmp_path / "a.py").unlink()
    tree = detect(tmp_path)
    assert names(tree) == [".gitignore", "c.py", "new/b.py"]
    assert (tree.source, len(tree.commit), tree.scope) == ("working tree", 40, "")


def test_a_tracked_file_is_judged_although_it_is_ignored(tmp_path):
    repository(tmp_path, "a.py")
    commit(tmp_path)
    (tmp_path / ".gitignore").write_text("*\n")
    assert "a.py" in names(detect(tmp_path))


def test_a_repository_without_commits_and_a_folder_without_repository_work(tmp_path):
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "a.py").write_text("x")
    assert (detect(plain).source, names(detect(plain))) == ("folder", ["a.py"])
    assert detect(repository(tmp_path / "fresh", "a.py")).commit == ""


def test_a_folder_of_a_repository_narrows_but_keeps_root_and_paths(tmp_path):
    repository(tmp_path, "a.py", "sub/b.py", "subway/c.py")
    tree = detect(tmp_path / "sub")
    assert (tree.root, tree.scope, names(tree)) == (str(tmp_path), "sub", ["sub/b.py"])


def test_odd_files_are_left_out_with_a_reason_and_nothing_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "MAX_FILE_BYTES", 100)
    (tmp_path / "a.py").write_text("x")
    (tmp_path / "big.py").write_text("x" * 101)
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.py")
    tree = detect(tmp_path)
    assert names(tree) == ["a.py"]
    told = {one.path: (one.reason, one.matters) for one in tree.left_out}
    assert set(told) == {"big.py", "link.py", "loop", "pipe.py"}
    assert told["big.py"][1]
    assert not told["link.py"][1]


def test_a_repository_inside_is_left_out_and_matters(tmp_path):
    repository(tmp_path, "a.py")
    inner = repository(tmp_path / "inner", "b.py")
    commit(inner)
    commit(tmp_path)
    (left,) = detect(tmp_path).left_out
    assert (left.path.rstrip("/"), left.matters) == ("inner", True)


def test_names_that_are_not_utf8_are_judged_under_a_readable_name(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text("x = 1\n")
    tree = detect(tmp_path)
    assert names(tree) == ["caf\\xe9.py"]
    copy = tmp_path / "copy"
    copy.mkdir()
    assert names(stage(tree, copy)) == ["caf\\xe9.py"]
    assert (copy / "caf\\xe9.py").read_text() == "x = 1\n"


@pytest.mark.parametrize("what", ["absent", "file"])
def test_no_such_folder_is_a_clear_error(tmp_path, what):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match=what):
        detect(tmp_path / what)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_an_unreadable_file_is_left_out_and_matters(tmp_path):
    (tmp_path / "a.py").write_text("x")
    (tmp_path / "a.py").chmod(0)
    (left,) = detect(tmp_path).left_out
    assert left.matters


def test_the_repository_cannot_make_git_run_a_program_or_hide_a_file(tmp_path):
    repository(tmp_path, "a.py")
    mark = tmp_path.parent / f"{tmp_path.name}-ran"
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    hide = tmp_path / "hide"
    hide.write_text("a.py\n")
    for key, value in (("core.fsmonitor", script), ("core.excludesFile", hide), ("core.worktree", tmp_path.parent)):
        subprocess.run(["git", "-C", str(tmp_path), "config", key, str(value)], check=False)
    assert "a.py" in names(detect(tmp_path))
    assert not mark.exists()


def test_staging_moves_what_became_unreadable_to_the_left_outs(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_text("x")
    (root / "b.py").write_text("y")
    tree = detect(root)
    (root / "a.py").unlink()
    os.mkfifo(root / "a.py")
    (root / "b.py").unlink()
    (root / "b.py").symlink_to("/etc/passwd")
    copy = tmp_path / "copy"
    copy.mkdir()
    staged = stage(tree, copy)
    assert names(staged) == []
    assert [(one.path, one.matters) for one in staged.left_out] == [("a.py", True), ("b.py", True)]


def test_what_a_sparse_checkout_leaves_away_is_left_out_and_matters(tmp_path):
    repository(tmp_path, "docs/a.md", "src/b.py", "src/c.py")
    commit(tmp_path)
    subprocess.run(["git", "-C", str(tmp_path), "sparse-checkout", "set", "docs"], check=True, capture_output=True)
    assert not (tmp_path / "src" / "b.py").exists()
    tree = detect(tmp_path)
    assert names(tree) == ["docs/a.md"]
    assert [(one.path, one.matters) for one in tree.left_out] == [("src/b.py", True), ("src/c.py", True)]


def test_a_submodule_without_its_folder_is_left_out_and_matters(tmp_path):
    repository(tmp_path, "a.py")
    commit(repository(tmp_path / "inner", "b.py"))
    commit(tmp_path)
    shutil.rmtree(tmp_path / "inner")
    (left,) = detect(tmp_path).left_out
    assert (left.path, left.matters) == ("inner", True)


def test_a_git_lfs_pointer_is_left_out_and_matters(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    (root / "prod.env").write_text(pointer)
    copy = tmp_path / "copy"
    copy.mkdir()
    (left,) = stage(detect(root), copy).left_out
    assert (left.path, left.matters) == ("prod.env", True)
    assert "LFS" in left.reason


def test_a_git_of_the_tree_is_never_run(tmp_path, monkeypatch):
    repository(tmp_path, "a.py")
    mark = tmp_path.parent / f"{tmp_path.name}-ran"
    (tmp_path / "git").write_text(f"#!/bin/sh\ntouch {mark}\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    assert "a.py" in names(detect(tmp_path))
    assert not mark.exists()
