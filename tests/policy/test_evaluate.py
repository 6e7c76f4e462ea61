"""Every matching rule counts, the strictest wins, order never matters, and not scanned is never clean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.factories import finding
from support.policies import rules

from secgate.errors import Exit, UsageError
from secgate.model import (
    Action,
    Applies,
    Category,
    Confidence,
    DatabaseState,
    Evidence,
    EvidenceState,
    LeftOut,
    Outcome,
    Pack,
    PolicyRule,
    Requirement,
    RequirementState,
    Scope,
    Severity,
    Target,
    Tree,
    conclude,
)
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import ALLOWED, SUPPRESSED, Allowance, judge
from secgate.policy.evidence import aged, requirements, unverified
from secgate.policy.load import load, parse

TREE = Tree(root="/r", files=(Target("a.py", 1),))
OK = Evidence("alpha", Category.SAST, EvidenceState.OK, expected=1)


def pack(*rules, required=()):
    return Pack("p", "1.0.0", "sha256:0", rules, required)


def rule(id, action, scope=Scope.ALL, **match):
    return PolicyRule(id, action, match, scope=scope)


def test_the_strictest_matching_rule_wins_and_all_are_named():
    rules = [rule("b", Action.WARN, severity=">=low"), rule("a", Action.BLOCK, severity="high")]
    for order in (rules, rules[::-1]):
        (verdict,) = judge([finding(severity=Severity.HIGH)], pack(*order))
        assert (verdict.action, verdict.rules) == (Action.BLOCK, ("a", "b"))


def test_no_rule_is_a_pass():
    (verdict,) = judge([finding(severity=Severity.LOW)], pack(rule("a", Action.BLOCK, severity="high")))
    assert (verdict.action, verdict.rules) == (Action.PASS, ())


@pytest.mark.parametrize(("new", "disclosed", "rules"), [(True, False, "an"), (True, True, "n"), (False, False, "")])
def test_scopes(new, disclosed, rules):
    some = pack(
        rule("a", Action.BLOCK, Scope.INTRODUCED, severity="high"), rule("n", Action.WARN, Scope.NEW, severity="high")
    )
    (verdict,) = judge([finding(is_new=new, newly_disclosed=disclosed)], some)
    assert verdict.rules == tuple(rules)


@given(st.lists(st.sampled_from(Severity), max_size=20), st.permutations(["x", "y", "z"]))
def test_each_finding_gets_one_verdict_and_order_never_matters(severities, names):
    found = [finding(severity=severity, message=str(index)) for index, severity in enumerate(severities)]
    rules = [
        rule(name, Action.WARN, severity=f">={level}")
        for name, level in zip(names, ("low", "high", "info"), strict=True)
    ]
    verdicts = judge(found, pack(*rules))
    assert sorted(int(verdict.finding.message) for verdict in verdicts) == list(range(len(found)))
    assert verdicts == judge(found[::-1], pack(*rules[::-1]))


def recommended(**changes):
    return judge([finding(**changes)], load("recommended@1"))[0].action


def test_recommended_blocks_severe_findings_and_sure_secrets_and_warns_about_the_rest():
    assert recommended(severity=Severity.CRITICAL) is Action.BLOCK
    assert recommended(severity=Severity.HIGH) is Action.BLOCK
    assert recommended(severity=Severity.UNKNOWN) is Action.BLOCK
    assert recommended(severity=Severity.MEDIUM) is Action.WARN
    assert recommended(severity=Severity.INFO) is Action.WARN
    low = {"severity": Severity.LOW, "category": Category.SECRET}
    assert recommended(**low, confidence=Confidence.HIGH) is Action.BLOCK
    assert recommended(**low, confidence=Confidence.LOW) is Action.WARN
    assert recommended(severity=Severity.CRITICAL, is_new=False) is Action.WARN


def state(requirement, *evidence, tree=TREE, read=None, known=frozenset()):
    return requirements(pack(required=(requirement,)), evidence, tree, read or {}, known.__contains__)[0]


NEEDED = Requirement("code", Category.SAST, ("alpha", "beta"), "found")


def test_a_requirement_is_met_by_one_complete_scanner():
    bad = Evidence("beta", Category.SAST, EvidenceState.FAILED, reason="crashed")
    assert state(NEEDED, OK, bad).met
    assert not state(NEEDED, bad).met
    assert "crashed" in state(NEEDED, bad).reason


@pytest.mark.parametrize(
    "worth", [one for one in EvidenceState if one not in {EvidenceState.OK, EvidenceState.NOT_APPLICABLE}]
)
def test_nothing_but_ok_meets_a_requirement(worth):
    assert not state(NEEDED, Evidence("alpha", Category.SAST, worth)).met


def test_one_scanner_with_two_commands_must_finish_both():
    half = Evidence("alpha", Category.SAST, EvidenceState.PARTIAL, command="other")
    assert not state(NEEDED, OK, half).met


def test_evidence_of_another_category_does_not_count():
    assert not state(Requirement("secrets", Category.SECRET, ("alpha",), "always"), OK).met


def test_found_does_not_apply_where_there_was_nothing_to_read_always_does():
    nothing = Evidence("alpha", Category.SAST, EvidenceState.NOT_APPLICABLE)
    assert not state(NEEDED, nothing).applicable
    assert not state(Requirement("code", Category.SAST, ("alpha",), "always"), nothing).met


def test_a_language_that_nobody_reads_is_not_covered():
    every = Requirement("languages", Category.SAST, ("alpha",), Applies(("**/*.py", "**/*.rs")))
    tree = Tree(root="/r", files=(Target("a.py"), Target("b.rs"), Target("c.md")))
    read = {("alpha", "sast"): frozenset({"a.py"})}
    told = state(every, OK, tree=tree, read=read)
    assert not told.met
    assert "*.rs (1 file)" in told.reason
    assert state(every, OK, tree=tree, read={("alpha", "sast"): frozenset({"a.py", "b.rs"})}).met
    lost = Tree(root="/r", files=(Target("a.py"),), left_out=(LeftOut("b.rs", "too large", True),))
    assert not state(every, OK, tree=lost, read=read).met


def test_a_language_that_nobody_reads_need_not_be_read_where_it_is_as_before():
    every = Requirement("languages", Category.SAST, ("alpha",), Applies(("**/*.py", "**/*.rs", "bin/*")))
    tree = Tree(root="/r", files=(Target("a.py"), Target("b.rs"), Target("bin/run")))
    read, before = {("alpha", "sast"): frozenset({"a.py"})}, frozenset({"a.py", "b.rs"})
    told = state(every, OK, tree=tree, read=read, known=before)
    assert (told.met, told.reason) == (False, "not covered by alpha: no suffix (1 file)")
    told = state(every, OK, tree=tree, read=read, known=before | {"bin/run"})
    assert (told.met, told.reason) == (True, "nothing reads *.rs (1 file), no suffix (1 file), as before")
    for lost in (EvidenceState.FAILED, EvidenceState.MISSING, EvidenceState.TIMED_OUT):
        bad = Evidence("alpha", Category.SAST, lost)
        assert not state(every, bad, tree=tree, read={}, known=before | {"bin/run"}).met


def test_an_empty_tree_and_a_narrowed_scan_are_never_a_pass():
    def unmet(tree, *evidence):
        return [one.id for one in requirements(pack(), evidence, tree, {}, bool) if one.applicable and not one.met]

    assert unmet(Tree(root="/r")) == ["anything"]
    assert unmet(Tree(root="/r", scope="sub", files=TREE.files), OK) == ["whole-repository"]
    assert unmet(TREE, OK) == []


def test_a_database_that_is_too_old_is_stale():
    def worth(updated):
        one = Evidence("alpha", Category.SCA, EvidenceState.OK, database=DatabaseState("db", "sha256:0", updated))
        return aged([one], {("alpha", "db"): 7}, "2026-11-25")[0].state

    assert worth("2026-11-18T00:00:00Z") is EvidenceState.OK
    assert worth("2026-11-17T23:59:59Z") is EvidenceState.STALE


def test_a_foreign_report_counts_only_if_it_finished_and_its_producer_is_accepted():
    accepting = Pack("p", "1.0.0", "sha256:0", (), (), accept_producers=("CodeQL",))
    one = Evidence("CodeQL", Category.SAST, EvidenceState.UNVERIFIED)
    failed = Evidence("CodeQL", Category.SAST, EvidenceState.FAILED, reason="crashed")
    assert [state.met for state in unverified(accepting, [one])] == [True]
    assert [state.met for state in unverified(pack(), [one])] == [False]
    assert [state.met for state in unverified(accepting, [failed])] == [False]


MET = RequirementState("a", Category.SAST, met=True)
UNMET = RequirementState("b", Category.SAST, met=False)


@pytest.mark.parametrize(
    ("actions", "demands", "allowance", "outcome", "code"),
    [
        ([], [MET], Allowance(), Outcome.PASS, Exit.PASS),
        ([Action.WARN], [MET], Allowance(), Outcome.PASS, Exit.PASS),
        ([Action.WARN], [MET], Allowance(fail_on=Action.WARN), Outcome.BLOCKED, Exit.BLOCKED),
        ([Action.BLOCK], [MET], Allowance(), Outcome.BLOCKED, Exit.BLOCKED),
        ([Action.BLOCK], [UNMET], Allowance(), Outcome.BLOCKED, Exit.BLOCKED),
        ([], [UNMET], Allowance(), Outcome.INCOMPLETE, Exit.INCOMPLETE),
        ([], [UNMET], Allowance(allow_incomplete=True), Outcome.INCOMPLETE, Exit.PASS),
        ([Action.BLOCK], [MET], Allowance(report_only=True), Outcome.BLOCKED, Exit.PASS),
        ([Action.BLOCK], [UNMET], Allowance(report_only=True), Outcome.BLOCKED, Exit.INCOMPLETE),
        ([Action.BLOCK], [UNMET], Allowance(allow_incomplete=True), Outcome.BLOCKED, Exit.BLOCKED),
    ],
)
def test_an_allowance_changes_the_exit_code_never_the_outcome(actions, demands, allowance, outcome, code):
    verdicts = [judge([finding()], pack(rule("r", action, severity="high")))[0] for action in actions]
    assert conclude(verdicts, demands, allowance.fail_on, allowance.words) == (outcome, code)


GOOD = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: p, version: "1.0.0"}
spec:
  evidence:
    required:
      - {id: code, category: sast, anyOf: [alpha], applies: found}
  rules:
    - id: severe
      match: {severity: ">=high"}
      action: block
"""


