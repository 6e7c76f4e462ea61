"""Writing what was asked for: whole files or nothing, results to files or stdout, everything else to stderr."""

import datetime
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from secgate.errors import SecgateError, UsageError

STDOUT = "-"
NO_DECISION = "A scan writes it: secgate scan . --json decision.json"
"""What to do where there is no decision to read."""


@dataclass(frozen=True)
class Output:
    """One file to write, and how to make its content."""

    place: str
    """A path, or `-` for stdout."""
    render: Callable[[], bytes]


def check(places: Sequence[str | None]) -> None:
    """Refuse, before any work is done, places that could not be written to.

    Raises:
        UsageError: a folder does not exist, or two outputs would share one place.
    """
    given = [place for place in places if place]
    for place in given:
        if given.count(place) > 1:
            raise UsageError(f"two outputs are to be written to `{place}`", "Give each its own file.")
        if place != STDOUT and (Path(place).is_dir() or not Path(place).absolute().parent.is_dir()):
            raise UsageError(f"{place}: cannot be written", "Name a file in a folder that exists.")


def write(outputs: Sequence[Output]) -> None:
    """Write all outputs.

    Raises:
        SecgateError: one cannot be written; what was decided is then known to nobody, so this is no pass.
    """
    for output in outputs:
        data = output.render()
        if output.place == STDOUT:
            _print(data)
        else:
            _write(Path(output.place), data)


def _print(data: bytes) -> None:
    if sys.stdout is None:
        raise SecgateError("stdout is closed: nobody can read the result", "Name files for the results.")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is left in the buffer must not fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SecgateError(f"stdout cannot be written: {error.strerror}", "Nobody has read the result.") from error


def _write(path: Path, data: bytes) -> None:
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        # A reader never sees half a report, and a full disk leaves the old one.
        descriptor, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise SecgateError(
            f"{path}: cannot be written: {error.strerror}", "Free space, or name another file."
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def colour(no_color: bool) -> bool:
    """Return whether stdout takes colours: a terminal, and neither `--no-color` nor NO_COLOR speaks against it."""
    return sys.stdout.isatty() and not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return the columns of the terminal; 100 where there is none."""
    return max(shutil.get_terminal_size((100, 24)).columns, 60)


def today() -> str:
    """Return the UTC day, `2026-11-25`."""
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def check_day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    """Return the UTC day of an RFC 3339 time or date given by `--now`, today without one.

    Raises:
        click.BadParameter: it is neither.
    """
    return day(value) if value else today()


def day(value: str) -> str:
    """Return the UTC day of an RFC 3339 time or date.

    Raises:
        click.BadParameter: it is neither.
    """
    try:
        when = datetime.datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("write a date or time like 2026-11-25 or 2026-11-25T12:00:00Z") from error
    return (when.astimezone(datetime.UTC) if when.tzinfo else when).date().isoformat()
