"""The only module that runs git. It trusts nothing that a repository says about itself.

The repository is found by us, not by git, so that a folder which merely looks like a repository is never asked; git
gets an environment of its own, and the settings that could start a program or hide a file are overruled.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
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
    """Return the root of the working tree that holds `path` (absolute, resolved), or None outside a repository.

    Raises:
        UsageError: whether there is one cannot be seen.
    """
    try:
        return next((folder for folder in (path, *path.parents) if _is_marker(folder / ".git")), None)
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror}", "Check its permissions.") from error


def _is_marker(marker: Path) -> bool:
    if marker.is_file():
        with marker.open("rb") as file:
            return file.read(8) == b"gitdir: "
    return (marker / "HEAD").is_file() and (marker / "objects").is_dir()


def head(root: Path) -> str:
    """Return the id of HEAD's commit, or an empty text in a repository without commits.

    Raises:
        UsageError: git is not installed.
    """
    done = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return done.stdout.decode().strip() if done.returncode == 0 else ""


@dataclass(frozen=True)
class Entry:
    """One name in the working tree."""

    name: bytes
    """Relative to the root."""
    absent: str = ""
    """Why it may be absent from the folder although the commit has it; empty where it can only have been deleted."""


def files(root: Path) -> list[Entry]:
    """Return the working tree's files: tracked or untracked, but not ignored; sorted by name, without repeats.

    Raises:
        UsageError: git is not installed, or cannot read all of this repository; with its own words.
    """
    tracked = _list(root, "--cached", "--stage", "-t")
    entries = {name: Entry(name, _absence(words)) for words, name in (line.split(b"\t", 1) for line in tracked)}
    for name in _list(root, "--others", "--exclude-standard"):
        entries.setdefault(name, Entry(name))
    return [entries[name] for name in sorted(entries)]


def _absence(words: bytes) -> str:
    """Return why a tracked file need not be there, from `tag mode id stage`."""
    tag, mode = words.split(b" ")[:2]
    if mode == b"160000":
        return "a submodule that is not checked out"
    return "is in the commit but not in the folder (sparse checkout)" if tag in {b"S", b"s"} else ""


def _list(root: Path, *options: str) -> list[bytes]:
    done = _git(root, "ls-files", "-z", *options)
    # At exit code 0 a warning still says that something was not read: a folder without permission, say.
    if done.returncode != 0 or done.stderr.strip():
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(
            f"{root}: git cannot list the files: {told[-1] if told else f'exit code {done.returncode}'}",
            "Run `git status` there; a repository that git can read is needed.",
        )
    return [line for line in done.stdout.split(b"\0") if line]


def _program() -> str:
    """Return git's absolute path. A relative entry of PATH could lead into the tree: none of them counts.

    Raises:
        UsageError: git is not installed.
    """
    places = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(place).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(places))
    if found is None:
        raise UsageError("git is not installed", "Install git, or scan a folder that is not a repository.")
    return found


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    overruled = [word for setting in _OVERRULED for word in ("-c", setting)]
    argv = [_program(), f"--git-dir={root / '.git'}", f"--work-tree={root}", *overruled, *arguments]
    environment = {**_ENVIRONMENT, "PATH": os.environ.get("PATH", os.defpath)}
    try:
        return subprocess.run(argv, cwd=root, env=environment, capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"{root}: git did not answer within {TIMEOUT_S} s") from error
