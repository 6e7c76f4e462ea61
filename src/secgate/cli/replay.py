"""`secgate replay`: is a decision what its recorded inputs give."""

from pathlib import Path
from typing import Any

import click

from secgate import __version__, git
from secgate.cli import options, output
from secgate.cli.explain import DECISION
from secgate.cli.render import Wanted, deliver
from secgate.errors import Exit, TrustError
from secgate.gate import Elsewhere, read_file
from secgate.gate.replay import authority_of, differences, replayed
from secgate.model import Decision
from secgate.report import document, safe, words

_SHOWN = 20


@click.command()
@click.argument("decision", type=click.Path(path_type=Path), default=DECISION)
@click.option("--policy", metavar="FILE|PACK", default="", help="The policy that decided, where it is not found.")
@click.option("--now", metavar="TIME", help="What would be decided at another time: waivers end, rules begin.")
@options.mirror
@options.debug
def replay(decision: Path, **given: Any) -> int:
    """Derive DECISION (what `--json` wrote; `-` is stdin; default: decision.json) again from what it records.

    Its findings, evidence, feeds and day are judged by the policy of the same digest. A difference is exit code 4, and
    so is a policy that is not here as it was. With --now the new verdict is shown, and its exit code counts.

    \b
    Examples:
      secgate replay decision.json
      secgate replay decision.json --now 2027-01-31
    """
    loaded = document.load(read_file(decision, output.NO_DECISION))
    root = git.root_of(Path.cwd()) or Path.cwd()
    decides = authority_of(loaded, given["policy"], root, Elsewhere(options.mirrors(given["mirror"])))
    if given["now"]:
        return deliver(replayed(loaded, decides, output.day(given["now"])), Wanted())
    again = replayed(loaded, decides)
    if found := differences(loaded, again):
        raise TrustError(_wrong(loaded, found), "Do not trust it: decide again, with `secgate scan`.")
    click.echo(safe.line(f"the same: {loaded.outcome}, exit code {loaded.exit}, {words.summary(loaded)}"))
    return Exit.PASS


def _wrong(loaded: Decision, found: tuple[str, ...]) -> str:
    more = [f"and {len(found) - _SHOWN:,} more"] if len(found) > _SHOWN else []
    head = f"the decision is not what its inputs give (it is of {loaded.tool}, this is secgate {__version__})"
    return "\n".join([head, *found[:_SHOWN], *more])
