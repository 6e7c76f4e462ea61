"""What a child changes of a parent's rule: knobs, and only to the stricter side unless the rule says otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from secgate.model import BASELINE, DEFAULT, Action, Adjustment, Exemption, PolicyRule, Scope, WaiverLimits
from secgate.policy.match import told
from secgate.policy.written import Written


@dataclass(frozen=True)
class Held:
    """A rule, and where it stands."""

    rule: PolicyRule
    layer: str
    """`acme-baseline@3.2.0`."""
    at: str
    """`org/policy.yaml:61`."""


def adjusted(held: Held, child: Written, index: int, *, loosen: bool) -> PolicyRule:
    """Return a parent's rule as a child wants it.

    Args:
        held: the rule so far.
        child: the file that adjusts it.
        index: of the adjustment in that file.
        loosen: whether knobs that the rule lists as overridable may be loosened.

    Raises:
        UsageError: a knob is turned to the looser side; with the place, and the parent's value.
    """
    wanted = child.file.spec.adjust[index]
    free = set(held.rule.overridable) if loosen and not held.rule.locked else set()
    rule = held.rule
    for name, change in _CHANGES.items():
        changed = change(rule, wanted)
        if changed is rule:
            continue
        looser = _LOOSER[name](rule, changed)
        if looser and name not in free:
            message = f"{name} of rule `{rule.id}`: {looser}, which {held.layer} ({held.at}) sets"
            remedy = f"Keep it, or have `{name}` listed under `overridable` of the rule there."
            if rule.locked:
                remedy = "Keep it: the rule is locked."
            raise child.error(("adjust", index, name), message, remedy)
        rule = changed
    return rule


def compared(old: PolicyRule, new: PolicyRule) -> dict[str, tuple[bool, bool]]:
    """Return, for each knob in which two versions of a rule differ, whether the new and whether the old is looser."""
    fields = {"effectiveFrom": "effective_from", "except": "exempt"}
    found = {}
    for name, looser in _LOOSER.items():
        was, now = getattr(old, fields.get(name, name)), getattr(new, fields.get(name, name))
        if was == now:
            continue
        if name == "except":
            found[name] = (not set(_told(now)) <= set(_told(was)), not set(_told(was)) <= set(_told(now)))
        else:
            found[name] = (bool(looser(old, new)), bool(looser(new, old)))
    return found


def _told(exempt: tuple[Exemption, ...]) -> list[str]:
    return [told([one.match, one.when]) for one in exempt]


def _action(rule: PolicyRule, wanted: Adjustment) -> PolicyRule:
    if wanted.action is None:
        return rule
    if isinstance(wanted.action, Action):
        return msgspec.structs.replace(rule, action=wanted.action)
    # What the map leaves out stays as it is.
    old = {DEFAULT: rule.action} if isinstance(rule.action, Action) else rule.action
    return msgspec.structs.replace(rule, action={**old, **wanted.action})


def _waiver(rule: PolicyRule, wanted: Adjustment) -> PolicyRule:
    if wanted.waiver is None:
        return rule
    days, approvers = wanted.waiver.max_days, wanted.waiver.require_approvers
    limits = WaiverLimits(
        rule.waiver.max_days if days is None else days,
        rule.waiver.require_approvers if approvers is None else approvers,
    )
    return msgspec.structs.replace(rule, waiver=limits)


def _plain(name: str) -> Callable[[PolicyRule, Adjustment], PolicyRule]:
    def change(rule: PolicyRule, wanted: Adjustment) -> PolicyRule:
        value = getattr(wanted, name)
        return rule if value is None or value == "" else msgspec.structs.replace(rule, **{name: value})

    return change


def _exempt(rule: PolicyRule, wanted: Adjustment) -> PolicyRule:
    return msgspec.structs.replace(rule, exempt=(*rule.exempt, *wanted.exempt)) if wanted.exempt else rule


_CHANGES: Mapping[str, Callable[[PolicyRule, Adjustment], PolicyRule]] = {
    "action": _action,
    "max": _plain("max"),
    "scope": _plain("scope"),
    "waivable": _plain("waivable"),
    "effectiveFrom": _plain("effective_from"),
    "waiver": _waiver,
    "except": _exempt,
}


def _milder(old: PolicyRule, new: PolicyRule) -> str:
    for name in sorted(_names(old) | _names(new)):
        was, now = _in(old, name), _in(new, name)
        if now.rank < was.rank:
            where = f" in {name}" if name != DEFAULT else ""
            return f"{now}{where} is looser than {was}"
    return ""


def _names(rule: PolicyRule) -> set[str]:
    return {DEFAULT} if isinstance(rule.action, Action) else {DEFAULT, *rule.action}


def _in(rule: PolicyRule, name: str) -> Action:
    if isinstance(rule.action, Action):
        return rule.action
    return rule.action.get(name, rule.action.get(DEFAULT, Action.PASS))


def _more(old: PolicyRule, new: PolicyRule) -> str:
    if old.max == new.max:
        return ""
    looser = old.max is None or BASELINE in {old.max, new.max} or _number(new.max) > _number(old.max)
    return f"{told(new.max)} is looser than {'none' if old.max is None else told(old.max)}" if looser else ""


def _number(limit: object) -> int:
    return limit if isinstance(limit, int) else 0


def _narrower(old: PolicyRule, new: PolicyRule) -> str:
    order = tuple(Scope)
    return f"{new.scope} is looser than {old.scope}" if order.index(new.scope) < order.index(old.scope) else ""


def _waivable(old: PolicyRule, new: PolicyRule) -> str:
    return "true is looser than false" if new.waivable and not old.waivable else ""


def _later(old: PolicyRule, new: PolicyRule) -> str:
    if new.effective_from <= old.effective_from:
        return ""
    return f"{new.effective_from} is looser than {old.effective_from or 'at once'}"


def _easier(old: PolicyRule, new: PolicyRule) -> str:
    if new.waiver.require_approvers < old.waiver.require_approvers:
        return f"requireApprovers {new.waiver.require_approvers} is looser than {old.waiver.require_approvers}"
    if old.waiver.max_days is not None and _number(new.waiver.max_days) > old.waiver.max_days:
        return f"maxDays {new.waiver.max_days} is looser than {old.waiver.max_days}"
    return ""


def _always(_old: PolicyRule, _new: PolicyRule) -> str:
    return "a further exemption is looser than what"


_LOOSER: Mapping[str, Callable[[PolicyRule, PolicyRule], str]] = {
    "action": _milder,
    "max": _more,
    "scope": _narrower,
    "waivable": _waivable,
    "effectiveFrom": _later,
    "waiver": _easier,
    "except": _always,
}
