"""Requirements of pip: its own reading of lines, comments and continuations, and only what it takes for a pin."""

import codecs
import re
import shlex
from collections.abc import Iterator

from secgate.scan.lockfiles.documents import text

_MARKS = (
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
)
"""In pip's order: it never sees UTF-32 of the other kind, whose mark begins with one of these."""
_COOKIE = re.compile(rb"coding[:=]\s*([-\w.]+)")
_KNOWN = {"utf-8", "ascii", "iso8859-1", "cp1252"}
"""Encodings in which letters, digits and signs of ASCII are what they are in UTF-8."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_OPTIONS = re.compile(r"\s--?[A-Za-z].*")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;@]*)")
_PIN = re.compile(r"\s*={2,3}\s*([vV]?\d[\w.+!-]*+)\s*+\)?\s*+")
_FIRST_OPTION = re.compile(r"(?:^|\s)(-.*)")
_INCLUDE = re.compile(r"-[rc]=?(.*)|--(?:requirem|con)[a-z]*(?:=(.*))?")
"""An option with a name, or with nothing, where that is the next word. Pip takes shorter words for longer ones."""


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
    return tuple(name for line in _lines(content) if "-" in line for name in _included(line))


def _included(line: str) -> Iterator[str]:
    """Give the files that a line takes in; its options are a shell's words, quotes and all."""
    options = _FIRST_OPTION.search(line)
    words = iter(_words(options[1]) if options else ())
    for word in words:
        if found := _INCLUDE.fullmatch(word):
            name = found[1] or found[2] or next(words, "")
            yield name if name != "=" else next(words, "")


def _words(options: str) -> list[str]:
    try:
        return shlex.split(options)
    except ValueError:
        # Pip refuses a quote that does not end. Another reader may not.
        return options.split()


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
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.removeprefix(mark).decode(encoding)
    for line in content.split(b"\n", 2)[:2]:
        if (
            line.startswith(b"#")
            and (cookie := _COOKIE.search(line))
            and codecs.lookup(cookie[1].decode()).name not in _KNOWN
        ):
            raise ValueError("an encoding that hides letters")
    try:
        return text(content)
    except UnicodeDecodeError:
        return content.decode("latin-1")
