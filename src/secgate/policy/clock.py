"""When the age of a finding begins, if not when it was first seen.

| clock | a vulnerability is as old as |
|---|---|
| `first-seen` | it has been in the tree |
| `disclosed` | its advisory has been public |
| `fix-available` | the same, and of no age while there is no fix: when the fix came out no scanner says |

What is about no vulnerability, or about one of which nobody says when it became public, is as old as it has been seen.
"""

import datetime
from collections.abc import Callable

import msgspec

from secgate.model import Finding


def aging(clock: str, now: str) -> Callable[[Finding], Finding]:
    """Return what gives a finding its age in whole UTC days.

    Args:
        clock: `disclosed` or `fix-available`.
        now: the UTC day.
    """
    today = datetime.date.fromisoformat(now)

    def aged(finding: Finding) -> Finding:
        vuln = finding.vuln
        if not vuln.id:
            return finding
        if clock == "fix-available" and not vuln.fix_available:
            return msgspec.structs.replace(finding, age_days=0)
        public = day_of(vuln.published)
        return msgspec.structs.replace(finding, age_days=max((today - public).days, 0)) if public else finding

    return aged


def is_public(finding: Finding, clock: str) -> bool:
    """Return whether a clock needs nobody to say since when a finding has been there."""
    return clock != "first-seen" and bool(finding.vuln.id) and day_of(finding.vuln.published) is not None


def day_of(time: str) -> datetime.date | None:
    """Return the UTC day of an RFC 3339 time; None where it is none."""
    try:
        when = datetime.datetime.fromisoformat(time)
        return (when.astimezone(datetime.UTC) if when.tzinfo else when).date()
    except (ValueError, OverflowError):
        return None
