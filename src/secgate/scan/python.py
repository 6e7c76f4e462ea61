"""Python source as Python reads it: in any encoding, with any end of line, and with names in their usual letters.

Nothing of it is run. A codec is asked for by its name only, and only those of Python itself exist here.
"""

import codecs
import re
import unicodedata

from secgate.scan.form import Form

_SUFFIX = ".py"
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BEFORE_COOKIE = b"# \t\f\r\n"
_BLANK = re.compile(rb"[ \t\f]*(?:#|$)")
_FIRST = re.compile(rb"[^\r\n]*")
_SECOND = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)([^\r\n]*)")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_LONE = re.compile(r"\r(?!\n)")
_NAME = re.compile(r"[A-Za-z0-9_]*[^\W\x00-\x7f]\w*")
# To decode these takes time that grows with the square of a line's length; nobody writes source in them.
_REFUSED = {"idna", "punycode"}


def plain(content: bytes) -> Form | None:
    """Return source in UTF-8 with usual line ends and names, where it is anything else.

    Where Python itself would not accept it there is no such form: whoever reads Python says so. An encoding that only
    some other program adds to Python gives the reason why it cannot be read.
    """
    named = _encoding(content)
    if not named and content.isascii() and b"\r" not in content:
        return None
    if named.lower() in _REFUSED:
        return Form(_SUFFIX, f"is in the encoding `{named}`, which is not read")
    try:
        text = content.decode(named or "utf-8")
    except LookupError:
        return Form(_SUFFIX, f"is in the encoding `{named}`, which Python does not have")
    except ValueError:
        return None
    changed = named_plainly(_LONE.sub("\n", text))
    if changed.encode("utf-8", "replace") == content:
        return None
    if not named:
        return Form(_SUFFIX, changed.encode())
    return Form(_SUFFIX, without_cookie(changed).encode("utf-8", "replace"), _lines(content, named))


def named_plainly(text: str) -> str:
    """Return source in which each name that Python takes for one in ASCII is written so."""
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text
    return _NAME.sub(_plain_name, text)


def without_cookie(text: str) -> str:
    """Return source whose first two lines name no encoding."""
    lines = text.split("\n", 2)
    return "\n".join([*(line.replace("coding", "c0ding") for line in lines[:2]), *lines[2:]])


def _plain_name(match: re.Match[str]) -> str:
    name = unicodedata.normalize("NFKC", match[0])
    return name if name.isascii() and name.isidentifier() else match[0]


def may_name_encoding(content: bytes) -> bool:
    """Return whether one of the first two lines of a file may name its encoding; quickly where none does."""
    if content[:1] not in _BEFORE_COOKIE:
        return False
    end = content.find(b"\n", content.find(b"\n") + 1)
    return content.find(b"coding", 0, end if end >= 0 else len(content)) >= 0


def _encoding(content: bytes) -> str:
    """Return the encoding that one of the first two lines names, as Python looks for it; empty for UTF-8."""
    if not may_name_encoding(content):
        return ""
    first = _FIRST.match(content)
    line = first[0] if first else b""
    found = _COOKIE.match(line)
    if not found and _BLANK.match(line) and (second := _SECOND.match(content)):
        found = _COOKIE.match(second[1])
    # As it is written: if it is a secret, it is known by that.
    name = found[1].decode() if found else ""
    return "" if name.lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig"} else name


def _lines(content: bytes, encoding: str) -> tuple[int, ...]:
    """Return for each line of the decoded source the line of `content` in which it begins; empty: the same ones."""
    lines = [1]
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        pieces = [decoder.decode(line) for line in content.splitlines(keepends=True)]
    except (ValueError, LookupError):
        # Of an encoding that cannot be read in parts, no line is known.
        return ()
    for number, piece in enumerate(pieces, 1):
        lines += [number + (match.end() == len(piece)) for match in _NEWLINE.finditer(piece)]
    return () if lines == list(range(1, len(lines) + 1)) else tuple(lines)
