"""From a path to the tree that is to be judged: which files there are, and which of them nobody will get to see."""

import os
import stat
from pathlib import Path

from secgate import git
from secgate.errors import UsageError
from secgate.model import LeftOut, Target, Tree

MAX_FILE_BYTES = 20_000_000
"""A larger file is left out: no scanner reads one in bounded time and memory."""


def detect(path: Path) -> Tree:
    """List what is to be judged at `path`: a repository, a folder of one, or a folder without one.

    Returns the tree with files and left-outs sorted by path; for a folder inside a repository the tree is narrowed to
    it, while root and paths stay the repository's.

    Raises:
        UsageError: there is no such folder, or it cannot be listed.
    """
    if not path.is_dir():
        what = "is not a folder" if path.exists() else "there is no such folder"
        raise UsageError(f"{path}: {what}", "Give the folder of a repository, or a folder below it.")
    path = path.resolve()
    root = git.root_of(path)
    entries = git.files(root) if root else _walk(path)
    scope = path.relative_to(root).as_posix() if root and root != path else ""
    files, left_out = _sort_out(root or path, entries, scope)
    return Tree(
        root=str(root or path),
        source="working tree" if root else "folder",
        scope=scope,
        commit=git.head(root) if root else "",
        files=tuple(files),
        left_out=tuple(left_out),
    )


def _walk(root: Path) -> list[git.Entry]:
    """Return every file below a folder that is no repository, without following links or entering `.git`."""
    found: list[str] = []

    def refuse(error: OSError) -> None:
        raise UsageError(f"{error.filename}: cannot be listed: {error.strerror}", "Check its permissions.")

    for folder, folders, names in os.walk(root, onerror=refuse):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = [name for name in folders if name != ".git" and name not in links]
        found += [f"{folder}/{name}" for name in (*names, *links)]
    prefix = len(str(root).rstrip("/")) + 1
    return [git.Entry(name) for name in sorted(os.fsencode(name[prefix:]) for name in found)]


def _sort_out(root: Path, entries: list[git.Entry], scope: str) -> tuple[list[Target], list[LeftOut]]:
    files: dict[str, Target] = {}
    left_out: list[LeftOut] = []
    for entry in entries:
        path = entry.name.decode("utf-8", "backslashreplace")
        if scope and not path.startswith(scope + "/"):
            continue
        found = _look(root, entry, path) if path not in files else LeftOut(path, "another file has this name too", True)
        if isinstance(found, Target):
            files[path] = found
        elif found is not None:
            left_out.append(found)
    return [files[path] for path in sorted(files)], sorted(left_out, key=lambda one: (one.path, one.reason))


def _look(root: Path, entry: git.Entry, path: str) -> Target | LeftOut | None:
    """Return what a name stands for; None for a file that git still lists but that has been deleted."""
    name = os.fsdecode(entry.name)
    full = f"{root}/{name}"
    try:
        status = os.lstat(full)
    except (FileNotFoundError, NotADirectoryError):
        return LeftOut(path, entry.absent, True) if entry.absent else None
    except OSError as error:
        return LeftOut(path, f"cannot be read: {error.strerror}", True)
    if stat.S_ISREG(status.st_mode):
        if status.st_size > MAX_FILE_BYTES:
            return LeftOut(path, f"larger than {MAX_FILE_BYTES // 1_000_000} MB", True)
        if not os.access(full, os.R_OK):
            return LeftOut(path, "cannot be read: permission denied", True)
        return Target(path, status.st_size, name if path.encode() != entry.name else "")
    if stat.S_ISLNK(status.st_mode):
        return LeftOut(path, "a symbolic link: what it points to is judged under its own name, if it is in the tree")
    if stat.S_ISDIR(status.st_mode):
        return LeftOut(path, "a repository inside this one: scan it by itself", True)
    return LeftOut(path, "not a regular file")