def test_a_good_pack_is_read_and_named_by_its_bytes():
    one = parse(GOOD.encode(), "p.yaml")
    assert (one.name, [rule.id for rule in one.rules]) == ("p", ["severe"])
    assert one.digest != parse((GOOD + "# more\n").encode(), "p.yaml").digest


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("severity:", "severty:", r"p\.yaml:10:\d+: .*no field `severty`"),
        (">=high", ">=hihg", r"p\.yaml:10:\d+: .*cannot be compared with `hihg`"),
        ('">=high"', "hihg", r"p\.yaml:10:\d+: .*cannot be `hihg`"),
        ('">=high"', "[]", r"p\.yaml:10:\d+: .*empty list"),
        ("{severity: ", "{category: secrets, severity: ", r"p\.yaml:10:\d+: .*cannot be `secrets`"),
        ('">=high"', "[[high]]", r"p\.yaml:10:\d+: .*cannot be tested"),
        ('">=high"', "{gt: 1}", r"p\.yaml:10:\d+: .*cannot be tested"),
        ('{severity: ">=high"}', "{}", r"p\.yaml:10:\d+: "),
        ("action: block", "action: blok", r"p\.yaml:11:\d+: .*cannot be `blok`"),
        ("action: block", "acton: block", r"p\.yaml:11:\d+: unknown key `acton`"),
        ("action: block", "", r"p\.yaml:9:\d+: .*'action' is a required property"),
        ("kind: Policy", "kind: Polcy", r"p\.yaml:2:\d+: "),
        ("anyOf: [alpha]", "anyOf: []", r"p\.yaml:7:\d+: "),
        ("category: sast", "category: sats", r"p\.yaml:7:\d+: .*cannot be `sats`"),
        ("  rules:", "  ruels:", r"p\.yaml:8:\d+: unknown key `ruels`"),
        ("- id: severe", "- id: severe\n      id: other", r"p\.yaml:10:\d+: the key `id` stands here twice"),
    ],
)
def test_a_mistake_in_a_pack_is_refused_with_its_line(was, becomes, said):
    assert was in GOOD
    with pytest.raises(UsageError, match=said):
        parse(GOOD.replace(was, becomes).encode(), "p.yaml")


