"""Lockfiles that are one TOML document with a table for each package."""

import re
import tomllib
from collections.abc import Iterator

import msgspec

from secgate.scan.lockfiles.documents import text

MAX_BYTES = 8_000_000
"""A larger document would take longer than a scanner does; the largest known is a quarter of it."""
# The parser looks at every beginning of a dotted key, so its time grows with the square of the parts.
_LONG_KEY = re.compile(r"(?<![\w.-])(?>[\w-]+[ \t]*\.[ \t]*){100}")
_TEXT = re.compile(
    r"""\"{3}(?:\\.|[^\\])*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|"(?:\\.|[^"\\\n])*+"?|'[^'\n]*+'?|\#[^\n]*+""", re.DOTALL
)
"""A text, which may be a part of a key, or a comment."""


class _Package(msgspec.Struct):
    name: str
    version: str = ""


def cargo(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `Cargo.lock`, the workspace's own too."""
    return _packages(content, "package")


def poetry(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `poetry.lock` or a `uv.lock`."""
    return _packages(content, "package")


def pylock(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `pylock.toml`."""
    return _packages(content, "packages")


def check(content: bytes) -> str:
    """Return a document's text, if it can be parsed in bounded time.

    Raises:
        ValueError: it cannot, or is not UTF-8.
    """
    document = text(content)
    if len(content) > MAX_BYTES or _LONG_KEY.search(_TEXT.sub("text", document)):
        raise ValueError("too much to read in bounded time")
    return document


def _packages(content: bytes, key: str) -> Iterator[tuple[str, str]]:
    document = check(content)
    yield from (
        (one.name, one.version) for one in msgspec.convert(tomllib.loads(document).get(key, []), list[_Package])
    )
