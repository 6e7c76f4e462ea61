"""Scope, exemptions, environments, days, ages, counts, comments in the code, and the trace of it all."""

import pytest
from support.factories import finding, location, vulnerability
from support.policies import rules

from secgate.errors import Exit
from secgate.model import (
    Action,
    Category,
    Component,
    InlinePolicy,
    OnMissing,
    RequirementState,
    Severity,
    Suppression,
    conclude,
)
from secgate.policy.circumstances import Circumstances, covers, environment
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import Allowance, judge, standing
from secgate.policy.evidence import without_baseline
from secgate.policy.feeds import feed_state
from secgate.policy.inline import accepted
from secgate.policy.trace import trace
from secgate.policy.waivers import NOTHING, Judged

NOW = Circumstances("2026-11-25")


def one(pack, given=NOW, **changes):
    return judge([finding(**changes)], pack, given)[0]


ENVIRONMENTS = """\
  environments:
    - {name: release, when: {ref: ["refs/tags/v*", "refs/heads/release/**"]}}
    - {name: hot, when: {event: [pull_request], label: ["hot*"]}}
    - {name: pr, when: {event: [pull_request, merge_group]}}
    - {name: dev, when: {}}
  enforcement: {dev: audit}
"""


@pytest.mark.parametrize(
    ("event", "ref", "labels", "name", "action"),
    [
        ("push", "refs/tags/v1", (), "release", Action.BLOCK),
        ("push", "refs/heads/release/1/2", (), "release", Action.BLOCK),
        ("push", "refs/heads/release", (), "dev", Action.INFO),
        ("pull_request", "refs/pull/1/merge", (), "pr", Action.WARN),
        ("pull_request", "refs/pull/1/merge", ("hotfix", "x"), "hot", Action.INFO),
        ("merge_group", "refs/heads/q", ("hotfix",), "pr", Action.WARN),
        ("local", "", (), "dev", Action.INFO),
    ],
)
def test_the_first_environment_that_holds_says_what_a_rule_asks_for(event, ref, labels, name, action):
    pack = rules(
        "{id: r, match: {category: sast}, action: {release: block, pr: warn, default: info}}", more=ENVIRONMENTS
    )
    given = Circumstances("2026-11-25", event, ref, labels)
    assert environment(pack, given) == name
    assert one(pack, given).action is action


def test_an_environment_covers_another():
    when = type(rules("{id: r, match: {tool: a}, action: warn}").environments[0].when)
    assert covers(when(), when(ref=("a",)))
    assert covers(when(ref=("refs/**",)), when(ref=("refs/heads/*", "refs/tags/v1")))
    assert not covers(when(ref=("refs/heads/a*",)), when(ref=("refs/heads/*",)))
    assert not covers(when(ref=("refs/heads/*",)), when(ref=("refs/heads/**",)))
    assert not covers(when(ref=("refs/heads/*",)), when(ref=("refs/heads/a", "refs/tags/v1")))
    assert not covers(when(ref=("refs/?",)), when(ref=("refs/*",)))
    assert not covers(when(event=("push",)), when())
    assert covers(when(event=("push",)), when(event=("push",), ref=("a",)))


def test_audit_changes_the_exit_code_and_nothing_else():
    unmet = RequirementState("a", Category.SAST, met=False)
    verdicts = judge([finding()], rules("{id: r, match: {category: sast}, action: block}"), NOW)
    assert conclude(verdicts, [unmet], Action.BLOCK, Allowance(audit=True).words) == ("blocked", Exit.PASS)
    assert conclude([], [unmet], Action.BLOCK, Allowance(audit=True).words) == ("incomplete", Exit.PASS)


@pytest.mark.parametrize(("day", "action"), [("2026-11-30", Action.WARN), ("2026-12-01", Action.BLOCK)])
def test_before_its_day_a_rule_can_only_warn_and_says_so(day, action):
    pack = rules('{id: r, match: {category: sast}, action: block, effectiveFrom: "2026-12-01"}')
    found = one(pack, Circumstances(day))
    assert found.action is action
    assert ("from 2026-12-01 on" in found.trace[0].why) is (action is Action.WARN)


def test_before_its_day_a_rule_that_asks_for_less_than_a_warning_asks_for_no_more():
    pack = rules('{id: r, match: {category: sast}, action: info, effectiveFrom: "2026-12-01"}')
    assert one(pack, Circumstances("2026-11-30")).action is Action.INFO


