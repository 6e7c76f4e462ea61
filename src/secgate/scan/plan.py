"""From the tree to the list of processes: which scanner reads which files, and what is not read and why."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec

from secgate.globs import matcher
from secgate.model import Command, Reads, Scanner, Skip, Task, Tree

HEAD_BYTES = 64 * 1024
MAX_ARGUMENT_BYTES = 1_000_000
"""Linux takes about twice that much for arguments and environment together."""


@dataclass(frozen=True)
class Wish:
    """What the caller wants to have scanned, beside the tree."""

    only: frozenset[str] = frozenset()
    """Scanners to use; empty: all."""
    skip: frozenset[str] = frozenset()
    images: tuple[str, ...] = ()
    """Absolute paths of image archives."""
    sboms: tuple[str, ...] = ()
    """Absolute paths of software bills of materials."""
    timeout_s: int = 0
    """Replaces every command's own time limit; 0: does not."""
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)


def plan(
    tree: Tree, staged: Path, scanners: Mapping[str, Scanner], wish: Wish
) -> tuple[tuple[Task, ...], tuple[Skip, ...]]:
    """Decide what to start.

    Args:
        tree: the staged tree.
        staged: the folder that holds its copy.
        scanners: by id.
        wish: what the caller asked for.

    Returns:
        The tasks and the skips, each sorted by scanner, command and shard. Every command of every scanner is in one
        of the two.
    """
    tasks: list[Task] = []
    skips: list[Skip] = []
    look = _Look(tree, staged)
    for scanner in scanners.values():
        for name, command in sorted(scanner.commands.items()):
            found = _tasks(scanner, name, command, look, wish)
            unwanted = scanner.id in wish.skip or (bool(wish.only) and scanner.id not in wish.only)
            if found and not unwanted:
                tasks += found
            else:
                reason = "left out by --only or --skip" if unwanted else "nothing for it to read"
                skips.append(Skip(scanner.id, name, command.category, reason, applicable=unwanted and bool(found)))
    return tuple(tasks), tuple(skips)


class _Look:
    """Answers which files meet a `reads` entry, opening each file at most once."""

    def __init__(self, tree: Tree, staged: Path) -> None:
        self.names = [target.path for target in tree.files]
        self.left_out = [one.path for one in tree.left_out if one.matters]
        self.staged = staged
        self.head = cache(self._read)

    def _read(self, path: str) -> bytes:
        with (self.staged / path).open("rb") as file:
            return file.read(HEAD_BYTES)

    def files(self, reads: Reads) -> list[str]:
        """Return the staged files that it names, in order."""
        meets = matcher(reads.paths)
        named = [path for path in self.names if meets(path)]
        if not reads.containing:
            return named
        contains = re.compile(reads.containing.encode()).search
        return [path for path in named if contains(self.head(path))]

    def lost(self, reads: Iterable[Reads]) -> tuple[str, ...]:
        """Return the left-out files that these entries would have named, whatever they contain."""
        meets = [matcher(one.paths) for one in reads]
        return tuple(path for path in self.left_out if any(met(path) for met in meets))


def _tasks(scanner: Scanner, name: str, command: Command, look: _Look, wish: Wish) -> list[Task]:
    if wish.timeout_s:
        command = msgspec.structs.replace(command, timeout_s=wish.timeout_s)
    if command.target in {"image", "sbom"}:
        places = wish.images if command.target == "image" else wish.sboms
        return [Task(scanner, name, command, files=(place,), shard=index) for index, place in enumerate(places)]
    listed: set[str] = set()
    silent: set[str] = set()
    for reads in command.reads:
        (listed if reads.proof == "listed" else silent).update(look.files(reads))
    lost = look.lost(command.reads)
    files = sorted(listed | silent)
    shards = _shards(files, command, len(os.fsencode(look.staged)), wish.cores) if files or lost else []
    return [
        Task(scanner, name, command, tuple(shard), tuple(path for path in shard if path not in listed), index, lost)
        for index, shard in enumerate(shards)
    ]


def _shards(files: list[str], command: Command, prefix: int, cores: int) -> list[list[str]]:
    """Split the files so that every core has work and no argument list grows too long; one shard for a whole tree."""
    if command.target == "tree":
        return [files]
    wanted = cores if command.split_above and len(files) > command.split_above else 1
    length = sum(len(os.fsencode(path)) + prefix + 2 for path in files)
    count = max(1, min(len(files), max(wanted, -(-length // MAX_ARGUMENT_BYTES))))
    return [files[index::count] for index in range(count)]


def longest_first(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks in the order in which to start them, so that no long one is left to run alone at the end."""
    return sorted(tasks, key=lambda task: (-_seconds(task), task.id))


def _seconds(task: Task) -> float:
    start, each = task.command.seconds
    return start + each * len(task.files)
