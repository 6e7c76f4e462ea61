"""What holds for any policy: order never matters, and nothing that is stricter lets more through."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.judged import NOW, actions, findings

from secgate.gate.verdict import decide
from secgate.model import (
    Action,
    Exemption,
    InlinePolicy,
    Pack,
    PolicyRule,
    Scope,
    Severity,
    Sla,
    SlaRow,
    Subject,
    Waiver,
    WaiverKind,
    WaiverPolicy,
)
from secgate.model.waiver import Approval, Premise
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import Allowance, judgement
from secgate.policy.source import Authority
from secgate.report import document

MATCHES = st.sampled_from(
    [
        {"severity": ">=high"}, {"severity": ">=low", "category": "sast"}, {"category": ["sca", "secret"]},
        {"location.path": {"glob": ["src/**", "*.py"]}}, {"not": {"severity": "info"}}, {"isNew": True},
        {"anyOf": [{"category": "secret"}, {"ageDays": {"gt": 10}}]},
    ]
)  # fmt: skip
EXEMPT = st.lists(st.builds(Exemption, st.just("why"), st.just({"location.path": "tests/c.py"})), max_size=1).map(tuple)


def rule(id):
    return st.builds(
        PolicyRule, st.just(id), st.sampled_from(list(Action)), MATCHES,
        when=st.sampled_from(["", "", "finding.severityRank >= 2", "1 / finding.ageDays == 0"]),
        scope=st.sampled_from(list(Scope)), exempt=EXEMPT, max=st.sampled_from([None, None, 0, 1, 3, "baseline"]),
        effective_from=st.sampled_from(["", "2026-01-01", "2027-01-01"]),
    )  # fmt: skip


def waiver(id):
    return st.builds(
        lambda rules, match, expires, expected, premise: Waiver(
            id, WaiverKind.DEFERRED, match, tuple(rules), "2026-11-01", "why", "@a/b", "S-1", expires,
            expires_when=premise, approved_by=(Approval("@x", "2026-11-02"),), expected_matches=expected,
        ),
        st.sets(st.sampled_from(["r0", "r1", "r2", "sla"]), min_size=1),
        st.sampled_from([{"fingerprint": "f0"}, {"rule.id": "B1", "location.path": ["a.py", "src/b.py"]}]),
        st.sampled_from(["2026-11-25", "2026-12-24", "2026-11-24"]), st.integers(0, 4),
        st.sampled_from([Premise(), Premise(severity_above=Severity.MEDIUM)]),
    )  # fmt: skip


PACKS = st.builds(
    lambda rules, waivers, breach, mode: Pack(
        "p", "1.0.0", "sha256:0", tuple(rules), (), waivers=tuple(waivers), inline=InlinePolicy(mode=mode),
        sla=Sla((SlaRow({"severity": ">=medium"}, 20), SlaRow({"category": "sca"}, 5)), on_breach=breach),
        waiver_policy=WaiverPolicy(max_days={"high": 40, "low": 20}),
    ),
    st.tuples(rule("r0"), rule("r1"), rule("r2")), st.tuples(waiver("W0"), waiver("W1")),
    st.sampled_from([Action.WARN, Action.BLOCK]), st.sampled_from(["allow", "ratchet", "deny"]),
)  # fmt: skip


def never_milder(found, before, after):
    """Hold that nothing is let through that was not."""
    was, now = actions(found, before), actions(found, after)
    worst, still = max(was.values()), max(now.values())
    assert still >= worst
    return was, now


@given(findings(), PACKS, st.randoms())
def test_order_never_matters(found, pack, random):
    first = judgement(found, compiled(pack, NOW))
    mixed, rules, waivers = list(found), list(pack.rules), list(pack.waivers)
    for one in (mixed, rules, waivers):
        random.shuffle(one)
    other = judgement(mixed, compiled(replace(pack, rules=tuple(rules), waivers=tuple(waivers)), NOW))
    assert other.verdicts == first.verdicts
    assert sorted(other.waivers, key=lambda one: one.id) == sorted(first.waivers, key=lambda one: one.id)


@given(findings(), PACKS, st.randoms())
def test_the_decision_has_the_same_bytes_in_any_order(found, pack, random):
    def digest(some, rules, waivers):
        ordered = replace(pack, rules=rules, waivers=waivers)
        made = decide(Subject("s"), Authority(ordered, "here"), some, (), (), Allowance(), NOW)
        return document.render(replace(made, policy=replace(made.policy, waivers="")))

    mixed = [random.sample(one, len(one)) for one in (list(found), list(pack.rules), list(pack.waivers))]
    first = digest(found, pack.rules, pack.waivers)
    assert digest(mixed[0], tuple(mixed[1]), tuple(sorted(mixed[2], key=lambda one: one.id))) == first


@given(findings(), PACKS, rule("new"))
def test_a_further_rule_never_lets_anything_through(found, pack, further):
    was, now = never_milder(found, pack, replace(pack, rules=(*pack.rules, further)))
    assert all(now[key] >= was[key] for key in was)


@given(findings(), PACKS, st.integers(0, 1))
def test_a_removed_waiver_never_lets_anything_through(found, pack, index):
    fewer = tuple(one for number, one in enumerate(pack.waivers) if number != index)
    was, now = never_milder(found, pack, replace(pack, waivers=fewer))
    # Within `max` a finding is `info`; beyond it what the rule asks for, which may be less.
    assert all(now[key] >= was[key] or was[key] <= Action.INFO.rank for key in was)


TIGHTER = [
    lambda one: replace(one, action=Action.BLOCK),
    lambda one: replace(one, scope=Scope.ALL),
    lambda one: replace(one, max=None),
    lambda one: replace(one, max=0) if isinstance(one.max, int) else one,
    lambda one: replace(one, effective_from=""),
    lambda one: replace(one, exempt=()),
    lambda one: replace(one, waivable=False),
    lambda one: replace(one, waiver=replace(one.waiver, max_days=1)),
    lambda one: replace(one, waiver=replace(one.waiver, require_approvers=2)),
]


@settings(max_examples=200)
@given(findings(), PACKS, st.integers(0, 2), st.sampled_from(TIGHTER))
def test_a_tighter_knob_of_a_rule_never_lets_anything_through(found, pack, index, tighten):
    rules = tuple(tighten(one) if number == index else one for number, one in enumerate(pack.rules))
    never_milder(found, pack, replace(pack, rules=rules))


TIGHTER_STILL = [
    lambda pack: replace(pack, inline=replace(pack.inline, mode="deny")),
    lambda pack: replace(pack, sla=replace(pack.sla, on_breach=Action.BLOCK)),
    lambda pack: replace(pack, sla=replace(pack.sla, rows=(*pack.sla.rows, SlaRow({"isNew": True}, 1)))),
    lambda pack: replace(pack, waiver_policy=replace(pack.waiver_policy, max_days={"high": 10, "low": 5})),
    lambda pack: replace(pack, waiver_policy=replace(pack.waiver_policy, approvers=("@other/team",))),
    lambda pack: replace(pack, waivers=()),
    lambda pack: replace(pack, new_code=replace(pack.new_code, newly_disclosed="introduced")),
]


@settings(max_examples=200)
@given(findings(), PACKS, st.sampled_from(TIGHTER_STILL))
def test_a_tighter_knob_of_the_policy_never_lets_anything_through(found, pack, tighten):
    never_milder(found, pack, tighten(pack))


@given(findings(), PACKS)
def test_every_finding_gets_one_verdict_and_what_blocks_or_warns_is_explained(found, pack):
    verdicts = judgement(found, compiled(pack, NOW)).verdicts
    assert sorted(one.finding.fingerprint for one in verdicts) == sorted(one.fingerprint for one in found)
    for one in verdicts:
        assert bool(one.trace) is (one.action.rank >= Action.WARN.rank)
        told = {step.rule for step in one.trace if step.result == one.action.value}
        assert set(one.decided_by) <= told or not one.trace
        assert set(one.decided_by) <= set(one.rules)
        assert not set(one.below_max) & set(one.rules)
