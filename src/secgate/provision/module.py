"""Builds a tool from its official Go module: every module checked against the `go.sum` that ships with secgate.

Slow (minutes), but it needs nothing except a Go compiler and works on any machine that Go knows.
"""

import os
import shlex
import shutil
from pathlib import Path

from secgate import catalog
from secgate.errors import TrustError
from secgate.provision.attempt import PassedOverError, Work, environment, run
from secgate.provision.words import quote

TIMEOUT_S = 3600
# GOSUMDB, GONOSUMDB, GOPRIVATE and GOFLAGS are not passed on: they would switch the checks off.
_NAMES = ("GOPROXY", "GOTOOLCHAIN")
_MISMATCH = ("checksum mismatch", "SECURITY ERROR")


def install(work: Work) -> None:
    """Build the program into `work.folder`.

    Raises:
        PassedOverError: there is no Go here, the modules cannot be had, or it does not compile.
        TrustError: a module is another one than was pinned.
        OSError: there is no room.
    """
    go = shutil.which("go")
    if go is None:
        raise PassedOverError("there is no `go` here to build it with")
    module = work.scratch / "module"
    shutil.copytree(catalog.folder(work.scanner.id) / work.source.lock, module)
    (work.scratch / "tmp").mkdir()
    _keep_to_itself(work.scratch)
    settings = dict(word.split("=", 1) for word in shlex.split(work.source.build.get("environment", "")))
    own = {
        **settings,
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(work.scratch),
        "TMPDIR": str(work.scratch / "tmp"),
        "GOENV": "off",
        "GOWORK": "off",
        "GOFLAGS": "-modcacherw",
        "GOPATH": str(work.scratch / "go"),
        "GOCACHE": str(work.scratch / "build"),
    }
    target = work.folder / work.source.executable
    flags = shlex.split(work.source.build.get("flags", ""))
    argv = [go, "build", "-mod=readonly", "-trimpath", *flags, "-o", str(target), work.source.package]
    code, said = run(argv, environment(_NAMES, own), module, TIMEOUT_S, work.lock)
    if any(words in said for words in _MISMATCH):
        raise TrustError(
            f"{work.scanner.title}: {quote(said)}",
            "Nothing was installed. The module proxy serves other files than those that secgate was made with.",
        )
    if code:
        raise PassedOverError(quote(said) or f"go ended with exit code {code}")


def _keep_to_itself(home: Path) -> None:
    """Switch off Go's telemetry: a process in a session of its own, which outlives the build and writes below it."""
    for settings in (".config", "Library/Application Support"):
        folder = home / settings / "go" / "telemetry"
        folder.mkdir(parents=True)
        (folder / "mode").write_text("off 2024-01-01\n", encoding="utf-8")
