"""`secgate doctor`: says whether everything is in place and every scanner still finds a known defect."""

import io
import os
from collections.abc import Sequence

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from secgate.cli import output
from secgate.cli.progress import Lines
from secgate.errors import Exit
from secgate.gate import examine
from secgate.model import Evidence, EvidenceState
from secgate.model.value import Value
from secgate.report import safe

_STYLES = {EvidenceState.OK: "green", EvidenceState.MISSING: "yellow"}


class Item(Value, frozen=True, omit_defaults=False):
    """What became of one command of a scanner."""

    scanner: str
    command: str
    category: str
    state: EvidenceState
    """`ok`: it found all its canaries. `missing`: it, or a database that it needs, is not installed."""
    reason: str = ""
    remedy: str = ""


@click.command()
@click.option("--format", "form", envvar="SECGATE_DOCTOR_FORMAT", type=click.Choice(["text", "json"]), default="text",
              show_default=True)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Scanners at a time; default: cores.")
@click.option("--no-color", is_flag=True, help="No colours. NO_COLOR does the same.")
def doctor(form: str, jobs: int, no_color: bool) -> int:
    """Let every scanner look for its canaries, known defects, and say which of them still finds them.

    Exit code 0 where all of them are installed and find theirs, otherwise 3.

    \b
    Examples:
      secgate doctor
      secgate doctor --format json
    """
    items = [_item(one) for one in examine(jobs, Lines(None))]
    click.echo(_as_json(items) if form == "json" else _as_table(items, no_color=no_color), nl=False)
    return Exit.PASS if items and all(one.state is EvidenceState.OK for one in items) else Exit.INCOMPLETE


def _item(evidence: Evidence) -> Item:
    return Item(
        scanner=evidence.scanner,
        command=evidence.command,
        category=evidence.category,
        state=evidence.state,
        reason=evidence.reason,
        remedy=evidence.remedy,
    )


def _as_json(items: Sequence[Item]) -> str:
    return msgspec.json.format(msgspec.json.encode(items)).decode() + "\n"


def _as_table(items: Sequence[Item], *, no_color: bool) -> str:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for title in ("SCANNER", "COMMAND", "STATE", "WHY"):
        table.add_column(title, no_wrap=title != "WHY")
    for one in items:
        state = Text(one.state.value, style=_STYLES.get(one.state, "bold red"))
        why = Text(safe.line(one.reason) if one.reason else "found its canaries")
        table.add_row(Text(one.scanner, style="bold"), one.command, state, why)
    colour = output.colour(no_color)
    file = io.StringIO()
    console = Console(file=file, width=output.width(), force_terminal=colour, no_color=not colour, highlight=False)
    console.print(table)
    remedies = dict.fromkeys(one.remedy for one in items if one.remedy)
    for line in ["", *(f"→ {remedy}" for remedy in remedies)] if remedies else []:
        console.print(line, soft_wrap=True, markup=False)
    return file.getvalue()