def test_an_id_cannot_be_defined_twice():
    with pytest.raises(UsageError, match=r"p\.yaml:12:\d+: the id `severe` is defined twice"):
        parse((GOOD + "    - {id: severe, match: {severity: low}, action: warn}\n").encode(), "p.yaml")


@pytest.mark.parametrize("name", ["recommended", "recommended@2", "nothing@1", "../x@1", ""])
def test_an_unknown_pack_is_an_error(name):
    with pytest.raises(UsageError, match="pack"):
        load(name)


RULE_SET = """\
  ruleSets:
    - {scanner: semgrep, name: p/python, url: "https://example.org/p/python", sha256: "%s"}
""" % ("0" * 64)  # fmt: skip


def test_a_policy_file_can_name_rule_sets_by_digest(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(GOOD + RULE_SET)
    (one,) = load(str(path)).rule_sets
    assert (one.scanner, one.name, one.sha256) == ("semgrep", "p/python", "0" * 64)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("semgrep", "semgrap", r"policy\.yaml:13:\d+: there is no scanner `semgrap`"),
        ("semgrep", "bandit", r"policy\.yaml:13:\d+: bandit takes no rules from elsewhere"),
        ("https:", "http:", r"policy\.yaml:13:\d+: "),
        ("0" * 64, "latest", r"policy\.yaml:13:\d+: "),
        (', sha256: "' + "0" * 64 + '"', "", r"policy\.yaml:13:\d+: "),
    ],
)
def test_a_rule_set_without_a_pin_or_a_taker_is_refused(tmp_path, was, becomes, said):
    path = tmp_path / "policy.yaml"
    assert was in RULE_SET
    path.write_text(GOOD + RULE_SET.replace(was, becomes))
    with pytest.raises(UsageError, match=said):
        load(str(path))


