"""Whether a scanner is installed, as it is pinned now. On the way of every scan: cheap, and never a guess."""

import contextlib
import os
from enum import StrEnum
from pathlib import Path

import msgspec

from secgate.model import Scanner
from secgate.model.value import Value
from secgate.provision import place, receipt
from secgate.provision.receipt import ToolReceipt


class ToolState(StrEnum):
    """What there is of a tool."""

    INSTALLED = "installed"
    MISSING = "missing"
    CHANGED = "changed"
    """It was installed, and its files are not what they were then."""


class Presence(Value, frozen=True):
    """A tool's state, with its receipt where there is one."""

    state: ToolState
    receipt: ToolReceipt | None = None


def installed(scanner: Scanner) -> Path | None:
    """Return the scanner's executable, absolute; None where it is missing or not what was installed."""
    found = look(scanner)
    if found.state is not ToolState.INSTALLED or found.receipt is None:
        return None
    return place.tool_folder(scanner) / found.receipt.executable


def look(scanner: Scanner, *, verify: bool = False) -> Presence:
    """Say what there is of a tool.

    Args:
        scanner: as its manifest pins it.
        verify: read and hash every file; without it that is done only where a size or a time has changed.
    """
    folder = place.tool_folder(scanner)
    found = receipt.read(folder, ToolReceipt)
    if found is None:
        return Presence(ToolState.MISSING)
    ours = found.pins == place.pins(scanner) and found.executable in {one.executable for one in scanner.sources}
    if not ours or not os.access(folder / found.executable, os.X_OK):
        return Presence(ToolState.CHANGED, found)
    now = receipt.stamps(folder, found.stamps)
    if receipt.same(folder, found.stamps, now) and not verify:
        return Presence(ToolState.INSTALLED, found)
    return _verified(folder, found, now)


def _verified(folder: Path, found: ToolReceipt, now: dict[str, receipt.Stamp]) -> Presence:
    try:
        same = receipt.content(folder)[0] == found.content
    except OSError:
        same = False
    if not same or now.keys() != found.stamps.keys():
        return Presence(ToolState.CHANGED, found)
    if now != found.stamps:
        found = msgspec.structs.replace(found, stamps=now)
        # In a folder that cannot be written to, the next scan hashes again.
        with contextlib.suppress(OSError):
            receipt.write(folder, found)
    return Presence(ToolState.INSTALLED, found)
