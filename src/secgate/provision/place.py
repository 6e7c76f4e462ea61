"""Where installed scanners and databases lie, below one folder of the user's.

A tool's folder is named after its pins: a changed pin means another folder, never the old tool under the new name.
"""

import hashlib
import os
import sys
from pathlib import Path

import msgspec

from secgate import catalog
from secgate.errors import ContentError, UsageError
from secgate.model import Database, Scanner, Source


def home() -> Path:
    """Return the folder below which everything lies: SECGATE_HOME, or `secgate` in the user's cache; absolute.

    Raises:
        UsageError: the user has no home folder and no variable names another one.
    """
    if chosen := os.environ.get("SECGATE_HOME"):
        return Path(chosen).absolute()
    cached = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if cached.is_absolute():
        return cached / "secgate"
    try:
        return Path.home() / ".cache" / "secgate"
    except RuntimeError as error:
        raise UsageError("there is no home folder to keep the scanners in", "Set SECGATE_HOME to a folder.") from error


def moved_by() -> str:
    """Return the variable that says where scanners lie, if they lie neither where they usually do nor with the program.

    Whoever chose the folder in which the program lies could have chosen the program.

    Raises:
        UsageError: see `home`.
    """
    here, program = home(), Path(sys.prefix)
    if here.is_relative_to(program) or program.is_relative_to(here):
        return ""
    if os.environ.get("SECGATE_HOME"):
        return "SECGATE_HOME"
    usual = Path(os.environ.get("HOME", "")) / ".cache" / "secgate"
    return "" if here == usual or not os.environ.get("XDG_CACHE_HOME") else "XDG_CACHE_HOME"


def below(folder: Path) -> str:
    """Return which part of secgate's home lies below a folder, links followed; empty where none does.

    Args:
        folder: absolute, resolved.
    """
    parts = (home(), *(home() / name for name in ("tools", "databases", "policies")))
    return next((str(one) for one in parts if one.resolve().is_relative_to(folder)), "")


def tool_folder(scanner: Scanner) -> Path:
    """Return the folder of the tool as it is pinned now; it need not exist."""
    return home() / "tools" / scanner.id / f"{scanner.version}-{pins(scanner)[:12]}"


def database_link(scanner: Scanner, database: Database) -> Path:
    """Return the name under which a database is in use: a link, so that a new one takes its place at once."""
    return home() / "databases" / scanner.id / database.id


def database_folder(scanner: Scanner, database: Database) -> Path:
    """Return the folder of the database that is in use now; it need not exist."""
    return database_link(scanner, database).resolve()


def pins(scanner: Scanner) -> str:
    """Return the sha256, in hex, of all that says what is to be installed: the sources and their lock files."""
    digest = hashlib.sha256(msgspec.json.encode(scanner.sources))
    for source in scanner.sources:
        for path in _locked(scanner, source):
            digest.update(f"\n{path.name}\n".encode() + hashlib.sha256(_read(path)).digest())
    return digest.hexdigest()


def _locked(scanner: Scanner, source: Source) -> list[Path]:
    if not source.lock:
        return []
    path = catalog.folder(scanner.id) / source.lock
    return sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContentError(f"{path}: the lock cannot be read: {error.strerror}", "Install secgate-ci again.") from error
