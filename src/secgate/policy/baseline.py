"""What a change brings: the findings of the judged tree held against those of the base, by fingerprint.

Both trees were scanned in the same way, by the same tools with the same data. So what is *introduced* is the change's,
what is *existing* was there, and what the base has alone is *fixed*. A vulnerability that both have and that was
published after the base was committed is *newly disclosed*: the change did not bring it, and nobody could know.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from secgate.model import BASELINE, Finding, Pack
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import standing

Test = Callable[[Finding], bool]


@dataclass(frozen=True)
class Eyes:
    """What only the content of the two trees says."""

    changed: Test
    """Whether the change touches a finding's lines."""
    replaced: Test
    """Whether it may have put another secret where the base has one, which no fingerprint tells."""
    looked: Test
    """Whether the judged tree was looked at where a finding of the base lies."""


@dataclass(frozen=True)
class Held:
    """The findings of both trees, each in its place."""

    findings: tuple[Finding, ...]
    """The judged tree's, each with what it is to the base, in the order given."""
    fixed: tuple[Finding, ...]
    """Those that only the base has, in the order given."""
    lost: int
    """How many more it alone has, where the judged tree was not looked at."""


def held(head: Iterable[Finding], base: Iterable[Finding], committed: str, basis: str, eyes: Eyes) -> Held:
    """Say of each finding what it is to the base. What the base was not looked at for counts as introduced.

    Args:
        head: findings of the judged tree, identified.
        base: findings of the base, identified.
        committed: when the base was, RFC 3339; empty: nothing is newly disclosed.
        basis: `baseline`: new is what the base does not have; `diff`: what lies on changed lines; `both`: either.
        eyes: what only the content says.
    """
    head, base = tuple(head), tuple(base)
    known = {one.fingerprint for one in base}
    head = tuple(_told_apart(one) if one.fingerprint in known and eyes.replaced(one) else one for one in head)
    here = {one.fingerprint for one in head}
    since = _time(committed)

    def told(one: Finding) -> Finding:
        is_known = one.fingerprint in known
        is_new = eyes.changed(one) if basis == "diff" else not is_known or (basis == "both" and eyes.changed(one))
        disclosed = is_known and not is_new and _is_later(one.vuln.published, since)
        return msgspec.structs.replace(one, is_new=is_new or disclosed, newly_disclosed=disclosed)

    gone = [one for one in base if one.fingerprint not in here]
    fixed = tuple(one for one in gone if eyes.looked(one))
    return Held(tuple(map(told, head)), fixed, len(gone) - len(fixed))


def _told_apart(one: Finding) -> Finding:
    """Return a finding whose secret is another than the base's under a name of its own: no waiver of that is for it."""
    digest = hashlib.sha256(f"{one.fingerprint}\0replaced".encode()).hexdigest()[:32]
    return msgspec.structs.replace(one, fingerprint=digest)


def _is_later(published: str, since: datetime.datetime | None) -> bool:
    when = _time(published)
    return when is not None and since is not None and when > since


def _time(text: str) -> datetime.datetime | None:
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=datetime.UTC)


def counts(findings: Iterable[Finding], pack: Pack, given: Circumstances) -> Mapping[str, int]:
    """Return how many of the base's findings each rule with `max: baseline` matches that nothing lifts.

    Args:
        findings: of the base, each existing.
        pack: the policy.
        given: when and where the verdict is given.
    """
    rules = {rule.id for rule in pack.rules if rule.max == BASELINE}
    found = standing(findings, compiled(pack, given)) if rules else {}
    return {rule: found.get(rule, 0) for rule in sorted(rules)}
