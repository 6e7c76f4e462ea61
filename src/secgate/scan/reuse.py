"""What need not be scanned twice: a file that both trees have in the same bytes, by a tool that reads each by itself.

What such a tool finds in the one it finds in the other: what it said of the judged tree's file is true of the base's.
"""

import filecmp
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from secgate.model import Finding, Target, Task, Tree

Reused = Mapping[tuple[str, str], frozenset[str]]
"""By scanner and command: the files of the copy that the base's process does not read again."""


def lightened(
    tasks: Sequence[Task], base: tuple[Tree, Path], head: tuple[Tree, Path], planned: Sequence[Task]
) -> tuple[tuple[Task, ...], Reused]:
    """Take out of the base's tasks what the judged tree's tasks read too.

    Args:
        tasks: the base's.
        base: the staged base, and its copy.
        head: the staged tree, and its copy.
        planned: the judged tree's tasks.

    Returns:
        The tasks that are left, and what was taken out of them.
    """
    there: dict[tuple[str, str], set[str]] = {}
    for task in planned:
        there.setdefault((task.scanner.id, task.name), set()).update(task.files)
    same = _Same(base, head)
    kept: list[Task] = []
    reused: dict[tuple[str, str], frozenset[str]] = {}
    for task in tasks:
        key = (task.scanner.id, task.name)
        # Only a tool that is handed its files reads nothing else.
        by_itself = task.command.target == "files" and not task.lost
        again = {path for path in task.files if path in there.get(key, ()) and same(path)} if by_itself else set()
        reused[key] = reused.get(key, frozenset()) | again
        if rest := tuple(path for path in task.files if path not in again):
            kept.append(
                msgspec.structs.replace(task, files=rest, silent=_of(task.silent, rest), whole=_of(task.whole, rest))
            )
        elif not again:
            kept.append(task)
    return tuple(kept), reused


def _of(some: Sequence[str], paths: Sequence[str]) -> tuple[str, ...]:
    kept = frozenset(paths)
    return tuple(path for path in some if path in kept)


class _Same:
    """Says whether two copies have the same file under a name, standing for the same one, line by line."""

    def __init__(self, base: tuple[Tree, Path], head: tuple[Tree, Path]) -> None:
        (self._old, self._before), (self._new, self._now) = ((_targets(tree), folder) for tree, folder in (base, head))
        self._known: dict[str, bool] = {}

    def __call__(self, path: str) -> bool:
        if path not in self._known:
            old, new = self._old.get(path), self._new.get(path)
            alike = old is not None and new is not None and _meaning(old) == _meaning(new)
            self._known[path] = alike and filecmp.cmp(self._before / path, self._now / path, shallow=False)
        return self._known[path]


def _targets(tree: Tree) -> dict[str, Target]:
    return {one.path: one for one in tree.files}


def _meaning(target: Target) -> tuple[object, ...]:
    return target.stands_for, target.lines, target.instead, target.linked


def said_of(findings: Sequence[Finding], paths: frozenset[str]) -> list[Finding]:
    """Return what was found in some files of the copy."""
    return [one for one in findings if one.location.path in paths]
