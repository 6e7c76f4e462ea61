"""The event of a job: JSON that GitHub wrote, of which nothing is believed beyond its shape."""

import json
from pathlib import Path
from typing import Any

from secgate.errors import TrustError

MAX_EVENT_BYTES = 50_000_000
REMEDY = "Run the gate in a job of a workflow."


def read(place: str) -> dict[str, Any]:
    """Return the payload of the event in a file; empty where it is JSON of another shape.

    Raises:
        TrustError: it cannot be read: nobody knows what the job is about.
    """
    try:
        with Path(place).open("rb") as file:
            event = json.loads(file.read(MAX_EVENT_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise TrustError(f"the event of this job cannot be read: {error}", REMEDY) from error
    return event if isinstance(event, dict) else {}


def found(event: dict[str, Any], *keys: str) -> object:
    """Return what lies at the end of a path of keys; None where the path ends before."""
    value: object = event
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(event: dict[str, Any], *keys: str) -> str:
    """Return the text at the end of a path of keys; empty where there is none."""
    value = found(event, *keys)
    return value if isinstance(value, str) else ""


def number(event: dict[str, Any], *keys: str) -> int:
    """Return the whole number at the end of a path of keys; 0 where there is none."""
    value = found(event, *keys)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
