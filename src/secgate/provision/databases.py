"""The data that scanners judge with: which is in use, and how another takes its place.

A database is in use under a link. A new one is made ready beside the old one and checked, then the link is moved at
once: a scan sees the old one or the new one, and a failed update leaves the old one where it is.
"""

import contextlib
import datetime
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from secgate.errors import MissingToolError
from secgate.model import Database, DatabaseState, Scanner
from secgate.model.native import filled
from secgate.provision import place, present, receipt
from secgate.provision.attempt import PassedOverError, environment, run
from secgate.provision.lockfile import Tell, locked
from secgate.provision.receipt import DatabaseReceipt
from secgate.provision.words import quote

TIMEOUT_S = 1800
_MAX_METADATA_BYTES = 1_000_000
# Clocks differ; a database from next week is not one that can be judged by its age.
_CLOCKS = datetime.timedelta(days=2)


def state(scanner: Scanner, database: Database) -> DatabaseState | None:
    """Return what is in use; None where there is none, or its metadata says no date.

    The digest is that of the content as it is now: it is read from the receipt while size and time of the content are
    those of the receipt, and computed again where they are not.
    """
    found = look(scanner, database)
    return found[0] if found else None


def look(scanner: Scanner, database: Database, *, verify: bool = False) -> tuple[DatabaseState, DatabaseReceipt] | None:
    """Return what is in use together with its receipt; the digests differ where it was changed since.

    Args:
        scanner: whose database it is.
        database: as the manifest declares it.
        verify: read and hash the content in any case.
    """
    folder = place.database_folder(scanner, database)
    found = receipt.read(folder, DatabaseReceipt)
    stamp = receipt.stamp(folder / database.content)
    if found is None or stamp is None:
        return None
    digest = found.digest
    try:
        updated = _updated(folder / database.metadata)
        if verify or stamp != found.stamp:
            digest = receipt.file_digest(folder / database.content)
    except (OSError, ValueError):
        return None
    if digest == found.digest and stamp != found.stamp:
        found = msgspec.structs.replace(found, stamp=stamp)
        # In a folder that cannot be written to, the next scan hashes again.
        with contextlib.suppress(OSError):
            receipt.write(folder, found)
    return DatabaseState(database.id, f"sha256:{digest}", updated), found


def stale(database: Database, state: DatabaseState) -> bool:
    """Return whether the data is older today than its scanner allows."""
    age = datetime.datetime.now(tz=datetime.UTC).date() - datetime.date.fromisoformat(state.updated[:10])
    return age.days > database.max_age_days


class _Metadata(msgspec.Struct, rename="pascal"):
    updated_at: datetime.datetime


