"""What a scanner must be able to see beside the system's own programs, in order to start."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from secgate.scan.confine import SYSTEM


def needed(program: Path) -> tuple[str, ...]:
    """Return the files and folders that `program` is started from, absolute and sorted.

    Its own installation, and where it is a script or lies in a Python environment that of its interpreter, with the
    symbolic links on the way. Nothing that lies in another of them, or that every scanner sees anyway.
    """
    found: set[Path] = set()
    steps = [program.absolute()]
    known: set[Path] = set()
    while steps:
        one = steps.pop()
        if one not in known:
            known.add(one)
            if one.parts[1] not in SYSTEM:
                found.add(one if one.is_symlink() and not _settings(one).is_file() else _installation(one))
            steps += _next(one)
    return tuple(sorted(str(path) for path in found if found.isdisjoint(path.parents)))


def _installation(program: Path) -> Path:
    return program.parent.parent if program.parent.name == "bin" else program.parent


def _settings(program: Path) -> Path:
    """Return the file that makes a program's installation a Python environment."""
    return _installation(program) / "pyvenv.cfg"


def python_of(program: Path) -> str:
    """Return the version of the Python on which a program's environment runs, `3.14`; empty where it is in none."""
    settings = _settings(program)
    text = settings.read_text(errors="replace") if settings.is_file() else ""
    found = re.search(r"(?m)^version(?:_info)?\s*=\s*(\d+\.\d+)", text)
    return found[1] if found else ""


def _next(program: Path) -> Iterator[Path]:
    """Yield what this program leads to: a link's aim, a script's interpreter, an environment's Python."""
    if program.is_symlink():
        yield Path(os.path.normpath(program.parent / program.readlink()))
    elif program.is_file():
        with program.open("rb") as file:
            head = file.readline(1024)
        if head.startswith(b"#!") and (words := os.fsdecode(head[2:]).split()):
            yield Path(words[0])
    if (settings := _settings(program)).is_file():
        for line in settings.read_text(errors="replace").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home" and Path(value.strip()).is_absolute():
                yield Path(value.strip(), "python")
        yield from (link for link in (settings.parent / "bin").glob("python*") if link.is_symlink())
