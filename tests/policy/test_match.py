"""What the tests of a `match` mean."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.factories import finding, location, rule, vulnerability

from secgate.model import Category, Component, Confidence, Package, Secret, Severity, Ternary, Vulnerability
from secgate.policy.fields import FIELDS, ORDERS
from secgate.policy.fieldtest import MatchError
from secgate.policy.match import conditions, matcher


def meets(match, **changes):
    return matcher(match)(finding(**changes))


@pytest.mark.parametrize(
    ("match", "changes", "holds"),
    [
        ({"category": "sast"}, {}, True),
        ({"category": "sca"}, {}, False),
        ({"category": ["sca", "sast"]}, {}, True),
        ({"severity": ">=high"}, {"severity": Severity.CRITICAL}, True),
        ({"severity": ">=high"}, {"severity": Severity.HIGH}, True),
        ({"severity": ">high"}, {"severity": Severity.HIGH}, False),
        ({"severity": "<=medium"}, {"severity": Severity.MEDIUM}, True),
        ({"severity": "<medium"}, {"severity": Severity.MEDIUM}, False),
        ({"severity": "<medium"}, {"severity": Severity.INFO}, True),
        ({"severity": ">=high"}, {"severity": Severity.UNKNOWN}, True),
        ({"severity": ">=critical"}, {"severity": Severity.UNKNOWN}, False),
        ({"severity": "high"}, {"severity": Severity.UNKNOWN}, False),
        ({"severity": "unknown"}, {"severity": Severity.UNKNOWN}, True),
        ({"confidence": ">=high"}, {"confidence": Confidence.UNKNOWN}, True),
        ({"confidence": "<high"}, {"confidence": Confidence.UNKNOWN}, False),
        ({"component.exposure": ">=internet"}, {}, True),
        ({"component.exposure": "internet"}, {}, False),
        ({"component.exposure": ">=internet"}, {"component": Component("a", "internal")}, False),
        ({"severityRank": {"gte": 3}}, {}, True),
        ({"severityRank": {"gt": 3}}, {}, False),
        ({"ageDays": {"gt": 1, "lt": 5}}, {"age_days": 3}, True),
        ({"ageDays": {"gt": 1, "lt": 5}}, {"age_days": 5}, False),
        ({"ageDays": {"lte": 5}}, {"age_days": 5}, True),
        ({"location.line": 12}, {}, True),
        ({"location.path": {"glob": ["shop/**"]}}, {}, True),
        ({"location.path": {"glob": "**/app.py"}}, {"location": location("app.py")}, True),
        ({"location.path": {"glob": "shop/**"}}, {"location": location("shop")}, False),
        ({"location.path": {"glob": "*/a.py"}}, {"location": location("a/b/a.py")}, False),
        ({"location.path": {"glob": "**/*.py"}}, {"location": location(".hidden/.x.py")}, True),
        ({"location.path": {"glob": "SHOP/**"}}, {}, False),
        ({"location.path": {"regex": "shop/.*[.]py"}}, {}, True),
        ({"location.path": {"regex": "shop"}}, {}, False),
        ({"location.path": {"regex": "shop|x"}}, {"location": location("x-shop")}, False),
        ({"location.path": {"regex": ".*", "glob": "src/**"}}, {}, False),
        ({"severity": {"regex": "h.*"}}, {}, True),
        ({"rule.cwe": "CWE-78"}, {}, True),
        ({"rule.cwe": ["CWE-1", "CWE-78"]}, {}, True),
        ({"rule.cwe": {"any": ["CWE-1", "CWE-78"]}}, {}, True),
        ({"rule.cwe": {"any": ["CWE-1"]}}, {}, False),
        ({"rule.cwe": {"all": ["CWE-1", "CWE-78"]}}, {}, False),
        ({"rule.cwe": {"all": ["CWE-78"]}}, {}, True),
        ({"rule.cwe": {"glob": ["CWE-7?"]}}, {}, True),
        ({"rule.cwe": {"any": ["CWE-78"]}}, {"rule": rule(cwe=())}, False),
        ({"secret.verified": False}, {}, True),
        ({"secret.verified": True}, {"secret": Secret("aws", True)}, True),
        ({"vuln.id": "CVE-1"}, {"vuln": Vulnerability("GHSA-1", ("CVE-1",))}, True),
        ({"vuln.id": "GHSA-1"}, {"vuln": Vulnerability("GHSA-1", ("CVE-1",))}, True),
        ({"vuln.id": "CVE-2"}, {"vuln": Vulnerability("GHSA-1", ("CVE-1",))}, False),
        ({"vuln.epss": {"gte": 0.5}}, {"vuln": Vulnerability(epss=0.5)}, True),
        ({"vuln.reachable": "no"}, {"vuln": Vulnerability(reachable=Ternary.NO)}, True),
        ({"package.scope": ["runtime", "unknown"]}, {"package": Package(scope="dev")}, False),
        ({"tools": "bandit"}, {}, True),
        ({"title": "Subprocess popen with shell equals true"}, {}, True),
        ({"anyOf": [{"category": "sca"}, {"severity": "high"}]}, {}, True),
        ({"anyOf": [{"category": "sca"}, {"severity": "low"}]}, {}, False),
        ({"allOf": [{"category": "sast"}, {"severity": "high"}]}, {}, True),
        ({"allOf": [{"category": "sast"}, {"severity": "low"}]}, {}, False),
        ({"not": {"category": "sca"}}, {}, True),
        ({"not": {"category": "sast", "severity": "high"}}, {}, False),
        ({"not": {"category": "sast", "severity": "low"}}, {}, True),
        ({"not": {"anyOf": [{"category": "sast"}]}}, {}, False),
        ({"category": "sast", "severity": "high", "confidence": "high", "tool": "bandit"}, {}, True),
        ({"category": "sast", "severity": "high", "confidence": "high", "tool": "other"}, {}, False),
    ],
)
def test_a_test(match, changes, holds):
    assert meets(match, **changes) is holds


@pytest.mark.parametrize("operator", [">=", ">", "<=", "<"])
@given(severity=st.sampled_from(list(Severity)), word=st.sampled_from(ORDERS["severity"]),
       unknown=st.sampled_from(ORDERS["severity"]))  # fmt: skip
def test_comparisons_follow_the_order_and_unknown_counts_as_the_policy_says(operator, severity, word, unknown):
    order = ORDERS["severity"]
    value = unknown if severity is Severity.UNKNOWN else severity.value
    holds = eval(f"{order.index(value)} {operator} {order.index(word)}")
    assume(any(eval(f"{rank} {operator} {order.index(word)}") for rank in range(len(order))))
    match = matcher({"severity": f"{operator}{word}"}, Severity(unknown))
    assert match(finding(severity=severity)) is holds


def test_every_field_can_be_read():
    for one in (finding(), vulnerability()):
        for name, field in FIELDS.items():
            value = field.read(one)
            kinds = {"text": str, "texts": tuple, "whole": int, "number": float, "flag": bool}
            assert isinstance(value, kinds[field.kind]), name


def test_the_categories_that_a_match_names_are_known_beforehand():
    assert conditions({"category": ["sca", "sast"]}).categories == {"sca", "sast"}
    assert conditions({"category": "sca", "severity": "high"}).categories == {"sca"}
    assert conditions({"severity": "high"}).categories is None
    assert conditions({"not": {"category": "sca"}}).categories is None
    assert conditions({"category": {"glob": "*"}}).categories is None
    assert Category.SCA in {"sca"}


def test_a_regular_expression_cannot_backtrack():
    assert meets({"location.path": {"regex": "(a+)+b"}}, location=location("a" * 50_000)) is False


@pytest.mark.parametrize("test", ["src/**", ["a.py", "*.py"]])
def test_a_glob_where_a_name_is_wanted_is_refused_since_it_would_never_match(test):
    with pytest.raises(MatchError, match="is one file of that very name"):
        conditions({"location.path": test})
