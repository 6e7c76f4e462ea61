"""A waiver lifts what it names, while its premise holds; why it does not is in the trace."""

import pytest
from msgspec.structs import replace
from support.factories import finding, location, vulnerability
from support.policies import FULL, PLACE, WAIVERS, changed, load

from secgate.errors import UsageError
from secgate.model import Action, Confidence, Package, Severity, Ternary, Vulnerability
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import judge, judgement
from secgate.policy.waivers import is_person, state, within_budget

HERE = Circumstances("2026-09-15", "pull_request", "refs/pull/7/merge")
ONE = finding(location=location("src/a.py", 3), fingerprint="f1")
WHOLE = "f1" * 16


def verdict(waivers=WAIVERS, one=ONE, given=HERE, policy=FULL, more=()):
    pack = load(policy, {PLACE: waivers})
    return next(each for each in judge([one, *more], pack, given) if each.finding.fingerprint == one.fingerprint)


def test_it_lifts_the_rule_that_it_names_and_the_finding_passes():
    found = verdict()
    assert (found.action, found.rules, found.waived_by) == (Action.PASS, ("severe",), ("W-1",))
    assert found.why == "waived by W-1"
    assert verdict("apiVersion: secgate.dev/v1\nkind: WaiverList\nwaivers: []\n").action is Action.BLOCK


def test_what_it_does_not_name_stands():
    more = "    - {id: other, match: {tool: bandit}, action: block}\n"
    found = verdict(policy=FULL.replace("  sla:\n", f"{more}  sla:\n"))
    assert (found.action, found.rules, found.decided_by) == (Action.BLOCK, ("other", "severe"), ("other",))
    assert found.waived_by == ("W-1",)
    assert [(one.result, one.why) for one in found.trace if one.waiver] == [("applied", "it lifts severe")]


def changing(was, becomes):
    return changed(WAIVERS, was, becomes)


JANE = '{who: "@jane", team: "@acme/appsec", on: "2026-08-21"}'
WHY_NOT = [
    ({}, Circumstances("2026-11-11", "pull_request"), "it expired 1 day ago, on 2026-11-10"),
    ({}, Circumstances("2026-08-19", "pull_request"), "it begins on 2026-08-20"),
    ({}, Circumstances("2026-09-15", "push", "refs/tags/v1"), "it is for pr, not for release"),
    ({"severity": Severity.CRITICAL}, HERE, "it ended when the severity rose above high"),
    ({"vuln": Vulnerability("CVE-1", kev=True)}, HERE, "known to be exploited"),
]


@pytest.mark.parametrize(("changes", "given", "why"), WHY_NOT)
def test_why_it_does_not_apply(changes, given, why):
    one = finding(**{"location": location("src/a.py", 3), "fingerprint": "f1"} | changes)
    found = verdict(one=one, given=given)
    assert found.action is not Action.PASS
    assert why in " ".join(step.why for step in found.trace if step.waiver == "W-1" and step.result == "not applied")


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ('created: "2026-08-20"', 'created: "2026-08-11"', "it runs for 91 days, 90 are allowed"),
        (JANE, '{who: "@jane", team: "@acme/other", on: "2026-08-21"}', "@acme/other is not among @acme/appsec"),
        (JANE, '{who: "@jane", on: "2026-08-21"}', "@jane is not among"),
        (JANE, '{who: "@jane", team: "@acme/appsec", on: "2026-08-19"}', "before it was made"),
        (JANE, '{who: "@jane", team: "@acme/appsec", on: "2026-09-16"}', "after today"),
        ('owner: "@acme/payments"', 'owner: "@Jane"', "@jane asked for it or owns it"),
        ("ticket: SEC-1\n", 'ticket: SEC-1\n    requestedBy: "@jane"\n', "@jane asked for it or owns it"),
        ("severityAbove: high", "reachable: true", "when the code became reachable"),
    ],
)
def test_what_a_waiver_lacks_is_said(was, becomes, why):
    found = verdict(changing(was, becomes))
    assert found.action is Action.BLOCK
    assert why in " ".join(step.why for step in found.trace if step.waiver)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('created: "2026-08-20"', 'created: "2026-08-12"'),
        ('expires: "2026-11-10"', 'expires: "2026-09-15"'),
        ("environments: [pr]", "environments: [pr, release]"),
        ("    environments: [pr]\n", ""),
        ("    expectedMatches: 1\n", ""),
        ('"src/a.py"', '["src/a.py", "src/b.py"]'),
        ('"src/a.py"', '{glob: "src/**"}'),
        ('{rule.id: B602, location.path: "src/a.py"}', f"{{fingerprint: {WHOLE}}}"),
    ],
)
def test_what_is_still_a_good_waiver(was, becomes):
    assert verdict(changing(was, becomes), replace(ONE, fingerprint=WHOLE)).action is Action.PASS


