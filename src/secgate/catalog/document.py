"""Strict YAML documents: YAML 1.2 scalars, no duplicate keys, no tags, and the line of every value.

Plain YAML loaders let a misspelled or repeated key pass in silence and turn `no` and `2026-01-01` into something else.
In a file that decides what a gate refuses, each of those is an error that names its line.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from secgate.errors import UsageError

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_ALIASES = 100

Key = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?$")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "Null": None, "~": None, "": None}


@dataclass(frozen=True)
class Document:
    """A loaded document: its value, where it came from, and the line of each part of it."""

    name: str
    value: object
    lines: dict[Key, int]

    def line(self, key: Key) -> int:
        """Return the 1-based line of the value at `key`, or of the nearest part that contains it."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def error(self, key: Key, message: str, remedy: str = "") -> UsageError:
        """Return the error that says `message` about the value at `key`, with file and line."""
        return UsageError(f"{self.name}:{self.line(key)}: {message}", remedy)


def load(path: Path, name: str = "") -> Document:
    """Load the YAML file at `path`, strictly.

    Args:
        path: the file; at most `MAX_BYTES` of UTF-8.
        name: what to call it in errors; its path by default.

    Raises:
        UsageError: it cannot be read, is not UTF-8, or breaks one of the rules of this module; with file and line.
    """
    name = name or str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}", "Check the path and its permissions.") from error
    return parse(data, name)


def parse(data: bytes, name: str) -> Document:
    """Parse one strict YAML document; see `load`."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name}: is larger than {MAX_BYTES:,} bytes", "Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: is not UTF-8 (byte {error.start})", "Save it as UTF-8.") from error
    try:
        nodes = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{name}{where}: is not YAML: {getattr(error, 'problem', None) or error}") from error
    except RecursionError as error:
        raise UsageError(f"{name}: is nested too deeply") from error
    if len(nodes) != 1 or nodes[0] is None:
        raise UsageError(f"{name}: must hold exactly one document, not {len([n for n in nodes if n])}")
    walk = _Walk(name)
    return Document(name, walk.build(nodes[0], ()), walk.lines)


class _Walk:
    """Turns YAML nodes into values while it notes the line of each and counts what aliases expand to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Key, int] = {}
        self.seen: dict[int, int] = {}

    def refuse(self, node: yaml.Node, message: str, remedy: str = "") -> UsageError:
        return UsageError(f"{self.name}:{node.start_mark.line + 1}: {message}", remedy)

    def build(self, node: yaml.Node, key: Key) -> object:
        self.lines[key] = node.start_mark.line + 1
        self.seen[id(node)] = self.seen.get(id(node), 0) + 1
        if len(key) > MAX_DEPTH:
            raise self.refuse(node, f"is nested deeper than {MAX_DEPTH} levels")
        if self.seen[id(node)] > MAX_ALIASES or len(self.lines) > MAX_BYTES // 10:
            raise self.refuse(node, "its aliases expand to too much", "Write the values out.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            self._plain(node, "tag:yaml.org,2002:seq")
            return [self.build(item, (*key, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, object]:
        self._plain(node, "tag:yaml.org,2002:map")
        result: dict[str, object] = {}
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode) or name.tag == "tag:yaml.org,2002:merge":
                raise self.refuse(name, "keys are plain words; merge keys (`<<`) are refused")
            if name.value in result:
                raise self.refuse(name, f"the key `{name.value}` stands here twice", "Keep one of the two.")
            result[name.value] = self.build(value, (*key, name.value))
            # A person looks for the key: a block value begins a line later.
            self.lines[*key, name.value] = name.start_mark.line + 1
        return result

    def _plain(self, node: yaml.Node, tag: str) -> None:
        if node.tag != tag:
            raise self.refuse(node, f"the tag `{node.tag}` is refused", "Remove the tag.")

    def _scalar(self, node: yaml.Node) -> object:
        if node.tag.startswith("!"):
            raise self.refuse(node, f"the tag `{node.tag}` is refused", "Remove the tag.")
        text: str = node.value
        if getattr(node, "style", None):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text):
            return int(text)
        return float(text) if _FLOAT.match(text) else text
