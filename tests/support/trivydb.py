"""Writes a vulnerability database in the format that Trivy reads: a bbolt file, version 2.

bbolt is a tree of buckets in pages of 4096 bytes. Pages 0 and 1 hold the root's number (twice, with a checksum), page
2 the list of free pages, and each bucket lies in one leaf page, which may run over several pages in a row. That is all
that a reader needs; branch pages only matter for buckets of more than 65,535 entries, which a test never has.
"""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

Bucket: TypeAlias = Mapping[str, "Bucket | Entry"]
Entry: TypeAlias = bytes

PAGE = 4096
MOST_ENTRIES = 0xFFFF
_MAGIC, _FORMAT = 0xED0CDAED, 2
_LEAF, _META, _FREE_LIST = 0x02, 0x04, 0x10
_IS_BUCKET = 0x01
_PAGE_HEAD = struct.Struct("<QHHI")  # number, kind, entries, further pages
_ENTRY_HEAD = struct.Struct("<IIII")  # kind, distance to the key, length of key and of value
_BUCKET_HEAD = struct.Struct("<QQ")  # page of its root, sequence
_META_BODY = struct.Struct(
    "<IIIIQQQQQ"
)  # magic, format, page size, flags, root, sequence, free list, pages, transaction


def write(path: Path, root: Bucket) -> None:
    """Write the buckets below `root` to a new file; keys are sorted as bytes, as the format demands.

    Raises:
        ValueError: a bucket has more entries than one leaf page can count.
    """
    pages: dict[int, bytes] = {2: _page(2, _FREE_LIST, 0, b""), 3: _page(3, _LEAF, 0, b"")}
    top = _add_bucket(pages, root)
    total = _next(pages)
    for number in (0, 1):
        pages[number] = _page(number, _META, 0, _meta(top, total, number))
    path.write_bytes(b"".join(pages[number] for number in sorted(pages)))


def write_database(folder: Path, root: Bucket, updated: str) -> None:
    """Write `db/trivy.db` and `db/metadata.json` below `folder`, as `trivy --download-db-only` leaves them.

    Args:
        folder: the cache folder; made where it is missing.
        root: the buckets.
        updated: when the data were made, RFC 3339 in UTC.
    """
    (folder / "db").mkdir(parents=True, exist_ok=True)
    write(folder / "db" / "trivy.db", root)
    times = {"NextUpdate": "2099-01-01T00:00:00Z", "UpdatedAt": updated, "DownloadedAt": updated}
    (folder / "db" / "metadata.json").write_text(json.dumps({"Version": 2, **times}), encoding="utf-8")


def _next(pages: Mapping[int, bytes]) -> int:
    return max(number + len(content) // PAGE for number, content in pages.items())


def _page(number: int, kind: int, entries: int, body: bytes) -> bytes:
    length = _PAGE_HEAD.size + len(body)
    further = (length - 1) // PAGE
    return (_PAGE_HEAD.pack(number, kind, entries, further) + body).ljust((further + 1) * PAGE, b"\0")


def _add_bucket(pages: dict[int, bytes], bucket: Bucket) -> int:
    """Add a bucket and all below it; return the number of its page."""
    if len(bucket) > MOST_ENTRIES:
        raise ValueError(f"a bucket of {len(bucket)} entries needs branch pages")
    entries: list[tuple[bytes, int, bytes]] = []
    for name, value in bucket.items():
        if isinstance(value, bytes):
            entries.append((name.encode(), 0, value))
        else:
            entries.append((name.encode(), _IS_BUCKET, _BUCKET_HEAD.pack(_add_bucket(pages, value), 0)))
    number = _next(pages)
    pages[number] = _page(number, _LEAF, len(entries), _leaf(sorted(entries)))
    return number


def _leaf(entries: list[tuple[bytes, int, bytes]]) -> bytes:
    heads, data = b"", b""
    for index, (key, kind, value) in enumerate(entries):
        to_key = (len(entries) - index) * _ENTRY_HEAD.size + len(data)
        heads += _ENTRY_HEAD.pack(kind, to_key, len(key), len(value))
        data += key + value
    return heads + data


def _meta(root: int, total: int, transaction: int) -> bytes:
    body = _META_BODY.pack(_MAGIC, _FORMAT, PAGE, 0, root, 0, 2, total, transaction)
    return body + struct.pack("<Q", _fnv1a(body))


def _fnv1a(data: bytes) -> int:
    digest = 0xCBF29CE484222325
    for byte in data:
        digest = (digest ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return digest