def test_more_matches_than_expected_are_not_covered_any_of_them():
    other = finding(location=location("src/a.py", 9), fingerprint="f2")
    found = verdict(more=[other])
    assert found.action is Action.BLOCK
    assert "it expects 1 and 2 findings match" in found.trace[-1].why
    assert verdict(changing("expectedMatches: 1", "expectedMatches: 2"), more=[other]).action is Action.PASS
    elsewhere = finding(location=location("src/b.py", 9), fingerprint="f3")
    assert verdict(more=[elsewhere]).action is Action.PASS


VULN = '{vuln.id: CVE-1, package.purl: "pkg:pypi/pillow@10.*"}'


@pytest.mark.parametrize(
    ("purl", "lifted"),
    [("pkg:pypi/pillow@10.2.0", True), ("pkg:pypi/pillow@10.", True), ("pkg:pypi/pillow@11.0", False),
     ("pkg:pypi/pillowx@10.1", False)],
)  # fmt: skip
def test_a_purl_may_be_open_in_its_version_and_an_alias_is_meant_too(purl, lifted):
    one = vulnerability(vuln=Vulnerability("GHSA-1", ("CVE-1",), epss=0.0), package=Package("pillow", purl=purl),
                        severity=Severity.HIGH, confidence=Confidence.HIGH, fingerprint="f1")  # fmt: skip
    text = changing('{rule.id: B602, location.path: "src/a.py"}', VULN)
    assert bool(verdict(text, one).waived_by) is lifted


def test_a_rule_may_want_two_approvers_and_fewer_days():
    one = vulnerability(vuln=Vulnerability("CVE-1", epss=0.5, reachable=Ternary.NO), fingerprint="f1",
                        package=Package("pillow", purl="pkg:pypi/pillow@10.1"), is_new=False)  # fmt: skip
    text = changing('{rule.id: B602, location.path: "src/a.py"}', VULN).replace("[severe]", "[exploitable]")
    assert "it runs for 82 days, 14 are allowed" in verdict(text, one).trace[-1].why
    short = text.replace('"2026-11-10"', '"2026-09-03"').replace("2026-08-20", "2026-08-20")
    given = Circumstances("2026-09-01", "pull_request")
    assert "2 must approve it, 1 did" in verdict(short, one, given).trace[-1].why
    other = short.replace(JANE, f"{JANE}, {JANE.replace('jane', 'joe').replace('appsec', 'x')}")
    assert "1 did: @acme/x is not among @acme/appsec" in verdict(other, one, given).trace[-1].why
    twice = short.replace(JANE, f"{JANE}, {JANE}")
    assert verdict(twice, one, given).action is Action.BLOCK
    both = short.replace(JANE, f"{JANE}, {JANE.replace('jane', 'joe')}")
    assert verdict(both, one, given).action is Action.PASS


def test_a_limit_for_unknown_and_info_is_the_smallest_given():
    one = finding(location=location("src/a.py", 3), fingerprint="f1", severity=Severity.UNKNOWN)
    found = verdict(changing("{kev: true, severityAbove: high}", "{kev: true}"), one)
    assert "7 are allowed" in found.trace[-1].why


def test_a_budget_counts_active_waivers_only():
    second = WAIVERS.partition("waivers:\n")[2]
    more = WAIVERS + second.replace("W-1", "W-2") + second.replace("W-1", "W-3")
    pack = load(FULL, {PLACE: more})
    with pytest.raises(UsageError, match="waiver `W-3`: 3 waivers are active, and the policy allows 2"):
        within_budget(pack, "2026-09-15")
    within_budget(pack, "2026-11-11")
    within_budget(pack, "2026-08-19")


