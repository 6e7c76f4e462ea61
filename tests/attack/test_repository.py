"""A repository whose own settings run programs or hide files does neither to secgate; git by itself obeys it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attack.innocent import BANDIT, PYTHON
from attack.yard import Tools

pytestmark = pytest.mark.live

SAFE = "def run(command):\n    return command\n"
FOUND = (BANDIT, "app.py")
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": os.devnull}


class Repository:
    """A repository with one file that Bandit finds something in."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.tree = folder / "tree"
        self.canary = folder / "canary"
        self.home = home
        self.tree.mkdir()
        self.git("init", "-q")
        self.write("app.py", PYTHON)
        self.commit()

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the working tree."""
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def program(self, name: str) -> Path:
        """Write a program that leaves the canary."""
        path = self.write(name, f"#!/bin/sh\ntouch {self.canary}\ncat\n")
        path.chmod(0o755)
        return path

    def git(self, *arguments: str, within: str = "") -> str:
        """Run git as a person would; return what it says."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.tree / within, env=ENVIRONMENT, capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit(self) -> None:
        """Commit all files."""
        self.git("add", "-A", "-f")
        self.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "a")

    def obeyed(self) -> bool:
        """Return whether the canary appeared, and take it away."""
        seen = self.canary.exists()
        self.canary.unlink(missing_ok=True)
        return seen

    def judge(self, folder: str = ".", **variables: str) -> tuple[set[tuple[str, str]], dict]:
        """Let secgate scan a folder of it with Bandit; return rules and paths, and the decision."""
        argv = [sys.executable, "-I", "-m", "secgate", "scan", folder, "--only=bandit", "--json=-"]
        environment = {**ENVIRONMENT, "SECGATE_HOME": str(self.home), **variables}
        done = subprocess.run(argv, cwd=self.tree, env=environment, capture_output=True, check=False)
        decision = json.loads(done.stdout)
        assert done.returncode in {1, 3}
        return {
            (one["finding"]["rule"]["id"], one["finding"]["location"]["path"]) for one in decision.get("verdicts", ())
        }, decision


@pytest.fixture
def repository(tmp_path: Path, tools: Tools) -> Repository:
    """Give a repository."""
    return Repository(tmp_path, tools.home)


def fsmonitor(repository: Repository) -> None:
    repository.git("config", "core.fsmonitor", str(repository.program("evil")))


def hook(repository: Repository) -> None:
    repository.program(".git/hooks/post-index-change")


def hooks_path(repository: Repository) -> None:
    repository.program("hooks/post-index-change")
    repository.git("config", "core.hooksPath", "hooks")


def clean_filter(repository: Repository) -> None:
    repository.write(".gitattributes", "*.py filter=evil\n")
    repository.git("config", "filter.evil.clean", str(repository.program("evil")))
    repository.git("config", "filter.evil.required", "true")


def included(repository: Repository) -> None:
    repository.write("settings", f"[core]\n\tfsmonitor = {repository.program('evil')}\n")
    repository.git("config", "include.path", "../settings")


@pytest.mark.parametrize("trick", [fsmonitor, hook, hooks_path, clean_filter, included], ids=lambda one: one.__name__)
def test_no_setting_of_the_repository_runs_a_program(repository: Repository, trick: Callable) -> None:
    trick(repository)
    repository.obeyed()
    os.utime(repository.write("app.py", PYTHON))
    repository.git("status")
    assert repository.obeyed(), "git by itself obeys"
    os.utime(repository.write("app.py", PYTHON))
    assert FOUND in repository.judge()[0]
    assert not repository.obeyed()


def test_a_folder_that_looks_like_a_repository_is_not_asked(repository: Repository) -> None:
    program = repository.program("evil")
    repository.write("docs/HEAD", "ref: refs/heads/main\n")
    for name in ("docs/objects/a", "docs/refs/a"):
        repository.write(name, "")
    repository.write(
        "docs/config",
        f"[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..\n\tfsmonitor = {program}\n",
    )
    repository.write("docs/app.py", PYTHON)
    repository.git("status", within="docs")
    assert repository.obeyed(), "git by itself obeys"
    assert (BANDIT, "docs/app.py") in repository.judge("docs")[0]
    assert (BANDIT, "docs/app.py") in repository.judge()[0]
    assert not repository.obeyed()


