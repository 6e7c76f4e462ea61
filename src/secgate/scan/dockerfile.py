"""Dockerfiles in which the word that begins an instruction goes on on the next line, or stands behind a long comment.

Docker joins lines before it looks at them; not every scanner does.
"""

import posixpath
import re
from collections.abc import Iterator

from secgate.scan.form import Form, decoded
from secgate.scan.plan import HEAD_BYTES

_NAME = re.compile(r"(?i)(?:docker|container)file(?:[.-].*)?|.*\.(?:docker|container)file")
_FROM = re.compile(rb"(?im)^[ \t]*FROM[ \t]+\S")
_HALF = re.compile(rb"(?m)^[ \t]*[A-Za-z]*[\\`][ \t]*\r?$")
_DIRECTIVE = re.compile(r"#[ \t]*(?P<name>\w+)[ \t]*=[ \t]*(?P<value>\S+)")
_WORD = re.compile(r"[A-Za-z]{0,32}")


def is_dockerfile(name: str) -> bool:
    """Return whether a file of this name is one."""
    return "file" in name.lower() and bool(_NAME.fullmatch(name))


def forms(path: str, content: bytes) -> Iterator[Form]:
    """Give a Dockerfile with each instruction's first words on its first line, where one has them elsewhere.

    Args:
        path: in the tree.
        content: all of it.
    """
    if not is_dockerfile(posixpath.basename(path)) or not (_HALF.search(content) or _is_late(content)):
        return
    lines, numbers, halves = _joined(decoded(content).splitlines())
    if halves or _is_late(content):
        yield Form(".joined.Dockerfile", "".join(f"{line}\n" for line in lines).encode(), tuple(numbers), instead=True)


def _is_late(content: bytes) -> bool:
    return len(content) > HEAD_BYTES and not _FROM.search(content[:HEAD_BYTES])


def _joined(lines: list[str]) -> tuple[list[str], list[int], bool]:
    """Return the lines without comments and with whole words in front, the number of each, and whether any was cut."""
    escape, head = _directives(lines)
    joined, numbers, halves = lines[:head], list(range(1, head + 1)), False
    goes_on = is_first = False
    for number, line in enumerate(lines[head:], head + 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        before = joined[-1].strip().removesuffix(escape) if goes_on and is_first else "-"
        if _WORD.fullmatch(before):
            joined[-1], halves = before + line, True
        else:
            joined.append(line)
            numbers.append(number)
            is_first = not goes_on
        goes_on = line.rstrip().endswith(escape)
    return joined, numbers, halves


def _directives(lines: list[str]) -> tuple[str, int]:
    """Return the sign by which a line goes on, and how many lines at the top may say so."""
    escape, head = "\\", 0
    while head < len(lines) and (found := _DIRECTIVE.match(lines[head])):
        escape = found["value"] if found["name"].lower() == "escape" else escape
        head += 1
    return escape, head