def test_what_became_of_each_waiver_is_told():
    policy = compiled(load(FULL, {PLACE: WAIVERS}), HERE)
    (used,) = judgement([ONE], policy).waivers
    assert (used.id, used.state, used.matches, used.lifted, used.expires) == ("W-1", "active", 1, 1, "2026-11-10")
    (unused,) = judgement([], policy).waivers
    assert (unused.matches, unused.lifted) == (0, 0)


def test_a_rule_that_cannot_be_waived_stands_whatever_a_waiver_says():
    pack = load(FULL, {PLACE: WAIVERS})
    rules = tuple(replace(rule, waivable=rule.id != "severe") for rule in pack.rules)
    (found,) = judge([ONE], replace(pack, rules=rules), HERE)
    assert (found.action, found.waived_by) == (Action.BLOCK, ())
    assert "severe cannot be waived" in found.trace[-1].why


def test_what_is_waived_or_suppressed_does_not_count_against_a_max():
    pack = load(FULL.replace("scope: introduced\n", "scope: introduced\n      max: 1\n"), {PLACE: WAIVERS})
    other = finding(location=location("src/b.py"), fingerprint="f2")
    third = finding(location=location("src/c.py"), fingerprint="f3")
    let = {one.finding.fingerprint: one.action for one in judge([ONE, other], pack, HERE)}
    assert let == {"f1": Action.PASS, "f2": Action.INFO}
    assert {one.action for one in judge([other, third], pack, HERE)} == {Action.BLOCK}
    quiet = replace(third, suppressed_at_base=True)
    assert {one.action for one in judge([other, quiet], pack, HERE)} == {Action.INFO, Action.PASS}


def test_a_waiver_counts_from_its_first_day_to_its_last():
    for day, lifts in (("2026-08-20", False), ("2026-08-21", True), ("2026-11-10", True), ("2026-11-11", False)):
        # On its first day nobody has approved it yet.
        assert (verdict(given=Circumstances(day, "pull_request")).action is Action.PASS) is lifts, day
    early = WAIVERS.replace('"2026-08-21"', '"2026-08-20"')
    assert verdict(early, given=Circumstances("2026-08-20", "pull_request")).action is Action.PASS
    states = [state(load(FULL, {PLACE: WAIVERS}).waivers[0], day) for day in ("2026-08-19", "2026-08-20", "2026-11-10")]
    assert [*states, state(load(FULL, {PLACE: WAIVERS}).waivers[0], "2026-11-11")] == [
        "not yet", "active", "active", "expired"
    ]  # fmt: skip


def test_without_a_budget_there_may_be_any_number():
    text = changed(FULL, "    budget: {active: 2}\n", "")
    within_budget(load(text, {PLACE: WAIVERS}), "2026-09-15")


def test_several_packages_may_be_named_and_each_must_be_met_in_full():
    text = changing('{rule.id: B602, location.path: "src/a.py"}',
                    '{vuln.id: CVE-1, package.purl: ["pkg:pypi/a@1", "pkg:pypi/b@2.*"]}')  # fmt: skip
    for purl, lifts in (
        ("pkg:pypi/a@1", True),
        ("pkg:pypi/a@12", False),
        ("pkg:pypi/b@2.1", True),
        ("pkg:pypi/b@3", False),
        ("pkg:pypi/b@20", False),
    ):
        one = vulnerability(vuln=Vulnerability("CVE-1"), fingerprint="f1", package=Package("p", purl=purl))
        assert (verdict(text, one).action is Action.PASS) is lifts, purl


def test_a_waiver_without_an_end_counts_where_the_policy_wants_none_and_sets_no_limit():
    text = changed(FULL, "[owner, reason, ticket, expires, approvedBy]", "[owner, reason]")
    endless = changing('    expires: "2026-11-10"\n', "")
    limited = verdict(endless, policy=text)
    assert limited.action is Action.BLOCK
    assert "it never ends, and 90 days are allowed" in limited.trace[-1].why
    free = changed(text, "    maxDays: {critical: 30, high: 90, secret: 7}\n", "")
    assert verdict(endless, policy=free, given=Circumstances("2099-01-01", "pull_request")).action is Action.PASS
    assert state(load(free, {PLACE: endless}).waivers[0], "2099-01-01") == "active"


