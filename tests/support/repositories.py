"""Repositories made on the spot: ordinary ones, and such as no git would make."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}

Names = Iterable[tuple[str, bytes, str]]
"""Mode, name and id of each entry of a tree, as they will stand in it."""


def git(root: Path, *words: str, given: bytes = b"", **environment: str) -> str:
    """Run git in `root` and return what it prints."""
    done = subprocess.run(
        ["git", "-C", str(root), *words],
        input=given, capture_output=True, env={**_ENVIRONMENT, **environment}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def repository(root: Path, *names: str, form: str = "sha1") -> Path:
    """Make a repository without commits and write each file with its own name as a comment."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main", f"--object-format={form}")
    return write(root, *names)


def write(root: Path, *names: str) -> Path:
    """Write files below `root`, each with its own name as a comment."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return root


def commit(root: Path) -> str:
    """Commit all that is there and return the commit's id."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "x")
    return git(root, "rev-parse", "HEAD")


def blob(root: Path, content: bytes = b"x = 1\n") -> str:
    """Store a file's content and return its id."""
    return git(root, "hash-object", "-w", "--stdin", given=content)


def tree(root: Path, *names: tuple[str, bytes, str]) -> str:
    """Store a tree with exactly these entries, in this order, whatever git thinks of it, and return its id."""
    raw = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(one) for mode, name, one in names)
    return git(root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=raw)


def commit_of(root: Path, tree_id: str) -> str:
    """Return the id of a commit of that tree."""
    return git(root, "commit-tree", tree_id, "-m", "x")


def canary(place: Path, mark: Path) -> Path:
    """Write a program that leaves a mark when it is run."""
    place.write_text(f"#!/bin/sh\ntouch {mark}\n")
    place.chmod(0o755)
    return place
