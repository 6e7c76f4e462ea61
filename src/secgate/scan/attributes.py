"""Attributes by which a tree keeps source out of what reviewers are shown, or gives them something else."""

import re
from collections.abc import Iterator, Sequence

from secgate.model import Notice
from secgate.scan.hidden import is_source, told

RULE = "hidden-from-review"
_NAME = ".gitattributes"
_LINE = re.compile(r'[ \t]*(?!#)("(?:[^"\\]|\\.)*"|[^ \t"]\S*)[ \t]+(.*)')
_MACRO = "[attr]"
_HIDES = {
    "-diff": "is not shown in diffs",
    "binary": "is not shown in diffs",
    "linguist-generated": "is folded in reviews",
    "linguist-vendored": "counts as somebody else's code",
    "export-ignore": "is not in released archives",
    "working-tree-encoding": "has other bytes where it is checked out than in a review",
    "filter": "is replaced by the output of a program where it is checked out",
}
_FALSE = {"false", "0", "off", "no"}


def notices(path: str, content: bytes) -> list[Notice]:
    """Return what a file of attributes hides of source, by line; nothing for any other file."""
    if path[-len(_NAME) :].lower() != _NAME or path[: -len(_NAME)].rpartition("/")[2]:
        return []
    return told(path, RULE, _hidden(content.decode("utf-8", "replace").splitlines()))


def _hidden(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    macros: dict[str, list[str]] = {}
    for number, line in enumerate(lines, 1):
        if not (match := _LINE.match(line)):
            continue
        pattern = match[1].strip('"')
        words = [one for word in match[2].split() for one in (word, *macros.get(word, ()))]
        if pattern.startswith(_MACRO):
            # Only what hides something, each once: macros of macros would double with every line.
            macros[pattern.removeprefix(_MACRO)] = list({how: word for word in words if (how := _how(word))}.values())
        elif _names_source(pattern):
            yield from ((number, f"`{pattern}` {how} (`{word}`).") for word in words if (how := _how(word)))


def _how(word: str) -> str:
    """Return what an attribute does to a file, where it hides something of it; otherwise nothing."""
    name, _, value = word.partition("=")
    return "" if value.lower() in _FALSE else _HIDES.get(name, "")


def _names_source(pattern: str) -> bool:
    """Return whether source may have such a name; a folder's own name does not reach what is in it."""
    last = pattern.rpartition("/")[2]
    suffix = last.rpartition(".")[2].strip("*?")
    anything = "*" in last and ("." not in last or not suffix)
    # Of a choice of letters, the first alone tells enough: `*.[ch]`.
    return anything or is_source(re.sub(r"\[!?(.)[^]]*\]", r"\1", pattern), b"")
