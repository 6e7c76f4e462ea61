"""What `secgate tools list` shows: every scanner with its state, as a table for people or as JSON."""

import io

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from secgate.cli import output
from secgate.model import Database, Scanner
from secgate.model.value import Value
from secgate.provision import databases, present
from secgate.provision.present import ToolState

_STYLES = {ToolState.INSTALLED: "green", ToolState.MISSING: "yellow", ToolState.CHANGED: "bold red"}


class DatabaseItem(Value, frozen=True, omit_defaults=False):
    """One database of a scanner."""

    id: str
    title: str
    state: ToolState
    updated: str = ""
    """RFC 3339 in UTC; empty where it is missing."""
    digest: str = ""
    source: str = ""
    stale: bool = False
    """Older than its scanner allows."""


class Item(Value, frozen=True, omit_defaults=False):
    """One scanner."""

    id: str
    title: str
    version: str
    state: ToolState
    source: str
    """Where it was installed from; empty where it is missing."""
    channel: str
    bytes: int = 0
    databases: tuple[DatabaseItem, ...] = ()


def item(scanner: Scanner, *, verify: bool) -> Item:
    """Return what there is of a scanner.

    Args:
        scanner: as its manifest pins it.
        verify: read and hash every file of it.
    """
    found = present.look(scanner, verify=verify)
    receipt = found.receipt
    return Item(
        id=scanner.id,
        title=scanner.title,
        version=scanner.version,
        state=found.state,
        source=receipt.source if receipt else "",
        channel=receipt.channel if receipt else "",
        bytes=receipt.size if receipt else 0,
        databases=tuple(_database(scanner, one, verify=verify) for one in scanner.databases),
    )


def _database(scanner: Scanner, database: Database, *, verify: bool) -> DatabaseItem:
    found = databases.look(scanner, database, verify=verify)
    if found is None:
        return DatabaseItem(database.id, database.title, ToolState.MISSING)
    state, receipt = found
    return DatabaseItem(
        id=database.id,
        title=database.title,
        state=ToolState.INSTALLED if state.digest == f"sha256:{receipt.digest}" else ToolState.CHANGED,
        updated=state.updated,
        digest=state.digest,
        source=receipt.source,
        stale=databases.stale(database, state),
    )


def as_json(items: list[Item]) -> str:
    """Return the inventory as one JSON document."""
    return msgspec.json.format(msgspec.json.encode(items)).decode() + "\n"


def as_table(items: list[Item], *, no_color: bool) -> str:
    """Return the inventory as a table, followed by what to type where something is missing."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for title in ("SCANNER", "VERSION", "STATE", "SIZE", "CHANNEL", "DATABASE"):
        table.add_column(title, no_wrap=title != "DATABASE", justify="right" if title == "SIZE" else "left")
    for one in items:
        table.add_row(
            Text(one.id, style="bold"),
            one.version,
            Text(one.state.value, style=_STYLES[one.state]),
            megabytes(one.bytes) if one.bytes else "–",
            one.channel or "–",
            Text("\n").join(_shown(data) for data in one.databases) if one.databases else "–",
        )
    colour = output.colour(no_color)
    console = Console(
        file=io.StringIO(), width=output.width(), force_terminal=colour, no_color=not colour, highlight=False
    )
    console.print(table)
    for line in _remedies(items):
        console.print(line, soft_wrap=True, markup=False)
    written = console.file
    return written.getvalue() if isinstance(written, io.StringIO) else ""


def _shown(data: DatabaseItem) -> Text:
    if data.state is ToolState.MISSING:
        return Text(f"{data.title}: missing", style="yellow")
    text = Text(f"{data.title} of {data.updated[:10]}, {data.digest[:19]}…")
    if data.state is ToolState.CHANGED:
        text.append(" changed since it was put here", style="bold red")
    if data.stale:
        text.append(" too old", style="yellow")
    return text


def _remedies(items: list[Item]) -> list[str]:
    lacking = [one.id for one in items if one.state is not ToolState.INSTALLED]
    dated = [one.id for one in items if one.id not in lacking and not all(map(_fresh, one.databases))]
    lines = [f"→ secgate tools install {' '.join(lacking)}"] if lacking else []
    lines += [f"→ secgate tools update {' '.join(dated)}"] if dated else []
    return ["", *lines] if lines else []


def _fresh(data: DatabaseItem) -> bool:
    return data.state is ToolState.INSTALLED and not data.stale


def megabytes(size: int) -> str:
    """Return a size as `47 MB`."""
    return f"{max(round(size / 1_000_000), 1):,} MB"
