"""`secgate explain`: what is wrong, where, why it blocks, how to fix it."""

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from secgate import git
from secgate.cli import options, output
from secgate.cli.progress import takes_utf8
from secgate.errors import Exit
from secgate.gate import Elsewhere, read_file
from secgate.gate.explain import chosen
from secgate.gate.explain import explain as explained
from secgate.model import Decision
from secgate.policy.explain import Explanation
from secgate.report import document, explanation, safe

DECISION = "decision.json"


@click.command()
@click.argument("fingerprint")
@click.argument("decision", type=click.Path(path_type=Path), default=DECISION)
@click.option("--policy", metavar="FILE|PACK", default="", help="The policy that decided, where it is not found.")
@click.option("--format", "form", envvar="SECGATE_EXPLAIN_FORMAT", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="For people, or for programs.")  # fmt: skip
@click.option("--no-color", is_flag=True, help="No colours. NO_COLOR does the same.")
@options.mirror
@options.debug
def explain(fingerprint: str, decision: Path, **given: Any) -> int:
    """Explain the verdict on one finding of DECISION (what `--json` wrote; `-` is stdin; default: decision.json).

    FINGERPRINT is its `id`, or how that begins. Every rule of the policy is shown, clause by clause, and what else
    would let the finding pass. Exits 0 whatever was decided: it decides nothing.

    \b
    Examples:
      secgate scan . --json decision.json
      secgate explain 1f2e3d4c5b6a
    """
    loaded = document.load(read_file(decision, output.NO_DECISION))
    verdict = chosen(loaded, fingerprint)
    root = git.root_of(Path.cwd()) or Path.cwd()
    found = explained(loaded, verdict, given["policy"], root, Elsewhere(options.mirrors(given["mirror"])))
    if given["form"] == "json":
        click.echo(safe.json(msgspec.json.format(_json(found)).decode()))
    else:
        click.echo(_text(loaded, found, no_color=given["no_color"]), nl=False)
    return Exit.PASS


def _json(found: Explanation) -> bytes:
    told = {
        "verdict": msgspec.structs.replace(found.verdict, trace=()),
        "trace": found.steps,
        "wouldPassIf": found.ways,
    }
    return msgspec.json.encode(told, order="sorted")


def _text(decision: Decision, found: Explanation, *, no_color: bool) -> str:
    waive = f"secgate waive {found.verdict.finding.fingerprint[:12]}"
    ways = [f"{one.text}: {waive}" if one.rules else one.text for one in found.ways]
    return explanation.render(
        decision, found.verdict, found.steps, ways,
        width=output.width(), color=output.colour(no_color), ascii_only=not takes_utf8(sys.stdout),
    )  # fmt: skip
