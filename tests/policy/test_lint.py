"""What is valid and probably not meant is said, with its place, and changes nothing."""

import pytest
from support.policies import FULL, NAME, PLACE, WAIVERS, changed

from secgate.policy import cases, waiver_files
from secgate.policy.lint import warnings
from secgate.policy.parents import Shelf, Spot, resolved
from secgate.policy.whole import whole
from secgate.policy.written import read

NOW = "2026-09-15"
GOOD = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: p, version: "1.0.0", reviewBy: "2027-03-31"}
spec:
  evidence: {required: [{id: code, category: sast, anyOf: [bandit]}]}
  components:
    - {name: api, paths: ["services/api/**"]}
    - {name: rest, paths: ["services/**"]}
  rules:
    - {id: r, title: A title, match: {category: sast}, action: block, help: Do something.}
"""
CASES = """\
apiVersion: secgate.dev/v1
kind: PolicyTest
defaults: {now: "2026-09-15"}
cases:
  - {name: fires, finding: {category: sast}, expect: {decision: block}}
  - {name: does not, finding: {category: sca}, expect: {decision: pass}}
"""


def warned(text=GOOD, waivers="", now=NOW, tests="", paths=("services/api/a", "services/b")):
    written = read(text.encode(), NAME)
    pack = whole(resolved(written, Spot(path=NAME), Shelf()))
    listed = waiver_files.read({PLACE: waivers.encode()}, pack) if waivers else ()
    results = [cases.run(one, pack) for one in cases.read(tests.encode(), "t.yaml", pack)] if tests else ()
    return [(one.at, one.message) for one in warnings(written, pack, listed, paths, results, now)]


def test_a_good_policy_gives_no_warning():
    assert warned(tests=CASES) == []
    assert warned(paths=()) == []


def test_each_warning():
    for was, becomes, at, said in (
        ("title: A title, ", "", 10, "rule `r` has no title"),
        (", help: Do something.", "", 10, "rule `r` blocks and has no help"),
        ("match: {category: sast}", "when: finding.isNew", 10, "rule `r` has only `when`"),
        ("[bandit]", "[codeql]", 5, "`codeql` is no scanner of secgate"),
        ("required: [{id: code, category: sast, anyOf: [bandit]}]", "onMissing: block", 5, "no evidence is required: "
         "whatever did not run is not missed"),
        ('"services/**"', '"other/**"', 8, "the glob `other/**` meets no file"),
        ('"services/**"', '"services/api/v1/**", "services/**"', 8, "`services/api/v1/**` of `rest` is never met: "
         "`api` comes first"),
        ('"2027-03-31"', '"2026-11-14"', 3, "the policy is to be reviewed by 2026-11-14"),
    ):  # fmt: skip
        assert (f"{NAME}:{at}", said) in warned(changed(GOOD, was, becomes))
    assert warned(changed(GOOD, '"2027-03-31"', '"2026-11-15"')) == []


@pytest.mark.parametrize(
    ("was", "becomes", "line", "said"),
    [
        ("match: {category: sast}", "match: {tool: bandti}", 10, "`bandti` is no scanner of secgate"),
        (
            "match: {category: sast}",
            "match: {anyOf: [{tools: [bandit, semgerp]}, {severity: low}]}",
            10,
            "`semgerp` is",
        ),
        ("match: {category: sast}", "match: {category: sast, component.name: apii}", 10, "no component `apii`"),
        ("  rules:", "  severity: {prefer: [trviy]}\n  rules:", 9, "`trviy` is no scanner of secgate"),
        ("  rules:", "  sla: {rows: [{match: {component.name: web}, days: 3}]}\n  rules:", 9, "no component `web`"),
        ("help: Do", "except: [{match: {tool: bandti}, reason: none}], help: Do", 10, "`bandti` is no scanner"),
    ],
)
def test_a_tool_or_a_component_that_there_is_not_is_told_of(was, becomes, line, said):
    ((at, message),) = warned(changed(GOOD, was, becomes))
    assert (at, said in message) == (f"{NAME}:{line}", True)


def test_tools_and_components_that_there_are_are_not_told_of():
    match = "match: {tool: [bandit, semgrep], tools: {any: [codeql]}, not: {component.name: [api, rest]}}"
    assert warned(changed(GOOD, "match: {category: sast}", match)) == []
    text = changed(GOOD, "match: {category: sast}", "match: {tool: CodeQL}")
    assert len(warned(text)) == 1
    assert warned(changed(text, "evidence: {", "evidence: {acceptProducers: [CodeQL], ")) == []


def test_cases_that_say_nothing_about_a_rule():
    never = CASES.replace("category: sast}", "category: iac}").replace("decision: block", "decision: pass")
    always = CASES.replace("category: sca}", "category: sast}").replace("decision: pass", "decision: block")
    assert warned(tests=never) == [(f"{NAME}:10", "no case makes rule `r` fire")]
    assert warned(tests=always) == [(f"{NAME}:10", "every case makes rule `r` fire")]


def test_waivers_that_have_ended_or_will_soon():
    assert (f"{PLACE}:4", "waiver `W-1` expired on 2026-11-10") in warned(FULL, WAIVERS, "2026-11-11")
    assert (f"{PLACE}:4", "waiver `W-1` expires in 5 days, on 2026-11-10") in warned(FULL, WAIVERS, "2026-11-05")
    assert not [one for one in warned(FULL, WAIVERS, "2026-09-15") if one[0].startswith(PLACE)]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (
            'team: "@acme/appsec"',
            'team: "@acme/shop"',
            "1 must approve it, 0 did: @acme/shop is not among @acme/appsec",
        ),
        ('"@acme/payments"', '"@jane"', "1 must approve it, 0 did: @jane asked for it or owns it"),
        ("rules: [severe]", "rules: [severe, exploitable]", "2 must approve it, 1 did"),
    ],
)
def test_a_waiver_that_nobody_who_may_has_approved(was, becomes, said):
    told = (f"{PLACE}:4", f"waiver `W-1` does not count: {said}")
    assert told in warned(FULL, changed(WAIVERS, was, becomes), "2026-09-15")
    assert told not in warned(FULL, changed(WAIVERS, was, becomes), "2026-11-11")


def test_a_case_says_everything_that_is_not_as_expected():
    wrong = CASES.replace("expect: {decision: block}", "expect: {decision: pass, rules: [], waivedBy: W-9, exit: 0}")
    written = read(GOOD.encode(), NAME)
    pack = whole(resolved(written, Spot(path=NAME), Shelf()))
    first, second = [cases.run(one, pack) for one in cases.read(wrong.encode(), "t.yaml", pack)]
    assert first.wrong == (
        "decision: block, not pass",
        "rules: r, not none",
        "waivedBy: none, not W-9",
        "exit: 1, not 0",
    )
    assert second.wrong == ()


@pytest.mark.parametrize(
    ("rule", "more", "said"),
    [
        ("{id: r, match: {vuln.kev: true}, action: warn}", "", "asks for vuln.kev, and the policy for no feed `kev`"),
        ("{id: r, when: 'finding.vuln.epssKnown', action: warn}", "", "asks for vuln.epssKnown"),
        ("{id: r, match: {not: {vuln.epss: {lt: 0.1}}}, action: warn}", "", "asks for vuln.epss,"),
        ("{id: r, match: {tool: a}, action: warn}", "  sla: {rows: [{match: {vuln.kev: true}, days: 3}]}\n", "the row"),
    ],
)
def test_what_only_a_feed_knows_needs_the_feed(rule, more, said):
    head = GOOD.partition("  evidence")[0]
    text = f"{head}  rules:\n    - {rule}\n{more}"
    assert any(said in message for _, message in warned(text))
    fed = f"{text}  evidence: {{feeds: [{{id: kev}}, {{id: epss}}]}}\n"
    assert not any("the policy for no feed" in message for _, message in warned(fed))
