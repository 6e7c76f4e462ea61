"""What each rule and each waiver said about one finding, so that a verdict can be explained."""

from collections.abc import Iterable

from secgate.model import Action, Clause, Finding, Place, Scope, Step
from secgate.policy.compiled import Compiled, CompiledRule
from secgate.policy.match import told
from secgate.policy.waivers import Judged, Lifted

_NOWHERE = Place("", "")


def trace(one: Judged, lift: Lifted, below: Iterable[str], policy: Compiled, *, full: bool = True) -> tuple[Step, ...]:
    """Return the steps that led to the verdict on a finding: rules by id, then waivers by id.

    Args:
        one: the finding and the rules that match it.
        lift: what waivers do to it.
        below: the rules of which so many are let through.
        policy: that judged it.
        full: False leaves of a rule that does not match only the first condition that fails.
    """
    matched, aside = {rule.id for rule in one.matched}, frozenset(below)
    steps = [_step(rule, one, lift, matched, aside, policy, full) for rule in policy.rules]
    if policy.overdue.id in matched:
        steps.append(_of_age(one, lift, policy))
    steps.sort(key=lambda step: step.rule)
    return (*steps, *_of_waivers(lift))


def _step(
    rule: CompiledRule,
    one: Judged,
    lift: Lifted,
    matched: set[str],
    below: frozenset[str],
    policy: Compiled,
    full: bool,
) -> Step:
    place = policy.pack.places.get(rule.id, _NOWHERE)
    result, why = _result(rule, one, lift, matched, below)
    clauses = _clauses(rule, one.finding)
    if result == "no" and not full:
        clauses = [next((clause for clause in clauses if not clause.ok), clauses[0])]
    return Step(rule.id, result=result, why=why, layer=place.layer, at=place.at, clauses=tuple(clauses))


def _result(rule: CompiledRule, one: Judged, lift: Lifted, matched: set[str], below: frozenset[str]) -> tuple[str, str]:
    if rule.id in one.exempt:
        return "exempt", next((each.reason for each in rule.exemptions if each.holds(one.finding)), "")
    if rule.id not in matched:
        return "no", ""
    if rule.id in lift.rules:
        return "waived", ", ".join(lift.rules[rule.id])
    if rule.id in below:
        return "below max", f"at most {rule.rule.max} are let through"
    why = f"it asks for {Action.BLOCK} from {rule.rule.effective_from} on" if rule.announced else ""
    return rule.action.value, why


def _clauses(rule: CompiledRule, finding: Finding) -> list[Clause]:
    clauses = [entry.clause(finding) for entry in rule.conditions.entries] if rule.conditions else []
    if rule.rule.scope is not Scope.ALL:
        clauses.append(Clause("scope", rule.rule.scope.value, rule.in_scope(finding), _novelty(finding)))
    # An expression is asked only where the rest holds, as in judging.
    if rule.when and all(clause.ok for clause in clauses):
        answer = rule.when(finding)
        clauses.append(Clause("when", rule.rule.when, answer.holds, answer.error or told(answer.holds)))
    return clauses


def _novelty(finding: Finding) -> str:
    if not finding.is_new:
        return "existing"
    return "newly disclosed" if finding.newly_disclosed else "introduced"


def _of_age(one: Judged, lift: Lifted, policy: Compiled) -> Step:
    rule, due = policy.overdue, one.due_days
    result = "waived" if rule.id in lift.rules else rule.action.value
    age = Clause("ageDays", f"> {due}", True, str(one.finding.age_days))
    return Step(rule.id, result=result, why=", ".join(lift.rules.get(rule.id, ())), clauses=(age,))


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
