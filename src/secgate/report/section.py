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

    def fit(self, room: int) -> str:
        """Return as many items as fit into `room` bytes, and how many did not; nothing where not even that fits."""
        room -= size(self.head) + size(self.foot) + size(self._rest(len(self.items)))
        if not self.items or room < 0:
            return ""
        shown: list[str] = []
        for item in self.items:
            text = item()
            room -= size(text)
            if room < 0:
                break
            shown.append(text)
        return f"{self.head}{''.join(shown)}{self._rest(len(self.items) - len(shown))}{self.foot}"

    def _rest(self, number: int) -> str:
        return f"\n**{number:,} {self.noun} not shown here.** The JSON and SARIF files hold all.\n" if number else ""


def size(text: str) -> int:
    """Return the length of a text in bytes of UTF-8."""
    return len(text.encode())


def called(render: Callable[..., str], *values: object) -> Callable[[], str]:
    """Return what renders a value only when it is asked for."""
    return lambda: render(*values)
