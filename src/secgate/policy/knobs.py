"""What makes a setting stricter: the one table by which layers of a policy are put together.

A child may turn each knob one way only. What it sets looser than its parents is refused, never lost in silence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_ACTIONS = ("pass", "info", "warn", "block")


@dataclass(frozen=True)
class Knob:
    """How two values of one setting compare."""

    looser: Callable[[Any, Any], bool]
    """Whether a child's value (second) lets more through than a parent's (first)."""
    join: Callable[[Any, Any], Any]
    """Gives the stricter of two."""
    default: Any = None
    """What holds where no parent says anything; None: then a child is free."""


def _ordered(*values: object, default: object = None) -> Knob:
    """Return the knob of a few values, loosest first."""
    return Knob(
        lambda parent, child: values.index(child) < values.index(parent),
        lambda one, other: max(one, other, key=values.index),
        default,
    )


def _joined(one: list[Any], other: list[Any]) -> list[Any]:
    return [*one, *(value for value in other if value not in one)]


def hours(duration: str) -> int:
    """Return the hours of `24h` or `14d`."""
    return int(duration[:-1]) * (24 if duration.endswith("d") else 1)


_LEAST = Knob(lambda parent, child: child > parent, min)
_MOST = Knob(lambda parent, child: child < parent, max)
_SHORTEST = Knob(lambda parent, child: hours(child) > hours(parent), lambda one, other: min(one, other, key=hours))
SAME = Knob(lambda parent, child: child != parent, lambda one, _: one)
ADDED = Knob(lambda _parent, _child: False, _joined)
"""A child adds to the list."""
FREE = Knob(lambda _parent, _child: False, lambda _, other: other)
_SUBSET = Knob(
    lambda parent, child: not set(child) <= set(parent), lambda one, other: [value for value in one if value in other]
)
_SUPERSET = Knob(lambda parent, child: not set(child) >= set(parent), _joined)
_ON_MISSING = _ordered("ignore", "warn", "block", default="block")


def _laxer(parent: list[dict[str, str]], child: list[dict[str, str]]) -> bool:
    """Return whether one of the feeds may be older, or be missing with less ado; what is left out says nothing."""
    held = {one["id"]: one for one in parent}
    pairs = [(held[one["id"]], one) for one in child if one["id"] in held]
    older = any(
        _SHORTEST.looser(old["maxAge"], new["maxAge"]) for old, new in pairs if "maxAge" in old and "maxAge" in new
    )
    return older or any(_ON_MISSING.looser(_missed(old), _missed(new)) for old, new in pairs)


def _fed(one: list[dict[str, str]], other: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the feeds of both, each with the stricter of what is asked of it."""
    held = {each["id"]: each for each in one}
    for new in other:
        old = held.get(new["id"], new)
        ages = [each["maxAge"] for each in (old, new) if "maxAge" in each]
        age = {"maxAge": min(ages, key=hours)} if ages else {}
        held[new["id"]] = {**new, **age, "onMissing": _ON_MISSING.join(_missed(old), _missed(new))}
    return list(held.values())


def _missed(feed: dict[str, str]) -> str:
    return str(feed.get("onMissing", _ON_MISSING.default))


KNOBS: Mapping[str, Knob] = {
    "evidence.maxAge": _SHORTEST,
    "evidence.onMissing": _ON_MISSING,
    "evidence.required": ADDED,
    "evidence.feeds": Knob(_laxer, _fed),
    "evidence.acceptProducers": _SUBSET,
    "newCode.basis": SAME,
    "newCode.baselineRef": SAME,
    "newCode.onMissingBaseline": _ordered("ignore", "all-new", "block", default="all-new"),
    "newCode.newlyDisclosed": _ordered("not-introduced", "introduced", default="not-introduced"),
    "sla.clock": SAME,
    "sla.onBreach": _ordered(*_ACTIONS, default="block"),
    "sla.warnBeforeDays": _MOST,
    "sla.rows": ADDED,
    "waivers.files": _SUBSET,
    "waivers.from": SAME,
    "waivers.approvers": _SUBSET,
    "waivers.require": _SUPERSET,
    "waivers.ticketPattern": SAME,
    "waivers.minReason": _MOST,
    "waivers.maxDays": _LEAST,
    "waivers.notifyBeforeDays": FREE,
    "waivers.unused.after": _SHORTEST,
    "waivers.unused.action": _ordered("ignore", "warn"),
    "waivers.budget.active": _LEAST,
    "vex.files": _SUBSET,
    "vex.statuses": _SUBSET,
    "vex.neverFor": _SUPERSET,
    "vex.products": _SUBSET,
    "inlineSuppressions.mode": _ordered("allow", "ratchet", "deny", default="ratchet"),
    "inlineSuppressions.requireRule": _ordered(False, True),
    "inlineSuppressions.requireReason": _ordered(False, True),
    "inlineSuppressions.neverFor": Knob(_SUPERSET.looser, _SUPERSET.join, default=["secret"]),
    "severity.unknownAs": _ordered("info", "low", "medium", "high", "critical", default="high"),
    "severity.prefer": SAME,
    "components": ADDED,
    "enforcement": _ordered("audit", "enforce", default="enforce"),
    "params": FREE,
    "ruleSets": ADDED,
    "protectedBranches": _SUBSET,
    "allowOptions": _SUBSET,
    "unreadable": ADDED,
}
"""By the name of the setting; of a map (`waivers.maxDays`) each entry is a knob of its own."""

MAPS = frozenset({"waivers.maxDays", "enforcement", "params"})


def knob_of(path: tuple[str, ...]) -> Knob:
    """Return the knob at a place below `spec`."""
    name = ".".join(path)
    return KNOBS[name] if name in KNOBS else KNOBS[".".join(path[:-1])]
