"""Documents in which one part is another than it should be."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
"""Any value; with NaN and infinities, which are not JSON but which many programs write."""


def changed(documents: Sequence[Any]) -> st.SearchStrategy[bytes]:
    """Return a strategy for one of the documents, as JSON, with one of its parts replaced by any value."""
    return st.builds(_with, st.sampled_from([(one, place) for one in documents for place in _places(one)]), JSON)


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every part of a document."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from _places(value, (*path, key))


def _with(place: tuple[Any, tuple[Any, ...]], value: Any) -> bytes:
    document, path = place
    copy = json.loads(json.dumps(document))
    node = copy
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return json.dumps(copy).encode()
