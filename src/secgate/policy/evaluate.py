"""From findings to verdicts. Every matching rule counts and the strictest wins: order never matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from secgate.model import (
    ALLOW_INCOMPLETE,
    REPORT_ONLY,
    Action,
    Finding,
    Pack,
    PolicyRule,
    Scope,
    Severity,
    Verdict,
)
from secgate.policy.match import Matcher, matcher

SUPPRESSED = "suppressed by a comment that stands at the base"
_SEVERITIES = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Allowance:
    """What the caller makes milder or stricter than the policy. Everything milder is printed with the verdict."""

    fail_on: Action = Action.BLOCK
    report_only: bool = False
    allow_incomplete: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Return what was made milder, as the options are called."""
        named = ((REPORT_ONLY, self.report_only), (ALLOW_INCOMPLETE, self.allow_incomplete))
        return tuple(name for name, given in named if given)


def judge(findings: Iterable[Finding], pack: Pack) -> tuple[Verdict, ...]:
    """Give each finding its verdict.

    Returns one verdict for each finding, strictest first, then by severity, path, line, tool and rule.
    """
    rules = [(rule, matcher(rule.match)) for rule in pack.rules]
    return tuple(sorted((_verdict(finding, rules) for finding in findings), key=_order))


def _verdict(finding: Finding, rules: Sequence[tuple[PolicyRule, Matcher]]) -> Verdict:
    matched = [rule for rule, matches in rules if _in_scope(finding, rule.scope) and matches(finding)]
    if finding.suppressed_at_base:
        return Verdict(finding, Action.PASS, tuple(sorted(rule.id for rule in matched)), why=SUPPRESSED)
    action = max((rule.action for rule in matched), key=lambda action: action.rank, default=Action.PASS)
    deciding = (rule.id for rule in matched if rule.action is action)
    every = (rule.id for rule in matched)
    return Verdict(finding, action, tuple(sorted(every)), decided_by=tuple(sorted(deciding)))


def _in_scope(finding: Finding, scope: Scope) -> bool:
    if scope is Scope.ALL:
        return True
    return finding.is_new and (scope is Scope.NEW or not finding.newly_disclosed)


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
