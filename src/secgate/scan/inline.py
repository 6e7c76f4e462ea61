"""Inline suppressions: lines of the tree that tell a scanner to look away. None is obeyed, each is recorded."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from secgate.globs import matcher
from secgate.model import Scanner, Suppression, Target

MAX_TEXT = 200
"""Characters of a reason or a list of rules that are kept."""
MAX_EACH = 1_000
"""Recorded of each marker in each file; the last one then says how many more there are."""
_EVERYTHING = "**"


@dataclass(frozen=True)
class _Sign:
    """A marker, ready to be looked for."""

    tool: str
    text: bytes
    beside: bytes
    pattern: re.Pattern[bytes]
    globs: frozenset[str]
    """Of the files that the tool reads in particular, in lower case."""
    obeys: Callable[[str], bool]
    """Whether a file of this name, in lower case, is one of them."""
    changes: bool
    """Whether it is to be taken from the content, since the tool has no switch for it."""


class Quieter:
    """Takes from files what would make a scanner look away, and remembers it."""

    def __init__(self, scanners: Iterable[Scanner]) -> None:
        # By a text that all of them need: most files have none, and each search takes a while.
        grouped: dict[bytes, list[_Sign]] = {}
        for sign in sorted((sign for one in scanners for sign in _signs(one)), key=lambda sign: len(sign.beside)):
            needed = next((text for text in grouped if text in sign.text), sign.beside)
            grouped.setdefault(needed, []).append(sign)
        self._groups = [(text, _worth(signs), signs) for text, signs in grouped.items()]
        self._found: set[Suppression] = set()

    @property
    def found(self) -> tuple[Suppression, ...]:
        """Return what was found so far, sorted by path, line, tool and rule."""
        return tuple(sorted(self._found, key=lambda one: (one.path, one.line, one.tool, one.rule, one.reason)))

    def quiet(self, target: Target, content: bytes) -> bytes:
        """Return a file's content, as long as before, in which no marker works that a scanner cannot switch off."""
        # To lower the case once and look for plain words is ten times as fast as a pattern that ignores it.
        lower = content.lower()
        path = target.path.lower()
        for text, worth, signs in self._groups:
            if (worth is None or worth(path)) and text in lower:
                for sign in signs:
                    if sign.text in lower:
                        content = self._quieted(sign, target, content)
        return content

    def _quieted(self, sign: _Sign, target: Target, content: bytes) -> bytes:
        changed = bytearray(content)
        found: list[Suppression] = []
        line, counted, more = 1, 0, 0
        for match in sign.pattern.finditer(content):
            end = match.end("off") if sign.changes else match.end()
            if end < 0:
                continue
            if sign.changes:
                changed[end - 1 : end] = b"-"
            if len(found) == MAX_EACH:
                more += 1
                continue
            line, counted = line + content.count(b"\n", counted, match.start()), match.start()
            place = target.original, target.line(line)
            found.append(Suppression(*place, sign.tool, _text(match, "rule"), _text(match, "reason")))
        if sign.obeys(target.path.lower()):
            self._found.update(_bounded(found, more))
        return bytes(changed)


def _worth(signs: Iterable[_Sign]) -> Callable[[str], bool] | None:
    """Return whether a file of this name is worth the search; None where each is.

    A marker that changes nothing and whose tool does not read such a file is not.
    """
    return None if any(one.changes for one in signs) else matcher(frozenset().union(*(one.globs for one in signs)))


def _bounded(found: list[Suppression], more: int) -> list[Suppression]:
    if not more:
        return found
    last = found[-1]
    return [*found[:-1], Suppression(last.path, last.line, last.tool, "", f"and {more} more")]


def _signs(scanner: Scanner) -> Iterable[_Sign]:
    globs = {glob.lower() for one in scanner.commands.values() for reads in one.reads for glob in reads.paths}
    named = frozenset(globs - {_EVERYTHING})
    obeys = matcher(named)
    for marker in scanner.markers:
        pattern = re.compile(marker.pattern.encode(), re.IGNORECASE)
        words = marker.text.encode(), (marker.beside or marker.text).encode()
        yield _Sign(scanner.id, *words, pattern, named, obeys, changes="off" in pattern.groupindex)


def _text(match: re.Match[bytes], group: str) -> str:
    found = match.groupdict().get(group) or b""
    return " ".join(found.decode("utf-8", "replace").split())[:MAX_TEXT]
