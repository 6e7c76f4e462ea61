"""When and where a verdict is given, and which environment of the policy that is."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from secgate.globs import matcher
from secgate.model import Circumstance, KnownFeed, Pack


@dataclass(frozen=True)
class Circumstances:
    """What a verdict depends on beside findings and policy. Time is an input, never the clock's."""

    now: str = ""
    """The UTC day, `2026-11-25`."""
    event: str = "local"
    """As the CI system calls it: `pull_request`."""
    ref: str = ""
    """As git calls it: `refs/heads/main`."""
    labels: tuple[str, ...] = ()
    baseline: Mapping[str, int] | None = None
    """How many matches each rule had there that nothing lifted; None where there is nothing to compare with."""
    feeds: tuple[KnownFeed, ...] = ()
    """Those of which the policy asks and that are there."""


def environment(pack: Pack, given: Circumstances) -> str:
    """Return the name of the first environment whose circumstances are given."""
    return next(one.name for one in pack.environments if _holds(one.when, given))


def _holds(when: Circumstance, given: Circumstances) -> bool:
    return (
        (when.event is None or given.event in when.event)
        and (when.ref is None or matcher(when.ref)(given.ref))
        and (when.label is None or any(map(matcher(when.label), given.labels)))
    )


def covers(earlier: Circumstance, later: Circumstance) -> bool:
    """Return whether the first holds wherever the second does."""
    pairs = ((earlier.event, later.event), (earlier.ref, later.ref), (earlier.label, later.label))
    return all(first is None or (second is not None and wider(first, second)) for first, second in pairs)


def wider(globs: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether whatever meets one of the others meets one of the globs."""
    meets = matcher(globs)
    # A text that only a wildcard can meet stands for each wildcard.
    return all(meets(one.replace("**", "\1/\1").replace("*", "\1\2").replace("?", "\1")) for one in others)


def days_between(first: str, last: str) -> int:
    """Return the whole days from one UTC day to another."""
    return (datetime.date.fromisoformat(last) - datetime.date.fromisoformat(first)).days


def days(count: int) -> str:
    """Return `1 day` or `2 days`."""
    return f"{count} day{'' if count == 1 else 's'}"