SLA = """\
  sla:
    onBreach: block
    rows:
      - {match: {severity: high}, days: 30}
      - {match: {severity: high, component.exposure: ">=internet"}, days: 3}
      - {match: {severity: critical}, days: 15}
"""


@pytest.mark.parametrize(
    ("age", "changes", "breached", "due"),
    [
        (3, {}, False, 3),
        (4, {}, True, 3),
        (30, {"component": Component("a", "internal")}, False, 30),
        (31, {"component": Component("a", "internal")}, True, 30),
        (16, {"severity": Severity.CRITICAL}, True, 15),
        (9999, {"severity": Severity.LOW}, False, None),
    ],
)
def test_of_all_rows_the_fewest_days_count(age, changes, breached, due):
    pack = rules("{id: r, match: {tool: none}, action: warn}", more=SLA)
    found = one(pack, age_days=age, is_new=False, **changes)
    assert (found.rules == ("sla",), found.action is Action.BLOCK) == (breached, breached)
    assert found.due_days == due


def many(number, severity=Severity.MEDIUM, path="a.py"):
    return [
        finding(severity=severity, location=location(path, line + 1), fingerprint=f"{path}{line}")
        for line in range(number)
    ]


def test_so_many_matches_are_let_through_and_no_more():
    pack = rules("{id: r, match: {severity: medium}, action: block, max: 2}")
    found = judge(many(2), pack, NOW)
    assert {(each.action, each.rules, each.below_max) for each in found} == {(Action.INFO, (), ("r",))}
    assert {each.action for each in judge(many(3), pack, NOW)} == {Action.BLOCK}


def test_a_number_holds_for_each_component():
    more = "  components: [{name: a, paths: ['a/**']}, {name: b, paths: ['b/**']}]\n"
    pack = rules("{id: r, match: {severity: medium}, action: block, max: 2}", more=more)
    found = judge([*many(2, path="a/x"), *many(3, path="b/x")], pack, NOW)
    assert {(each.finding.component.name, each.action) for each in found} == {("a", Action.INFO), ("b", Action.BLOCK)}


@pytest.mark.parametrize(
    ("baseline", "action"),
    [({"r": 3}, Action.INFO), ({"r": 2}, Action.BLOCK), ({}, Action.BLOCK), (None, Action.BLOCK)],
)
def test_a_ratchet_holds_against_the_baseline(baseline, action):
    pack = rules("{id: r, match: {severity: medium}, action: block, max: baseline}")
    found = judge(many(3), pack, Circumstances("2026-11-25", baseline=baseline))
    assert {each.action for each in found} == {action}


def test_what_a_rule_matched_is_counted_for_the_next_ratchet():
    policy = compiled(rules("{id: r, match: {severity: medium}, action: block, max: 9}"), NOW)
    assert standing(many(3), policy) == {"r": 3}
    assert standing([], policy) == {}


def test_an_exemption_takes_the_match_away_and_is_told():
    pack = rules("{id: r, match: {category: sast}, action: block, "
                 "except: [{match: {location.path: {glob: 'tests/**'}}, reason: dummies}]}",
                 "{id: s, match: {category: sast}, action: warn}")  # fmt: skip
    found = one(pack, location=location("tests/x.py"))
    assert (found.action, found.rules, found.exempt) == (Action.WARN, ("s",), ("r",))
    assert [(step.rule, step.result, step.why) for step in found.trace] == [
        ("r", "exempt", "dummies"),
        ("s", "warn", ""),
    ]
    assert one(pack).action is Action.BLOCK


def test_without_a_baseline_the_policy_says_what_is_new():
    scoped = "{id: r, match: {category: sast}, scope: introduced, action: block}"
    compared = Circumstances("2026-11-25", baseline={})
    for mode, alone, both in (("all-new", "block", "block"), ("block", "block", "block"), ("ignore", "pass", "block")):
        pack = rules(scoped, more=f"  newCode: {{onMissingBaseline: {mode}}}\n")
        assert (one(pack).action, one(pack, compared).action) == (alone, both)
        verdicts = judge([finding()], pack, NOW)
        assert [state.met for state in without_baseline(pack, NOW, verdicts)] == ([False] if mode == "block" else [])
        assert without_baseline(pack, NOW, ()) == []
        assert without_baseline(pack, compared, verdicts) == []


