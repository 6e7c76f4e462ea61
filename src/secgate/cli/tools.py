"""`secgate tools`: install, list, lock and update the scanners and their databases."""

import importlib
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from secgate import catalog
from secgate.cli import complain, output
from secgate.errors import Exit, SecgateError, TrustError, UsageError, worst
from secgate.model import Database, DatabaseState, Scanner
from secgate.provision import databases, place
from secgate.provision.install import install as install_tool
from secgate.provision.present import Presence, ToolState, look

Tell = Callable[[str], None]


def _choices(_context: click.Context, _parameter: click.Parameter, names: Sequence[str]) -> list[Scanner]:
    """Return the scanners that were named, all of them where none was."""
    return [catalog.scanner(name) for name in dict.fromkeys(names)] or list(catalog.scanners().values())


_named = click.argument("scanners", nargs=-1, metavar="[SCANNER]...", callback=_choices)


@click.group()
def tools() -> None:
    """Install, list, lock and update the scanners.

    \b
    Example:
      secgate tools install
    """


@tools.command()
@_named
@click.option("--databases/--no-databases", "with_databases", default=True, help="Bring their databases too.", show_default=True)
def install(scanners: list[Scanner], with_databases: bool) -> int:
    """Install what is missing of the scanners (default: all), each into an environment of its own.

    Every tool is pinned by version and sha256. Nothing that is installed already is touched.

    \b
    Examples:
      secgate tools install
      secgate tools install bandit --no-databases
    """
    failed = _each(scanners, _install_one)
    if with_databases:
        failed += [code for one in scanners for code in _each(_lacking(one), lambda it: _update_one(*it))]
    return worst(failed)
