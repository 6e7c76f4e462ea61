"""What VEX statements lift, and then waivers: only the rules that they name, never more than expected.

A waiver that does not apply is no error: the trace says why. Each is weighed by itself, so their order never matters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from secgate.errors import UsageError
from secgate.model import Finding, Pack, PolicyRule, Severity, Ternary, Waiver, WaiverPolicy, WaiverUse
from secgate.policy.circumstances import days, days_between
from secgate.policy.compiled import Compiled, CompiledRule
from secgate.policy.match import Matcher, conditions
from secgate.policy.vex import Stated, stating


class Judged(NamedTuple):
    """A finding with the rules that match it, before anything is lifted."""

    finding: Finding
    matched: tuple[CompiledRule, ...]
    exempt: tuple[str, ...] = ()
    due_days: int | None = None


@dataclass(frozen=True)
class Lifted:
    """What waivers do to one finding."""

    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the id of a rule that is lifted: the ids of the waivers that do it."""
    refused: tuple[tuple[str, str], ...] = ()
    """Waivers about the finding that do not lift all that they name: id and reason."""
    stated: Stated | None = None
    """The VEX statement that counts for it; rules that it lifts are in `rules` without a waiver."""


NOTHING = Lifted()


def matching(waiver: Waiver) -> Matcher:
    """Return whether a waiver is about a finding."""
    match = dict(waiver.match)
    purl = match.pop("package.purl", None)
    tests = [conditions(match).holds] if match else []
    if purl is not None:
        several = purl if isinstance(purl, list | tuple) else [purl]
        tests.append(_purl([str(one) for one in several]))
    return lambda finding: all(test(finding) for test in tests)


def _purl(wanted: Sequence[str]) -> Matcher:
    exact = frozenset(one for one in wanted if not one.endswith("*"))
    begin = tuple(one[:-1] for one in wanted if one.endswith("*"))
    return lambda finding: finding.package.purl in exact or (bool(begin) and finding.package.purl.startswith(begin))


def lifted(judged: Sequence[Judged], policy: Compiled) -> tuple[list[Lifted], tuple[WaiverUse, ...]]:
    """Return what the policy's VEX statements lift, and its waivers of what is left.

    Returns:
        One value for each finding, in their order; and what became of each waiver, in the order of ids.
    """
    stated = stating(policy)
    found = [_stated(one, stated(one.finding)) if one.matched else NOTHING for one in judged]
    by_rule: dict[str, list[int]] = {}
    if policy.pack.waivers:
        for index, one in enumerate(judged):
            for rule in (each for each in one.matched if each.id not in found[index].rules):
                by_rule.setdefault(rule.id, []).append(index)
    uses = [_use(waiver, judged, by_rule, policy, found) for waiver in policy.pack.waivers]
    return found, tuple(uses)


def _use(
    waiver: Waiver, judged: Sequence[Judged], by_rule: Mapping[str, list[int]], policy: Compiled, found: list[Lifted]
) -> WaiverUse:
    about = matching(waiver)
    candidates = sorted({index for rule in waiver.rules for index in by_rule.get(rule, ())})
    indices = [index for index in candidates if about(judged[index].finding)]
    why = _not_now(waiver, policy) or _too_many(waiver, len(indices))
    count = 0
    for index in indices:
        one = judged[index]
        reasons = {
            rule.id: why or _not_here(waiver, rule.rule, one.finding, policy)
            for rule in one.matched
            if rule.id in waiver.rules and not _is_stated(found[index], rule.id)
        }
        lifts = [rule for rule, reason in reasons.items() if not reason]
        count += bool(lifts)
        found[index] = _joined(
            found[index], waiver.id, lifts, sorted({reason for reason in reasons.values() if reason})
        )
    return WaiverUse(waiver.id, state(waiver, policy.given.now), waiver.expires, len(indices), count, waiver.reason)


def _joined(old: Lifted, waiver: str, rules: Iterable[str], reasons: Iterable[str]) -> Lifted:
    added = {rule: (*old.rules.get(rule, ()), waiver) for rule in rules}
    return Lifted({**old.rules, **added}, (*old.refused, *((waiver, reason) for reason in reasons)), old.stated)


def _stated(one: Judged, stated: Stated | None) -> Lifted:
    if stated is None:
        return NOTHING
    return Lifted({rule.id: () for rule in one.matched if stated.lifts(rule.rule)}, stated=stated)


def _is_stated(old: Lifted, rule: str) -> bool:
    return old.rules.get(rule) == ()


def state(waiver: Waiver, now: str) -> str:
    """Return whether a waiver is `active`, `expired` or `not yet` created on a day."""
    if waiver.created > now:
        return "not yet"
    return "expired" if waiver.expires and waiver.expires < now else "active"


