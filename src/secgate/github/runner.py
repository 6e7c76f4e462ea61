"""The files through which a step tells the runner something: its summary and its outputs."""

import os
from collections.abc import Mapping
from pathlib import Path

from secgate.errors import PublishError

SUMMARY_MAX = 1_048_576
"""How many bytes the summary of one step may have; over it, nothing of it is shown."""

OUTPUTS: Mapping[str, frozenset[str]] = {
    "verdict": frozenset({"pass", "blocked", "incomplete"}),
    "exit-code": frozenset({"0", "1", "2", "3", "4", "5"}),
    "published": frozenset({"yes", "partly", "no"}),
    "sarif": frozenset({"ready", "none"}),
}
"""All values that each output can have: nothing that somebody else wrote ever gets there."""


def room(environ: Mapping[str, str]) -> int:
    """Return how many bytes the step's summary still takes; 0 where there is none."""
    place = environ.get("GITHUB_STEP_SUMMARY", "")
    if not place:
        return 0
    try:
        return max(SUMMARY_MAX - Path(place).stat().st_size, 0)
    except OSError:
        return SUMMARY_MAX


def summarise(environ: Mapping[str, str], text: str) -> None:
    """Append to the step's summary; nothing where there is none.

    Raises:
        PublishError: it cannot be written, or there is no room for it.
    """
    place = environ.get("GITHUB_STEP_SUMMARY", "")
    data = text.encode()
    if not place:
        return
    if len(data) > room(environ):
        raise PublishError("the step's summary has no room left", "Let the gate have a job of its own.")
    _append(place, data, "the step's summary")


def tell(environ: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Write the step's outputs; nothing where it has none.

    Args:
        environ: of the process.
        outputs: of the names and values in `OUTPUTS`.

    Raises:
        PublishError: they cannot be written.
        ValueError: a value is none of those.
    """
    for name, value in outputs.items():
        if value not in OUTPUTS.get(name, ()):
            raise ValueError(f"{name} cannot be {value!r}")
    place = environ.get("GITHUB_OUTPUT", "")
    if place:
        _append(place, "".join(f"{name}={value}\n" for name, value in outputs.items()).encode(), "the step's outputs")


def _append(place: str, data: bytes, what: str) -> None:
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        with os.fdopen(descriptor, "ab") as file:
            file.write(data)
    except OSError as error:
        raise PublishError(f"{what} cannot be written: {error.strerror}", "Give the step its files.") from error
