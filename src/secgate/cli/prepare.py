"""`secgate prepare`: what a scan without a network will need."""

import sys
from typing import Any

import click

from secgate import catalog
from secgate.cli import options, provide
from secgate.cli.progress import Lines
from secgate.errors import Exit
from secgate.gate import bundle


@click.command()
@options.bundle
@options.debug
def prepare(**given: Any) -> int:
    """Fetch what is missing: scanners, their databases, and the rules that the policy adds. It looks at no tree.

    What cannot be had is said and left missing; the scan then says so too, and is incomplete.

    \b
    Example:
      secgate prepare --bundle bundle/bundle.json
    """
    say = Lines(sys.stderr).say
    provide.missing(catalog.scanners().values(), say)
    if given["bundle"]:
        provide.rule_sets(bundle.decided(given["bundle"]).pack.rule_sets, say)
    return Exit.PASS
