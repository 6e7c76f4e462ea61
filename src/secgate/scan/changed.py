"""What a change did to the lines of a finding. A fingerprint alone does not see another secret in the place of one."""

from collections.abc import Callable

from secgate.model import Category, Finding
from secgate.scan.lines import counted, runs
from secgate.scan.mask import Mask

Content = Callable[[str], bytes | None]
"""Gives the content of a file as a copy has it; None where it has none."""


class Changed:
    """Says of findings in the judged tree whether the base has their lines too, one behind the other.

    Args:
        now: the judged tree.
        before: the base, staged in the same way.
        mask: what no line may show.
    """

    def __init__(self, now: Content, before: Content, mask: Mask) -> None:
        self._now = now
        self._before = before
        self._mask = mask
        self._lines: dict[str, list[bytes]] = {}
        self._old: dict[str, frozenset[bytes] | None] = {}
        self._hidden: dict[tuple[str, int], bytes | None] = {}

    def lines(self, finding: Finding) -> bool:
        """Return whether the base lacks one of the finding's lines; of a file without lines, whether it is another."""
        path = finding.location.path
        old = self._runs(path)
        return old is None or not old.issuperset(runs(self._of(finding)))

    def secret(self, finding: Finding) -> bool:
        """Return whether the base lacks a line of the finding that holds a secret; any line, if it is about one."""
        if finding.category is Category.SECRET:
            return self.lines(finding)
        place = finding.location
        if not (self._mask and place.known):
            return False
        old, numbers = self._runs(place.path), range(place.line, place.line + len(self._of(finding)))
        hidden = (line for number in numbers if (line := self._hiding(place.path, number)) is not None)
        return any(old is None or line not in old for line in hidden)

    def _hiding(self, path: str, number: int) -> bytes | None:
        """Return a line that holds a secret, without the blanks around it; None where it holds none."""
        if (path, number) not in self._hidden:
            line = self._lines[path][number - 1]
            self._hidden[path, number] = line.strip() if self._mask.content(line) is not line else None
        return self._hidden[path, number]

    def _of(self, finding: Finding) -> list[bytes]:
        place = finding.location
        if place.path not in self._lines:
            self._lines[place.path] = counted(self._now(place.path))
        lines = self._lines[place.path]
        return lines[place.line - 1 : place.end_line] if place.known else lines

    def _runs(self, path: str) -> frozenset[bytes] | None:
        """Return the runs of the base's file; None where it has none, or the file is not one of the judged tree."""
        if path not in self._old:
            before = self._before(path)
            gone = before is None or self._now(path) is None
            self._old[path] = None if gone else frozenset(runs(counted(before)))
        return self._old[path]
