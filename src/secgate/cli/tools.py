"""`secgate tools`: install, list, lock and update the scanners and their databases.

Everything that can be done is done, also where one scanner fails; what failed is said, and decides the exit code.
"""

import importlib
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from secgate import catalog
from secgate.cli import complain, inventory
from secgate.cli.provide import lacking
from secgate.errors import Exit, SecgateError, UsageError, worst
from secgate.model import Database, DatabaseState, Scanner
from secgate.provision import databases as data
from secgate.provision import present
from secgate.provision.install import install as install_tool
from secgate.provision.present import ToolState

T = TypeVar("T")


def _choose(_context: click.Context, _parameter: click.Parameter, names: Sequence[str]) -> list[Scanner]:
    """Return the scanners that were named, all of them where none was."""
    return [catalog.scanner(name) for name in dict.fromkeys(names)] or list(catalog.scanners().values())


_named = click.argument("scanners", nargs=-1, metavar="[SCANNER]...", callback=_choose)


@click.group()
def tools() -> None:
    """Install, list, lock and update the scanners.

    \b
    Example:
      secgate tools install
    """


@tools.command()
@_named
@click.option("--databases/--no-databases", default=True, show_default=True, help="Bring their databases too.")
def install(scanners: list[Scanner], databases: bool) -> int:
    """Install what is missing of the scanners (default: all), each into an environment of its own.

    Every tool is pinned by version and sha256. What is installed already stays as it is; a database that is too old to
    judge with is fetched anew.

    \b
    Examples:
      secgate tools install
      secgate tools install SCANNER --no-databases
    """
    failed = _each(scanners, _install)
    if databases:
        ready = [scanner for scanner in scanners if present.installed(scanner)]
        failed += _each(lacking(ready), _update)
    return worst(failed)


@tools.command("list")
@click.option("--verify", is_flag=True, help="Read and hash every installed file; exit 4 where one has changed.")
@click.option("--format", "form", envvar="SECGATE_TOOLS_LIST_FORMAT", type=click.Choice(["text", "json"]),
              default="text", show_default=True)  # fmt: skip
@click.option("--no-color", is_flag=True, help="No colours. NO_COLOR does the same.")
def list_(verify: bool, form: str, no_color: bool) -> int:
    """Show every scanner: its version, whether it is installed, where it comes from, and how old its data is.

    \b
    Examples:
      secgate tools list
      secgate tools list --verify --format json
    """
    items = [inventory.item(scanner, verify=verify) for scanner in catalog.scanners().values()]
    click.echo(inventory.as_json(items) if form == "json" else inventory.as_table(items, no_color=no_color), nl=False)
    changed = any(ToolState.CHANGED in {item.state, *(one.state for one in item.databases)} for item in items)
    return Exit.TRUST if verify and changed else Exit.PASS


@tools.command()
@_named
@click.option("--upgrade", is_flag=True, help="Take the newest versions of what the scanners need.")
def lock(scanners: list[Scanner], upgrade: bool) -> int:
    """Write the hash locks of the scanners (default: all) anew, for the versions in their manifests.

    Works in a checkout of secgate only, and prints what changed.

    \b
    Examples:
      secgate tools lock SCANNER
      secgate tools lock --upgrade
    """
    locks = importlib.import_module("secgate.provision.lock")
    chosen = [scanner for scanner in scanners if len(scanners) == 1 or locks.lock_path(scanner)]

    def write(scanner: Scanner) -> None:
        changes = locks.lock(scanner, _tell, upgrade=upgrade)
        for line in changes or ("nothing changed",):
            click.echo(f"{scanner.id}: {line}")

    return worst(_each(chosen, write))


@tools.command()
@_named
@click.option(
    "--from", "source", envvar="SECGATE_TOOLS_UPDATE_FROM", metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Take the database from this folder, for machines that reach no registry.",
)  # fmt: skip
def update(scanners: list[Scanner], source: Path | None) -> int:
    """Fetch the databases of the scanners (default: all) anew, and record their digests and dates.

    Where that fails, the old one is kept.

    \b
    Examples:
      secgate tools update
      secgate tools update SCANNER --from ./database
    """
    owned = [(scanner, database) for scanner in scanners for database in scanner.databases]
    if not owned:
        raise UsageError(f"{', '.join(one.title for one in scanners)}: needs no database", "Nothing has to be updated.")
    if source is None:
        return worst(_each(owned, _update))
    if len(owned) > 1:
        names = ", ".join(dict.fromkeys(scanner.id for scanner, _ in owned))
        raise UsageError(f"--from is for one database, and there are {len(owned)}", f"Name one scanner: {names}.")
    scanner, database = owned[0]
    _report(scanner, database, data.put(scanner, database, source, _tell))
    return Exit.PASS


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _each(items: Iterable[T], do: Callable[[T], None]) -> list[Exit]:
    """Do it for each of the items, say what fails, and return the codes of what failed."""
    failed = []
    for item in items:
        try:
            do(item)
        except SecgateError as error:
            complain(error)
            failed.append(error.exit)
    return failed


def _install(scanner: Scanner) -> None:
    if present.installed(scanner):
        click.echo(f"{scanner.id} {scanner.version}: is installed")
        return
    began = time.monotonic()
    install_tool(scanner, _tell)
    found = present.look(scanner).receipt
    if found:
        spent, size = time.monotonic() - began, inventory.megabytes(found.size)
        click.echo(f"{scanner.id} {scanner.version}: installed from the {found.source} ({spent:.1f} s, {size})")


def _update(owned: tuple[Scanner, Database]) -> None:
    scanner, database = owned
    _report(scanner, database, data.update(scanner, database, _tell))


def _report(scanner: Scanner, database: Database, state: DatabaseState) -> None:
    click.echo(f"{scanner.id}: {database.title} of {state.updated} ({state.digest})")
