"""What somebody has to do soon is said, each with its own words, and changes nothing."""

import pytest
from support.factories import finding, location
from support.policies import FULL, PLACE, WAIVERS, changed, load

from secgate.model import Category, Severity
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import judgement
from secgate.policy.reminders import reminders

ABOUT = finding(location=location("src/a.py"))


def told(now, *findings, waivers=WAIVERS, event="pull_request", **knobs):
    text = FULL
    if knobs:
        lines = "".join(f"    {name}: {value}\n" for name, value in knobs.items())
        text = changed(text, "    budget: {active: 2}\n", f"    budget: {{active: 2}}\n{lines}")
    policy = compiled(load(text, {PLACE: waivers}), Circumstances(now, event))
    made = judgement(findings, policy)
    return reminders(made.verdicts, made.waivers, policy)


NOTIFY = "[30, 7, 1]"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-10-10", ()),
        ("2026-10-11", ("waiver W-1 expires in 30 days, on 2026-11-10",)),
        ("2026-11-09", ("waiver W-1 expires in 1 day, on 2026-11-10",)),
        ("2026-11-10", ("waiver W-1 expires in 0 days, on 2026-11-10",)),
        ("2026-11-11", ("waiver W-1 expired 1 day ago, and 1 finding needed it",)),
        ("2026-08-19", ()),
    ],
)
def test_a_waiver_is_told_of_before_it_ends_and_afterwards_where_it_is_missed(now, said):
    assert told(now, ABOUT, notifyBeforeDays=NOTIFY) == said


def test_without_notice_nothing_is_told_of_what_still_runs():
    assert told("2026-11-10", ABOUT) == ()


def test_an_expired_waiver_that_nobody_misses_is_not_told_of():
    assert told("2026-11-11") == ()


@pytest.mark.parametrize(
    ("now", "unused", "said"),
    [
        ("2026-09-03", "{after: 14d}", ()),
        ("2026-09-04", "{after: 14d}", ("waiver W-1 is 15 days old and lifts nothing: remove it",)),
        ("2026-09-04", "{after: 336h, action: warn}", ("waiver W-1 is 15 days old and lifts nothing: remove it",)),
        ("2026-09-04", "{after: 14d, action: ignore}", ()),
        ("2026-09-04", "{after: 15d}", ()),
        ("2026-09-20", "{after: 30d}", ("waiver W-1 is 31 days old and lifts nothing: remove it",)),
    ],
)
def test_a_waiver_that_lifts_nothing_for_too_long_is_to_be_removed(now, unused, said):
    assert told(now, unused=unused) == said
    assert told(now, ABOUT, unused=unused) == ()


def test_a_waiver_for_other_environments_is_not_called_unused():
    assert told("2026-09-04", event="push") == ()


def test_a_waiver_for_every_environment_is_told_of_in_each():
    everywhere = changed(WAIVERS, "    environments: [pr]\n", "")
    assert told("2026-09-04", waivers=everywhere, event="push", unused="{after: 14d}") != ()


def test_a_waiver_without_end_never_ends_soon():
    endless = changed(WAIVERS, '    expires: "2026-11-10"\n', "")
    policy = compiled(
        load(changed(FULL, "expires, ", ""), {PLACE: endless}), Circumstances("2026-08-21", "pull_request")
    )
    made = judgement([ABOUT], policy)
    assert reminders(made.verdicts, made.waivers, policy) == ()


def aged(days, **changes):
    return finding(category=Category.IAC, severity=Severity.CRITICAL, age_days=days, **changes)


def test_findings_that_come_due_are_counted():
    text = changed(FULL, "    onBreach: block\n", "    onBreach: block\n    warnBeforeDays: 7\n")
    policy = compiled(load(text), Circumstances("2026-09-04", "pull_request"))

    def said(*days):
        made = judgement([aged(one) for one in days], policy)
        return reminders(made.verdicts, made.waivers, policy)

    assert said(8) == said(16) == said() == ()
    assert said(9) == ("1 finding becomes too old within 7 days, the first in 7 days",)
    assert said(8, 9, 15, 16) == ("2 findings become too old within 7 days, the first in 1 day",)
    made = judgement([aged(9)], compiled(load(), Circumstances("2026-09-04")))
    assert reminders(made.verdicts, (), compiled(load(), Circumstances("2026-09-04"))) == ()
