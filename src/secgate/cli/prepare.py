"""`secgate prepare`: what a scan without a network will need."""

import sys
from typing import Any

import click

from secgate import catalog
from secgate.cli import options, output, provide
from secgate.cli.progress import Lines
from secgate.errors import Exit
from secgate.gate import bundle


@click.command()
@options.bundle
@options.debug
def prepare(**given: Any) -> int:
    """Fetch what is missing: scanners, their databases, the policy's rules and feeds. It looks at no tree.

    What cannot be had is said and left missing; the scan then says so too, and is incomplete.

    \b
    Example:
      secgate prepare --bundle bundle/bundle.json
    """
    say = Lines(sys.stderr).say
    provide.missing(catalog.scanners().values(), say)
    if given["bundle"]:
        pack = bundle.decided(given["bundle"]).pack
        provide.rule_sets(pack.rule_sets, say)
        provide.wanted_feeds(pack.feeds, output.today(), say)
    return Exit.PASS
