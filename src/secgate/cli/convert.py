"""`secgate convert`: a scanner's own report as SARIF."""

import io
from pathlib import Path

import click

from secgate.cli import options, output
from secgate.cli.output import Output
from secgate.errors import Exit
from secgate.gate import convert as adopt
from secgate.model import EvidenceState
from secgate.report import safe
from secgate.sarif import write


@click.command()
@click.argument("scanner")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path), default=".", show_default=True,
              help="The folder that was scanned.")  # fmt: skip
@click.option("--output", "-o", "place", envvar="SECGATE_CONVERT_OUTPUT", default="-", show_default=True,
              metavar="FILE", help="Where to write.")  # fmt: skip
@options.debug
def convert(scanner: str, files: tuple[Path, ...], root: Path, place: str) -> int:
    """Turn native reports of SCANNER into one SARIF file, as strictly as a scan: a broken report is refused (2).

    A report in which the scanner complains is converted, says so in its invocation, and exits 3.

    \b
    Example:
      secgate convert SCANNER report.json -o report.sarif
    """
    output.check([place])
    run = adopt(scanner, files, root)
    stream = io.BytesIO()
    write([run], stream)
    output.write([Output(place, stream.getvalue)])
    partial = [one for one in run.evidence if one.state is EvidenceState.PARTIAL]
    for one in partial:
        click.echo(safe.line(f"incomplete: {one.label} {one.reason}"), err=True)
    return Exit.INCOMPLETE if partial else Exit.PASS
