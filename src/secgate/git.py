"""The only module that runs git. It trusts nothing that a repository says about itself.

The repository is found by us, not by git, so that a folder which merely looks like a repository is never asked; git
gets an environment of its own, and the settings that could start a program or hide a file are overruled.
"""

import os
import subprocess
from pathlib import Path

from secgate.errors import UsageError

TIMEOUT_S = 120

_ENVIRONMENT = {
    "PATH": os.defpath,
    "LC_ALL": "C",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PROTOCOL_FROM_USER": "0",
}
_OVERRULED = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.excludesFile=/dev/null",
    "core.attributesFile=/dev/null",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "safe.bareRepository=explicit",
    "protocol.allow=never",
)


def root_of(path: Path) -> Path | None:
    """Return the root of the working tree that holds `path` (absolute, resolved), or None outside a repository."""
    return next((folder for folder in (path, *path.parents) if _is_marker(folder / ".git")), None)


def _is_marker(marker: Path) -> bool:
    if marker.is_file():
        return marker.read_bytes()[:8] == b"gitdir: "
    return (marker / "HEAD").is_file() and (marker / "objects").is_dir()


def head(root: Path) -> str:
    """Return the id of HEAD's commit, or an empty text in a repository without commits.

    Raises:
        UsageError: git is not installed.
    """
    done = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return done.stdout.decode().strip() if done.returncode == 0 else ""


def files(root: Path) -> list[bytes]:
    """Return the working tree's files: tracked or untracked, but not ignored; sorted, relative, without repeats.

    Raises:
        UsageError: git is not installed, or cannot read this repository; with its own words.
    """
    done = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if done.returncode != 0:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(
            f"{root}: git cannot list the files: {told[-1] if told else f'exit code {done.returncode}'}",
            "Run `git status` there; a repository that git can read is needed.",
        )
    return sorted(set(filter(None, done.stdout.split(b"\0"))))


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    overruled = [word for setting in _OVERRULED for word in ("-c", setting)]
    argv = ["git", f"--git-dir={root / '.git'}", f"--work-tree={root}", *overruled, *arguments]
    environment = {**_ENVIRONMENT, "PATH": os.environ.get("PATH", os.defpath)}
    try:
        return subprocess.run(argv, cwd=root, env=environment, capture_output=True, timeout=TIMEOUT_S, check=False)
    except FileNotFoundError as error:
        raise UsageError("git is not installed", "Install git, or scan a folder that is not a repository.") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"{root}: git did not answer within {TIMEOUT_S} s") from error
