"""Parts of a report that may be cut between their items and say how many are missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A part of the report that may be cut between its items."""

    items: Sequence[Callable[[], str]]
    """Each gives whole lines; called only as far as there is room."""
    head: str
    foot: str
    noun: str
    """What the items are, with its verb."""

    def whole(self, room: int) -> str | None:
        """Return all of it; None where that takes more than `room` bytes."""
        if not self.items:
            return ""
        room -= size(self.head) + size(self.foot)
        shown, _ = self._shown(room)
        return f"{self.head}{''.join(shown)}{self.foot}" if room >= 0 and len(shown) == len(self.items) else None

    def fit(self, room: int) -> str:
        """Return as many items as fit into `room` bytes, and how many did not; nothing where not even that fits."""
        room -= size(self.head) + size(self.foot)
        if not self.items or room < 0:
            return ""
        shown, used = self._shown(room)
        # What says how many are missing needs room only where some are.
        while shown and len(shown) < len(self.items) and used + size(self._rest(len(shown))) > room:
            used -= size(shown.pop())
        rest = self._rest(len(shown))
        if used + size(rest) > room:
            return ""
        return f"{self.head}{''.join(shown)}{rest}{self.foot}"

    def _shown(self, room: int) -> tuple[list[str], int]:
        """Return the first items that fit, and their bytes."""
        shown: list[str] = []
        used = 0
        for item in self.items:
            text = item()
            if used + size(text) > room:
                break
            shown.append(text)
            used += size(text)
        return shown, used

    def _rest(self, shown: int) -> str:
        number = len(self.items) - shown
        return f"\n**{number:,} {self.noun} not shown here.** The JSON and SARIF files hold all.\n" if number else ""


def size(text: str) -> int:
    """Return the length of a text in bytes of UTF-8."""
    return len(text.encode())


def called(render: Callable[..., str], *values: object) -> Callable[[], str]:
    """Return what renders a value only when it is asked for."""
    return lambda: render(*values)


def fold(items: Sequence[Callable[[], str]], title: str, noun: str) -> Section:
    """Return a section that is folded away under a title, which must be safe."""
    return Section(items, f"<details>\n<summary>{title}</summary>\n\n", "\n</details>\n\n", noun)
