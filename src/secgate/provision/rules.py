"""Rules from elsewhere that a policy names: kept under their digest, and held against it each time they are used."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from secgate.model import RuleSet
from secgate.provision import place

MAX_BYTES = 50_000_000


def location(rule_set: RuleSet) -> Path:
    """Return where a rule set is kept; it need not be there."""
    return place.home() / "rules" / rule_set.sha256


def content(rule_set: RuleSet) -> bytes | None:
    """Return a rule set's bytes; None where it is not there, or is not what was pinned."""
    try:
        with location(rule_set).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == rule_set.sha256 else None


def contents(rule_sets: Iterable[RuleSet]) -> dict[str, dict[str, bytes | None]]:
    """Return the content of every rule set by scanner and name; None for those that are not there."""
    found: dict[str, dict[str, bytes | None]] = {}
    for one in rule_sets:
        found.setdefault(one.scanner, {})[f"{one.name}@sha256:{one.sha256[:12]}"] = content(one)
    return found
