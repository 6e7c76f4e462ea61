"""Which comments that suppress findings a policy accepts."""

from collections.abc import Iterable

from secgate.model import Finding, InlinePolicy, Suppression
from secgate.policy.match import Matcher


def accepted(suppressions: Iterable[Suppression], asked: InlinePolicy) -> tuple[Suppression, ...]:
    """Return those that say as much as the policy asks for: the rules that they are about, and why."""
    return tuple(
        one for one in suppressions if (one.rule or not asked.require_rule) and (one.reason or not asked.require_reason)
    )


def honours(asked: InlinePolicy) -> Matcher:
    """Return whether a comment that suppresses a finding is honoured."""
    if asked.mode == "deny":
        return lambda _: False
    new_too, never = asked.mode == "allow", frozenset(asked.never_for)

    def honoured(finding: Finding) -> bool:
        suppressed = finding.suppressed_at_base or (new_too and finding.suppressed_inline)
        return suppressed and finding.category not in never

    return honoured
