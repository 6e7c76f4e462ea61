"""`secgate report`: a decision, rendered again."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from secgate import catalog
from secgate.cli import options, output
from secgate.cli.output import Output
from secgate.cli.render import Wanted, terminal_text
from secgate.errors import Exit
from secgate.gate import read_file
from secgate.model import Decision
from secgate.report import document, markdown, sarif_file


@click.command()
@click.argument("decision", type=click.Path(path_type=Path))
@click.option("--format", "form", envvar="SECGATE_REPORT_FORMAT", type=click.Choice(options.FORMATS),
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
    loaded = document.load(read_file(decision))
    wanted = Wanted(verbose=verbose, no_color=no_color)
    renders: Mapping[str, Callable[[Decision], bytes]] = {
        "terminal": lambda one: terminal_text(one, wanted),
        "markdown": lambda one: markdown.render(one).encode(),
        "json": document.render,
        "sarif": lambda one: sarif_file.render(one, catalog.scanners()),
    }
    output.write([Output(place, lambda: renders[form](loaded))])
    return Exit.PASS
