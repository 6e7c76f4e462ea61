"""Changes to an input that know what JSON is: the blind ones of a fuzzer seldom leave a report that can be read."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Blind = Callable[[bytes], bytes]
"""Changes some bytes."""
Place = tuple[Any, Any]
"""A list or an object, and the index or the key of one part of it."""

_ODD = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30, 0.5, 1e308, -0.0, 9.05),
    *("", " ", "\n", "..", "../x", "/etc/x", "/src/../x", "a//b", "./", "\0", "\x7f", "\u2028", "\ud800", "😀"),
    *("CWE-0", "0", "1" * 5000, "9" * 20, "%2e%2e/x", "file:///x", "{0}{1}", "](x)", "::error::", "##[error]"),
    *("***", "password=abc"),
    *([], {}, [None], [[]], {"": None}),
]  # fmt: skip


def mutated(data: bytes, chance: random.Random, blind: Blind) -> bytes:
    """Return the input with one change: of a part where it is JSON, else (and sometimes all the same) of bytes.

    What stands on a line before the JSON stays.
    """
    document, head = _parsed(data), b""
    if document is None and b"\n" in data:
        head = data[: data.index(b"\n") + 1]
        document = _parsed(data[len(head) :])
    places = list(_places(document))
    if not places or chance.random() < 0.2:
        return _repeated(data, chance) if chance.random() < 0.05 else blind(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        _change(places, chance, blind)
    return head + json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _places(node: Any) -> Iterator[Place]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, part in inner:
        yield node, key
        yield from _places(part)


def _change(places: list[Place], chance: random.Random, blind: Blind) -> None:
    holder, key = chance.choice(places)
    if (isinstance(holder, list) and key >= len(holder)) or (isinstance(holder, dict) and key not in holder):
        return  # an earlier change has taken it out
    part = holder[key]
    match chance.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.insert(key, json.loads(json.dumps(part)))
        case 2:
            other, name = chance.choice(places)
            part = other[name] if isinstance(other, list) and name < len(other) else getattr(other, "get", {}.get)(name)
            holder[key] = json.loads(json.dumps(part))
        case 3 if isinstance(part, str):
            holder[key] = blind(part.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
        case 4 if isinstance(part, int):
            holder[key] = part + chance.choice((-1, 1, 2**31))
        case _:
            holder[key] = chance.choice(_ODD)


def _repeated(data: bytes, chance: random.Random) -> bytes:
    """Return the input with a piece of it many times: what takes time that grows faster than the input shows then."""
    start = chance.randrange(len(data) + 1)
    end = start + chance.choice((1, 2, 3, 8, 16, 40))
    return data[:end] + data[start:end] * chance.choice((10, 100, 500)) + data[end:]
