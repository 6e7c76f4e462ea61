"""Rules with a `max`: so many matches that no waiver lifts are let through, in each component."""

from collections import Counter
from collections.abc import Collection, Sequence

from secgate.model import BASELINE, PolicyRule
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import Compiled
from secgate.policy.waivers import Judged, Lifted


def let_through(judged: Sequence[Judged], lifted: Sequence[Lifted], policy: Compiled) -> frozenset[tuple[str, str]]:
    """Return the rules that have no more matches than they allow, each with the component for which that is so.

    A number holds for each component by itself; `baseline` for all of them together.
    """
    limits = {rule.id: limit_of(rule.rule, policy.given) for rule in policy.rules if rule.rule.max is not None}
    counted = _unlifted(judged, lifted, policy, limits.keys()) if limits else Counter()
    total = Counter[str]()
    for (rule_id, _), count in counted.items():
        total[rule_id] += count
    together = {rule.id for rule in policy.rules if rule.rule.max == BASELINE}
    return frozenset(
        (rule_id, component)
        for (rule_id, component), count in counted.items()
        if (total[rule_id] if rule_id in together else count) <= limits[rule_id]
    )


def limit_of(rule: PolicyRule, given: Circumstances) -> int:
    """Return how many matches a rule lets through; without a baseline none."""
    if rule.max == BASELINE:
        return (given.baseline or {}).get(rule.id, 0)
    return rule.max if isinstance(rule.max, int) else 0


def counts(judged: Sequence[Judged], lifted: Sequence[Lifted], policy: Compiled) -> dict[str, int]:
    """Return how many findings each rule matches that nothing lifts: what `max: baseline` is held against later."""
    found = Counter[str]()
    for (rule_id, _), count in _unlifted(judged, lifted, policy).items():
        found[rule_id] += count
    return dict(sorted(found.items()))


def _unlifted(
    judged: Sequence[Judged], lifted: Sequence[Lifted], policy: Compiled, rules: Collection[str] | None = None
) -> Counter[tuple[str, str]]:
    """Count the matches that neither a waiver nor an honoured comment lifts, by rule and component."""
    return Counter(
        (rule.id, one.finding.component.name)
        for one, lift in zip(judged, lifted, strict=True)
        if one.matched and not policy.honours(one.finding)
        for rule in one.matched
        if (rules is None or rule.id in rules) and rule.id not in lift.rules
    )