def test_a_newly_disclosed_vulnerability_is_introduced_only_where_the_policy_says_so():
    scoped = "{id: r, match: {category: sca}, scope: introduced, action: block}"
    new = vulnerability(newly_disclosed=True)
    assert judge([new], rules(scoped), NOW)[0].action is Action.PASS
    assert judge([new], rules(scoped, more="  newCode: {newlyDisclosed: introduced}\n"), NOW)[0].action is Action.BLOCK


@pytest.mark.parametrize(
    ("mode", "base", "new", "secret"), [("ratchet", "pass", "block", "block"), ("allow", "pass", "pass", "block"),
                                        ("deny", "block", "block", "block")],
)  # fmt: skip
def test_which_comments_are_honoured(mode, base, new, secret):
    pack = rules("{id: r, match: {severity: high}, action: block}", more=f"  inlineSuppressions: {{mode: {mode}}}\n")
    assert one(pack, suppressed_at_base=True).action == base
    assert one(pack, suppressed_inline=True).action == new
    assert one(pack, suppressed_at_base=True, category=Category.SECRET).action == secret
    assert one(pack).action is Action.BLOCK


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        (InlinePolicy(), [1, 2, 3, 4]),
        (InlinePolicy(require_rule=True), [2, 4]),
        (InlinePolicy(require_reason=True), [3, 4]),
        (InlinePolicy(require_rule=True, require_reason=True), [4]),
    ],
)
def test_a_comment_that_says_less_than_the_policy_asks_is_not_accepted(asked, lines):
    said = [("", ""), ("B602", ""), ("", "ours"), ("B602", "ours")]
    some = [Suppression("a.py", line, "bandit", rule, reason) for line, (rule, reason) in enumerate(said, 1)]
    assert [one.line for one in accepted(some, asked)] == lines


def test_what_a_policy_says_of_its_rules_is_told_where_they_block_or_warn():
    pack = rules("{id: r, title: A title, help: Do it., match: {category: sast}, action: block}",
                 "{id: s, title: Another, match: {category: sca}, action: block}")  # fmt: skip
    told = [(step.rule, step.title, step.help) for step in one(pack).trace]
    assert told == [("r", "A title", "Do it."), ("s", "", "")]


def test_missing_evidence_does_what_the_policy_says():
    for mode, code in ((OnMissing.BLOCK, Exit.INCOMPLETE), (OnMissing.WARN, Exit.PASS), (OnMissing.IGNORE, Exit.PASS)):
        state = RequirementState("a", Category.SAST, met=False, on_missing=mode)
        assert conclude([], [state], Action.BLOCK, ())[1] is code
    feed = rules("{id: r, match: {tool: a}, action: warn}", more="  evidence: {feeds: [{id: kev}]}\n").feeds[0]
    assert feed_state(feed, "complete").met
    assert not feed_state(feed, "missing").met


def test_the_trace_tells_every_rule_its_place_and_each_condition():
    pack = rules("{id: b, match: {category: sast, severity: '>=high'}, when: finding.isNew, scope: new, action: block}",
                 "{id: a, match: {category: sca, severity: low}, action: warn}")  # fmt: skip
    found = one(pack)
    no, yes = found.trace
    assert (no.rule, no.result, no.at, no.layer) == ("a", "no", ".secgate/policy.yaml:7", "p@1.0.0")
    assert [(clause.path, clause.test, clause.value, clause.ok) for clause in no.clauses] == [
        ("category", "sca", "sast", False)
    ]
    assert [(clause.path, clause.test, clause.value, clause.ok) for clause in yes.clauses] == [
        ("category", "sast", "sast", True), ("severity", ">=high", "high", True),
        ("scope", "new", "introduced", True), ("when", "finding.isNew", "true", True),
    ]  # fmt: skip
    policy = compiled(pack, NOW)
    full = trace(Judged(finding(), ()), NOTHING, (), policy)
    assert [len(step.clauses) for step in full] == [2, 4]


def test_what_passes_carries_no_trace_and_it_can_be_had():
    pack = rules("{id: a, match: {category: sca}, action: block}")
    assert one(pack).trace == ()
    assert trace(Judged(finding(), ()), NOTHING, (), compiled(pack, NOW))[0].result == "no"
