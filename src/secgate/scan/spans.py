"""Lines of a file, as spans: whether some of them were met before is known at once, however many there are."""

from bisect import bisect_left, bisect_right


class Spans:
    """Lines that were added so far."""

    def __init__(self) -> None:
        # Sorted, and no two of them overlap.
        self._starts: list[int] = []
        self._ends: list[int] = []

    def meets(self, first: int, last: int) -> bool:
        """Return whether a line from the first to the last was added."""
        at = bisect_right(self._starts, last) - 1
        return at >= 0 and self._ends[at] >= first

    def add(self, first: int, last: int) -> None:
        """Add the lines from the first to the last."""
        met = slice(bisect_left(self._ends, first), bisect_right(self._starts, last))
        first, last = min([first, *self._starts[met][:1]]), max([last, *self._ends[met][-1:]])
        self._starts[met], self._ends[met] = [first], [last]
