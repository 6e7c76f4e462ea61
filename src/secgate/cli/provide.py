"""`--install`: what a scan needs and is not there yet. Loaded only then, because downloading costs start-up time."""

from collections.abc import Callable, Iterable

from secgate.errors import MissingToolError
from secgate.model import Scanner
from secgate.provision import databases, present
from secgate.provision.install import install


def missing(scanners: Iterable[Scanner], say: Callable[[str], None]) -> None:
    """Install the scanners and databases that are not installed.

    What cannot be had is said and left missing: the scan goes on, and its evidence is missing too.

    Raises:
        TrustError: something was not what its pin says.
    """
    for scanner in scanners:
        try:
            if present.installed(scanner) is None:
                install(scanner, say)
            for database in scanner.databases:
                if databases.state(scanner, database) is None:
                    databases.update(scanner, database, say)
        except MissingToolError as error:
            say(error.message)
