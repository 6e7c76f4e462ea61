"""Bidirectional text: where what is seen stands in another order than what runs."""

import re
from collections.abc import Iterator

_EMBEDS, _ISOLATES, _OVERRIDES, _POP, _POP_ISOLATE = "\u202a\u202b", "\u2066-\u2068", "\u202d\u202e", "\u202c", "\u2069"
_CONTROL = re.compile(f"[{_EMBEDS}{_ISOLATES}{_OVERRIDES}]")
# The last group is what ends or begins a text or a comment: no order may reach across it.
_STEP = re.compile(
    f"(?P<override>[{_OVERRIDES}])|(?P<isolate>[{_ISOLATES}])|(?P<embed>[{_EMBEDS}])"
    f"|(?P<end>{_POP_ISOLATE})|(?P<pop>{_POP})" + r"""|["'`#]|//|/\*|\*/|--|<!"""
)
_DEPTH = 125
"""Beyond it no display nests any more."""


def disordered(text: str) -> Iterator[int]:
    """Give the offset of each line on which an order is forced, or reaches beyond one text or comment.

    Paired marks around words of a language that is written from the right, and marks that a line's end closes, are
    usual and harmless: nothing but the words is in another order.

    Args:
        text: its lines end with a line feed.
    """
    at = 0
    while match := _CONTROL.search(text, at):
        end = text.find("\n", match.start())
        at = len(text) if end < 0 else end
        if _is_disordered(text, match.start(), at):
            yield match.start()


def _is_disordered(text: str, start: int, end: int) -> bool:
    """Return whether the line from its first such mark to its end is shown in another order than it is read."""
    inside: list[str] = []
    for match in _STEP.finditer(text, start, end):
        kind = match.lastgroup
        if kind == "override" or len(inside) > _DEPTH or (kind is None and inside):
            return True
        if kind in {"isolate", "embed"}:
            inside.append(kind)
        elif kind == "end" and "isolate" in inside:
            while inside.pop() != "isolate":
                pass
        elif kind == "pop" and inside[-1:] == ["embed"]:
            inside.pop()
    return False