def _updated(path: Path) -> str:
    """Return the date of the metadata at `path`, RFC 3339 in UTC with whole seconds.

    Raises:
        ValueError: it is not JSON, or has no date.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(_MAX_METADATA_BYTES)
    try:
        when = msgspec.json.decode(data, type=_Metadata).updated_at
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if when.tzinfo is None:
        raise ValueError("`UpdatedAt` names no time zone")
    return when.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def update(scanner: Scanner, database: Database, tell: Tell) -> DatabaseState:
    """Fetch a database anew with the scanner's own command, and use it from now on.

    Raises:
        MissingToolError: the scanner is not installed, or the database could not be fetched; the old one is kept.
    """
    tool = present.installed(scanner)
    if tool is None:
        raise MissingToolError(
            f"{scanner.title} is not installed, and it is what fetches its database",
            f"secgate tools install {scanner.id}",
        )

    def fetch(folder: Path, lock: int) -> None:
        tell(f"{scanner.id}: fetching {database.title}")
        words = {"{tool}": str(tool), "{database}": str(folder)}
        argv = [filled(word, words) for word in database.update]
        with tempfile.TemporaryDirectory(prefix="secgate-") as scratch:
            own = {"HOME": scratch, "TMPDIR": scratch, "NO_COLOR": "1"}
            code, said = run(argv, environment((), own), Path(scratch), TIMEOUT_S, lock)
        if code:
            raise PassedOverError(quote(said) or f"{tool.name} ended with exit code {code}")

    return _replace(scanner, database, fetch, "fetched from its registry", tell)


def put(scanner: Scanner, database: Database, folder: Path, tell: Tell | None = None) -> DatabaseState:
    """Use a copy of the database in a local folder from now on, for machines that reach no registry.

    Args:
        scanner: whose database it is.
        database: as the manifest declares it.
        folder: holds the metadata and the content at the places that the manifest names.
        tell: is told what is being done.

    Raises:
        MissingToolError: it holds no such database; the old one is kept.
    """

    def copy(target: Path, _lock: int) -> None:
        for name in (database.metadata, database.content):
            source = folder / name
            if not source.is_file():
                raise PassedOverError(f"there is no file {source}")
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)

    return _replace(scanner, database, copy, "from a local folder", tell or (lambda _: None))


def _replace(
    scanner: Scanner, database: Database, fill: Callable[[Path, int], None], source: str, tell: Tell
) -> DatabaseState:
    link = place.database_link(scanner, database)
    try:
        with locked(link.with_name(f"{link.name}.lock"), tell) as lock:
            _sweep(link)
            folder = Path(tempfile.mkdtemp(dir=link.parent, prefix=f"{link.name}@"))
            try:
                folder.chmod(0o755)
                fill(folder, lock)
                found = _sign(scanner, database, folder, source)
                _use(link, folder)
            finally:
                _sweep(link)
    except PassedOverError as error:
        raise _failed(scanner, database, str(error)) from error
    except (OSError, shutil.Error) as error:
        reason = f"{error.filename or link}: {error.strerror or error}"
        raise _failed(scanner, database, reason) from error
    return found


def _sign(scanner: Scanner, database: Database, folder: Path, source: str) -> DatabaseState:
    """Check a new database, write its receipt, and return its state.

    Raises:
        PassedOverError: it is not what the manifest says a database is.
        OSError: it cannot be read, or the receipt cannot be written.
    """
    content = folder / database.content
    if not content.is_file() or not content.stat().st_size:
        raise PassedOverError(f"it holds no {database.content}")
    try:
        updated = _updated(folder / database.metadata)
    except FileNotFoundError as error:
        raise PassedOverError(f"it holds no {database.metadata}") from error
    except ValueError as error:
        raise PassedOverError(f"its {database.metadata} is not valid: {quote(str(error))}") from error
    if datetime.datetime.fromisoformat(updated) > datetime.datetime.now(tz=datetime.UTC) + _CLOCKS:
        raise PassedOverError(f"its date, {updated}, is in the future")
    digest = receipt.file_digest(content)
    stamp = receipt.stamp(content) or (0, 0)
    receipt.write(folder, DatabaseReceipt(scanner.id, database.id, source, digest, stamp))
    return DatabaseState(database.id, f"sha256:{digest}", updated)


def _use(link: Path, folder: Path) -> None:
    """Move the link onto `folder`, at once."""
    fresh = link.with_name(f"{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder.name)
    fresh.replace(link)


def _sweep(link: Path) -> None:
    """Remove every copy beside the link except the one in use."""
    for path in link.parent.glob(f"{link.name}@*"):
        if path != link.resolve():
            shutil.rmtree(path)


def _failed(scanner: Scanner, database: Database, reason: str) -> MissingToolError:
    kept = "The old one is kept" if state(scanner, database) else "There is none"
    return MissingToolError(
        f"{scanner.id}: {database.title} could not be had: {reason}. {kept}.",
        f"secgate tools update {scanner.id}, where its registry can be reached; or copy the folder of a machine that "
        f"has it, then: secgate tools update {scanner.id} --from FOLDER",
    )
