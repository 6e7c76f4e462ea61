"""Strict YAML documents: YAML 1.2 scalars, no duplicate keys, no tags, and the line of every value.

Plain YAML loaders let a misspelled or repeated key pass in silence and turn `no` and `2026-01-01` into something else.
In a file that decides what a gate refuses, each of those is an error that names its line.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from secgate.errors import UsageError

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_ALIASES = 100
MAX_VALUES = 100_000

Key = tuple[str | int, ...]
Place = tuple[int, int]
"""Line and column, both 1-based."""

# What fits into 64 bits; a longer number stays text, and the schema then says that it is none.
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
}


@dataclass(frozen=True)
class Document:
    """A loaded document: its value, where it came from, and the place of each part of it."""

    name: str
    value: object
    places: dict[Key, Place]

    def line(self, key: Key) -> int:
        """Return the 1-based line on which `key` stands, or the nearest part that contains it."""
        return self._place(key)[0]

    def _place(self, key: Key) -> Place:
        while key and key not in self.places:
            key = key[:-1]
        return self.places.get(key, (1, 1))

    def error(self, key: Key, message: str, remedy: str = "") -> UsageError:
        """Return the error that says `message` about the value at `key`, with file, line and column."""
        line, column = self._place(key)
        return UsageError(f"{self.name}:{line}:{column}: {message}", remedy)


def load(path: Path, name: str = "") -> Document:
    """Load the YAML file at `path`, strictly.

    Args:
        path: the file; at most `MAX_BYTES` of UTF-8.
        name: what to call it in errors; its path by default.

    Raises:
        UsageError: it cannot be read, is not UTF-8, or breaks one of the rules of this module; with its place.
    """
    name = name or str(path)
    return parse(read(path, name), name)


def read(path: Path, name: str) -> bytes:
    """Return a file's bytes, one more than `MAX_BYTES` of them at most.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}", "Check the path and its permissions.") from error


def parse(data: bytes, name: str) -> Document:
    """Parse one strict YAML document; see `load`."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name}: is larger than {MAX_BYTES:,} bytes", "Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{line}: is not UTF-8 (byte {error.start})", "Save it as UTF-8.") from error
    try:
        _survey(text, name)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        remedy = "Save it as UTF-8, without control characters."
        raise UsageError(f"{name}:{line}: holds the character U+{error.character:04X}", remedy) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        tabbed = any(one.lstrip(" ").startswith("\t") for one in text.split("\n")[line - 1 : line])
        remedy = "Indent with spaces, not tabs." if tabbed else ""
        column = error.problem_mark.column + 1 if error.problem_mark else 1
        raise UsageError(f"{name}:{line}:{column}: is not YAML: {error.problem}", remedy) from error
    if node is None:
        raise UsageError(f"{name}:1: is empty", "Write the document, or remove the file.")
    walk = _Walk(name)
    return Document(name, walk.build(node, ()), walk.places)


def _survey(text: str, name: str) -> None:
    """Refuse what must not even be built: several documents, tags, and structures without end."""
    documents = depth = values = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        values += isinstance(event, yaml.NodeEvent)
        if documents > 1:
            raise _refusal(name, event, "holds a second document", "Keep one document in a file.")
        if depth > MAX_DEPTH:
            raise _refusal(name, event, f"is nested deeper than {MAX_DEPTH} levels", "Flatten it.")
        if values > MAX_VALUES:
            raise _refusal(name, event, f"holds more than {MAX_VALUES:,} values", "Split it.")
        if tag := getattr(event, "tag", None):
            raise _refusal(name, event, f"the tag `{tag}` is refused", "Remove the tag.")


def _refusal(name: str, where: yaml.Event | yaml.Node, message: str, remedy: str = "") -> UsageError:
    line, column = _place(where)
    return UsageError(f"{name}:{line}:{column}: {message}", remedy)


def _place(where: yaml.Event | yaml.Node) -> Place:
    return (where.start_mark.line + 1, where.start_mark.column + 1) if where.start_mark else (1, 1)


class _Walk:
    """Turns YAML nodes into values while it notes the place of each and counts what aliases expand to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Key, Place] = {}
        self.seen: dict[int, int] = {}
        self.size = 0

    def build(self, node: yaml.Node, key: Key) -> object:
        self.places.setdefault(key, _place(node))
        self.seen[id(node)] = self.seen.get(id(node), 0) + 1
        if len(key) > MAX_DEPTH:
            raise _refusal(self.name, node, f"is nested deeper than {MAX_DEPTH} levels", "Flatten it.")
        self.size += len(node.value) if isinstance(node, yaml.ScalarNode) else 0
        if self.seen[id(node)] > MAX_ALIASES or len(self.places) > MAX_VALUES or self.size > MAX_BYTES:
            raise _refusal(self.name, node, "its aliases expand to too much", "Write the values out.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*key, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, object]:
        result: dict[str, object] = {}
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode) or (name.value == "<<" and not name.style):
                raise _refusal(self.name, name, "keys are plain words; merge keys (`<<`) are refused")
            if name.value in result:
                raise _refusal(self.name, name, f"the key `{name.value}` stands here twice", "Keep one of the two.")
            # The place of the key, not that of a value which may begin below it.
            self.places[(*key, name.value)] = _place(name)
            result[name.value] = self.build(value, (*key, name.value))
        return result


def _scalar(node: yaml.Node) -> object:
    text: str = node.value
    if getattr(node, "style", None):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text
