"""Which lines of a file can carry a comment: those of the change's new side that GitHub itself shows."""

import re

_HUNK = re.compile(r"@@ -\d{1,9}(?:,\d{1,9})? \+(\d{1,9})(?:,(\d{1,9}))? @@")


def hunks(patch: str) -> tuple[range, ...]:
    """Return the lines of the new side that each hunk shows, in order.

    Args:
        patch: of one file, as `GET /pulls/{number}/files` gives it; it may be cut.
    """
    found: list[range] = []
    start = at = 0
    for line in patch.split("\n"):
        if match := _HUNK.match(line):
            found += [range(start, at)] if at > start else []
            start = at = int(match[1])
        elif line[:1] in {" ", "+"}:
            at += 1
    found += [range(start, at)] if at > start else []
    return tuple(one for one in found if one.start)


def span(shown: tuple[range, ...], first: int, last: int) -> tuple[int, int] | None:
    """Return the part of the lines `first` to `last` that one hunk shows; None where none shows the first of them."""
    for hunk in shown:
        if first in hunk:
            return first, min(last, hunk.stop - 1)
    return None
