"""Hypothesis strategies read off the types of the model, so that a new field is covered by itself."""

import types
import typing
from enum import Enum

import msgspec
from hypothesis import strategies as st

from secgate.model import Finding, Location, Value

_INTS = st.integers(-3, 40) | st.integers(-(2**63), 2**63 - 1)
_TEXTS = st.sampled_from(["", " ", "a", "a b", "{0} [x](1)", "\x1b[31m\r\n", "\ufeffé😀"]) | st.text(max_size=20)
_SEGMENTS = st.sampled_from(
    ["", ".", "..", "a", "a b", "c:", "C#", "100%", "%2e%2e", "what?", "é😀", "a\\b", "\n", "~"]
)

PATHS = st.lists(_SEGMENTS, max_size=4).map("/".join) | _TEXTS
LINES = st.integers(1, 5000)


def of(kind: typing.Any) -> st.SearchStrategy:
    """Return a strategy for any value of a type of the model."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return of(typing.get_args(kind)[0])
    if origin is tuple:
        return st.lists(of(typing.get_args(kind)[0]), max_size=2).map(tuple)
    if origin in {types.UnionType, typing.Union}:
        return st.one_of(*map(of, typing.get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, Value):
        return st.deferred(lambda: struct(kind))
    return _SCALARS[kind]


def struct(kind: type[Value], **given: st.SearchStrategy) -> st.SearchStrategy:
    """Return a strategy for a value with any content in each field, save for those given."""
    fields = {field.name: of(field.type) for field in msgspec.structs.fields(kind)}
    if kind is Location:
        fields["path"] = PATHS
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    fields |= given
    # Some fields keep their default, as in real values.
    chosen = st.sets(st.sampled_from(sorted(fields))).map(lambda names: names | required | given.keys())
    return chosen.flatmap(
        lambda names: st.builds(kind, **{name: strategy for name, strategy in fields.items() if name in names})
    )


def findings() -> st.SearchStrategy:
    """Return a strategy for a few findings, some about the same rule."""
    return st.lists(struct(Finding), max_size=4).map(tuple)


_SCALARS = {
    str: _TEXTS,
    int: _INTS,
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}
