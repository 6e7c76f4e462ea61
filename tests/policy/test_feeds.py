"""What feeds say of a finding, and when a feed is not what the policy wants."""

import pytest
from msgspec.structs import replace
from support.factories import finding, vulnerability
from support.policies import rules

from secgate.model import Action, FeedState, KnownFeed, Vulnerability
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import judge
from secgate.policy.feeds import feed_states, informing

STATE = FeedState("kev", "sha256:" + "a" * 64, "2026-11-20T15:00:00Z", "2026-11-24T23:59:59Z", 1, "kev.json")
KEV = KnownFeed(STATE, exploited=frozenset({"CVE-2021-23337"}))
EPSS = KnownFeed(replace(STATE, id="epss"), scores={"CVE-2021-23337": 0.25, "GHSA-35jh-r3h4-6jhm": 0.75})
NOW = "2026-11-25"


def told(vuln, *feeds):
    found = informing(feeds)(vulnerability(vuln=vuln)).vuln
    return found.kev, found.epss, found.epss_known


def test_a_feed_fills_what_it_names_and_leaves_the_rest():
    assert told(Vulnerability("CVE-2021-23337"), KEV) == (True, 0.0, False)
    assert told(Vulnerability("CVE-2021-23337"), EPSS) == (False, 0.25, True)
    assert told(Vulnerability("CVE-2020-1"), KEV, EPSS) == (False, 0.0, False)


def test_any_name_counts_and_the_highest_score():
    assert told(Vulnerability("GHSA-35jh-r3h4-6jhm", aliases=("CVE-2021-23337",)), KEV, EPSS) == (True, 0.75, True)
    assert told(Vulnerability("CVE-2021-23337", aliases=("GHSA-35jh-r3h4-6jhm",)), KEV, EPSS) == (True, 0.75, True)


def test_the_feed_decides_about_a_score_and_takes_back_no_exploitation():
    assert told(Vulnerability("CVE-2021-23337", epss=0.9, epss_known=True), EPSS) == (False, 0.25, True)
    assert told(Vulnerability("CVE-2021-23337", epss=0.9, epss_known=True), KEV) == (True, 0.9, True)
    assert told(Vulnerability("CVE-2020-1", epss=0.9, epss_known=True, kev=True), KEV, EPSS) == (True, 0.9, True)


def test_what_is_about_no_vulnerability_stays_as_it_is():
    nameless = KnownFeed(STATE, exploited=frozenset({""}), scores={"": 1.0})
    assert informing([nameless])(finding()) == finding()


def test_a_rule_sees_what_the_feeds_say():
    pack = rules(
        "{id: exploited, match: {vuln.kev: true}, action: block}",
        "{id: likely, when: 'finding.vuln.epssKnown && finding.vuln.epss >= 0.2', action: warn}",
    )
    one = vulnerability()
    assert judge([one], pack, Circumstances(NOW))[0].rules == ()
    (verdict,) = judge([one], pack, Circumstances(NOW, feeds=(KEV, EPSS)))
    assert (verdict.action, verdict.rules) == (Action.BLOCK, ("exploited", "likely"))
    assert (verdict.finding.vuln.kev, verdict.finding.vuln.epss) == (True, 0.25)


def feeds(max_age="72h", on_missing="block"):
    limit = f", maxAge: {max_age}" if max_age else ""
    text = f"  evidence: {{feeds: [{{id: kev{limit}, onMissing: {on_missing}}}]}}\n"
    return rules("{id: r, match: {tool: a}, action: warn}", more=text).feeds


@pytest.mark.parametrize(
    ("max_age", "now", "reason"),
    [
        ("72h", "2026-11-27", ""),
        ("72h", "2026-11-28", "the feed `kev` is too old: 4 days, 72h are allowed"),
        ("3d", "2026-11-27", ""),
        ("3d", "2026-11-28", "the feed `kev` is too old: 4 days, 3d are allowed"),
        ("12h", "2026-11-24", ""),
        ("12h", "2026-11-25", "the feed `kev` is too old: 1 day, 12h are allowed"),
        ("30d", "2026-12-25", "the feed `kev` is too old: 31 days, 30d are allowed"),
        ("", "2029-11-25", ""),
    ],
)
def test_a_feed_may_be_as_old_as_the_policy_allows_in_whole_days(max_age, now, reason):
    (state,) = feed_states(feeds(max_age), [STATE], now)
    assert (state.reason, state.met, state.lacking) == (reason, not reason, bool(reason))
    assert state.remedy == ("secgate feeds update kev" if reason else "")


@pytest.mark.parametrize(("on_missing", "lacking"), [("block", True), ("warn", False), ("ignore", False)])
def test_a_missing_feed_does_what_the_policy_says(on_missing, lacking):
    (state,) = feed_states(feeds(on_missing=on_missing), [replace(STATE, id="epss")], NOW)
    assert (state.met, state.lacking, state.reason) == (False, lacking, "the feed `kev` is missing")
