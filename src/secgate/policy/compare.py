"""How two policies differ: what the second refuses more, what it lets through more, and what cannot be compared."""

from collections.abc import Iterable
from dataclasses import dataclass

from secgate.model import PolicyRule
from secgate.policy.adjust import compared
from secgate.policy.knobs import ADDED, FREE, SAME, knob_of
from secgate.policy.match import told
from secgate.policy.merge import Merged, Set

STRICTER, LOOSER, OTHER = "stricter", "looser", "different"
_ADDING = frozenset({"evidence.required", "evidence.feeds", "sla.rows"})
"""Lists of which every entry asks for something."""


@dataclass(frozen=True)
class Difference:
    """One setting or rule that two policies do not share."""

    what: str
    """`evidence.onMissing`, `rule severe`, `rule severe: action`."""
    how: str
    """`stricter`, `looser` or `different`, said of the second."""
    old: str
    new: str


def differences(old: Merged, new: Merged) -> tuple[Difference, ...]:
    """Return how the second policy differs from the first, sorted by what it is about.

    Args:
        old: with all that it extends.
        new: with all that it extends.
    """
    found = [*_knobs(old, new), *_rules(old, new), *_environments(old, new)]
    return tuple(sorted(found, key=lambda one: (one.what, one.how)))


def _knobs(old: Merged, new: Merged) -> Iterable[Difference]:
    for path in sorted(old.knobs.keys() | new.knobs.keys()):
        was, now = old.knobs.get(path), new.knobs.get(path)
        if was is None or now is None or was.value != now.value:
            yield Difference(".".join(path), _how(path, was, now), _said(was), _said(now))


def _said(one: Set | None) -> str:
    return told(one.value) if one else "not set"


def _how(path: tuple[str, ...], was: Set | None, now: Set | None) -> str:
    name, knob = ".".join(path), knob_of(path)
    if name in _ADDING:
        before, after = (list(one.value) if one else [] for one in (was, now))
        return _judged(any(one not in after for one in before), any(one not in before for one in after))
    if knob in {FREE, ADDED, SAME}:
        return OTHER
    first = was.value if was else knob.default
    second = now.value if now else knob.default
    if first is None or second is None:
        # A limit that only one of the two has: without it nothing is limited.
        return _judged(second is None, first is None)
    return _judged(knob.looser(first, second), knob.looser(second, first))


def _judged(looser: bool, stricter: bool) -> str:
    if looser == stricter:
        return OTHER
    return LOOSER if looser else STRICTER


def _rules(old: Merged, new: Merged) -> Iterable[Difference]:
    for name in sorted(old.rules.keys() | new.rules.keys()):
        if name not in old.rules:
            yield Difference(f"rule {name}", STRICTER, "absent", "added")
        elif name not in new.rules:
            yield Difference(f"rule {name}", LOOSER, "there", "removed")
        else:
            yield from _rule(old.rules[name].rule, new.rules[name].rule)


def _rule(old: PolicyRule, new: PolicyRule) -> Iterable[Difference]:
    if (old.match, old.when) != (new.match, new.when):
        yield Difference(
            f"rule {old.id}: what it matches", OTHER, told([old.match, old.when]), told([new.match, new.when])
        )
    for knob, (looser, stricter) in compared(old, new).items():
        field = {"effectiveFrom": "effective_from", "except": "exempt"}.get(knob, knob)
        values = (told(getattr(one, field)) for one in (old, new))
        yield Difference(f"rule {old.id}: {knob}", _judged(looser, stricter), *values)


def _environments(old: Merged, new: Merged) -> Iterable[Difference]:
    was, now = (one.settled.file.spec.environments for one in (old, new))
    if was != now:
        names = (", ".join(one.name for one in some) or "not set" for some in (was, now))
        yield Difference("environments", OTHER, *names)
