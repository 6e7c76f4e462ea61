"""What was put where: a receipt is written last, so that a folder without one is not installed.

A receipt remembers the whole content by its digest, and a few entries by size and time of change. A scan compares
those few only; where one differs, the content is hashed again before it is believed.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from secgate.model.value import Value

NAME = "receipt.json"

Stamp = tuple[int, int]
"""Size in bytes and time of change in nanoseconds."""


class ToolReceipt(Value, frozen=True):
    """What an installed tool is."""

    scanner: str
    version: str
    pins: str
    """The digest of the pins that it was installed by; see `place.pins`."""
    source: str
    """Where it came from, in words."""
    channel: str
    executable: str
    """Below the folder."""
    stamps: dict[str, Stamp]
    """By path below the folder."""
    content: str
    """See `content`."""
    size: int
    """Bytes in all."""


class DatabaseReceipt(Value, frozen=True):
    """What a database in use is."""

    scanner: str
    database: str
    source: str
    digest: str
    """sha256 of the content file, in hex."""
    stamp: Stamp
    """Of the content file."""


T = TypeVar("T", ToolReceipt, DatabaseReceipt)


def read(folder: Path, shape: type[T]) -> T | None:
    """Return the receipt in `folder`; None where there is none, or it is no whole receipt."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=shape)
    except (OSError, msgspec.DecodeError):
        return None


def write(folder: Path, receipt: ToolReceipt | DatabaseReceipt) -> None:
    """Write the receipt of `folder`, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(folder / NAME, msgspec.json.format(msgspec.json.encode(receipt)) + b"\n")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that a reader sees either as it was or as it is now.

    Raises:
        OSError: it cannot be written; the old one is still there.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def stamp(path: Path) -> Stamp | None:
    """Return size and time of change of a file or folder, links followed; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def stamps(folder: Path, names: Iterable[str]) -> dict[str, Stamp]:
    """Return the stamps of those of the names that exist below `folder`."""
    return {name: found for name in sorted(names) if (found := stamp(folder / name))}


def same(folder: Path, then: Mapping[str, Stamp], now: Mapping[str, Stamp]) -> bool:
    """Return whether two sets of stamps say the same; a folder's size is its file system's, and says nothing."""
    return then.keys() == now.keys() and all(
        then[name] == now[name] or (then[name][1] == now[name][1] and (folder / name).is_dir()) for name in then
    )


def content(folder: Path) -> tuple[str, int]:
    """Return the digest of everything in `folder` except its receipt, as `sha256:…`, and its size in bytes.

    Names, kinds, executable bits, link targets and bytes count; times and owners do not.

    Raises:
        OSError: something in it cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    for path in sorted(_entries(folder)):
        name = os.fsencode(path.relative_to(folder))
        if path.is_symlink():
            digest.update(b"l\0" + name + b"\0" + os.fsencode(path.readlink()) + b"\0")
        else:
            found = path.stat()
            executable = b"x" if found.st_mode & 0o100 else b"f"
            digest.update(executable + b"\0" + name + b"\0" + bytes.fromhex(file_digest(path)))
            size += found.st_size
    return f"sha256:{digest.hexdigest()}", size


def _entries(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        links = [name for name in folders if (here / name).is_symlink()]
        yield from (here / name for name in (*links, *files) if here != folder or name != NAME)


def file_digest(path: Path) -> str:
    """Return the sha256 of a file in hex.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
