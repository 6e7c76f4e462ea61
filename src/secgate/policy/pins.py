"""The pins of a policy's parents, written into its text: comments, order and every other value stay."""

from collections.abc import Mapping
from typing import Any

import yaml

from secgate.catalog import document
from secgate.catalog.document import Document
from secgate.errors import UsageError


def parents(loaded: Document) -> list[dict[str, Any]]:
    """Return the entries of `extends` as they are written, pinned or not.

    Raises:
        UsageError: the document has no such list.
    """
    found: object = loaded.value
    for part in ("spec", "extends"):
        found = found.get(part, []) if isinstance(found, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise loaded.error(("spec", "extends"), "is no list of parents", "Write `extends: [{pack: recommended@1}]`.")
    return found


def pinned(data: bytes, name: str, pins: Mapping[int, Mapping[str, str]]) -> bytes:
    """Return a policy's text with these pins.

    Args:
        data: the file's bytes.
        name: what to call it in errors.
        pins: by the index of a parent, `commit` and `digest` as they should be.

    Raises:
        UsageError: it cannot be written without changing something else.
    """
    text = data.decode("utf-8-sig")
    edits = [edit for index, pin in pins.items() for edit in _edits(text, index, pin)]
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    loaded = document.parse(text.encode(), name)
    wanted = document.parse(data, name).value
    for index, pin in pins.items():
        wanted["spec"]["extends"][index].update(pin)  # type: ignore[index]
    if loaded.value != wanted:
        raise UsageError(f"{name}: cannot be pinned without changing what it says", "Write the pins by hand.")
    return data[: len(data) - len(data.removeprefix(b"\xef\xbb\xbf"))] + text.encode()


def _edits(text: str, index: int, pin: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Return what is to be replaced: where that begins and ends, and by what."""
    node = _parent(text, index)
    there = {key.value: value for key, value in node.value}
    edits = [
        (there[key].start_mark.index, there[key].end_mark.index, _quoted(value, node))
        for key, value in pin.items() if key in there and there[key].value != value
    ]  # fmt: skip
    last = node.value[-1][1].end_mark.index
    column = node.value[0][0].start_mark.column
    before = ", " if node.flow_style else f"\n{' ' * column}"
    new = [f"{before}{key}: {_quoted(value, node)}" for key, value in pin.items() if key not in there]
    return [*edits, (last, last, "".join(new))] if new else edits


def _parent(text: str, index: int) -> yaml.MappingNode:
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for part in ("spec", "extends"):
        node = next(value for key, value in node.value if key.value == part)
    found: yaml.MappingNode = node.value[index]
    return found


def _quoted(value: str, node: yaml.MappingNode) -> str:
    return f'"{value}"' if node.flow_style and ":" in value else value
