"""Another form of a file's content, in which scanners understand what they would not understand as it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """Another form of a file's content."""

    suffix: str
    """Appended to the file's name, so that scanners know what it is."""
    content: bytes | str
    """A text says why it cannot be had: what would have read it has then not read the file."""
    lines: tuple[int, ...] = ()
    """As a target has them."""


Maker = Callable[[str, bytes], Iterable[Form]]
"""Gives a file's other forms, from its path and content, where it needs any; quickly where it does not."""
