"""From the tree to the list of processes: which scanner reads which files, and what is not read and why."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from secgate.globs import matcher
from secgate.model import Category, Command, Lockfile, Reads, Scanner, Skip, Task, Tree
from secgate.scan import locked

HEAD_BYTES = 64 * 1024
MAX_ARGUMENT_BYTES = 1_000_000
"""Linux takes about twice that much for arguments and environment together."""
_ALL = "**"


@dataclass(frozen=True)
class Wish:
    """What the caller wants to have scanned, beside the tree."""

    only: frozenset[str] = frozenset()
    """Scanners to use; empty: all."""
    skip: frozenset[str] = frozenset()
    alone: bool = False
    """True: only commands for which each file stands by itself, since a part of the tree is all that is there."""
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
    look = _look(tree, staged, scanners.values())
    for scanner in scanners.values():
        for name, command in sorted(scanner.commands.items()):
            found = _tasks(scanner, name, command, look, wish)
            unwanted = scanner.id in wish.skip or (bool(wish.only) and scanner.id not in wish.only)
            if wish.alone and not alone(command):
                skips.append(Skip(scanner.id, name, command.category, "left to the whole scan"))
            elif found and not unwanted:
                tasks += found
            else:
                reason = "left out by --only or --skip" if unwanted else "nothing for it to read"
                skips.append(Skip(scanner.id, name, command.category, reason, applicable=unwanted and bool(found)))
    return tuple(tasks), tuple(skips)


def alone(command: Command) -> bool:
    """Return whether what it says of a file does not depend on any other file."""
    return command.target == "files" or command.category is Category.SECRET


@dataclass(frozen=True)
class _Look:
    """Which files meet which `reads` entry."""

    staged: Path
    files: Mapping[Reads, list[str]]
    """Staged files by name and content, in order."""
    named: Mapping[Reads, bool]
    """Whether a staged file has such a name, whatever it contains."""
    lost: Mapping[Reads, list[str]]
    """Left-out files by name, whatever they contain."""
    folders: list[str]
    """Left-out folders: nobody knows what is in them."""
    lockfiles: Mapping[tuple[Reads, str], Lockfile]


def _look(tree: Tree, staged: Path, scanners: Iterable[Scanner]) -> _Look:
    """Look at every file once, and at its content only where some entry asks for it."""
    entries = {reads for one in scanners for command in one.commands.values() for reads in command.reads}
    # Whatever case a name is written in, somebody's tool takes it: a scanner that does not has left it unread.
    tests = [(reads, matcher([glob.lower() for glob in reads.paths]), _contains(reads)) for reads in entries]
    files: dict[Reads, list[str]] = {reads: [] for reads in entries}
    lost: dict[Reads, list[str]] = {reads: [] for reads in entries}
    seen = dict.fromkeys(entries, False)
    unopened: dict[Reads, list[str]] = {reads: [] for reads in entries if reads.lockfile}
    for target in tree.files:
        named = [(reads, contains) for reads, meets, contains in tests if meets(target.path.lower())]
        head = _head(staged / target.path) if any(contains for _, contains in named) else b""
        for reads, contains in named:
            seen[reads] = True
            if contains is None or contains(head):
                unopened.get(reads, files[reads]).append(target.path)
    lockfiles = locked.look(staged, unopened, {target.path for target in tree.files})
    for reads, path in lockfiles:
        files[reads].append(path)
    for one in tree.left_out:
        for reads, meets, _ in tests:
            # What reads everything has read the file itself, though not the form of it.
            whole = not one.read_as or _ALL not in reads.paths
            if one.matters and whole and meets((one.read_as or one.path).lower()):
                lost[reads].append(one.path)
    folders = [one.path for one in tree.left_out if one.matters and one.folder]
    return _Look(staged, files, seen, lost, folders, lockfiles)


def _contains(reads: Reads) -> Callable[[bytes], object] | None:
    return re.compile(reads.containing.encode()).search if reads.containing else None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _tasks(scanner: Scanner, name: str, command: Command, look: _Look, wish: Wish) -> list[Task]:
    if wish.timeout_s:
        command = msgspec.structs.replace(command, timeout_s=wish.timeout_s)
    if not command.reads_copy:
        places = wish.images if command.target == "image" else wish.sboms
        return [Task(scanner, name, command, files=(place,), shard=index) for index, place in enumerate(places)]
    listed = {path for reads in command.reads if reads.proof == "listed" for path in look.files[reads]}
    silent = {path for reads in command.reads if reads.proof == "errors" for path in look.files[reads]}
    never = {path for reads in command.reads if reads.proof == "never" for path in look.files[reads]}
    whole = {path for reads in command.reads if reads.whole for path in look.files[reads]}
    lost = tuple(sorted({*never, *(path for reads in command.reads for path in look.lost[reads])}))
    files = sorted(listed | silent)
    found = {path: one for (reads, path), one in look.lockfiles.items() if reads in command.reads}
    # Content decides what is to be proved, never whether the scanner looks: a marker can lie behind any head.
    named = command.target == "tree" and any(look.named[reads] for reads in command.reads)
    shards = _shards(files, command, len(os.fsencode(look.staged)), wish.cores) if files or lost or named else []
    # Whatever has something to read may have wanted what lies in a folder that nobody looked into.
    lost = tuple(sorted({*lost, *look.folders}))
    return [
        Task(
            scanner=scanner,
            name=name,
            command=command,
            files=tuple(shard),
            silent=tuple(path for path in shard if path not in listed),
            whole=tuple(path for path in shard if path in whole),
            shard=index,
            lost=lost,
            lockfiles={path: found[path] for path in shard if path in found},
        )
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
