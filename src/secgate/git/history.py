"""Since when a branch has had a line: by its own first parents, so that what was merged counts from its merge on."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from secgate.git.repository import Repository


@dataclass(frozen=True)
class Dates:
    """When lines came."""

    days: Mapping[tuple[str, int], str]
    """By path and line, 1-based: the UTC day, `2026-11-25`. What the commit does not hold is left out."""
    cut: frozenset[tuple[str, int]]
    """Lines that are older than what this clone holds of the history."""


def since(repository: Repository, commit: str, lines: Mapping[str, Collection[int]]) -> Dates:
    """Return since when the branch that ends with a commit has had lines of it.

    A line that the file does not have is taken for its first one.

    Args:
        repository: where that is.
        commit: the id.
        lines: by path, 1-based.

    Raises:
        UsageError: git does not answer.
    """
    ends = _ends(repository)
    days: dict[tuple[str, int], str] = {}
    cut: set[tuple[str, int]] = set()
    for path, wanted in sorted(lines.items()):
        told = _blamed(repository, commit, path, wanted)
        first = told.get(1)
        for line in wanted:
            found = told.get(line, first)
            if found is None:
                continue
            origin, days[path, line] = found
            if origin in ends:
                cut.add((path, line))
    return Dates(days, frozenset(cut))


def _ends(repository: Repository) -> frozenset[str]:
    """Return the commits at which a shallow clone ends."""
    place = repository.folder / "shallow"
    return frozenset(place.read_text(encoding="ascii").split()) if place.is_file() else frozenset()


def _blamed(repository: Repository, commit: str, path: str, wanted: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return, by line, the commit that brought it, and the day; of the first line in any case."""
    done = repository.run("blame", "--first-parent", "--line-porcelain", commit, "--", path)
    if done.returncode != 0:
        return {}
    found: dict[int, tuple[str, str]] = {}
    origin, line = "", 0
    for text in done.stdout.split(b"\n"):
        if text.startswith(b"\t"):
            origin = ""
        elif not origin:
            words = text.decode("ascii", "replace").split()
            origin, line = (words[0].lstrip("^"), int(words[2])) if len(words) > 2 else ("", 0)
        elif text.startswith(b"committer-time ") and (line == 1 or line in wanted):
            found[line] = (origin, _day(int(text.split()[1])))
    return found


def _day(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC).date().isoformat()