def test_a_policy_file_that_is_not_there_is_an_error():
    with pytest.raises(UsageError, match="cannot be read"):
        load("absent.yaml")


def test_what_a_rule_lets_through_is_never_told_of_louder_than_the_rule_asks_for():
    for action, told in (("pass", Action.PASS), ("info", Action.INFO), ("warn", Action.INFO), ("block", Action.INFO)):
        pack = rules(f"{{id: r, match: {{severity: '>=info'}}, action: {action}, max: 1}}")
        (verdict,) = judge([finding()], pack, Circumstances("2026-11-25"))
        assert (verdict.action, verdict.below_max, verdict.rules, verdict.decided_by) == (told, ("r",), (), ())


@pytest.mark.parametrize("baseline", [None, {}, {"other": 5}])
def test_where_the_baseline_knows_nothing_of_a_rule_not_even_one_is_let_through(baseline):
    pack = rules("{id: r, match: {tool: bandit}, action: block, max: baseline}")
    (verdict,) = judge([finding()], pack, Circumstances("2026-11-25", baseline=baseline))
    assert verdict.action is Action.BLOCK


def test_what_a_comment_suppresses_says_so_whether_a_rule_matches_it_or_not():
    matching = rules("{id: r, match: {tool: bandit}, action: block}")
    other = rules("{id: r, match: {tool: nobody}, action: block}")
    quiet = replace(finding(), suppressed_at_base=True)
    for pack, names in ((matching, ("r",)), (other, ())):
        (verdict,) = judge([quiet], pack, Circumstances("2026-11-25"))
        assert (verdict.action, verdict.why, verdict.rules) == (Action.PASS, SUPPRESSED, names)
    new = replace(finding(), suppressed_inline=True)
    allowing = rules("{id: r, match: {tool: bandit}, action: block}", more="  inlineSuppressions: {mode: allow}\n")
    assert judge([new], allowing, Circumstances("2026-11-25"))[0].why == ALLOWED
    assert judge([new], matching, Circumstances("2026-11-25"))[0].action is Action.BLOCK


def test_only_the_rules_that_ask_for_the_action_decide():
    pack = rules("{id: hard, match: {tool: bandit}, action: block}", "{id: soft, match: {tool: bandit}, action: warn}")
    (verdict,) = judge([finding()], pack, Circumstances("2026-11-25"))
    assert (verdict.rules, verdict.decided_by) == (("hard", "soft"), ("hard",))


def test_findings_that_differ_only_in_what_is_not_sorted_by_have_one_order():
    pack = rules("{id: r, match: {tool: bandit}, action: block}")
    some = [replace(finding(), anchor=anchor) for anchor in "bca"]
    for few in (some, some[:2]):
        orders = {
            tuple(one.finding.anchor for one in judge(given, pack)) for given in (few, few[::-1], few[1:] + few[:1])
        }
        assert orders == {tuple(sorted(one.anchor for one in few))}


def test_one_exemption_of_several_is_enough():
    pack = rules(
        "{id: r, match: {tool: bandit}, action: block, except: [{match: {rule.id: B1}, reason: one},"
        " {match: {location.path: shop/app.py}, reason: two}]}"
    )
    (verdict,) = judge([finding()], pack, Circumstances("2026-11-25"))
    assert (verdict.action, verdict.exempt) == (Action.PASS, ("r",))
