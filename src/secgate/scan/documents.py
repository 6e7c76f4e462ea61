"""YAML and JSON as they stand: the documents of a text as trees of nodes, which know where and how they are written.

Nothing is resolved and no alias is followed here. A text is cut where Kubernetes cuts it, so that one broken document
does not take the others with it. Bounded: time and memory grow with the text, never faster.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise
from json import JSONDecoder
from typing import Protocol, cast

import yaml

MAX_CHARACTERS = 20_000_000
"""Of a whole text; several seconds. The largest manifests known have a tenth of it."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_RARE_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_SEPARATOR = re.compile("(?:\\A|(?<=[\n\r\x85\u2028\u2029]))---(?=[ \t\n\r\x85\u2028\u2029]|\\Z)")
_BLANK = re.compile(r"\s*")
_NOTHING = re.compile(r"(?:(?:[ \t]*(?:#[^\n]*)?|%[^\n]*)(?:\n|\Z))*+")
"""Blank lines, comments and directives."""
_BLANKS = re.compile(r"\s*")
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class UnreadableError(Exception):
    """A document cannot be parsed, or not within bounds."""


class Kind(Enum):
    """What a node is."""

    SCALAR = auto()
    SEQUENCE = auto()
    MAPPING = auto()
    ALIAS = auto()


@dataclass(slots=True)
class Node:
    """One node of a document."""

    kind: Kind
    line: int
    """Of the text, counted from 1, where only line feeds end lines."""
    column: int
    """Counted from 0."""
    tag: str = ""
    """In full; `!` where it says that there is none."""
    text: str = ""
    """Of a scalar; of an alias its name."""
    plain: bool = False
    """A scalar without quotes or block sign."""
    literal: bool = False
    """A scalar that stands on one line as it is, perhaps in quotes; a collection without brackets."""
    anchor: str = ""
    items: list["Node"] = field(default_factory=list)
    """Of a mapping key, value, key, value; of an alias the one node that it stands for."""

    @property
    def pairs(self) -> Iterator[tuple["Node", "Node"]]:
        """Give the keys of a mapping with their values, in order."""
        return zip(self.items[::2], self.items[1::2], strict=True)


@dataclass(frozen=True)
class Piece:
    """A part of a text between separators."""

    text: str
    line: int
    """Where it begins, as a node has it."""
    documents: tuple[Node, ...] = ()
    """Usually one. None where it is empty, or where it cannot be parsed."""
    broken: bool = False


def pieces(text: str, *, json: bool = False) -> list[Piece]:
    """Parse a text, document by document.

    Args:
        text: decoded, without a byte order mark.
        json: whether it is JSON, which writes some characters as two escapes.

    Raises:
        UnreadableError: it is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError
    lines = _lines(text)
    found = [_parsed(_joined(part) if json else part, lines, first) for part, first in _cut(text)]
    if json and any(piece.broken for piece in found):
        return [_parsed(_joined(part), lines, first) for part, first in _cut_json(text)]
    return found


def _lines(text: str) -> Sequence[int]:
    """Return the line of the tree's file for each line as YAML counts them, which knows more line breaks."""
    if not _RARE_BREAK.search(text):
        return range(1, text.count("\n") + 2)
    lines = [1]
    for found in _BREAK.finditer(text):
        lines.append(lines[-1] + found[0].endswith("\n"))
    return lines


def _cut(text: str) -> Iterator[tuple[str, int]]:
    """Give the pieces of a text, each with the number of YAML's lines before it."""
    starts = [found.start() for found in _SEPARATOR.finditer(text)]
    if starts and _NOTHING.fullmatch(text, 0, starts[0]):
        starts[0] = 0
    bounds = [0, *starts, len(text)] if not starts or starts[0] else [*starts, len(text)]
    before = 0
    for start, end in pairwise(bounds):
        part = text[start:end]
        yield part, before
        before += len(_BREAK.findall(part))


def _cut_json(text: str) -> Iterator[tuple[str, int]]:
    """Give the values of a text that holds one behind the other, as `_cut` does; from an error on all that is left."""
    decoder, start, before = JSONDecoder(), 0, 0
    while start < len(text):
        blank = _BLANK.match(text, start)
        try:
            _, end = decoder.raw_decode(text, blank.end() if blank else start)
        except (ValueError, RecursionError):
            end = len(text)
        part = text[start:end]
        yield part, before
        start, before = end, before + len(_BREAK.findall(part))


def _joined(text: str) -> str:
    """Return JSON in which what stands in two escapes stands in one, as YAML has it."""

    def one(found: re.Match[str]) -> str:
        return f"\\U{0x10000 + ((int(found[1], 16) & 0x3FF) << 10) + (int(found[2], 16) & 0x3FF):08x}"

    return _PAIR.sub(one, text)


def _parsed(text: str, lines: Sequence[int], first: int) -> Piece:
    try:
        return Piece(text, lines[first], tuple(_Builder(text, lines, first).documents()))
    except (yaml.YAMLError, UnreadableError):
        return Piece(text, lines[first], broken=True)


class _Builder:
    """Makes nodes of one piece's events."""

    def __init__(self, text: str, lines: Sequence[int], first: int) -> None:
        self._text, self._lines, self._first = text, lines, first
        self._open: list[Node] = []
        self._anchors: dict[str, Node] = {}

    def documents(self) -> list[Node]:
        """Return the root of each document.

        Raises:
            YAMLError: it cannot be parsed.
            UnreadableError: an alias stands for nothing.
        """
        roots: list[Node] = []
        # Events, and no ready tree: those who make it call themselves for each level and know an anchor only once.
        for event in yaml.parse(self._text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
            elif isinstance(event, yaml.CollectionEndEvent):
                self._open.pop()
            elif isinstance(event, yaml.NodeEvent):
                node = self._node(event)
                (self._open[-1].items if self._open else roots).append(node)
                if isinstance(event, yaml.CollectionStartEvent):
                    self._open.append(node)
        return roots

    def _node(self, event: yaml.NodeEvent) -> Node:
        mark = _mark(event.start_mark)
        line = self._lines[min(self._first + mark.line, len(self._lines) - 1)]
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            kind = Kind.MAPPING if isinstance(event, yaml.MappingStartEvent) else Kind.SEQUENCE
            node = Node(kind, line, mark.column, event.tag or "", literal=not event.flow_style)
        elif event.anchor in self._anchors:
            return Node(Kind.ALIAS, line, mark.column, text=event.anchor, items=[self._anchors[event.anchor]])
        else:
            raise UnreadableError
        if event.anchor:
            node.anchor = event.anchor
            self._anchors[event.anchor] = node
        return node

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Node:
        start, end = _mark(event.start_mark), _mark(event.end_mark)
        written = self._text[start.index : end.index]
        literal = event.value in {written, written[1:-1] if event.style in {"'", '"'} else written}
        return Node(Kind.SCALAR, line, start.column, event.tag or "", event.value, not event.style, literal)


class _Mark(Protocol):
    """A place in a piece, counted from 0."""

    line: int
    column: int
    index: int


def _mark(mark: object) -> _Mark:
    # Every event of a text has both marks; the type says that one could have none.
    return cast("_Mark", mark)
