"""One form for the files of a policy: comments and values stay, the order of keys and the blanks are settled."""

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from secgate.catalog import document
from secgate.errors import UsageError

_ORDERS: dict[tuple[str, ...], tuple[str, ...]] = {
    (): ("apiVersion", "kind", "metadata", "spec", "defaults", "waivers", "cases"),
    ("metadata",): ("name", "version", "description", "owners", "reviewBy"),
    ("spec",): (
        "requires", "extends", "params", "evidence", "newCode", "environments", "enforcement", "components", "severity",
        "adjust", "rules", "sla", "waivers", "vex", "inlineSuppressions", "ruleSets", "protectedBranches",
        "allowOptions", "unreadable", "children",
    ),
}  # fmt: skip
"""By the place of a map: the order of its keys."""


def read(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        UsageError: it cannot be read.
    """
    return document.read(path, str(path))


def formatted(data: bytes, name: str) -> bytes:
    """Return a file of a policy in the one form; formatting it again changes nothing.

    Raises:
        UsageError: it is not strict YAML, or would not say the same any more.
    """
    before = document.parse(data, name)
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    for place in ((), ("metadata",), ("spec",)):
        text = _ordered(text, place)
    lines = [line.rstrip() for line in text.split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"
    if document.parse(text.encode(), name).value != before.value:
        raise UsageError(f"{name}: cannot be formatted without changing what it says", "Format it by hand.")
    return text.encode()


def _ordered(text: str, place: tuple[str, ...]) -> str:
    """Return a text in which the keys of one block map stand in their order, each with the comment above it."""
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    for part in place:
        node = next((value for key, value in _pairs(node) if key.value == part), None)
    pairs = _pairs(node)
    if not isinstance(node, yaml.MappingNode) or node.flow_style or len(pairs) < 2:
        return text
    lines = text.split("\n")
    starts = [_above(lines, key.start_mark.line, key.start_mark.column) for key, _ in pairs]
    if starts[0] == 0:
        # What a file begins with is about the file.
        starts[0] = pairs[0][0].start_mark.line
    end = _end(lines, pairs)
    pieces = [lines[start:after] for start, after in zip(starts, [*starts[1:], end], strict=True)]
    ranked = sorted(range(len(pairs)), key=lambda index: _rank(place, pairs[index][0].value))
    return "\n".join([*lines[: starts[0]], *(line for index in ranked for line in pieces[index]), *lines[end:]])


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _rank(place: tuple[str, ...], name: str) -> int:
    order = _ORDERS[place]
    return order.index(name) if name in order else len(order)


def _above(lines: Sequence[str], line: int, column: int) -> int:
    """Return the first line of the comment that stands right above a key, at its depth."""
    while line > 0 and lines[line - 1].startswith(" " * column + "#"):
        line -= 1
    return line


def _end(lines: Sequence[str], pairs: Sequence[tuple[yaml.ScalarNode, yaml.Node]]) -> int:
    """Return the line after the last value."""
    column = pairs[-1][0].start_mark.column
    line = pairs[-1][0].start_mark.line + 1
    while line < len(lines) and (not lines[line].strip() or lines[line].startswith(" " * (column + 1)) or (
        lines[line].startswith(" " * column + "-"))
    ):  # fmt: skip
        line += 1
    while line > 0 and not lines[line - 1].strip():
        line -= 1
    return line
