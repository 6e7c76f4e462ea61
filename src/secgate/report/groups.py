"""Every finding of a decision in exactly one group, by what it means for the change."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from secgate.model import Action, Decision, Verdict


class Group(StrEnum):
    """What a verdict means to whoever made the change; the value is its name in a table."""

    BLOCK = "Block"
    WARN = "Warn"
    INFO = "Information"
    WAIVED = "Waived"
    EXISTING = "Existing"
    BELOW = "Below the threshold"


@dataclass(frozen=True)
class Groups:
    """The verdicts of a decision by group; together they are all of them, each in the decision's order."""

    by: dict[Group, tuple[Verdict, ...]]

    def __getitem__(self, group: Group) -> tuple[Verdict, ...]:
        return self.by.get(group, ())


def groups(decision: Decision) -> Groups:
    """Return the verdicts by group, in the order of `Group`; groups without any are left out."""
    found: dict[Group, list[Verdict]] = {each: [] for each in Group}
    for verdict in decision.verdicts:
        found[_group(verdict, decision.fail_on)].append(verdict)
    return Groups({group: tuple(some) for group, some in found.items() if some})


def _group(verdict: Verdict, fail_on: Action) -> Group:
    if verdict.action.rank >= fail_on.rank:
        return Group.BLOCK
    if verdict.action is Action.WARN:
        return Group.WARN
    if accepted(verdict):
        return Group.WAIVED
    if verdict.action is Action.INFO:
        return Group.INFO
    return Group.BELOW if verdict.finding.is_new else Group.EXISTING


def accepted(verdict: Verdict) -> bool:
    """Return whether somebody has accepted a finding: all rules that match it are lifted."""
    finding = verdict.finding
    by_comment = bool(verdict.why) and (finding.suppressed_at_base or finding.suppressed_inline)
    lifted = bool(verdict.waived_by) or bool(verdict.vex) or by_comment
    return lifted and verdict.action is Action.PASS and not verdict.decided_by


def by_waiver(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """Return accepted verdicts by who accepted them, in words, sorted."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(_by(verdict), []).append(verdict)
    return dict(sorted(found.items()))


def _by(verdict: Verdict) -> str:
    if verdict.waived_by:
        return f"waiver {', '.join(verdict.waived_by)}"
    if verdict.vex:
        return f"VEX statement {verdict.vex}"
    return (
        "a comment that stands at the base"
        if verdict.finding.suppressed_at_base
        else "a comment, which the policy allows"
    )
