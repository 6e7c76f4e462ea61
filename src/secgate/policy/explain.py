"""Why one finding got its verdict, rule by rule and clause by clause, and what would make it pass."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from secgate.model import BASELINE, Action, Finding, Step, Verdict
from secgate.policy.compiled import Compiled, CompiledRule
from secgate.policy.counts import limit_of
from secgate.policy.evaluate import judged_by, judgement
from secgate.policy.trace import trace
from secgate.policy.waivers import Judged, Lifted, approvers_needed, lifted, max_days


@dataclass(frozen=True)
class Way:
    """One thing that would let a finding pass, beside its being fixed."""

    text: str
    rules: tuple[str, ...] = ()
    """Those that a waiver would have to name; empty: it is no waiver."""
    max_days: int | None = None
    """How long it may run; None: for ever."""
    approvers: int = 0
    teams: tuple[str, ...] = ()
    """One of which each approver must be; empty: anybody."""


@dataclass(frozen=True)
class Explanation:
    """A verdict with all that was considered."""

    verdict: Verdict
    steps: tuple[Step, ...]
    """Each rule by id, then each waiver about the finding."""
    ways: tuple[Way, ...]
    """Empty where it does not block."""


def explained(findings: Iterable[Finding], fingerprint: str, policy: Compiled, fail_on: Action) -> Explanation:
    """Judge all findings and explain one.

    Args:
        findings: all of the run: counts and waivers depend on them.
        fingerprint: of one of them.
        policy: that judges.
        fail_on: the mildest action that blocks.
    """
    verdicts = judgement(findings, policy).verdicts
    judged = [judged_by(policy, one.finding) for one in verdicts]
    lifts, _ = lifted(judged, policy)
    at = next(index for index, one in enumerate(verdicts) if one.finding.fingerprint == fingerprint)
    verdict, one, lift = verdicts[at], judged[at], lifts[at]
    steps = trace(one, lift, verdict.below_max, policy)
    if verdict.action.rank < fail_on.rank:
        return Explanation(verdict, steps, ())
    refusing = [rule for rule in one.matched if rule.action.rank >= fail_on.rank and rule.id not in lift.rules
                and rule.id not in verdict.below_max]  # fmt: skip
    fewer = _fewer(refusing, one.finding.component.name, zip(judged, lifts, strict=True), policy)
    return Explanation(verdict, steps, (*fewer, _waiver(refusing, one, policy)))


def _waiver(refusing: Sequence[CompiledRule], one: Judged, policy: Compiled) -> Way:
    asked = policy.pack.waiver_policy
    fixed = sorted(rule.id for rule in refusing if not rule.rule.waivable)
    if fixed:
        return Way(f"no waiver: {', '.join(fixed)} cannot be waived")
    rules = tuple(sorted(rule.id for rule in refusing))
    limits = [max_days(rule.rule, one.finding, asked) for rule in refusing]
    days = min((limit for limit in limits if limit is not None), default=None)
    needed = max((approvers_needed(rule.rule, asked) for rule in refusing), default=0)
    said = [f"a waiver of {', '.join(rules)}"]
    said += [f"for at most {days} days"] if days is not None else []
    said += (
        [f"approved by {needed}{' of ' + ' or '.join(asked.approvers) if asked.approvers else ''}"] if needed else []
    )
    return Way(", ".join(said), rules, days, needed, asked.approvers)


def _fewer(
    refusing: Sequence[CompiledRule], component: str, all_of_them: Iterable[tuple[Judged, Lifted]], policy: Compiled
) -> Iterable[Way]:
    """Give a way for the rules that let so many matches through, if these alone refuse the finding.

    A number holds for the finding's component by itself, as in judging.
    """
    if any(rule.rule.max is None for rule in refusing):
        return
    counted = [(one, lift) for one, lift in all_of_them if not policy.honours(one.finding)]
    for rule in refusing:
        found = sum(
            any(each.id == rule.id for each in one.matched) and rule.id not in lift.rules
            for one, lift in counted
            if rule.rule.max == BASELINE or one.finding.component.name == component
        )
        limit = limit_of(rule.rule, policy.given)
        less = f"{found - limit} fewer match{'' if found - limit == 1 else 'es'}"
        yield Way(f"{less} of {rule.id}: of {found}, {limit} may stay")
