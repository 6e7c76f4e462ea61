"""GitHub's fingerprint of a line, by which code scanning knows an alert again when its line has moved."""

import re
from collections.abc import Collection
from operator import mul

_WINDOW = 100
_BITS = (1 << 64) - 1
_POWERS = [pow(37, _WINDOW - 1 - place, 1 << 64) for place in range(_WINDOW)]
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def line_hashes(data: bytes, lines: Collection[int]) -> dict[int, str]:
    """Return `primaryLocationLineHash` for each asked line that the file has, as `<hex>:<occurrence>`.

    A line's hash is a polynomial over the 100 UTF-16 units from its start, blanks left out and every line end counted
    as one LF; so it reaches into the lines after it. The end of the file counts as one more unit, 65535, and zeros
    follow. The occurrence says how many lines up to here start with the same 100 units. (GitHub compares the
    hashes instead: two texts with the same hash would share a count there. That takes a collision in 64 bits.)

    Args:
        data: the file's content; what is not UTF-8 counts as replacement characters.
        lines: 1-based; after the last line end another line begins, even an empty one.
    """
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = _ASTRAL.sub(_surrogates, text.replace(" ", "").replace("\t", ""))
    text += "\uffff" + "\0" * (_WINDOW - 1)
    starts = _starts(text, max(lines, default=0))
    asked = sorted({line for line in lines if 1 <= line <= len(starts)})
    seen = dict.fromkeys((text[starts[line - 1] : starts[line - 1] + _WINDOW] for line in asked), 0)
    hashes = dict.fromkeys(asked, "")
    for line, start in enumerate(starts, 1):
        window = text[start : start + _WINDOW]
        if window in seen:
            seen[window] += 1
            if line in hashes:
                hashes[line] = f"{_polynomial(window):x}:{seen[window]}"
    return hashes


def _starts(text: str, count: int) -> list[int]:
    """Return where the first `count` lines start, or all where there are fewer."""
    starts = [0][:count]
    while len(starts) < count and (end := text.find("\n", starts[-1])) >= 0:
        starts.append(end + 1)
    return starts


def _polynomial(window: str) -> int:
    total: int = sum(map(mul, map(ord, window), _POWERS))
    return total & _BITS


def _surrogates(match: re.Match[str]) -> str:
    """Return the two UTF-16 units of a character beyond U+FFFF."""
    high, low = divmod(ord(match[0]) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)
