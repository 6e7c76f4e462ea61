"""Workflows of GitHub in a form that an old schema takes: without what only says when and how often a job runs.

A scanner that holds a workflow against the schema that it brought along drops all of it where one line is newer, for
example a matrix that an earlier job computes.
"""

import re
from collections.abc import Iterator

from secgate.scan.documents import Kind, Node, UnreadableError, pieces
from secgate.scan.form import Form, decoded

_PLACE = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_OF_ALL, _OF_A_JOB = {"concurrency"}, {"concurrency", "strategy"}
_NEXT = re.compile(r"( *)[^ \r#]")


def forms(path: str, content: bytes) -> Iterator[Form]:
    """Give a workflow without `concurrency` and `strategy`, line by line, where it has one of them.

    Args:
        path: in the tree.
        content: all of it.
    """
    if not _PLACE.fullmatch(path) or not (b"concurrency" in content or b"strategy" in content):
        return
    text = decoded(content)
    try:
        roots = [root for piece in pieces(text) for root in piece.documents]
    except UnreadableError:
        return
    lines = text.split("\n")
    for key in (key for root in roots for key in _keys(root)):
        _take_out(lines, key)
    written = "\n".join(lines)
    if written != text:
        yield Form(".yml", written.encode(), instead=True)


def _keys(root: Node) -> Iterator[Node]:
    """Give the keys that are to be taken out, with all that they hold."""
    for key, value in _pairs(root):
        if key.text in _OF_ALL:
            yield key
        for _, job in _pairs(value) if key.text == "jobs" else ():
            yield from (inner for inner, _ in _pairs(job) if inner.text in _OF_A_JOB)


def _pairs(node: Node) -> Iterator[tuple[Node, Node]]:
    """Give the keys and values of a mapping in block style, in which lines belong to one key only."""
    return node.pairs if node.kind is Kind.MAPPING and node.literal else iter(())


def _take_out(lines: list[str], key: Node) -> None:
    """Empty the lines from a key to the next one that is not further right."""
    first = key.line - 1
    if lines[first][: key.column].strip(" "):
        return
    lines[first] = ""
    for number in range(first + 1, len(lines)):
        found = _NEXT.match(lines[number])
        if found and len(found[1]) <= key.column:
            return
        lines[number] = ""
