"""What each rule and each waiver said about one finding, so that a verdict can be explained."""

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from secgate.model import Action, Clause, Finding, Place, Scope, Step
from secgate.policy.compiled import Compiled, CompiledRule
from secgate.policy.match import told
from secgate.policy.waivers import Judged, Lifted

_NOWHERE = Place("", "")
_SPEAKS = {Action.BLOCK.value, Action.WARN.value}

Known = dict[tuple[str, str, str], list[Step]]
"""Steps of rules that do not match, by rule, field and value: they come again and again."""


def trace(
    one: Judged, lift: Lifted, below: Iterable[str], policy: Compiled, known: Known | None = None
) -> tuple[Step, ...]:
    """Return the steps that led to the verdict on a finding: rules by id, then the VEX statement, then waivers by id.

    Args:
        one: the finding and the rules that match it.
        lift: what waivers do to it.
        below: the rules of which so many are let through.
        policy: that judged it.
        known: given, a rule that does not match is told by the first condition that fails, and kept here.
    """
    matched, aside = {rule.id for rule in one.matched}, frozenset(below)
    steps = _of_others(one.finding, policy, known) if known is not None else []
    for rule in policy.rules if known is None else (rule for _, rule in policy.by_category[one.finding.category]):
        brief = known is not None and rule.id not in matched and rule.id not in one.exempt
        step = _brief(rule, one.finding, policy, known) if brief and known is not None else None
        steps.append(step or _step(rule, one, lift, matched, aside, policy))
    if policy.overdue.id in matched:
        steps.append(_of_age(one, lift, policy))
    steps.sort(key=attrgetter("rule"))
    return (*steps, *_of_vex(lift), *_of_waivers(lift))


def _of_others(finding: Finding, policy: Compiled, known: Known) -> list[Step]:
    """Return the steps of the rules that are about other categories."""
    key = ("", "category", finding.category.value)
    if key not in known:
        about = {rule.id for _, rule in policy.by_category[finding.category]}
        steps = [_brief(rule, finding, policy, {}) for rule in policy.rules if rule.id not in about]
        known[key] = [step for step in steps if step]
    return list(known[key])


def _brief(rule: CompiledRule, finding: Finding, policy: Compiled, known: Known) -> Step | None:
    """Return the step of a rule by the first entry of its `match` that fails; None where none does."""
    for entry in rule.conditions.entries if rule.conditions else ():
        if entry.holds(finding):
            continue
        key = (rule.id, entry.path, told(entry.read(finding)))
        if key not in known:
            known[key] = [_placed(rule, policy, "no", "", (entry.clause(finding),))]
        return known[key][0]
    return None


def _placed(rule: CompiledRule, policy: Compiled, result: str, why: str, clauses: tuple[Clause, ...]) -> Step:
    place = policy.pack.places.get(rule.id, _NOWHERE)
    return Step(rule.id, result=result, why=why, layer=place.layer, at=place.at, clauses=clauses)


def _step(
    rule: CompiledRule, one: Judged, lift: Lifted, matched: set[str], below: frozenset[str], policy: Compiled
) -> Step:
    result, why = _result(rule, one, lift, matched, below)
    step = _placed(rule, policy, result, why, tuple(_clauses(rule, one.finding)))
    if result not in _SPEAKS:
        return step
    return msgspec.structs.replace(step, title=rule.rule.title, help=rule.rule.help)


def _result(rule: CompiledRule, one: Judged, lift: Lifted, matched: set[str], below: frozenset[str]) -> tuple[str, str]:
    if rule.id in one.exempt:
        return "exempt", next((each.reason for each in rule.exemptions if each.holds(one.finding)), "")
    if rule.id not in matched:
        return "no", ""
    if rule.id in lift.rules:
        return "waived", _by(lift, rule.id)
    if rule.id in below:
        return "below max", f"at most {rule.rule.max} are let through"
    why = f"it asks for {Action.BLOCK} from {rule.rule.effective_from} on" if rule.announced else ""
    return rule.action.value, why


def _clauses(rule: CompiledRule, finding: Finding) -> list[Clause]:
    clauses = [entry.clause(finding) for entry in rule.conditions.entries] if rule.conditions else []
    if rule.rule.scope is not Scope.ALL:
        clauses.append(Clause("scope", rule.rule.scope.value, rule.in_scope(finding), finding.novelty.value))
    # An expression is asked only where the rest holds, as in judging.
    if rule.when and all(clause.ok for clause in clauses):
        answer = rule.when(finding)
        clauses.append(Clause("when", rule.rule.when, answer.holds, answer.error or told(answer.holds)))
    return clauses


def _of_age(one: Judged, lift: Lifted, policy: Compiled) -> Step:
    rule, due = policy.overdue, one.due_days
    result = "waived" if rule.id in lift.rules else rule.action.value
    age = Clause("ageDays", f"> {due}", True, str(one.finding.age_days))
    title = rule.rule.title if result in _SPEAKS else ""
    return Step(rule.id, result=result, why=_by(lift, rule.id), title=title, clauses=(age,))


def _by(lift: Lifted, rule: str) -> str:
    """Return what lifts a rule: waivers by id, or the place of a VEX statement."""
    waivers = lift.rules.get(rule)
    return ", ".join(sorted(waivers)) if waivers else lift.stated.at if waivers == () and lift.stated else ""


def _of_vex(lift: Lifted) -> list[Step]:
    if lift.stated is None:
        return []
    rules = sorted(rule for rule, waivers in lift.rules.items() if not waivers)
    why = f"it says {lift.stated.why} and lifts {', '.join(rules)}" if rules else lift.stated.why
    return [Step(vex=lift.stated.at, result="applied" if rules else "not applied", why=why)]


def _of_waivers(lift: Lifted) -> list[Step]:
    applied: dict[str, list[str]] = {}
    for rule, waivers in lift.rules.items():
        for waiver in waivers:
            applied.setdefault(waiver, []).append(rule)
    steps = [
        Step(waiver=waiver, result="applied", why=f"it lifts {', '.join(sorted(rules))}")
        for waiver, rules in applied.items()
    ]
    steps += [Step(waiver=waiver, result="not applied", why=why) for waiver, why in lift.refused]
    return sorted(steps, key=lambda step: (step.waiver, step.result, step.why))
