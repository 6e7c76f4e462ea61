"""What is needed and is not there yet, and how a scan with `--install` gets it. Loaded only then."""

from collections.abc import Iterable

from secgate.errors import MissingToolError
from secgate.model import Database, Scanner
from secgate.provision import databases
from secgate.provision.install import install
from secgate.provision.lockfile import Tell


def missing(scanners: Iterable[Scanner], say: Tell) -> None:
    """Install what is missing of the scanners, and of their databases what is missing or too old.

    What cannot be had is said and left missing: the scan goes on, and its evidence is missing too.

    Raises:
        TrustError: something was not what its pin says.
    """
    for scanner in scanners:
        try:
            install(scanner, say)
            for _, database in lacking([scanner]):
                databases.update(scanner, database, say)
        except MissingToolError as error:
            for line in (*error.message.splitlines(), f"  → {error.remedy}"):
                say(line)


def lacking(scanners: Iterable[Scanner]) -> list[tuple[Scanner, Database]]:
    """Return the databases that are not there or are too old to judge with."""
    found = [(one, data, databases.state(one, data)) for one in scanners for data in one.databases]
    return [(one, data) for one, data, state in found if state is None or databases.stale(data, state)]
