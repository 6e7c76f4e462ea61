"""Requirements of pip: its own reading of lines, comments and continuations, and only what it takes for a pin."""

import codecs
import re
from collections.abc import Iterator

from secgate.scan.lockfiles.documents import text

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_KNOWN = {"utf-8", "ascii", "iso8859-1", "cp1252"}
"""Encodings in which letters, digits and signs of ASCII are what they are in UTF-8."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_OPTIONS = re.compile(r"\s--?[A-Za-z].*")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;@]*)")
_PIN = re.compile(r"\s*={2,3}\s*([vV]?\d[\w.+!-]*+)\s*+\)?\s*+")
_INCLUDE = re.compile(r"\s*(?:-r|-c|--requirement|--constraint)(?:\s*=\s*|\s*)(\S.*)")


def plain(name: str) -> str:
    """Return the one spelling of a Python project's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield what is pinned to one version; what pip itself would refuse pins nothing."""
    for line in (one for one in _lines(content) if "==" in one):
        found = _REQUIREMENT.match(_OPTIONS.sub("", line))
        pins = (_PIN.fullmatch(part) for part in found[2].split(",")) if found else ()
        yield from ((found[1], pin[1]) for pin in pins if found and pin)


def included(content: bytes) -> tuple[str, ...]:
    """Return the files that are named by `-r` and `-c`, as they are written."""
    found = (_INCLUDE.fullmatch(line) for line in _lines(content) if "-" in line)
    return tuple(one[1].strip() for one in found if one)


def _lines(content: bytes) -> Iterator[str]:
    """Yield logical lines without comments. Pip breaks lines where Python does, at a form feed too."""
    joined: list[str] = []
    for line in _decoded(content).splitlines():
        if not line and not joined:
            continue
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            joined.append(line.strip("\\"))
            continue
        yield _COMMENT.sub("", "".join((*joined, " " if comment else "", line)))
        joined.clear()
    if joined:
        yield _COMMENT.sub("", "".join(joined))


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    for line in content.split(b"\n", 2)[:2]:
        if (cookie := _COOKIE.match(line)) and codecs.lookup(cookie[1].decode()).name not in _KNOWN:
            raise ValueError("an encoding that hides letters")
    try:
        return text(content)
    except UnicodeDecodeError:
        return content.decode("latin-1")
