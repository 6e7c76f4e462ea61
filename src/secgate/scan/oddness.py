"""Whether every scanner reads a Kubernetes document as Kubernetes does. What cannot be said for sure is odd."""

import re
from collections.abc import Iterator

import yaml

from secgate.scan.documents import Kind, Node
from secgate.scan.values import CORE, MERGE, scalar

_HEADS = ("apiVersion", "kind", "metadata")
_MODES = {"mode", "defaultMode"}
"""Where everybody writes octal numbers, and no scanner looks."""
_OCTAL = re.compile("0[0-7]{3}")
_NAME = re.compile(r"[^#{}]{0,253}")
_USUAL = re.compile(r"true|True|TRUE|false|False|FALSE|-?(?:0|[1-9][0-9]{0,17})|-?(?:0|[1-9][0-9]{0,17})\.[0-9]*[1-9]")
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers


def is_odd(root: Node, *, json: bool) -> bool:
    """Return whether a document, of a JSON file or of a YAML file, may be read in different ways, or not at all.

    A scanner that fails at one document has not read the others of its file either, whatever that one is.
    """
    anchors = [node.anchor for node in _nodes(root) if node.anchor]
    return len(set(anchors)) < len(anchors) or any(_is_odd(node, json) for node in _nodes(root))


def begins_oddly(root: Node, *, json: bool) -> bool:
    """Return whether an object's keys do not stand where everybody looks for them, or it has no name, or is a list."""
    if root.kind is not Kind.MAPPING or root.literal is json:
        return True
    found = {key.text: (key, value) for key, value in root.pairs}
    if not all(_stands_in_front(*found[name], json) for name in _HEADS if name in found):
        return True
    _, items = found.get("items", (root, root))
    _, metadata = found.get("metadata", (root, root))
    return items.kind is Kind.SEQUENCE or not (metadata is root or _is_named(metadata))


def _stands_in_front(key: Node, value: Node, json: bool) -> bool:
    """Return whether a key is written out in the first column, and its value too if that is a word."""
    is_word = value.kind is Kind.SCALAR and value.literal and value.line == key.line
    return key.literal and (json or key.column == 0) and (is_word or value.kind is Kind.MAPPING)


def _is_named(metadata: Node) -> bool:
    return any(key.text == "name" and value.text for key, value in metadata.pairs)


def _nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if node.kind is not Kind.ALIAS:
            waiting += node.items


def _is_odd(node: Node, json: bool) -> bool:
    if node.tag:
        return True
    if node.kind is Kind.SEQUENCE:
        return any(_is_strange(item, json) for item in node.items)
    return node.kind is Kind.MAPPING and _has_odd_pair(node, json)


def _has_odd_pair(node: Node, json: bool) -> bool:
    known = set()
    for key, value in node.pairs:
        if key.kind is not Kind.SCALAR or key.text in known or key.text == MERGE or not key.literal:
            return True
        known.add(key.text)
        if key.text == "name" and _is_bad_name(value):
            return True
        if _is_strange(value, json) and not (key.text in _MODES and _OCTAL.fullmatch(value.text)):
            return True
    return False


def _is_bad_name(value: Node) -> bool:
    if value.kind is Kind.ALIAS:
        (value,) = value.items
    is_text = not value.plain or _tag(value.text) == "str"
    return value.kind is Kind.SCALAR and not (is_text and _NAME.fullmatch(value.text))


def _is_strange(node: Node, json: bool) -> bool:
    """Return whether a word without quotes means one thing to one reader and another thing to the next."""
    if node.kind is not Kind.SCALAR or not node.plain:
        return False
    meaning, tag = scalar(node), _tag(node.text)
    if isinstance(meaning, str):
        return tag not in {"str", "timestamp"}
    return meaning is not None and (not _USUAL.fullmatch(node.text) or (json and not node.text.isalnum()))


def _tag(text: str) -> str:
    """Return what YAML 1.1 takes a word without quotes for."""
    for tag, pattern in (*_RESOLVERS.get(text[:1], ()), *_RESOLVERS.get(None, ())):
        if pattern.match(text):
            return str(tag).removeprefix(CORE)
    return "str"
