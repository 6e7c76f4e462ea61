"""Which lockfiles of the tree a scanner must have read, and what must be in its list of packages."""

import posixpath
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from secgate.model import Lockfile, Reads, Task, ToolError
from secgate.scan import lockfiles

MAX_NAMED = 5
"""So many packages of a file are named that were not checked."""


def look(
    staged: Path, named: Mapping[Reads, Iterable[str]], files: Collection[str]
) -> dict[tuple[Reads, str], Lockfile]:
    """Read lockfiles, and files of the tree that they take in under whatever name.

    Args:
        staged: the folder of the copy.
        named: for each entry with a `lockfile` the files that have a name of its.
        files: all files of the tree.

    Returns:
        What stands in each, without those that name no package: no tool lists them.
    """
    found: dict[tuple[Reads, str], Lockfile] = {}
    seen: set[tuple[Reads, str]] = set()
    queue = deque((reads, path) for reads, paths in named.items() for path in paths)
    while queue:
        reads, path = one = queue.popleft()
        if one in seen:
            continue
        seen.add(one)
        content = (staged / path).read_bytes()
        packages = lockfiles.read(reads.lockfile, content)
        if packages is None or packages:
            found[one] = Lockfile(reads.lockfile, packages)
        inner = (_joined(path, name) for name in lockfiles.included(reads.lockfile, content))
        queue.extend((reads, name) for name in inner if name in files)
    return found


def _joined(path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def unchecked(task: Task, listed: Mapping[str, Collection[tuple[str, str]]]) -> list[ToolError]:
    """Return for each lockfile that is not what it should be, or that the tool read in part, what was not checked.

    Args:
        task: what the tool should have read.
        listed: for each file the packages that the tool says it looked up.
    """
    found = ((path, _missing(one, listed.get(path))) for path, one in sorted(task.lockfiles.items()))
    return [ToolError(missing, path) for path, missing in found if missing]


def _missing(lockfile: Lockfile, listed: Collection[tuple[str, str]] | None) -> str:
    if lockfile.packages is None:
        return f"is not laid out as a lockfile of the kind {lockfile.format}: nobody knows what it asks for"
    if listed is None:
        return ""
    known = {(lockfiles.spelling(lockfile.format, name), version.strip()) for name, version in listed}
    missing = sorted(f"{name} {version}" for name, version in lockfile.packages - known if version)
    if len(missing) > MAX_NAMED:
        missing[MAX_NAMED:] = [f"{len(missing) - MAX_NAMED} more"]
    return f"{_and(missing)} {'was' if len(missing) == 1 else 'were'} not checked" if missing else ""


def _and(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