def within_budget(pack: Pack, now: str) -> None:
    """Refuse more active waivers than the policy allows.

    Raises:
        UsageError: naming the first that is too much.
    """
    limit = pack.waiver_policy.budget.active
    active = [one.id for one in pack.waivers if state(one, now) == "active"]
    if limit is not None and len(active) > limit:
        raise UsageError(
            f"waiver `{active[limit]}`: {len(active)} waivers are active, and the policy allows {limit}",
            "Remove those that are not needed any more.",
        )


def _too_many(waiver: Waiver, matches: int) -> str:
    if matches <= waiver.expected_matches:
        return ""
    return f"it expects {waiver.expected_matches} and {matches} findings match, so it covers none"


def _not_now(waiver: Waiver, policy: Compiled) -> str:
    """Return why a waiver lifts nothing at all in this run."""
    now = policy.given.now
    if waiver.created > now:
        return f"it begins on {waiver.created}"
    if waiver.expires and waiver.expires < now:
        return f"it expired {days(days_between(waiver.expires, now))} ago, on {waiver.expires}"
    if waiver.environments and policy.environment not in waiver.environments:
        return f"it is for {', '.join(waiver.environments)}, not for {policy.environment}"
    return ""


def _not_here(waiver: Waiver, rule: PolicyRule, finding: Finding, policy: Compiled) -> str:
    """Return why a waiver does not lift one rule from one finding."""
    if not rule.waivable:
        return f"{rule.id} cannot be waived"
    return (
        _premise(waiver, finding, policy)
        or _lifetime(waiver, rule, finding, policy.pack.waiver_policy)
        or unapproved(waiver, rule, policy.pack.waiver_policy, policy.given.now)
    )


def _premise(waiver: Waiver, finding: Finding, policy: Compiled) -> str:
    ends, vuln = waiver.expires_when, finding.vuln
    limit = ends.severity_above
    severity = finding.severity
    if severity is Severity.UNKNOWN:
        severity = policy.pack.severity.unknown_as
    checks = (
        (ends.kev and vuln.kev, "it ended when the vulnerability became known to be exploited"),
        (limit is not None and severity.rank > limit.rank, f"it ended when the severity rose above {limit}"),
        (ends.fix_available and vuln.fix_available, "it ended when a fix became available"),
        (ends.reachable and vuln.reachable is not Ternary.NO, "it ended when the code became reachable"),
    )
    return next((why for ended, why in checks if ended), "")


def max_days(rule: PolicyRule, finding: Finding, asked: WaiverPolicy) -> int | None:
    """Return for how many days a rule can be lifted from a finding; None: nothing limits it."""
    limits = [asked.max_days[key] for key in (finding.severity, finding.category) if key in asked.max_days]
    if finding.severity in {Severity.UNKNOWN, Severity.INFO} and finding.severity not in asked.max_days:
        limits += asked.max_days.values()
    if rule.waiver.max_days is not None:
        limits.append(rule.waiver.max_days)
    return min(limits, default=None)


def _lifetime(waiver: Waiver, rule: PolicyRule, finding: Finding, asked: WaiverPolicy) -> str:
    limit = max_days(rule, finding, asked)
    if limit is None:
        return ""
    if not waiver.expires:
        return f"it never ends, and {limit} days are allowed"
    days = days_between(waiver.created, waiver.expires)
    return f"it runs for {days} days, {limit} are allowed" if days > limit else ""


def approvers_needed(rule: PolicyRule, asked: WaiverPolicy) -> int:
    """Return how many must approve that a rule is lifted."""
    needed = rule.waiver.require_approvers
    return needed if "approvedBy" in asked.require or needed > 1 else 0


def unapproved(waiver: Waiver, rule: PolicyRule, asked: WaiverPolicy, now: str) -> str:
    """Return why a waiver is not approved for a rule, on a day; empty where it is."""
    needed = approvers_needed(rule, asked)
    own = {waiver.requested_by, *([waiver.owner] if is_person(waiver.owner) else [])}
    refused = [_refused(one.who, one.team, one.on, waiver, asked, own, now) for one in waiver.approved_by]
    who = {one.who.lower() for one, why in zip(waiver.approved_by, refused, strict=True) if not why}
    if len(who) >= needed:
        return ""
    why = next((why for why in refused if why), "")
    return f"{needed} must approve it, {len(who)} did" + (f": {why}" if why else "")


def _refused(who: str, team: str, on: str, waiver: Waiver, asked: WaiverPolicy, own: set[str], now: str) -> str:
    if who.lower() in {one.lower() for one in own}:
        return f"{who} asked for it or owns it"
    if asked.approvers and team not in asked.approvers:
        return f"{team or who} is not among {', '.join(asked.approvers)}"
    if not waiver.created <= on <= now:
        return f"{who} approved it on {on}, which is before it was made or after today"
    return ""


def is_person(owner: str) -> bool:
    """Return whether an owner is one person: `@jane`, not `@acme/payments`."""
    return bool(owner) and "/" not in owner


def is_wide(glob: str) -> bool:
    """Return whether a glob meets next to everything."""
    return not glob.replace("*", "").replace("?", "").replace("/", "").replace(".", "")