def test_another_working_tree_is_not_taken_for_the_tree(repository: Repository, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    repository.git("config", "core.worktree", str(other))
    (other / "new.py").write_text(SAFE)
    assert "new.py" in repository.git("ls-files", "--others", within=".git"), "git by itself looks there"
    assert FOUND in repository.judge()[0]


def test_no_variable_of_git_changes_what_is_judged(repository: Repository, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True, env=ENVIRONMENT)
    variables = {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / "index"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(repository.program(".git/evil")),
    }
    argv = ["git", "status"]
    subprocess.run(argv, cwd=repository.tree, env={**ENVIRONMENT, **variables}, capture_output=True, check=True)
    assert repository.obeyed(), "git by itself obeys"
    assert FOUND in repository.judge(**variables)[0]
    assert not repository.obeyed()


@pytest.mark.parametrize("bit", ["--skip-worktree", "--assume-unchanged"])
def test_a_file_that_the_index_calls_unchanged_is_read(repository: Repository, bit: str) -> None:
    repository.write("app.py", SAFE)
    repository.commit()
    repository.git("update-index", bit, "app.py")
    repository.write("app.py", PYTHON)
    assert not repository.git("status", "--porcelain"), "git by itself sees no change"
    assert FOUND in repository.judge()[0]


def test_a_file_that_is_left_out_of_the_checkout_is_missed(repository: Repository) -> None:
    repository.git("update-index", "--skip-worktree", "app.py")
    (repository.tree / "app.py").unlink()
    assert not repository.git("status", "--porcelain"), "git by itself sees no change"
    found, decision = repository.judge()
    left_out = [one["path"] for one in decision.get("leftOut", ())]
    assert (FOUND in found) or (left_out == ["app.py"] and decision["outcome"] == "incomplete")


@pytest.mark.parametrize("place", [".gitignore", ".git/info/exclude"])
def test_a_tracked_file_cannot_be_ignored(repository: Repository, place: str) -> None:
    repository.write(place, "*.py\n")
    assert repository.git("check-ignore", "--no-index", "app.py"), "git by itself calls it ignored"
    assert FOUND in repository.judge()[0]


def test_a_replaced_object_is_not_taken_for_the_file(repository: Repository) -> None:
    blob = repository.git("rev-parse", "HEAD:app.py").strip()
    safe = repository.git("hash-object", "-w", str(repository.write("safe", SAFE))).strip()
    (repository.tree / "safe").unlink()
    repository.git("replace", blob, safe)
    assert repository.git("show", "HEAD:app.py") == SAFE, "git by itself shows the other one"
    assert FOUND in repository.judge()[0]


def test_an_attribute_leaves_no_file_out(repository: Repository) -> None:
    repository.write(".gitattributes", "app.py export-ignore linguist-vendored linguist-generated -diff binary\n")
    repository.commit()
    assert (
        "app.py"
        not in subprocess.run(
            ["tar", "t"], input=repository.git("archive", "HEAD"), capture_output=True, text=True, check=True
        ).stdout.split()
    ), "git by itself leaves it out"
    assert FOUND in repository.judge()[0]


def test_an_encoding_of_the_checkout_hides_no_file(repository: Repository) -> None:
    repository.write(".gitattributes", "*.py working-tree-encoding=UTF-16LE\n")
    repository.write("app.py", PYTHON.encode("utf-16-le"))
    repository.commit()
    assert repository.git("show", "HEAD:app.py") == PYTHON, "what is committed is plain text"
    found, decision = repository.judge()
    unread = [path for one in decision["evidence"] for path in one.get("unread", ())]
    assert FOUND in found or "app.py" in unread


def test_a_repository_within_is_named(repository: Repository) -> None:
    inner = repository.tree / "vendor"
    inner.mkdir()
    repository.git("init", "-q", within="vendor")
    repository.write("vendor/inner.py", PYTHON)
    assert "vendor/inner.py" not in repository.git("ls-files", "--others"), "git by itself does not list it"
    found, decision = repository.judge()
    left_out = [one["path"] for one in decision.get("leftOut", ())]
    assert (BANDIT, "vendor/inner.py") in found or any(path.startswith("vendor") for path in left_out)
