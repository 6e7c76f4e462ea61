"""What lies on the disk below a root: names, what each stands for, and content. No link is followed."""

import errno
import os
import stat
from pathlib import Path

from secgate.errors import UsageError
from secgate.git import SUBMODULE, Entry
from secgate.model import LeftOut, Link, Target
from secgate.scan.folders import Folders

MAX_FILE_BYTES = 20_000_000
"""A larger file is left out: no scanner reads one in bounded time and memory."""

LINK = "a symbolic link: what it points to is judged under its own name, if it is in the tree"
TOO_LARGE = f"larger than {MAX_FILE_BYTES // 1_000_000} MB"
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


def walk(root: Path, below: str = "") -> list[Entry]:
    """Return every file below a folder, sorted, without following links or entering `.git`.

    Args:
        root: what the names are relative to.
        below: the folder below the root to begin with; empty for the root.

    Raises:
        UsageError: a folder cannot be listed.
    """
    found: list[str] = []

    def refuse(error: OSError) -> None:
        raise UsageError(f"{error.filename}: cannot be listed: {error.strerror}", "Check its permissions.")

    for folder, folders, names in os.walk(root / below, onerror=refuse):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = [name for name in folders if name != ".git" and name not in links]
        found += [f"{folder}/{name}" for name in (*names, *links)]
    prefix = len(str(root).rstrip("/")) + 1
    return [Entry(name) for name in sorted(os.fsencode(name[prefix:]) for name in found)]


def look(folders: Folders, entry: Entry, path: str) -> Target | Link | LeftOut | None:
    """Return what a name stands for; None for a file that git still lists but that has been deleted.

    Args:
        folders: of the root.
        entry: the name as it is on the disk.
        path: the name as it is told.
    """
    name = os.fsdecode(entry.name)
    folder, _, last = name.rpartition("/")
    try:
        place = folders.holding(folder)
        status = os.stat(last, dir_fd=place, follow_symlinks=False)
    except OSError as error:
        if error.errno in _GONE:
            return LeftOut(path, entry.absent, True, entry.mode == SUBMODULE) if entry.absent else None
        return LeftOut(path, f"cannot be read: {error.strerror}", True)
    if stat.S_ISREG(status.st_mode):
        if status.st_size > MAX_FILE_BYTES:
            return LeftOut(path, TOO_LARGE, True)
        if not os.access(last, os.R_OK, dir_fd=place):
            return LeftOut(path, "cannot be read: permission denied", True)
        return Target(path, status.st_size, name if path.encode() != entry.name else "")
    return _link(place, last, path) if stat.S_ISLNK(status.st_mode) else _no_file(path, status.st_mode)


def _link(place: int, name: str, path: str) -> Link | LeftOut:
    try:
        return Link(path, to=told(os.fsencode(os.readlink(name, dir_fd=place))))
    except OSError as error:
        return LeftOut(path, f"cannot be read: {error.strerror}", True)


def told(name: bytes) -> str:
    """Return a name as it is told everywhere: UTF-8, other bytes escaped."""
    return name.decode("utf-8", "backslashreplace")


def _no_file(path: str, mode: int) -> LeftOut:
    if stat.S_ISDIR(mode):
        return LeftOut(path, "a repository inside this one: scan it by itself", True, folder=True)
    return LeftOut(path, "not a regular file")


def read(folders: Folders, target: Target) -> bytes | str:
    """Return the content of a file, or why it cannot be read: between listing and now it may have become anything.

    Args:
        folders: of the root.
        target: what was found when it was listed.
    """
    folder, _, last = (target.stored or target.path).rpartition("/")
    try:
        # Neither is a link followed nor a FIFO waited for.
        descriptor = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folders.holding(folder))
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return "is no longer a regular file"
        try:
            content = opened.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            return f"cannot be read: {error.strerror}"
    return content if len(content) <= MAX_FILE_BYTES else TOO_LARGE
