"""`secgate evaluate`: a verdict on SARIF that somebody already has."""

from pathlib import Path
from typing import Any

import click

from secgate.cli import options, output
from secgate.cli.render import deliver
from secgate.gate import Trust
from secgate.gate import evaluate as judge


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="SARIF...", type=click.Path(path_type=Path))
@click.option("--accept", multiple=True, metavar="TOOL", help="Let finished reports of this tool count. Repeatable.")
@click.option("--trust-sarif", is_flag=True, help="Believe what files of `secgate scan` say of themselves.")
@click.option("--now", callback=output.check_day, metavar="TIME", help="Judge as of this time. Default: now.")
@options.judging
@options.outputs
@options.debug
def evaluate(files: tuple[Path, ...], **given: Any) -> int:
    """Judge SARIF files; `-` is stdin.

    Nothing proves that a file is whole, so it is a pass only where you say so: --accept names tools whose finished
    reports count, --trust-sarif believes files that your own `secgate scan --sarif` wrote where nobody else could.

    \b
    Examples:
      secgate evaluate codeql.sarif --accept CodeQL
      secgate evaluate secgate.sarif --trust-sarif
    """
    wanted = options.wanted(given)
    allowance = options.allowance(given["fail_on"], given["report_only"], given["allow_incomplete"])
    trust = Trust(frozenset(given["accept"]), given["trust_sarif"])
    decides, about = options.decides(given, Path())
    return deliver(judge(files, decides, allowance, given["now"], trust, about), wanted)
