"""What a policy adds to a finding before any rule is asked."""

import pytest
from support.factories import finding, location, vulnerability
from support.policies import rules

from secgate.model import Action, Severity, Sighting, Vulnerability
from secgate.policy.circumstances import Circumstances
from secgate.policy.clock import is_public
from secgate.policy.completed import completing
from secgate.policy.evaluate import judge

RULE = "{id: r, match: {tool: nobody}, action: warn}"
NOW = Circumstances("2026-11-25")


def completed(one, more):
    return completing(rules(RULE, more=more), NOW)(one)


def rated(**severities):
    (first, severity), *others = severities.items()
    also = tuple(Sighting(tool, "R", Severity(rank), rank.upper()) for tool, rank in others)
    return finding(tool=first, severity=Severity(severity), severity_label="own", also=also)


@pytest.mark.parametrize(
    ("prefer", "severity"),
    [
        ("[beta]", "low"),
        ("[alpha]", "critical"),
        ("[nobody, beta, alpha]", "low"),
        ("[gamma, beta]", "low"),
        ("[gamma]", "critical"),
        ("[nobody]", "critical"),
    ],
)
def test_of_several_tools_the_preferred_one_rates(prefer, severity):
    found = completed(rated(alpha="critical", beta="low", gamma="unknown"), f"  severity: {{prefer: {prefer}}}\n")
    assert (found.severity, found.severity_label) == (severity, "LOW" if severity == "low" else "own")


def test_a_rule_sees_the_preferred_severity_and_without_preference_the_worst():
    one, text = rated(alpha="critical", beta="low"), "{id: severe, match: {severity: '>=high'}, action: block}"
    assert judge([one], rules(text), NOW)[0].action is Action.BLOCK
    assert judge([one], rules(text, more="  severity: {prefer: [beta]}\n"), NOW)[0].action is Action.PASS


CVE = {"id": "CVE-2026-1", "published": "2026-11-05T23:30:00-01:00", "fix_available": True}


@pytest.mark.parametrize(
    ("clock", "changes", "age"),
    [
        ("first-seen", {}, 3),
        ("disclosed", {}, 19),
        ("disclosed", {"fix_available": False}, 19),
        ("disclosed", {"published": "2026-12-05"}, 0),
        ("disclosed", {"published": ""}, 3),
        ("disclosed", {"published": "soon"}, 3),
        ("fix-available", {}, 19),
        ("fix-available", {"fix_available": False}, 0),
        ("fix-available", {"published": ""}, 3),
        ("disclosed", {"id": ""}, 3),
        ("fix-available", {"id": "", "fix_available": False}, 3),
    ],
)
def test_the_clock_says_when_an_age_begins(clock, changes, age):
    one = vulnerability(vuln=Vulnerability(**CVE | changes), age_days=3)
    assert completed(one, f"  sla: {{clock: {clock}}}\n").age_days == age


@pytest.mark.parametrize(
    ("clock", "changes", "public"),
    [
        ("first-seen", {}, False),
        ("disclosed", {}, True),
        ("fix-available", {}, True),
        ("disclosed", {"published": ""}, False),
        ("disclosed", {"id": ""}, False),
    ],
)
def test_only_where_its_advisory_says_since_when_nobody_is_asked_how_long_it_has_been_there(clock, changes, public):
    assert is_public(vulnerability(vuln=Vulnerability(**CVE | changes)), clock) is public


def test_what_is_disclosed_for_too_long_blocks():
    more = "  sla: {clock: disclosed, rows: [{match: {category: sca}, days: 18}]}\n"
    (verdict,) = judge([vulnerability(vuln=Vulnerability(**CVE))], rules(RULE, more=more), NOW)
    assert (verdict.action, verdict.rules, verdict.due_days) == (Action.BLOCK, ("sla",), 18)


def test_the_first_component_that_a_path_meets_owns_the_finding_and_none_counts_as_the_internet():
    more = """\
  components:
    - {name: api, paths: ["services/api/**"], exposure: internal, owners: ["@acme/api"]}
    - {name: rest, paths: ["services/**"], exposure: none}
"""
    owned = {
        path: completed(finding(location=location(path)), more).component
        for path in ("services/api/a.py", "services/b.py", "a.py")
    }
    assert [(one.name, one.exposure) for one in owned.values()] == [
        ("api", "internal"), ("rest", "none"), ("", "unknown")
    ]  # fmt: skip
    assert owned["services/api/a.py"].owners == ("@acme/api",)
    reached = rules("{id: r, match: {component.exposure: '>=internet'}, action: block}", more=more)
    found = judge([finding(location=location(path)) for path in owned], reached, NOW)
    assert [one.finding.location.path for one in found if one.action is Action.BLOCK] == ["a.py"]
