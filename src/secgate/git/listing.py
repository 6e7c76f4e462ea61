"""Which names there are: in the working tree, in the index, or in a commit."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from secgate.errors import UsageError
from secgate.git.blobs import Object, Read, reading
from secgate.git.names import refusal
from secgate.git.repository import Repository, absent

MAX_ENTRIES = 1_000_000
"""Names in one commit; a few small trees that name each other can make any number."""
MAX_DEPTH = 100
"""Folders above a file."""
MAX_PATH_BYTES = 1024
MAX_TREE_BYTES = 100_000_000
"""A folder's list of names."""

SUBMODULE = 0o160000
_FOLDER = stat.S_IFDIR
_TRACKED = re.compile(rb"(\S) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-3])\t(.+)", re.DOTALL)
"""`<tag> <mode> <id> <stage>`, a tab and the name."""
NEVER_FETCHED = "is not in this clone, which is a partial one"
"""Why an object that a tree names may be missing."""


class Entry(NamedTuple):
    """One name of the tree."""

    name: bytes
    """Relative to the root, segments divided by `/`."""
    mode: int = 0
    """As git has it: file, link, submodule, or a folder that was not looked into; 0 where only the disk knows."""
    blob: str = ""
    """The id of its content; empty where it is to be read from the disk."""
    absent: str = ""
    """Why its content cannot be given (from a blob) or may be missing (on the disk); empty where neither is known."""


def working_tree(repository: Repository) -> list[Entry]:
    """Return the working tree's files: tracked or untracked, but not ignored; sorted by name, without repeats.

    Raises:
        UsageError: git cannot read all of this repository; with its own words.
    """
    entries = {name: Entry(name, mode, absent=_absence(tag, mode)) for tag, mode, _, _, name in _tracked(repository)}
    for name in _list(repository, "--others", "--exclude-standard"):
        entries.setdefault(name.rstrip(b"/"), Entry(name.rstrip(b"/")))
    return [entries[name] for name in sorted(entries)]


def index(repository: Repository) -> list[Entry]:
    """Return what the next commit would hold, sorted by name.

    Raises:
        UsageError: git cannot read all of this repository; with its own words.
    """
    entries = {
        name: Entry(name, mode, blob, absent="" if stage == b"0" else "is not merged: resolve its conflict first")
        for _, mode, blob, stage, name in _tracked(repository)
    }
    return [entries[name] for name in sorted(entries)]


def _tracked(repository: Repository) -> Iterator[tuple[bytes, int, str, bytes, bytes]]:
    """Give tag, mode, blob, stage and name of each entry of the index."""
    for line in _list(repository, "--cached", "--stage", "-t"):
        found = _TRACKED.fullmatch(line)
        if not found:
            raise _unlisted(repository, f"what is {line[:80]!r}?")
        tag, mode, blob, stage, name = found.groups()
        yield tag, int(mode, 8), blob.decode(), stage, name


def _absence(tag: bytes, mode: int) -> str:
    """Return why a tracked file need not be on the disk."""
    if mode == SUBMODULE:
        return "a submodule that is not checked out"
    return "is in the commit but not in the folder (sparse checkout)" if tag in {b"S", b"s"} else ""


def _list(repository: Repository, *options: str) -> list[bytes]:
    done = repository.run("ls-files", "-z", *options)
    # At exit code 0 a warning still says that something was not read: a folder without permission, say.
    if done.returncode != 0 or done.stderr.strip():
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise _unlisted(repository, told[-1] if told else f"exit code {done.returncode}")
    return [line for line in done.stdout.split(b"\0") if line]


def _unlisted(repository: Repository, told: str) -> UsageError:
    return UsageError(
        f"{repository.root}: git cannot list the files: {told}",
        "Run `git status` there; a repository that git can read is needed.",
    )


def commit(repository: Repository, revision: str) -> list[Entry]:
    """Return what a commit holds, sorted by name; a name that its trees hold twice is there twice.

    The trees are read by us, since git's own listing joins names as they are (`..`), ends at the first one that it
    cannot read, and knows no bounds. A folder that was not looked into is an entry that says why.

    Args:
        repository: where it is.
        revision: the id of a commit.

    Raises:
        UsageError: the commit's tree is not there, or git cannot read this repository.
    """
    root = Entry(b"", _FOLDER, f"{revision}^{{tree}}")
    with reading(repository, MAX_TREE_BYTES) as read:
        found = _walk(root, read, width=len(revision) // 2)
    if any(one.blob == root.blob for one in found):
        raise absent(repository.root, f"the tree of commit {revision} is not whole")
    return sorted(found, key=lambda one: one.name)


def _walk(root: Entry, read: Read, width: int) -> list[Entry]:
    """Return every name below a folder, level by level, within the bounds."""
    found: list[Entry] = []
    level = [root]
    for _ in range(MAX_DEPTH):
        below: list[Entry] = []
        for folder, tree in zip(level, read([one.blob for one in level]), strict=False):
            names = _entries(folder, tree, width)
            below += (one for one in names if one.mode == _FOLDER and not one.absent)
            found += (one for one in names if one.mode != _FOLDER or one.absent)
            if len(found) + len(below) > MAX_ENTRIES:
                rest = level[level.index(folder) + 1 :]
                return [*found, *_closed((*rest, *below), f"the tree has more than {MAX_ENTRIES:,} names")]
        level = below
    return [*found, *_closed(level, f"lies below {MAX_DEPTH} folders")]


def _closed(folders: Iterable[Entry], reason: str) -> Iterator[Entry]:
    return (folder._replace(absent=reason) for folder in folders)


def _entries(folder: Entry, tree: Object, width: int) -> list[Entry]:
    """Return the names in one folder; where they cannot be read, the folder itself with the reason."""
    prefix = folder.name + b"/" if folder.name else b""
    if tree.kind == "missing":
        return [folder._replace(absent=NEVER_FETCHED)]
    if tree.kind != "tree" or tree.size > MAX_TREE_BYTES:
        return [folder._replace(absent="no list of names, or one that is too long, stands for this folder")]
    try:
        return [_checked(prefix, name, mode, blob) for mode, name, blob in _parsed(tree.content, width)]
    except ValueError:
        return [folder._replace(absent="the list of names in this folder is damaged")]


def _parsed(tree: bytes, width: int) -> Iterator[tuple[int, bytes, str]]:
    """Give mode, name and id of each entry of a tree object: mode, blank, name, NUL, id, one after the other.

    Raises:
        ValueError: it is damaged.
    """
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        at = end + 1 + width
        if at > len(tree) or not mode.isdigit() or len(mode) > len("100644"):
            raise ValueError("no entry of a tree object")
        yield int(mode, 8), name, tree[end + 1 : at].hex()


def _checked(prefix: bytes, name: bytes, mode: int, blob: str) -> Entry:
    """Return an entry; one that cannot be a path, and a folder that must not be entered, say why."""
    path = prefix + name or b"./"
    kind = _FOLDER if stat.S_ISDIR(mode) else mode
    if len(path) > MAX_PATH_BYTES:
        return Entry(path[:MAX_PATH_BYTES], kind, blob, absent=f"its path is longer than {MAX_PATH_BYTES} bytes")
    if b"/" in name:
        return Entry(path, kind, blob, absent="its name holds a slash")
    return Entry(path, kind, blob, absent=refusal(os.fsdecode(name)) if kind == _FOLDER else "")
