"""Installs a scanner as its manifest pins it, from the first of its sources that works here."""

import importlib
import os
import platform
import shutil
import sys
from pathlib import Path
from types import ModuleType

from secgate.errors import MissingToolError
from secgate.model import Scanner, Source
from secgate.provision import place, present, receipt
from secgate.provision.attempt import PassedOverError, Work
from secgate.provision.lockfile import Tell, locked
from secgate.provision.receipt import ToolReceipt

# Each is loaded only when a source of its kind is tried.
_KINDS = {
    "archive": "secgate.provision.archive",
    "index": "secgate.provision.index",
    "module": "secgate.provision.module",
}


def install(scanner: Scanner, tell: Tell) -> Path:
    """Install a scanner unless it is installed, and return its executable.

    The sources are tried in the manifest's order. Whatever happens, a half-made installation never counts: its receipt
    is written last. Several installations at once wait for each other, and the later ones find the work done.

    Args:
        scanner: what to install.
        tell: is told in plain lines what is done, and why the next source is tried.

    Raises:
        MissingToolError: no source works here; with the reason of each, and what to type.
        TrustError: a source gave something else than was pinned; no other one is tried then.
    """
    if found := present.installed(scanner):
        return found
    folder = place.tool_folder(scanner)
    # Started as root, a scanner runs as another user, who must be able to read it.
    before = os.umask(0o022)
    try:
        with locked(folder.with_name(f"{folder.name}.lock"), tell) as lock:
            return present.installed(scanner) or _install(scanner, folder, lock, tell)
    except OSError as error:
        raise MissingToolError(
            f"{scanner.title} {scanner.version} could not be installed: {error.filename or folder}: {error.strerror}",
            "Free space or set SECGATE_HOME to a folder that you may write to, "
            f"then: secgate tools install {scanner.id}",
        ) from error
    finally:
        os.umask(before)


def _install(scanner: Scanner, folder: Path, lock: int, tell: Tell) -> Path:
    reasons: list[str] = []
    for source in scanner.sources:
        try:
            return _attempt(scanner, source, folder, lock, tell)
        except PassedOverError as error:
            reason = str(error)
        except OSError as error:
            reason = f"{error.filename or folder}: {error.strerror}"
        reasons.append(f"{described(source)}: {reason}")
        if source is not scanner.sources[-1]:
            tell(f"{scanner.id}: passed over the {reasons[-1]}")
    raise MissingToolError(
        f"{scanner.title} {scanner.version} could not be installed:" + "".join(f"\n    {one}" for one in reasons),
        f"Make one of these work (network, proxy, index, disk), then: secgate tools install {scanner.id}",
    )


def _attempt(scanner: Scanner, source: Source, folder: Path, lock: int, tell: Tell) -> Path:
    here = f"{sys.platform}-{platform.machine()}"
    if source.platforms and here not in source.platforms:
        raise PassedOverError(f"is for {', '.join(source.platforms)}, this is {here}")
    patience = ", which takes minutes" if source.kind == "module" else ""
    tell(f"{scanner.id}: installing {scanner.version} from the {described(source)}{patience}")
    scratch = folder.with_name(f"{folder.name}.work")
    done = False
    try:
        for path in (folder, scratch):
            _remove(path)
            path.mkdir()
        _maker(source).install(Work(scanner, source, folder, scratch, lock))
        executable = _sign(scanner, source, folder)
        done = True
    finally:
        _remove(scratch)
        if not done:
            _remove(folder)
    return executable


def _maker(source: Source) -> ModuleType:
    return importlib.import_module(_KINDS[source.kind])


def _sign(scanner: Scanner, source: Source, folder: Path) -> Path:
    """Write the receipt, and return the executable."""
    executable = folder / source.executable
    if not os.access(executable, os.X_OK):
        raise PassedOverError(f"holds no program `{source.executable}`")
    # A package that is added to an environment, or an interpreter that is replaced, changes one of these.
    watched = (source.executable, "pyvenv.cfg", "bin", "bin/python", *_package_folders(folder))
    content, size = receipt.content(folder)
    receipt.write(
        folder,
        ToolReceipt(
            scanner=scanner.id,
            version=scanner.version,
            pins=place.pins(scanner),
            source=described(source),
            channel=source.channel,
            executable=source.executable,
            stamps=receipt.stamps(folder, watched),
            content=content,
            size=size,
        ),
    )
    return executable


def _package_folders(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.glob("lib/python*/site-packages")]


def described(source: Source) -> str:
    """Return where a source is, in words."""
    if source.kind == "archive":
        where = f"release archive {source.url}"
    else:
        where = f"Go module {source.package}" if source.kind == "module" else "package index"
    return f"{where}, packed by a third party" if source.channel == "third-party" else where


def _remove(path: Path) -> None:
    if path.exists():
        # First of all it stops being installed.
        (path / receipt.NAME).unlink(missing_ok=True)
        shutil.rmtree(path)
