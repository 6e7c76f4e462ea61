"""What nodes mean: aliases followed, merges carried out, and words read as Kubernetes reads them.

Kubernetes reads YAML 1.1 in its own way (`sigs.k8s.io/yaml`): `yes` and `y` are true, `017` and `0x0` are numbers,
`1:30` and dates are texts, and of what is merged or stands twice the last one counts.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from secgate.scan.documents import Kind, Node, UnreadableError

MAX_DEPTH = 100
MAX_VALUES = 500_000
"""Of one file, after its aliases were followed."""
MAX_CHARACTERS = 20_000_000
MERGE = "<<"
CORE = "tag:yaml.org,2002:"

_TRUE = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}
_FALSE = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}
_NULL = {"", "~", "null", "Null", "NULL"}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_BASES = (16, 2, 8, 10)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LOCAL = re.compile(r"!\w+")


class Plain(str):
    """A word that means what it looks like, to whomever reads it."""

    __slots__ = ()


@dataclass(frozen=True)
class Tagged:
    """A value with a tag of its format's own, like `!Ref`."""

    tag: str
    value: "Value"


class At(NamedTuple):
    """A value, and the line on which it, or its key, stands."""

    line: int
    value: "Value"


Value: TypeAlias = "bool | int | float | str | Tagged | list[At] | dict[str, At] | None"


@dataclass
class Bounds:
    """What the documents of one file may still come to: a few small ones could come to any number of values."""

    values: int = MAX_VALUES
    characters: int = MAX_CHARACTERS


def value(root: Node, bounds: Bounds, *, local: bool = False) -> At:
    """Return what a document means.

    Args:
        root: of the document.
        bounds: of the file; what the document takes is taken off.
        local: whether tags of its own are kept, and words that other tools read differently stay as they are.

    Raises:
        UnreadableError: it is too large or too deep, or Kubernetes refuses it.
    """
    return At(root.line, _Reader(bounds, local).value(root, 0))


def scalar(node: Node) -> bool | int | float | str | None:
    """Return what a scalar means to Kubernetes."""
    tag = node.tag.removeprefix(CORE)
    if tag == "binary":
        try:
            return base64.b64decode(node.text).decode()
        except (binascii.Error, ValueError):
            return node.text
    if tag not in {"", "bool", "int", "float", "null", "timestamp"} or not (tag or node.plain):
        return node.text
    return _resolved(node.text)


def _resolved(text: str) -> bool | int | float | str | None:
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text in _NULL:
        return None
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", ""))
    return _number(text)


def _number(text: str) -> int | float | str:
    digits = text.replace("_", "") if text[0] != "." else text
    if found := _INTEGER.fullmatch(digits):
        at = next(number for number in range(4) if found[number + 2])
        number = int(found[1] + found[at + 2], _BASES[at])
        if -(2**63) <= number < 2**64:
            return number
    if _FLOAT.fullmatch(digits):
        real = float(digits)
        return int(real) if real.is_integer() and abs(real) < 2**53 else real
    return text


class _Reader:
    """Follows aliases within bounds."""

    def __init__(self, bounds: Bounds, local: bool) -> None:
        self._bounds, self._local = bounds, local

    def value(self, node: Node, depth: int) -> Value:
        while node.kind is Kind.ALIAS:
            (node,) = node.items
        self._take(depth, len(node.text))
        found = self._untagged(node, depth)
        return Tagged(node.tag, found) if self._local and _LOCAL.fullmatch(node.tag) else found

    def _untagged(self, node: Node, depth: int) -> Value:
        if node.kind is Kind.SCALAR:
            return self._word(node)
        if node.kind is Kind.SEQUENCE:
            return [At(_line(item), self.value(item, depth + 1)) for item in node.items]
        found: dict[str, At] = {}
        self._fill(found, node, depth + 1)
        return found

    def _word(self, node: Node) -> Value:
        is_own = self._local and node.plain and node.text and not node.tag
        return Plain(node.text) if is_own else scalar(node)

    def _fill(self, found: dict[str, At], node: Node, depth: int) -> None:
        """Put a mapping's values into `found`, those that it merges at their turn."""
        for key, inner in node.pairs:
            if is_merge(key):
                for merged in self._merged(inner):
                    self._fill(found, merged, self._deeper(depth))
            else:
                found[self._key(key, depth)] = At(key.line, self.value(inner, depth))

    def _deeper(self, depth: int) -> int:
        self._take(depth + 1)
        return depth + 1

    def _take(self, depth: int, characters: int = 0) -> None:
        self._bounds.values -= 1
        self._bounds.characters -= characters
        if depth > MAX_DEPTH or self._bounds.values < 0 or self._bounds.characters < 0:
            raise UnreadableError

    def _merged(self, node: Node) -> list[Node]:
        """Return the mappings to merge, the one that counts most last."""
        node = _aim(node)
        several = [_aim(item) for item in reversed(node.items)] if node.kind is Kind.SEQUENCE else [node]
        if any(one.kind is not Kind.MAPPING for one in several):
            raise UnreadableError
        return several

    def _key(self, node: Node, depth: int) -> str:
        found = self.value(node, depth)
        if isinstance(found, list | dict | Tagged):
            raise UnreadableError
        return found if isinstance(found, str) else str(found).lower()


def is_merge(key: Node) -> bool:
    """Return whether a mapping's key stands for the keys of another one."""
    return key.kind is Kind.SCALAR and key.text == MERGE and (key.tag == f"{CORE}merge" or (key.plain and not key.tag))


def _aim(node: Node) -> Node:
    while node.kind is Kind.ALIAS:
        (node,) = node.items
    return node


def _line(node: Node) -> int:
    return _aim(node).line
