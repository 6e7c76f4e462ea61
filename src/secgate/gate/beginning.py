"""What a repository is, as far as that matters for its first gate."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from secgate import catalog, git
from secgate.errors import UsageError
from secgate.globs import matcher
from secgate.model import Applies, Reads, Scanner
from secgate.policy.load import load
from secgate.policy.source import PACK
from secgate.scan.detect import detect
from secgate.scan.plan import HEAD_BYTES

_USUAL = ("main", "master")


@dataclass(frozen=True)
class Kind:
    """Files of one language or format."""

    name: str
    files: int
    scanners: tuple[str, ...]
    """Those that read them, sorted; none: nobody does."""


@dataclass(frozen=True)
class Beginning:
    """A repository as it is found."""

    root: Path
    branch: str
    """The default one."""
    releases: bool
    """Whether there are branches `release/…`."""
    kinds: tuple[Kind, ...]
    """Most files first; those that nobody reads are last."""


def look(path: Path) -> Beginning:
    """Look at a repository.

    Raises:
        UsageError: there is none at `path`.
    """
    root = git.root_of(path.resolve())
    if root is None:
        raise UsageError(f"{path}: is in no git repository", "Run `git init` first, or name a folder of a repository.")
    with git.opened(root) as repository:
        listed = repository.run("for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes/origin").stdout
        names = listed.decode(errors="replace").split()
        branch = _branch(repository, names) or _USUAL[0]
    releases = any("/release/" in name for name in names)
    paths = [one.path for one in detect(root).files]
    return Beginning(root, branch, releases, (*_read(root, paths, catalog.scanners().values()), *_unread(paths)))


def _branch(repository: git.Repository, names: Iterable[str]) -> str:
    """Return the default branch: the server's, else a usual one that is there, else the one that is checked out."""
    there = set(names)
    usual = [one for one in _USUAL if {f"refs/heads/{one}", f"refs/remotes/origin/{one}"} & there]
    return _symbolic(repository, "refs/remotes/origin/HEAD") or next(iter(usual), "") or _symbolic(repository, "HEAD")


def _symbolic(repository: git.Repository, name: str) -> str:
    found = repository.run("symbolic-ref", "--quiet", "--short", name).stdout.decode(errors="replace").strip()
    return found.removeprefix("origin/")


def _read(root: Path, paths: Iterable[str], scanners: Iterable[Scanner]) -> list[Kind]:
    """Return the kinds that some scanner reads by what they are, leaving out what reads every file."""
    paths = list(paths)
    by: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}
    for scanner in scanners:
        for command in scanner.commands.values():
            for reads in (one for one in command.reads if "**" not in one.paths):
                meets = matcher(reads.paths)
                hits = {path for path in paths if meets(path) and _holds(root / path, reads)}
                if hits:
                    found.setdefault(reads.kind, set()).update(hits)
                    by.setdefault(reads.kind, set()).add(scanner.title.partition(" ")[0])
    kinds = [Kind(name, len(hits), tuple(sorted(by[name]))) for name, hits in found.items()]
    return sorted(kinds, key=lambda kind: (-kind.files, kind.name))


def _holds(place: Path, reads: Reads) -> bool:
    """Return whether a file is of the kind by its beginning, where its name alone does not say."""
    if not reads.containing:
        return True
    try:
        with place.open("rb") as file:
            return bool(re.search(reads.containing.encode(), file.read(HEAD_BYTES)))
    except OSError:
        return False


def _unread(paths: Iterable[str]) -> list[Kind]:
    """Return the kinds of source that the default policy wants read, and that nobody reads."""
    scanners = catalog.scanners()
    kinds: Counter[str] = Counter()
    for demand in load(PACK).required:
        if not isinstance(demand.applies, Applies):
            continue
        wanted = matcher(demand.applies.paths)
        commands = [one for name in demand.any_of for one in scanners[name].commands.values()]
        covered = matcher([glob for one in commands for reads in one.reads for glob in reads.paths])
        kinds.update(f"*{PurePosixPath(path).suffix}" for path in paths if wanted(path) and not covered(path))
    return [Kind(name, number, ()) for name, number in sorted(kinds.items())]
