"""`secgate doctor`: says whether everything is in place and every scanner still finds a known defect."""

import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from secgate import git
from secgate.cli import options, output
from secgate.cli.progress import Lines
from secgate.errors import Exit, UsageError
from secgate.gate import examine
from secgate.gate.surroundings import surroundings
from secgate.github.client import connect
from secgate.github.job import address
from secgate.model import Condition, ConditionState, Evidence, EvidenceState
from secgate.model.value import Value
from secgate.report import safe

TOKENS = ("SECGATE_DOCTOR_TOKEN", "GITHUB_TOKEN")
"""The variables that may hold the token, the first one first."""
_STYLES = {"ok": "green", "missing": "yellow", "unknown": "yellow"}
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}", re.ASCII)


class Item(Value, frozen=True, omit_defaults=False):
    """What became of one command of a scanner."""

    scanner: str
    command: str
    category: str
    state: EvidenceState
    """`ok`: it found all its canaries. `missing`: it, or a database that it needs, is not installed."""
    reason: str = ""
    remedy: str = ""


class Examined(Value, frozen=True, omit_defaults=False):
    """All that was looked at."""

    scanners: tuple[Item, ...]
    repository: tuple[Condition, ...]
    """Empty where nobody named one."""


@click.command()
@click.option("--repository", metavar="OWNER/NAME", help="Ask GitHub too whether its gate is binding.")
@click.option("--branch", default="", metavar="NAME", help="Of that repository. Default: its default branch.")
@click.option("--format", "form", envvar="SECGATE_DOCTOR_FORMAT", type=click.Choice(["text", "json"]), default="text",
              show_default=True)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Scanners at a time; default: cores.")
@click.option("--no-color", is_flag=True, help="No colours. NO_COLOR does the same.")
@options.debug
def doctor(form: str, jobs: int, no_color: bool, repository: str | None, branch: str) -> int:
    """Let every scanner look for its canaries, known defects, and say which of them still finds them.

    With --repository it also looks at the workflows of this clone (pins, permissions, a job of their own), at what the
    token of SECGATE_DOCTOR_TOKEN, else GITHUB_TOKEN, can read, and at the rules of the branch: whether the gate's check
    is required, and whether a pull request can rewrite its workflow. What the token cannot see is unknown, never ok.

    Exit code 0 where all of them are installed and find theirs, and all is as it has to be, otherwise 3.

    \b
    Examples:
      secgate doctor
      secgate doctor --repository OWNER/NAME
      secgate doctor --format json
    """
    conditions = _around(repository, branch) if repository is not None else ()
    items = tuple(_item(one) for one in examine(jobs, Lines(None)))
    if form == "json":
        click.echo(_as_json(Examined(items, conditions)), nl=False)
    else:
        click.echo("\n".join(_as_table(one, no_color=no_color) for one in _tables(items, conditions)), nl=False)
    whole = items and all(one.state is EvidenceState.OK for one in items)
    return Exit.PASS if whole and all(one.state is ConditionState.OK for one in conditions) else Exit.INCOMPLETE


def _around(repository: str, branch: str) -> tuple[Condition, ...]:
    """Return what is around the gate of a repository.

    Raises:
        UsageError: it is named otherwise than it can be.
        TrustError: the variable says that GitHub is somewhere without https.
    """
    if not _REPOSITORY.fullmatch(repository) or {".", ".."} & set(repository.split("/")):
        raise UsageError(f"--repository {repository!a}: names none", "Write OWNER/NAME.")
    token = options.token(TOKENS)
    client = connect(token, address(os.environ), repository) if token else None
    here = Path.cwd()
    return surroundings(git.root_of(here) or here, client, branch)


def _item(evidence: Evidence) -> Item:
    return Item(
        scanner=evidence.scanner,
        command=evidence.command,
        category=evidence.category,
        state=evidence.state,
        reason=evidence.reason,
        remedy=evidence.remedy,
    )


def _as_json(found: Examined) -> str:
    return safe.json(msgspec.json.format(msgspec.json.encode(found)).decode()) + "\n"


@dataclass(frozen=True)
class _Rows:
    """What one table shows; the state is the last column but one."""

    titles: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    remedies: Iterable[str]


def _tables(items: Sequence[Item], conditions: Sequence[Condition]) -> Iterator[_Rows]:
    rows = [(one.scanner, one.command, one.state.value, one.reason or "found its canaries") for one in items]
    yield _Rows(("SCANNER", "COMMAND", "STATE", "WHY"), rows, [one.remedy for one in items])
    if conditions:
        around = [(one.about, one.state.value, one.why) for one in conditions]
        yield _Rows(("REPOSITORY", "STATE", "WHY"), around, [one.remedy for one in conditions])


def _as_table(shown: _Rows, *, no_color: bool) -> str:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for title in shown.titles:
        table.add_column(title, no_wrap=title != "WHY")
    for name, *others, state, why in shown.rows:
        told = Text(state, style=_STYLES.get(state, "bold red"))
        table.add_row(Text(name, style="bold"), *others, told, Text(safe.line(why)))
    colour = output.colour(no_color)
    file = io.StringIO()
    console = Console(file=file, width=output.width(), force_terminal=colour, no_color=not colour, highlight=False)
    console.print(table)
    lines = [f"→ {safe.line(remedy)}" for remedy in dict.fromkeys(one for one in shown.remedies if one)]
    for line in ["", *lines] if lines else []:
        console.print(line, soft_wrap=True, markup=False)
    return file.getvalue()
