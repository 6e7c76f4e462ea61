"""Source in which a letter is written as a number, or a line ends where only what runs it sees an end."""

import re
from collections.abc import Callable

from secgate.scan.form import Form

_LINE = re.compile(rb"\r\n|\r|\n")
_LONE = re.compile(rb"\r(?!\n)")
_WORD = re.compile(rb"\\u(?:00[2-7]|\{0*[2-7])")
_ESCAPE = re.compile(rb"\\(?:u(?:([0-9A-Fa-f]{4})|\{0*([0-9A-Fa-f]{1,2})\})|.)", re.DOTALL)
_NAMED = re.compile(rb"[\w$]")
_JAVA = re.compile(rb"\\u+00[0-7]")
_JAVA_ESCAPE = re.compile(rb"\\(?:u+(00[0-7][0-9A-Fa-f])|\\)")


def letters(suffix: str) -> Callable[[bytes], Form | None]:
    """Return what writes names in letters, and ends lines with a line feed, where they are not so."""

    def plain(content: bytes) -> Form | None:
        escaped = b"\\u" in content and _WORD.search(content) is not None
        written = _ESCAPE.sub(_letter, content) if escaped else content
        written = _LONE.sub(b"\n", written) if b"\r" in content else written
        return Form(suffix, written) if written != content else None

    return plain


def line_ends(suffix: str) -> Callable[[bytes], Form | None]:
    """Return what ends the lines of source with a line feed, where a carriage return alone does."""

    def plain(content: bytes) -> Form | None:
        return Form(suffix, _LONE.sub(b"\n", content)) if _ends_alone(content) else None

    return plain


def java(content: bytes) -> Form | None:
    """Return Java without escapes of ASCII: Java reads them before anything else, as ends of comments too."""
    escaped = b"\\u" in content and _JAVA.search(content)
    if not escaped and not _ends_alone(content):
        return None
    before = _LINE.split(content)
    after = [_JAVA_ESCAPE.sub(_java_letter, line) for line in before]
    if before == after and not _ends_alone(content):
        return None
    lines = [number for number, line in enumerate(after, 1) for _ in range(line.count(b"\n") + 1)]
    return Form(".java", b"\n".join(after), tuple(lines) if len(lines) > len(after) else ())


def _ends_alone(content: bytes) -> bool:
    return b"\r" in content and _LONE.search(content) is not None


def _letter(match: re.Match[bytes]) -> bytes:
    """Return a letter, digit or sign of a name for its escape: wherever it stands, it can neither begin nor end a text.

    Any other escape, and a backslash that itself is escaped, stays.
    """
    digits = match[1] or match[2]
    code = int(digits, 16) if digits else 0
    letter = bytes([code]) if code < 0x80 else b""
    # In a template a dollar and a brace together are more than two letters.
    begins_more = letter == b"$" and match.string.startswith(b"{", match.end())
    return letter if _NAMED.fullmatch(letter) and not begins_more else match[0]


def _java_letter(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else 0
    if code in {0x0A, 0x0D}:
        return b"\n"
    return bytes([code]) if 0x20 <= code < 0x7F else match[0]
