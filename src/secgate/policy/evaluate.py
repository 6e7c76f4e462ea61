"""From findings to verdicts. Every matching rule counts and the strictest wins: order never matters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

import msgspec

from secgate.model import ALLOW_INCOMPLETE, AUDIT, REPORT_ONLY, Action, Finding, Pack, Severity, Verdict, WaiverUse
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import Compiled, CompiledRule, compiled
from secgate.policy.counts import counts, let_through
from secgate.policy.trace import Known, trace
from secgate.policy.waivers import Judged, Lifted, lifted

SUPPRESSED = "suppressed by a comment that stands at the base"
ALLOWED = "suppressed by a comment, which the policy allows"
MAX_TRACES = 20_000
"""So many verdicts, strictest first, carry their trace; any other is made when it is asked for."""
UNSAID = Circumstances()
_RANK = attrgetter("rank")
_SEVERITIES = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Allowance:
    """What the caller makes milder or stricter than the policy. Everything milder is printed with the verdict."""

    fail_on: Action = Action.BLOCK
    report_only: bool = False
    allow_incomplete: bool = False
    audit: bool = False
    """True where the policy only watches the environment."""

    @property
    def words(self) -> tuple[str, ...]:
        """Return what was made milder, as the options are called."""
        named = ((REPORT_ONLY, self.report_only), (ALLOW_INCOMPLETE, self.allow_incomplete), (AUDIT, self.audit))
        return tuple(name for name, given in named if given)


@dataclass(frozen=True)
class Judgement:
    """What a policy says of all findings of a run."""

    verdicts: tuple[Verdict, ...]
    waivers: tuple[WaiverUse, ...]


def judge(findings: Iterable[Finding], pack: Pack, given: Circumstances = UNSAID) -> tuple[Verdict, ...]:
    """Give each finding its verdict; see `judgement`."""
    return judgement(findings, compiled(pack, given)).verdicts


def judgement(findings: Iterable[Finding], policy: Compiled) -> Judgement:
    """Give each finding its verdict: rules first, then what waivers lift, then what each rule lets through.

    Returns one verdict for each finding, strictest first, then by severity, path, line, tool and rule.
    """
    judged = [judged_by(policy, finding) for finding in findings]
    lifts, uses = lifted(judged, policy)
    through = let_through(judged, lifts, policy)
    settled = [_settle(one, lift, through, policy) for one, lift in zip(judged, lifts, strict=True)]
    settled = _sorted(settled)
    verdicts = [each.verdict for each in settled]
    known: Known = {}
    for index, each in enumerate(settled[:MAX_TRACES]):
        if each.verdict.action.rank >= Action.WARN.rank:
            steps = trace(each.judged, each.lift, each.verdict.below_max, policy, known)
            verdicts[index] = msgspec.structs.replace(each.verdict, trace=steps)
    return Judgement(tuple(verdicts), uses)


def standing(findings: Iterable[Finding], policy: Compiled) -> Mapping[str, int]:
    """Return how many findings each rule matches that nothing lifts: what `max: baseline` is held against."""
    judged = [judged_by(policy, finding) for finding in findings]
    return counts(judged, lifted(judged, policy)[0], policy)


def judged_by(policy: Compiled, finding: Finding) -> Judged:
    """Complete a finding, and say which rules match it."""
    finding = policy.completed(finding)
    matched = [rule for holds, rule in policy.by_category[finding.category] if holds(finding)]
    exempt = _exempt(finding, matched) if matched else ()
    if exempt:
        matched = [rule for rule in matched if rule.id not in exempt]
    due = policy.due_days(finding)
    if due is not None and finding.age_days > due:
        matched.append(policy.overdue)
    return Judged(finding, tuple(matched), exempt, due)


def _exempt(finding: Finding, matched: Iterable[CompiledRule]) -> tuple[str, ...]:
    having = [rule for rule in matched if rule.exemptions]
    return tuple(sorted(rule.id for rule in having if any(one.holds(finding) for one in rule.exemptions)))


class _Settled(NamedTuple):
    """A verdict, with what is needed to explain it."""

    verdict: Verdict
    judged: Judged
    lift: Lifted


def _settle(one: Judged, lift: Lifted, through: frozenset[tuple[str, str]], policy: Compiled) -> _Settled:
    finding, component = one.finding, one.finding.component.name
    if not one.matched and not policy.honours(finding):
        return _Settled(Verdict(finding, Action.PASS, exempt=one.exempt, due_days=one.due_days), one, lift)
    kept = [rule for rule in one.matched if (rule.id, component) not in through or rule.id in lift.rules]
    below = [rule for rule in one.matched if rule not in kept] if len(kept) < len(one.matched) else []
    every = tuple(sorted(rule.id for rule in kept))
    waivers = tuple(sorted({waiver for rule in lift.rules.values() for waiver in rule}))
    if policy.honours(finding):
        why = SUPPRESSED if finding.suppressed_at_base else ALLOWED
        verdict = Verdict(finding, Action.PASS, every, why=why, waived_by=waivers, exempt=one.exempt)
        return _Settled(verdict, one, lift)
    standing = [rule for rule in kept if rule.id not in lift.rules]
    # What is let through is told of, unless its rule asks for less than that.
    aside = [min(rule.action, Action.INFO, key=_RANK) for rule in below]
    action = max([*(rule.action for rule in standing), *aside], key=_RANK, default=Action.PASS)
    deciding = tuple(sorted(rule.id for rule in standing if rule.action is action))
    why = "" if standing else _why(lift, waivers)
    return _Settled(
        Verdict(
            finding, action, every, why=why, decided_by=deciding, waived_by=waivers, exempt=one.exempt,
            below_max=tuple(sorted(rule.id for rule in below)), due_days=one.due_days, vex=_place(lift),
        ),
        one,
        lift,
    )  # fmt: skip


def _why(lift: Lifted, waivers: Iterable[str]) -> str:
    said = [f"{lift.stated.why}, says {lift.stated.at}"] if lift.stated and _place(lift) else []
    return " · ".join([*said, *([f"waived by {', '.join(waivers)}"] if waivers else [])])


def _place(lift: Lifted) -> str:
    """Return where the VEX statement stands that lifts a rule; empty where none does."""
    return lift.stated.at if lift.stated and any(not waivers for waivers in lift.rules.values()) else ""


def _sorted(settled: Iterable[_Settled]) -> list[_Settled]:
    """Return them in the order of `judgement`; where that leaves two equal, their whole content decides."""
    keyed = sorted(((_order(each.verdict), each) for each in settled), key=itemgetter(0))
    found: list[_Settled] = []
    for _, group in groupby(keyed, key=itemgetter(0)):
        same = [each for _, each in group]
        if len(same) > 1:
            same.sort(key=lambda each: msgspec.json.encode(each.judged.finding))
        found += same
    return found


def _order(verdict: Verdict) -> tuple[int | str, ...]:
    finding = verdict.finding
    return (
        -verdict.action.rank,
        _SEVERITIES[finding.severity],
        finding.location.path,
        finding.location.line,
        finding.tool,
        finding.rule.id,
        finding.fingerprint,
        finding.message,
    )
