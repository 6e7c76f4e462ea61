"""The fields of a finding that a policy can name, and how to read each of them."""

import difflib
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import get_type_hints

import msgspec

from secgate.model import Finding

Getter = Callable[[Finding], object]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)


def _walk(kind: type[msgspec.Struct], prefix: str, read: Getter) -> dict[str, Getter]:
    found: dict[str, Getter] = {}
    for name, inner in get_type_hints(kind).items():
        if name not in kind.__struct_fields__:
            continue
        path, getter = prefix + _camel(name), _reader(read, name)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            found.update(_walk(inner, path + ".", getter))
        else:
            found[path] = getter
    return found


def _reader(read: Getter, name: str) -> Getter:
    return lambda finding: getattr(read(finding), name)


def _words(kind: type[msgspec.Struct], prefix: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, inner in get_type_hints(kind).items():
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            found.update(_words(inner, f"{prefix}{_camel(name)}."))
        elif isinstance(inner, type) and issubclass(inner, StrEnum):
            found[prefix + _camel(name)] = tuple(inner)
    return found


WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(_words(Finding, ""))
"""The fields that hold one of a few words, with those words."""

FIELDS: Mapping[str, Getter] = MappingProxyType(
    {
        **_walk(Finding, "", lambda finding: finding),
        "severityRank": lambda finding: finding.severity.rank,
        "title": lambda finding: finding.title,
        "tools": lambda finding: finding.tools,
        "control.ids": lambda finding: finding.control_ids,
    }
)
"""From the dotted name, as written in a policy, to the function that reads it."""


def suggestion(name: str) -> str:
    """Return the hint for a field that does not exist."""
    close = difflib.get_close_matches(name, FIELDS, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"Fields: {', '.join(sorted(FIELDS))}."
