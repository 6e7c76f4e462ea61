"""What feeds add to a finding, and whether they are what the policy wants.

A vulnerability that a feed does not name is not exploited as far as anybody knows; without the feed nobody knows.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from secgate.model import Category, Feed, FeedState, Finding, KnownFeed, RequirementState
from secgate.policy.circumstances import days, days_between
from secgate.policy.evidence import demand
from secgate.policy.knobs import hours


def informing(feeds: Sequence[KnownFeed]) -> Callable[[Finding], Finding]:
    """Return what gives a finding `vuln.kev`, `vuln.epss` and `vuln.epssKnown`.

    Any of a vulnerability's names counts, and of several scores the highest. What a scanner says of a score gives way
    to the feed's; what it knows to be exploited stays so.
    """
    if not feeds:
        return lambda finding: finding

    def informed(finding: Finding) -> Finding:
        vuln = finding.vuln
        if not vuln.id:
            return finding
        names = (vuln.id, *vuln.aliases)
        scores = [one.scores[name] for one in feeds for name in names if name in one.scores]
        kev = vuln.kev or any(name in one.exploited for one in feeds for name in names)
        if kev == vuln.kev and not scores:
            return finding
        epss = max(scores) if scores else vuln.epss
        found = msgspec.structs.replace(vuln, kev=kev, epss=epss, epss_known=vuln.epss_known or bool(scores))
        return msgspec.structs.replace(finding, vuln=found)

    return informed


def feed_state(feed: Feed, state: str) -> RequirementState:
    """Return whether a feed is what the policy wants; `complete` is what meets it."""
    reason = "" if state == "complete" else f"the feed `{feed.id}` is {state}"
    return demand(feed.id, Category.GATE, feed.on_missing, reason, f"secgate feeds update {feed.id}" if reason else "")


def feed_states(wanted: Iterable[Feed], there: Iterable[FeedState], now: str) -> tuple[RequirementState, ...]:
    """Say of each feed that a policy asks for whether it is there, and young enough.

    Args:
        wanted: by the policy.
        there: those that are in use.
        now: the UTC day.
    """
    by_id = {one.id: one for one in there}
    return tuple(feed_state(feed, _said(feed, by_id.get(feed.id), now)) for feed in wanted)


def _said(feed: Feed, found: FeedState | None, now: str) -> str:
    if found is None:
        return "missing"
    age = days_between(found.as_of[:10], now)
    if feed.max_age and age * 24 > hours(feed.max_age):
        return f"too old: {days(age)}, {feed.max_age} are allowed"
    return "complete"
