"""Installs a tool from the package index: every wheel by its hash, into a Python environment of its own.

Only wheels: building a source archive would run code of packages that no hash names.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import uv

from secgate import catalog
from secgate.errors import TrustError
from secgate.provision import pip
from secgate.provision.attempt import PassedOverError, Work, environment, run
from secgate.provision.words import quote

TIMEOUT_S = 900
# What leads to the user's own index, and what it demands. Hashes hold, wherever a file comes from.
NAMES = (
    "HOME", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_INDEX_STRATEGY",
    "UV_INDEX_*_USERNAME", "UV_INDEX_*_PASSWORD", "UV_FIND_LINKS", "UV_KEYRING_PROVIDER", "UV_INSECURE_HOST",
    "UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES", "UV_OFFLINE",
)  # fmt: skip
_MISMATCH = "Hash mismatch"
_FETCH = re.compile(r"Failed to fetch: `?[a-z]+://(?:[^/@\s]*@)?([^/:\s]+)")


def install(work: Work) -> None:
    """Make `work.folder` a Python environment that holds the locked packages, compiled.

    Raises:
        PassedOverError: the index cannot be reached, or has no wheel for this machine.
        TrustError: a package is another one than was pinned.
    """
    *better, last = _pythons(work.source.pythons)
    for python in better:
        # Perhaps it is broken, or the lock has no wheel for it: then an older one reads most of the same.
        with suppress(PassedOverError):
            _install(work, python)
            return
        shutil.rmtree(work.folder)
        work.folder.mkdir()
    _install(work, last)


def _pythons(versions: Iterable[str]) -> list[str]:
    """Return the interpreters to try, best first; the last one runs secgate. Only absolute entries of PATH count."""
    places = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(place).is_absolute()]
    found = (shutil.which(f"python{version}", path=os.pathsep.join(places)) for version in versions)
    return [*filter(None, found), sys.executable]


def _install(work: Work, python: str) -> None:
    lock = catalog.folder(work.scanner.id) / work.source.lock
    _uv(work, "venv", "--python", python, "--no-python-downloads", str(work.folder))
    _uv(
        work,
        "pip", "install", "--python", str(work.folder / "bin" / "python"), "--require-hashes",
        "--only-binary", ":all:", "--compile-bytecode", "--requirement", str(lock),
    )  # fmt: skip


def _uv(work: Work, *words: str) -> None:
    code, said = run(command(*words), uv_environment(work.scratch), work.scratch, TIMEOUT_S, work.lock)
    if _MISMATCH in said:
        raise TrustError(
            f"{work.scanner.title}: {quote(said)}",
            "Nothing was installed. The index serves other files than secgate was made with: do not use them.",
        )
    if code:
        raise PassedOverError(plainly(said) or f"uv ended with exit code {code}")


def plainly(said: str) -> str:
    """Return what uv complained about: the host and the last cause where it could not get something, else its words."""
    host = _FETCH.search(said)
    if host is None:
        return quote(said)
    return f"{host[1]} cannot be used: {quote(said.rpartition('cause: ')[2], 120)}"


def command(*words: str) -> list[str]:
    """Return the command line that runs uv without any configuration file of the user or of a folder.

    Raises:
        PassedOverError: uv is not there.
    """
    try:
        program = uv.find_uv_bin()
    except FileNotFoundError as error:
        raise PassedOverError("uv is not there: install secgate-ci again") from error
    return [program, "--quiet", "--no-config", "--no-progress", "--color=never", *words]


def uv_environment(scratch: Path) -> dict[str, str]:
    """Return the environment of uv: the user's index, and a cache of its own, so that nothing unchecked gets in."""
    # Companies sign with certificates of their own, which the system knows and uv's own list does not.
    certificates = {name: os.environ.get(name, "1") for name in ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS")}
    own = {"UV_CACHE_DIR": str(scratch / "uv"), "TMPDIR": str(scratch)}
    return environment(NAMES, {**pip.for_uv(os.environ), **certificates, **own})
