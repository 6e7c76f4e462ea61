"""Writes a scanner's `lock.txt` anew: every package that it needs, by version and hash, for every platform.

Only in a checkout: an installed secgate carries the locks that it was tested with.
"""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from secgate import catalog
from secgate.errors import ContentError, MissingToolError, UsageError
from secgate.model import Scanner
from secgate.provision.attempt import PassedOverError, run
from secgate.provision.index import command, plainly, uv_environment
from secgate.provision.lockfile import Tell
from secgate.provision.receipt import write_whole

PYTHON = "3.11"
"""The oldest Python that secgate runs on; the lock holds for it and all newer ones."""
TIMEOUT_S = 600

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
# The one package that was asked for; all others are there because of it.
_ASKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)[^\n]*\n(?:    --hash=[^\n]*\n)+    # via -r ", re.MULTILINE)


def lock(scanner: Scanner, tell: Tell, *, upgrade: bool = False) -> tuple[str, ...]:
    """Write the lock of a scanner for the version that its manifest names.

    Args:
        scanner: from this checkout.
        tell: is told what is being done.
        upgrade: take the newest versions of what it needs; otherwise what the lock holds is kept where it fits.

    Returns:
        What changed, a line each: `+ name version`, `- name version`, `name old → new`; nothing where nothing did.

    Raises:
        UsageError: this is no checkout, or the scanner has no such lock.
        MissingToolError: the index cannot be reached, or has no such version; the old lock is kept.
    """
    if catalog.root().name == "_content":
        raise UsageError(
            "locks are written in a checkout of secgate, and this is an installed one",
            "Clone the project, change the manifest there and run `secgate tools lock` again.",
        )
    path = lock_path(scanner)
    if path is None:
        raise UsageError(f"{scanner.title} is not installed from the package index, so it has no lock to write")
    old = _text(path)
    tell(f"{scanner.id}: resolving {_wanted(scanner, old, path)}")
    new = _compile(scanner, old, path, upgrade=upgrade)
    if new != old:
        write_whole(path, new.encode())
    return _changes(dict(_PIN.findall(old)), dict(_PIN.findall(new)), rehashed=new != old)


def lock_path(scanner: Scanner) -> Path | None:
    """Return where a scanner's lock of Python packages is; None where it is not installed from the package index."""
    names = [source.lock for source in scanner.sources if source.kind == "index"]
    return catalog.folder(scanner.id) / names[0] if names else None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}",
            "A new scanner starts with one line in it: `package==version`.",
        ) from error


def _wanted(scanner: Scanner, old: str, path: Path) -> str:
    """Return the requirement that the lock is made of, for the manifest's version."""
    found = _ASKED.search(old)
    pins = _PIN.findall(old)
    if found is None and len(pins) != 1:
        raise ContentError(f"{path}: does not say which package was asked for (`# via -r …`)")
    name, version = found.groups() if found else pins[0]
    # A repackaging counts its own builds behind the tool's version: 0.74.0.1 is a build of 0.74.0.
    builds = version.startswith(f"{scanner.version}.") or version.count(".") > scanner.version.count(".")
    return f"{name}=={scanner.version}{'.*' if builds else ''}"


def _compile(scanner: Scanner, old: str, path: Path, *, upgrade: bool) -> str:
    with tempfile.TemporaryDirectory(prefix="secgate-") as folder:
        scratch = Path(folder)
        asked, result = scratch / f"{scanner.id}.in", scratch / path.name
        asked.write_text(_wanted(scanner, old, path) + "\n")
        result.write_text(old)
        words = ["pip", "compile", asked.name, "--output-file", result.name, "--generate-hashes", "--universal"]
        words += ["--python-version", PYTHON, "--custom-compile-command", f"secgate tools lock {scanner.id}"]
        reason = _resolve([*words, *(["--upgrade"] if upgrade else [])], scratch)
        if reason:
            raise MissingToolError(
                f"{scanner.title} {scanner.version} could not be locked: {reason}",
                f"{path} is as it was. Check the version in the manifest and the way to the package index.",
            )
        return result.read_text("utf-8")


def _resolve(words: list[str], scratch: Path) -> str:
    """Run uv and return why it failed; nothing where it did not."""
    try:
        with Path(os.devnull).open() as nothing:
            code, said = run(command(*words), uv_environment(scratch), scratch, TIMEOUT_S, nothing.fileno())
    except PassedOverError as error:
        return str(error)
    return plainly(said) if code else ""


def _changes(old: Mapping[str, str], new: Mapping[str, str], *, rehashed: bool) -> tuple[str, ...]:
    lines = [
        f"{name} {old[name]} → {new[name]}" if name in old and name in new
        else f"+ {name} {new[name]}" if name in new
        else f"- {name} {old[name]}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]  # fmt: skip
    return tuple(lines) or (("hashes or comments only",) if rehashed else ())
