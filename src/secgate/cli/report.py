"""`secgate report`: a decision, rendered again."""

from pathlib import Path

import click

from secgate.cli import options, output
from secgate.cli.output import Output
from secgate.cli.render import FORMATS, Wanted
from secgate.errors import Exit
from secgate.gate import read_file
from secgate.report import document


@click.command()
@click.argument("decision", type=click.Path(path_type=Path))
@click.option("--format", "form", envvar="SECGATE_REPORT_FORMAT", type=click.Choice(list(FORMATS)),
              default="terminal", show_default=True)  # fmt: skip
@click.option("--output", "-o", "place", envvar="SECGATE_REPORT_OUTPUT", default="-", show_default=True, metavar="FILE",
              help="Where to write.")  # fmt: skip
@click.option("--verbose", "-v", is_flag=True, help="List every finding.")
@click.option("--no-color", is_flag=True, help="No colours. NO_COLOR does the same.")
@options.debug
def report(decision: Path, form: str, place: str, verbose: bool, no_color: bool) -> int:
    """Render DECISION (what `--json` wrote; `-` is stdin) again. Exits 0 whatever it decided: it decides nothing.

    \b
    Example:
      secgate report decision.json --format markdown
    """
    output.check([place])
    loaded = document.load(read_file(decision, output.NO_DECISION))
    wanted = Wanted(verbose=verbose, no_color=no_color)
    output.write([Output(place, lambda: FORMATS[form](loaded, wanted))])
    return Exit.PASS
