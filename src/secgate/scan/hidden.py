"""What a reviewer does not see in source: characters without a shape, and text whose order on the screen is another.

Natural languages and emoji have their use for nearly all of them, so where they stand decides: a joiner between
Persian letters is spelling, the same one between Latin letters makes another name that looks equal.
"""

import re
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter

import msgspec

from secgate.model import Notice
from secgate.scan import programs
from secgate.scan.order import disordered

HIDDEN = "hidden-characters"
BIDIRECTIONAL = "bidirectional-text"
MAX_EACH = 20
"""Notices of each rule in each file; the last one then says how many more there are."""
_SOURCE = {
    "ps1", "psm1", "psd1", "bat", "cmd", "pl", "pm", "lua", "dart", "ex", "exs", "erl", "hs", "clj", "groovy", "gradle",
    "vb", "fs", "jl", "sol", "sql", "m", "mm", "pyx", "vue", "svelte", "tf", "tofu", "hcl", "awk", "zsh", "fish", "r",
    "zig", "ml", "proto", "graphql", "ipynb", "mk", "cmake", "bzl",
}  # fmt: skip
_SETTINGS = {
    "html", "htm", "xhtml", "xml", "yaml", "yml", "json", "jsonc", "json5", "toml", "cfg", "ini", "conf",
    "properties", "env",
}  # fmt: skip
"""Formats of what decides how something runs, and of translations."""
_HYPHEN = "\u00ad"
"""Says where a word may be broken, as translations do."""
NAMES = {"dockerfile", "containerfile", "makefile", "jenkinsfile", "rakefile", "gemfile", "vagrantfile"}
SUFFIXES = programs.SUFFIXES | _SOURCE
_MAX_POINTS = 4
_ORDER = "What is seen here stands in another order than what runs (bidirectional control characters)."

_ZERO = "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
_FILLER = "\u115f\u1160\u3164\uffa0"
_SELECTOR = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAG = "\U000e0000-\U000e007f"
_BLACK_FLAG = "\U0001f3f4"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
_UNSEEN = re.compile(
    f"[{_ZERO}{_FILLER}{_SELECTOR}{_TAG}\\x00\\x08\\x1b\\x7f](?:"
    f"(?<=[A-Za-z0-9_$].)[{_ZERO}]*(?<=[{_ZERO}])(?=[A-Za-z0-9_$])"  # within a name or a word
    f"|(?<=[{_ZERO}])[{_ZERO}]{{3,}}"  # so many are a code
    f"|(?<=[{_FILLER}])(?:(?<![{_HANGUL}].)|(?![{_HANGUL}]))"  # stands for a letter that is missing, of Korean only
    f"|(?<=[{_SELECTOR}])(?:(?<![^\\x00-\\x7f].)(?<![0-9#*]\ufe0f)|(?<=[{_SELECTOR}].))[{_SELECTOR}]*"  # of nothing
    f"|(?<=[{_TAG}])(?:(?<![{_BLACK_FLAG}{_TAG}].)[{_TAG}]*|[{_TAG}]{{7,}})"  # in no flag of a region
    "|(?<=[\\x00\\x08])|(?<=\\x1b)(?!\\[?[\"']|\\[0?m)"  # alone in a text, or a mere end of colours: hides nothing
    "|(?<=\\x7f)(?!-[\\x80-\\x9f]))",  # as in a range of control characters
    re.DOTALL,
)
# Letters of other scripts that look like Latin ones.
_ALIKE = "асеорхуіјѕԁһԛԝАВЕЅІЈКМНОРСТХУҮԌԜοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_MIXED = re.compile(f"[A-Za-z][{_ALIKE}]|[{_ALIKE}][A-Za-z]")
_LATIN = re.compile(f"[A-Za-z0-9_{_ALIKE}]{{3,}}")
_PART = re.compile(r"\w*")
_USED = re.compile(r"[ \t]*(?:[(\[=]|\.\w)")
_DEFINED = re.compile(r"(?:\b(?:def|class|function|import|from|as|var|let|const|func|fn|new|return)[ \t]+|[.@$])$")
_MAX_WORD = 64


def is_source(path: str, content: bytes) -> bool:
    """Return whether somebody will run a file of this name or first line, or build from it."""
    name = path[path.rfind("/") + 1 :].lower()
    return (
        programs.suffix_of(path) in SUFFIXES
        or name in NAMES
        or name.startswith(("dockerfile.", "containerfile."))
        or path.startswith(".github/")
        or content.startswith(b"#!")
    )


def notices(path: str, content: bytes) -> list[Notice]:
    """Return what is hidden in a file of source or settings, by rule and line; nothing for any other file."""
    # Four searches for one byte cost a tenth of one for any of them.
    if not (b"\x1b" in content or b"\b" in content or b"\0" in content or b"\x7f" in content or not content.isascii()):
        return []
    settings = programs.suffix_of(path) in _SETTINGS
    if not (settings or is_source(path, content)):
        return []
    text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace(_HYPHEN, "-") if settings else text
    return [
        *told(path, BIDIRECTIONAL, _lined(text, ((at, _ORDER) for at in disordered(text)))),
        *told(path, HIDDEN, _lined(text, merge(unseen(text), _mixed(text)))),
    ]


def told(path: str, rule: str, found: Iterable[tuple[int, str]]) -> list[Notice]:
    """Return a notice for the first thing found on each line; the last one says on how many lines there is more."""
    lines = (next(same) for _, same in groupby(found, itemgetter(0)))
    told = [Notice(path, rule, message, line) for line, message in islice(lines, MAX_EACH)]
    if more := sum(1 for _ in lines):
        message = f"{told[-1].message} So it is on {more} more lines."
        told[-1] = msgspec.structs.replace(told[-1], message=message, more=more)
    return told


def _lined(text: str, found: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Give the line instead of each offset, counted from 1; the offsets ascend."""
    line, counted = 1, 0
    for at, message in found:
        line, counted = line + text.count("\n", counted, at), at
        yield line, message


def unseen(text: str) -> Iterator[tuple[int, str]]:
    """Give the offset of each run of characters without a shape that no language needs there, with what is said."""
    for match in _UNSEEN.finditer(text):
        yield match.start(), f"Something that has no shape stands here: {_named(match[0])}."


def _mixed(text: str) -> Iterator[tuple[int, str]]:
    """Give each name of nothing but Latin letters and others that look like them; in prose they are mistakes only."""
    for match in _MIXED.finditer(text):
        before = _PART.match(text[max(0, match.start() - _MAX_WORD) : match.start()][::-1])
        start = match.start() - (before.end() if before else 0)
        word = _PART.match(text, start, start + _MAX_WORD)
        if not word or not _LATIN.fullmatch(word[0]):
            continue
        if _USED.match(text, word.end()) or _DEFINED.search(text[max(0, start - _MAX_WORD) : start]):
            yield match.start(), f"A name holds letters that only look like Latin ones: {_named(word[0])}."


def _named(characters: str) -> str:
    """Return the code points of the characters that are not ASCII letters, each once, in order; a few of them."""
    unusual = dict.fromkeys(one for one in characters if not one.isascii() or not one.isprintable())
    points = [f"U+{ord(one):04X}" for one in unusual]
    return ", ".join(points[:_MAX_POINTS]) + (" and others" if len(points) > _MAX_POINTS else "")