def test_an_owner_is_a_person_unless_it_is_a_team_or_nobody():
    assert [is_person(owner) for owner in ("@jane", "@acme/payments", "")] == [True, False, False]


@pytest.mark.parametrize(
    ("limits", "severity", "why"),
    [
        ("{high: 10}", Severity.LOW, ""),
        ("{high: 10}", Severity.INFO, "it runs for 82 days, 10 are allowed"),
        ("{high: 10}", Severity.UNKNOWN, "it runs for 82 days, 10 are allowed"),
        ("{high: 10, info: 100}", Severity.INFO, ""),
        ("{high: 10, unknown: 100}", Severity.UNKNOWN, ""),
        ("{low: 81}", Severity.LOW, "it runs for 82 days, 81 are allowed"),
        ("{low: 82}", Severity.LOW, ""),
        ("{sast: 81, low: 90}", Severity.LOW, "it runs for 82 days, 81 are allowed"),
    ],
)
def test_a_limit_is_about_its_severity_or_category_and_for_unknown_and_info_the_smallest_is(limits, severity, why):
    text = changed(FULL, "maxDays: {critical: 30, high: 90, secret: 7}", f"maxDays: {limits}")
    text = changed(text, 'match: {severity: ">=high", confidence: ">=medium"}', "match: {category: sast}")
    waivers = changing("expiresWhen: {kev: true, severityAbove: high}", "expiresWhen: {kev: true}")
    one = finding(location=location("src/a.py", 3), fingerprint="f1", severity=severity)
    found = verdict(waivers, one, policy=text)
    assert (found.action is Action.PASS) is (not why)
    assert why in "".join(step.why for step in found.trace if step.waiver)


def test_as_many_as_the_budget_are_allowed():
    second = WAIVERS.partition("waivers:\n")[2].replace("W-1", "W-2")
    within_budget(load(FULL, {PLACE: WAIVERS + second}), "2026-09-15")


def test_where_the_policy_wants_no_approval_none_is_needed():
    lone = changing(f"    approvedBy: [{JANE}]\n", "")
    policy = changed(FULL, "[owner, reason, ticket, expires, approvedBy]", "[owner, reason]")
    assert verdict(lone, policy=policy).action is Action.PASS
    twice = changed(
        policy,
        "action: {default: warn, pr: block}",
        "waiver: {requireApprovers: 2}\n      action: {default: warn, pr: block}",
    )
    assert "2 must approve it, 0 did" in verdict(lone, policy=twice).trace[-1].why


@pytest.mark.parametrize(
    ("premise", "vuln", "severity", "lifts"),
    [
        ("{}", {"kev": True, "fix_available": True, "reachable": Ternary.YES}, "critical", True),
        ("{kev: true}", {"kev": True}, "low", False),
        ("{kev: true}", {"fix_available": True, "reachable": Ternary.YES}, "critical", True),
        ("{fixAvailable: true}", {"fix_available": True}, "low", False),
        ("{fixAvailable: true}", {"kev": True, "reachable": Ternary.YES}, "critical", True),
        ("{reachable: true}", {"reachable": Ternary.YES}, "low", False),
        ("{reachable: true}", {"reachable": Ternary.UNKNOWN}, "low", False),
        ("{reachable: true}", {"reachable": Ternary.NO, "kev": True, "fix_available": True}, "critical", True),
        ("{severityAbove: medium}", {}, "high", False),
        ("{severityAbove: medium}", {}, "unknown", False),
        ("{severityAbove: medium}", {"kev": True, "fix_available": True}, "medium", True),
    ],
)
def test_only_the_premise_that_a_waiver_names_ends_it(premise, vuln, severity, lifts):
    text = changed(FULL, 'match: {severity: ">=high", confidence: ">=medium"}', "match: {category: sast}")
    text = changed(text, "maxDays: {critical: 30, high: 90, secret: 7}", "maxDays: {secret: 7, info: 90, unknown: 90}")
    one = finding(location=location("src/a.py", 3), fingerprint="f1", severity=Severity(severity),
                  vuln=Vulnerability("CVE-1", **vuln))  # fmt: skip
    waivers = changing("expiresWhen: {kev: true, severityAbove: high}", f"expiresWhen: {premise}")
    assert bool(verdict(waivers, one, policy=text).waived_by) is lifts
