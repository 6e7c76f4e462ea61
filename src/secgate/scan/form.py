"""Another form of a file's content, in which scanners understand what they would not understand as it is."""

import codecs
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class Form:
    """Another form of a file's content."""

    suffix: str
    """Appended to the file's name, so that scanners know what it is."""
    content: bytes | str
    """A text says why it cannot be had: what would have read it has then not read the file."""
    lines: tuple[int, ...] = ()
    """As a target has them."""
    instead: bool = False
    """As a target has it."""
    beside: bool = False
    """Whether it is to lie in the file's own folder: what else is in there decides what it means."""


Maker = Callable[[str, bytes], Iterable[Form]]
"""Gives a file's other forms, from its path and content, where it needs any; quickly where it does not."""


def decoded(content: bytes) -> str:
    """Return a text without its byte order mark; what is not in the encoding that the mark says is replaced."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    return content.decode("utf-8", "replace")


def is_marked(content: bytes) -> bool:
    """Return whether a text begins with a byte order mark."""
    return content.startswith(tuple(mark for mark, _ in _MARKS))
