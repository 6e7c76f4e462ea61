"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit in a repository of their own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import repositories
from support.repositories import git

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """\
repos:
  - repo: {place}
    rev: {rev}
    hooks: [{{id: secgate}}, {{id: secgate-full}}, {{id: secgate-install}}]
"""
# Made up, in the shape of the real thing, and put together here so that no scanner finds it in this file.
TOKEN = "ghp_" + "k3J9xQ2mV7bN4cZ8tR1wY6uP5aS0dF3gH2jK"

pytestmark = [pytest.mark.slow, pytest.mark.live]


@pytest.fixture(scope="module")
def hooks(tmp_path_factory):
    """Commit this very tree to a repository of its own, as pre-commit would clone it, and make pre-commit's cache."""
    place = tmp_path_factory.mktemp("hooks") / "secgate"
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    git(place, "init", "-q", "-b", "main")
    return place, repositories.commit(place), place.parent / "cache"


@pytest.fixture
def project(tmp_path, hooks, installed):
    """Make a repository with an old defect, whose hooks are installed, and a function that runs a program in it."""
    place, rev, cache = hooks
    root = repositories.repository(tmp_path / "project", "a.py")
    (root / "old.py").write_text("import os\nos.system(input())\n")
    (root / ".pre-commit-config.yaml").write_text(CONFIG.format(place=place, rev=rev))
    repositories.commit(root)

    def run(*words):
        environment = {
            **os.environ, "PRE_COMMIT_HOME": str(cache), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        done = subprocess.run(
            words, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900, check=False
        )
        return done.returncode, done.stdout.decode()

    run("pre-commit", "install", "--hook-type", "pre-commit", "--hook-type", "pre-push")
    return root, run


def test_a_commit_with_a_new_secret_is_refused_with_its_line(project):
    root, run = project
    (root / "a.py").write_text(f'x = 1\ntoken = "{TOKEN}"\n')
    git(root, "add", "a.py")
    (root / "unstaged.py").write_text(f'other = "{TOKEN}"\n')
    code, said = run("git", "commit", "-m", "x")
    assert code == 1, said
    assert "a.py:2" in said
    assert TOKEN not in said
    # What was there before, and what is not staged, is nobody's business now.
    assert "old.py" not in said
    assert "unstaged.py" not in said


def test_what_is_staged_counts_and_not_what_lies_in_the_folder(project):
    root, run = project
    (root / "a.py").write_text("x = 2\n")
    git(root, "add", "a.py")
    (root / "a.py").write_text(f'token = "{TOKEN}"\n')
    code, said = run("git", "commit", "-m", "x")
    assert code == 0, said
    assert git(root, "show", "HEAD:a.py") == "x = 2"


def test_a_push_judges_the_whole_commit(project):
    root, run = project
    repositories.repository(root.parent / "origin")
    git(root, "remote", "add", "origin", str(root.parent / "origin"))
    code, said = run("git", "push", "origin", "HEAD:refs/heads/change")
    assert code == 1, said
    assert "old.py" in said
    assert "BLOCKED" in said


def test_the_scanners_are_installed_by_hand(project):
    _, run = project
    code, said = run("pre-commit", "run", "--hook-stage", "manual", "secgate-install", "--all-files")
    # The vulnerability database need not be reachable; the scanners are there.
    assert code in {0, 1, 3}, said
    assert {"bandit", "checkov", "semgrep", "trivy"} <= set(re.findall(r"\w+", said.lower()))
