"""Attributes by which a tree keeps source out of what reviewers are shown, or gives them something else."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from secgate.model import Notice
from secgate.scan.hidden import NAMES, SUFFIXES, is_source, told

RULE = "hidden-from-review"
MAX_LINES = 20_000
"""Beyond it every pattern counts as one of source: no file that people wrote has so many."""
MAX_PATTERN = 100
"""Characters of a pattern that are told."""
_NAME = ".gitattributes"
_LINE = re.compile(r'[ \t\r]*(?!#)("(?:[^"\\]|\\.)*"|[^ \t\r"]\S*)[ \t\r]+(.*)', re.DOTALL)
_WORD = re.compile(r"[^ \t\r]+")
_MACRO = "[attr]"
_ESCAPED = re.compile(r"\\([0-3][0-7]{2}|.)")
# A sign of a glob: any number of letters, one of some, or a letter, which may be escaped.
_SIGN = re.compile(r"(?P<many>\*)|(?P<one>\?|\[[!^]?\]?(?:\[:\w+:\]|\\.|[^]\\])*+\])|\\?(?P<letter>.)", re.DOTALL)
_GLOB = re.compile(r"[*?\[\\]")
_ENDS = (*(f".{suffix}" for suffix in sorted(SUFFIXES)), *sorted(NAMES))
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
    return told(path, RULE, _hidden(content.decode("utf-8-sig", "replace").split("\n")))


def _hidden(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    found = [
        (number, match[1], tuple(dict.fromkeys(_WORD.findall(match[2]))))
        for number, line in enumerate(lines, 1)
        if (match := _LINE.match(line))
    ]
    hides = _hiding({name: words for _, name, words in found if name.startswith(_MACRO)})
    for number, name, words in found:
        word, how = next(((word, how) for word in words if (how := hides.get(word) or _how(word))), ("", ""))
        pattern = _unquoted(name)
        if how and not name.startswith(_MACRO) and (number > MAX_LINES or _names_source(pattern)):
            yield number, f"`{pattern[:MAX_PATTERN]}` {how} (`{word[:MAX_PATTERN]}`)."


def _hiding(macros: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return what each of the names hides that stand for several attributes; git takes them wherever they stand."""
    found: dict[str, str] = {}
    users: dict[str, list[str]] = {}
    for name, words in macros.items():
        for word in words:
            users.setdefault(word, []).append(name.removeprefix(_MACRO))
    waiting = [(name, how) for word, names in users.items() if (how := _how(word)) for name in names]
    while waiting:
        name, how = waiting.pop()
        if name not in found:
            found[name] = how
            waiting += [(user, how) for user in users.get(name, ())]
    return found


def _how(word: str) -> str:
    """Return what an attribute does to a file, where it hides something of it; otherwise nothing."""
    name, _, value = word.partition("=")
    return "" if value.lower() in _FALSE else _HIDES.get(name, "")


def _unquoted(name: str) -> str:
    """Return a pattern without quotes, in which any letter may be written as a number."""
    if not name.startswith('"'):
        return name
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)) if len(found[1]) > 1 else found[1], name[1:-1])


def _names_source(pattern: str) -> bool:
    """Return whether source may have such a name; a folder's own name does not reach what is in it."""
    last = pattern.rpartition("/")[2]
    if is_source(last, b"") or not _GLOB.search(last):
        return is_source(last, b"")
    signs = [(found.lastgroup, found[found.lastgroup or 0]) for found in _SIGN.finditer(last.lower())][::-1]
    return any(_may_end(signs, end) for end in _ENDS)


def _may_end(signs: Sequence[tuple[str | None, str]], end: str) -> bool:
    """Return whether a glob, whose signs come from its end, meets a name that ends so."""
    for (kind, sign), letter in zip(signs, reversed(end), strict=False):
        if kind == "many":
            return True
        if not (_is_one_of(letter, sign) if kind == "one" else sign == letter):
            return False
    return len(signs) >= len(end)


def _is_one_of(letter: str, sign: str) -> bool:
    # A named class is taken for every letter.
    return "[:" in sign or fnmatchcase(letter, sign.replace("\\", "").replace("[^", "[!", 1))
