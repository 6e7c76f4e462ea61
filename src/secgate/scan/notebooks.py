"""Notebooks: their code as the program that it is, and all of their text as a reader sees it.

The lines are those of the notebook's JSON in which each of them begins.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from secgate.scan import programs, python
from secgate.scan.form import Form
from secgate.scan.magics import neutral
from secgate.scan.text import SHORT

_SUFFIX = ".ipynb"
_TOKEN = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*+(:?)|[\[\]{}]', re.DOTALL)
_NEWLINE = re.compile(r"\r\n|\r|\n")
_UNSAID = {"plaintext", "text"}
_PICTURES = {"image/png", "image/jpeg", "image/gif"}
# Kernels of languages that no scanner reads, under whatever suffix.
_UNREAD = {
    "r", "ir", "julia", "octave", "matlab", "sas", "stata", "haskell", "sql", "markdown", "raku", "perl", "lua",
    "maxima", "sagemath", "wolfram",
}  # fmt: skip

Piece = tuple[str, int]
"""A text, and the line of the JSON where it begins."""


@dataclass(frozen=True)
class _Value:
    """A string of the JSON, and where it stands."""

    piece: Piece
    key: str
    """Its own, or that of the list which it is in."""
    cell: int = 0
    """Which cell it is in, counted from 1; 0: in none."""
    direct: bool = False
    """True where its key is one of the cell itself."""


def code(path: str, content: bytes) -> Form | None:
    """Return the code of a notebook as one program in its kernel's language."""
    if not path.lower().endswith(_SUFFIX) or not content.strip():
        return None
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        kind = _language(_part(notebook, "metadata"))
    except (ValueError, RecursionError, AttributeError):
        return Form(".py", "is a notebook that cannot be parsed")
    if kind is None:
        return Form(".py", "is a notebook of a language that is not known")
    return _program(kind, content) if kind else None


def text(path: str, content: bytes) -> Form | None:
    """Return all text of a notebook, its pictures left out: a secret may be broken up by the JSON around it."""
    if not path.lower().endswith(_SUFFIX):
        return None
    pieces = (value.piece for value in _values(content) if value.key not in _PICTURES)
    found, lines = _joined((words if words.endswith("\n") else words + "\n", line) for words, line in pieces)
    return Form(".txt", found.encode("utf-8", "replace"), lines) if len(found) >= SHORT else None


def _part(holder: Mapping[str, object], key: str) -> Mapping[str, object]:
    part = holder.get(key)
    return part if isinstance(part, dict) else {}


def _language(metadata: Mapping[str, object]) -> str | None:
    """Return the language of a notebook's code; empty for one that no scanner reads, None for one nobody knows."""
    spec, info = _part(metadata, "kernelspec"), _part(metadata, "language_info")
    said = [str(name).lower() for name in (spec.get("name"), spec.get("language"), info.get("name")) if name]
    if not {*said} - _UNSAID or any("python" in name for name in said):
        return "python"
    kinds = [kind for name in said if (kind := programs.kind_called(name))]
    if kinds:
        return kinds[0]
    return "" if any(name.partition("-")[0] in _UNREAD for name in said) else None


def _program(kind: str, content: bytes) -> Form | None:
    found, lines = _joined(piece for source in _sources(content) for piece in _lines_of(source, kind))
    if not found:
        return None
    if kind == "python":
        plain = python.without_cookie(python.named_plainly(found))
        return Form(".py", plain.encode("utf-8", "replace"), lines)
    form = programs.read_as(kind, found.encode("utf-8", "replace"))
    return Form(form.suffix, form.content, tuple(lines[line - 1] for line in form.lines) or lines)


def _sources(content: bytes) -> Iterator[list[Piece]]:
    """Give the source of each cell with code. A key may stand twice, and any of its values be the one that counts."""
    for cell, group in groupby(_values(content), lambda value: value.cell):
        values = [value for value in group if cell and value.direct]
        if any(value.key == "cell_type" and value.piece[0] == "code" for value in values):
            yield [
                *_older([value.piece for value in values if value.key == "input"]),
                *(value.piece for value in values if value.key == "source"),
            ]


def _older(lines: list[Piece]) -> Iterator[Piece]:
    """Give the source of a cell in the older shape, whose lines may come without their ends."""
    ends = "" if lines and lines[0][0].endswith(("\n", "\r")) else "\n"
    yield from ((words + ends, line) for words, line in lines)


def _lines_of(source: list[Piece], kind: str) -> Iterator[Piece]:
    """Give the lines of one cell, each with the line of the JSON in which it begins."""
    found, lines = _joined(source)
    found = found if found.endswith("\n") else found + "\n"
    found = neutral(found) if kind == "python" else found
    yield from zip((f"{line}\n" for line in found.split("\n")), lines, strict=False)


def _joined(pieces: Iterable[Piece]) -> tuple[str, tuple[int, ...]]:
    """Return pieces as one text, and for each of its lines the line of the JSON in which it begins."""
    texts: list[str] = []
    lines: list[int] = []
    begins = True
    for piece, line in pieces:
        plain = _NEWLINE.sub("\n", piece)
        count = plain.count("\n")
        lines += [line] * (begins + count - plain.endswith("\n")) if plain else []
        begins = plain.endswith("\n") if plain else begins
        texts.append(plain)
    return "".join(texts), tuple(lines)


def _values(content: bytes) -> Iterator[_Value]:
    """Give all strings of a notebook that are no keys, in order; of cells in either of the two shapes that there were.

    Args:
        content: valid JSON, or what looks like it.
    """
    holders: list[str] = []
    key, cell, depth, line, counted = "", 0, 0, 1, 0
    for match in _TOKEN.finditer(content):
        if match[1] and match[2]:
            key = _string(match[1])
            continue
        if match[1]:
            line, counted = line + content.count(b"\n", counted, match.start()), match.start()
            inside = bool(depth) and len(holders) >= depth
            direct = len(holders) == depth if key else len(holders) == depth + 1
            yield _Value((_string(match[1]), line), key or _last(holders), cell if inside else 0, inside and direct)
        elif match[0] in b"{[":
            holders.append(key)
            if match[0] == b"{" and _is_cell(holders):
                cell, depth = cell + 1, len(holders)
        elif holders:
            holders.pop()
        key = ""


def _is_cell(holders: list[str]) -> bool:
    """Return whether an object is a cell, by the keys of all that it is in."""
    inner = holders[1:6]
    return inner == ["cells", ""] or (inner[:1] == ["worksheets"] and inner[2:] == ["cells", ""])


def _last(holders: list[str]) -> str:
    return holders[-1] if holders else ""


def _string(token: bytes) -> str:
    """Return what a string of JSON says; one that is not valid, as it stands."""
    try:
        return str(json.loads(token))
    except ValueError:
        return token[1:-1].decode("utf-8", "replace")
