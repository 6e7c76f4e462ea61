"""Looks for values in bytes, however they are written: plain, escaped, in hexadecimal, base64, gzip or zlib."""

import base64
import json
import re
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_DEPTH = 3


def leaked(data: bytes, values: Iterable[str]) -> set[str]:
    """Return those of the values that the bytes hold."""
    parts = list(_unpacked(data, _DEPTH))
    return {value for value in values for form in _forms(value) if any(form in part for part in parts)}


def files(folder: Path) -> Iterator[Path]:
    """Yield every regular file below a folder."""
    yield from (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _unpacked(data: bytes, depth: int) -> Iterator[bytes]:
    yield data
    for found in _PACKED.finditer(data) if depth else ():
        try:
            inner = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data[found.start() :])
        except zlib.error:
            continue
        yield from _unpacked(inner, depth - 1)


def _forms(value: str) -> set[bytes]:
    raw = value.encode()
    forms = {raw, json.dumps(value)[1:-1].encode(), repr(value)[1:-1].encode(), urllib.parse.quote(value, "").encode()}
    forms |= {raw.hex().encode(), raw.hex().upper().encode()}
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw)
        # What stands before and after decides about the characters at both ends.
        inner = coded[(0, 2, 3)[before] : (before + len(raw)) * 8 // 6]
        forms |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return forms
