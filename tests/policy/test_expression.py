"""`when`: what an expression may say, and that no answer is never a pass."""

import pytest
from support.factories import finding, vulnerability
from support.policies import rules

from secgate.model import Action, Category, Vulnerability
from secgate.policy import expression
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import judge
from secgate.policy.expression import ExpressionError, Types


def verdict(when, one=None, given=None, more="", match="category: sca, "):
    pack = rules(f"{{id: r, match: {{{match}severity: '>=info'}}, when: {when!r}, action: block}}", more=more)
    return judge([one or vulnerability()], pack, given or Circumstances("2026-11-25"))[0]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("finding.vuln.epss >= 0.1", True),
        ("finding.vuln.epss >= 0.9", False),
        ("finding.severity == 'high' && finding.severityRank == 3", True),
        ("finding.category == 'sca'", True),
        ("finding.vuln.reachable != 'no'", True),
        ("'CVE-9' in finding.vuln.aliases", True),
        ("finding.tools.exists(t, t == 'trivy')", True),
        ("finding.location.path.matches('^req.*')", True),
        ("finding.vuln.id == 'CVE-1'", True),
        ("has(finding.vuln.epss)", True),
        ("finding.isNew && !finding.newlyDisclosed && finding.ageDays == 0", True),
        ("context.event == 'push' && context.environment == 'default'", True),
        ("context.ref.startsWith('refs/heads/') && 'x' in context.labels", True),
        ("size(finding.package.fixedVersions) > 0", False),
        ("finding.control.ids == []", True),
    ],
)
def test_what_it_sees(when, holds):
    one = vulnerability(vuln=Vulnerability("CVE-1", ("CVE-9",), epss=0.5), package=finding().package)
    one = type(one)(**{name: getattr(one, name) for name in one.__struct_fields__} | {
        "location": type(one.location)("requirements.txt")})  # fmt: skip
    given = Circumstances("2026-11-25", "push", "refs/heads/main", ("x",))
    assert (verdict(when, one, given).action is Action.BLOCK) is holds


@pytest.mark.parametrize(
    "when",
    ["1 / (finding.severityRank - finding.severityRank) == 1", "dyn(finding).nothing", "dyn(1)", "dyn('true')",
     "[1][finding.severityRank] == 1", "finding.title.matches('(?=a)')", "int(finding.title) == 1"],
)  # fmt: skip
def test_no_answer_counts_as_a_match_and_says_so(when):
    found = verdict(when)
    assert found.action is Action.BLOCK
    (step,) = found.trace
    (clause,) = [one for one in step.clauses if one.path == "when"]
    assert clause.ok
    assert clause.value not in {"true", "false"}


def test_an_expression_without_end_is_ended_and_counts_as_a_match():
    loops = "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]"
    when = "true"
    for name in "abcdef":
        when = f"{loops}.all({name}, {when})"
    found = verdict(when)
    assert found.action is Action.BLOCK
    assert "budget" in found.trace[0].clauses[-1].value


def test_an_error_in_an_exemption_exempts_nothing():
    pack = rules("{id: r, match: {category: sca}, action: block, except: [{when: '1 / 0 == 1', reason: broken}]}")
    assert judge([vulnerability()], pack)[0].action is Action.BLOCK
    pack = rules("{id: r, match: {category: sca}, action: block, except: [{when: 'false', reason: none}]}")
    assert judge([vulnerability()], pack)[0].action is Action.BLOCK
    pack = rules("{id: r, match: {category: sca}, action: block, except: [{when: 'true', reason: all}]}")
    found = judge([vulnerability()], pack)[0]
    assert (found.action, found.exempt, found.rules) == (Action.PASS, ("r",), ())


def test_a_rule_holds_where_its_match_its_scope_and_its_expression_all_do():
    pack = rules("{id: r, match: {category: sca, tool: trivy}, scope: new, when: finding.vuln.kev, action: block}")
    kev = Vulnerability("CVE-2026-1", kev=True)
    assert judge([vulnerability(tool="trivy", vuln=kev)], pack)[0].rules == ("r",)
    for changes in ({"tool": "x"}, {"is_new": False}, {"vuln": Vulnerability("CVE-2026-1")}):
        assert judge([vulnerability(**{"tool": "trivy", "vuln": kev} | changes)], pack)[0].rules == ()


def test_what_is_too_large_for_an_expression_counts_as_a_match():
    one = vulnerability(message="x", tool="y" * 200_000)
    found = verdict("finding.tool == 'z'", one)
    assert found.action is Action.BLOCK
    assert "100,000 characters" in found.trace[0].clauses[-1].value


def test_params_are_typed():
    more = "  params: {limit: 0.3, name: x, on: true, count: 3}\n"
    assert verdict("params.limit < 0.5 && params.on && params.count == 3 && params.name == 'x'", more=more).rules
    types = Types({"count": 3})
    with pytest.raises(ExpressionError, match="undefined field 'cont'"):
        types.check("params.cont == 3")
    with pytest.raises(ExpressionError, match="overload"):
        types.check("params.count == 'three'")


def test_an_expression_is_bounded():
    types = Types({})
    with pytest.raises(ExpressionError, match="10,000 characters"):
        types.check("true || " * 2_000 + "true")
    with pytest.raises(ExpressionError, match="nested deeper"):
        types.check("[" * 101 + "]" * 101 + " == []")
    types.check("'" + "(" * 500 + "' == 'x'")


def test_a_regular_expression_meets_the_whole_text():
    assert expression.regex("a|b")("a")
    assert not expression.regex("a|b")("ab")
    assert not expression.regex("a")("a\n")
    assert expression.regex("(?i)é.")("É\U0001f600")
    assert expression.regex('"\\\\')('"\\')


def test_every_field_is_there_in_an_expression_as_in_a_match():
    one, many = vulnerability(), {"texts"}
    for name, field in expression.FIELDS.items():
        wanted = (
            f"size(finding.{name}) >= 0"
            if field.kind in many and name != "vuln.id"
            else f"finding.{name} == finding.{name}"
        )
        found = verdict(wanted, one, match="")
        assert found.trace[0].clauses[-1].value == "true", name
    assert Category.SCA.value == "sca"
