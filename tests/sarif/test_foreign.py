"""Other people's SARIF: everything that the standard says is understood, and nothing of `secgate` is believed."""

import json
import os
import time
from pathlib import Path

import pytest

from secgate.errors import ReportError
from secgate.model import Category, Confidence, EvidenceState, InlinePolicy, Severity
from secgate.sarif import SarifRun, read

CORPUS = Path(os.environ.get("SECGATE_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
HERE = {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 3}}}


def log(*results, rules=(), **run):
    driver = {"name": "Other", "version": "1.0", "rules": list(rules)}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results)} | run]}


def result(**changes):
    return {"ruleId": "R1", "message": {"text": "Bad."}, "locations": [HERE]} | changes


def seen(document):
    (run,) = read(json.dumps(document).encode(), trusted=False)
    return run


def found(*args, **run):
    (finding,) = seen(log(*args, **run)).findings
    return finding


def at(uri, **changes):
    artifact = {"uri": uri} | changes
    return result(locations=[{"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": 3}}}])


def test_a_plain_result():
    run = seen(log(result()))
    (finding,) = run.findings
    assert (run.tool, run.title, run.version) == ("Other", "Other", "1.0")
    assert (finding.tool, finding.rule.id, finding.message) == ("Other", "R1", "Bad.")
    assert (finding.location.path, finding.location.line, finding.location.known) == ("a.py", 3, True)
    assert [(one.scanner, one.category, one.state) for one in run.evidence] == [
        ("Other", Category.SAST, EvidenceState.UNVERIFIED)
    ]


def test_a_byte_order_mark_is_accepted():
    assert read(b"\xef\xbb\xbf" + json.dumps(log()).encode(), trusted=False)


def test_what_stands_under_secgate_is_not_believed():
    lie = {"category": "license", "severity": "info", "suppressedInline": True, "isNew": False}
    run = {"properties": {"secgate": {"format": 1, "run": {"tool": "bandit", "evidence": [{"state": "ok"}]}}}}
    finding = found(result(level="error", properties={"secgate": lie}), **run)
    assert (finding.category, finding.severity, finding.is_new) == (Category.SAST, Severity.HIGH, True)
    assert not finding.suppressed_inline
    assert seen(log(**run)).tool == "Other"


@pytest.mark.parametrize(
    ("changes", "rule", "severity", "label"),
    [
        ({}, {}, Severity.MEDIUM, "warning"),
        ({"level": "error"}, {}, Severity.HIGH, "error"),
        ({"level": "note"}, {}, Severity.LOW, "note"),
        ({"level": "none"}, {}, Severity.INFO, "none"),
        ({"level": "fatal"}, {}, Severity.UNKNOWN, "fatal"),
        ({}, {"defaultConfiguration": {"level": "error"}}, Severity.HIGH, "error"),
        ({"level": "note"}, {"defaultConfiguration": {"level": "error"}}, Severity.LOW, "note"),
        ({"level": "note"}, {"properties": {"security-severity": "9.1"}}, Severity.CRITICAL, "9.1"),
        ({"level": "note"}, {"properties": {"security-severity": 7}}, Severity.HIGH, "7"),
        ({"properties": {"security-severity": "2"}}, {"properties": {"security-severity": "9"}}, Severity.LOW, "2"),
        ({"level": "error"}, {"properties": {"security-severity": "0.0"}}, Severity.HIGH, "error"),
        ({"level": "error"}, {"properties": {"security-severity": "nan"}}, Severity.HIGH, "error"),
        ({"level": "error"}, {"properties": {"security-severity": "high"}}, Severity.HIGH, "error"),
        ({"level": "error"}, {"properties": {"security-severity": True}}, Severity.HIGH, "error"),
        ({"kind": "open", "level": "none"}, {}, Severity.UNKNOWN, "open"),
        ({"kind": "review"}, {"properties": {"security-severity": "5"}}, Severity.MEDIUM, "5"),
        ({"kind": "informational"}, {}, Severity.INFO, "none"),
    ],
)
def test_severity(changes, rule, severity, label):
    finding = found(result(**changes), rules=[{"id": "R1"} | rule])
    assert (finding.severity, finding.severity_label) == (severity, label)


@pytest.mark.parametrize("changes", [{"kind": "pass"}, {"kind": "notApplicable"}, {"baselineState": "absent"}])
def test_what_is_no_problem_is_left_out(changes):
    assert seen(log(result(**changes))).findings == ()


@pytest.mark.parametrize(
    ("suppressions", "suppressed"),
    [
        ([], False),
        (None, False),
        ([{"kind": "inSource"}], True),
        ([{"kind": "inSource"}, {"kind": "external", "status": "accepted"}], True),
        ([{"kind": "external", "status": "accepted"}], False),
        ([{"status": "accepted"}], False),
        ([{"kind": "external", "status": "underReview"}], False),
        ([{"kind": "inSource"}, {"kind": "external", "status": "rejected"}], False),
    ],
)
def test_suppressed_results_stay_and_are_marked(suppressions, suppressed):
    assert found(result(suppressions=suppressions)).suppressed_inline is suppressed


@pytest.mark.parametrize(
    ("asked", "justification", "suppressed"),
    [
        (InlinePolicy(require_reason=True), "reviewed", True),
        (InlinePolicy(require_reason=True), " ", False),
        (InlinePolicy(require_reason=True), None, False),
        (InlinePolicy(require_rule=True), "reviewed", False),
    ],
)
def test_a_comment_that_says_less_than_the_policy_asks_suppresses_nothing(asked, justification, suppressed):
    document = log(result(suppressions=[{"kind": "inSource", "justification": justification}]))
    (run,) = read(json.dumps(document).encode(), trusted=False, asked=asked)
    assert run.findings[0].suppressed_inline is suppressed


@pytest.mark.parametrize(
    ("rule", "category"),
    [
        ({"id": "R1"}, Category.SAST),
        ({"id": "CVE-2020-12345"}, Category.SCA),
        ({"id": "ghsa-abcd-ef12-3456"}, Category.SCA),
        ({"id": "R1", "properties": {"tags": ["CVE-2020-12345"]}}, Category.SCA),
        ({"id": "R1", "shortDescription": {"text": "CVE-2020-12345 in x"}}, Category.SCA),
        ({"id": "R1", "properties": {"tags": ["Security", "Vulnerability"]}}, Category.SCA),
        ({"id": "R1", "properties": {"tags": ["misconfiguration"]}}, Category.IAC),
        ({"id": "R1", "properties": {"tags": ["license"]}}, Category.LICENSE),
        ({"id": "R1", "properties": {"tags": ["secret"]}}, Category.SECRET),
        ({"id": "aws-access-key"}, Category.SECRET),
        ({"id": "R1", "name": "GenericSecret"}, Category.SECRET),
        ({"id": "csrf-token-missing"}, Category.SAST),
    ],
)
def test_category(rule, category):
    run = seen(log(result(ruleId=rule["id"]), rules=[rule]))
    assert run.findings[0].category is category
    assert [one.category for one in run.evidence] == [category]


def test_the_message_about_a_secret_is_ours():
    finding = found(result(ruleId="aws-access-key", message={"text": "found AKIA0123456789ABCDEF"}))
    assert finding.message == "A secret was found here: aws-access-key."
    assert "AKIA" not in repr(finding)


@pytest.mark.parametrize(
    ("changes", "rule", "cwe"),
    [
        ({}, {"properties": {"tags": ["external/cwe/cwe-079", "security"]}}, ("CWE-79",)),
        ({}, {"properties": {"tags": ["CWE-79: Improper", "CWE-9"]}}, ("CWE-9", "CWE-79")),
        ({"properties": {"cwe": "CWE-327: Broken"}}, {}, ("CWE-327",)),
        ({"taxa": [{"id": "22", "toolComponent": {"name": "CWE"}}]}, {}, ("CWE-22",)),
        ({"taxa": [{"index": 0, "toolComponent": {"index": 0}}]}, {}, ("CWE-33",)),
        ({"taxa": [{"id": "22", "toolComponent": {"name": "OWASP"}}]}, {}, ()),
        ({}, {"relationships": [{"target": {"id": "CWE-22", "toolComponent": {"name": "cwe"}}}]}, ("CWE-22",)),
        ({}, {"properties": {"tags": "CWE-1"}}, ("CWE-1",)),
        ({}, {"properties": {"tags": [1, None, {}]}}, ()),
    ],
)
def test_weaknesses(changes, rule, cwe):
    taxonomies = [{"name": "CWE", "taxa": [{"id": "33"}]}]
    assert found(result(**changes), rules=[{"id": "R1"} | rule], taxonomies=taxonomies).rule.cwe == cwe


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("src/a%20b%23.py", "src/a b#.py"),
        ("./src//a/../b.py", "src/b.py"),
        ("src\\a.py", "src/a.py"),
        ("C#/a.py?", "C#/a.py?"),
        ("%FF.py", "\\xff.py"),
        ("file:///home/me/repo/src/a.py", "src/a.py"),
        ("file:///home/me/repo/a%20b.py", "a b.py"),
        ("/home/me/repo/src/a.py", "src/a.py"),
    ],
)
def test_paths(uri, path):
    run = seen(log(at(uri), originalUriBaseIds={"ROOT": {"uri": "file:///home/me/repo/"}}))
    assert run.findings[0].location.path == path
    assert run.evidence[0].errors == ()


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/etc/passwd", "etc/passwd"),
        ("file:///etc/passwd", "etc/passwd"),
        ("file://host/etc/passwd", "etc/passwd"),
        ("C:\\Users\\x.py", "C:/Users/x.py"),
        ("../../etc/passwd", "etc/passwd"),
        ("a/%2e%2e/%2E%2E/b", "b"),
        ("https://evil.example/x", "evil.example/x"),
        ("pkg:npm/lodash@1", "npm/lodash@1"),
        ("//host/share/x", "host/share/x"),
        ("\\\\host\\share\\x", "host/share/x"),
        ("..\\..\\x", "x"),
        ("file:/etc/passwd", "etc/passwd"),
        ("file:../../x", "x"),
        ("FILE:///etc/passwd", "etc/passwd"),
    ],
)
def test_paths_outside_the_repository_are_made_safe_and_told(uri, path):
    run = seen(log(at(uri)))
    assert run.findings[0].location.path == path
    assert run.evidence[0].errors == (f"the location {uri} is not below the repository's root",)


def test_relative_bases_are_followed():
    bases = {
        "ROOT": {"uri": "file:///home/me/repo/"},
        "LIB": {"uri": "lib", "uriBaseId": "ROOT"},
        "LOOP": {"uri": "x/", "uriBaseId": "LOOP"},
    }
    assert found(at("a.py", uriBaseId="LIB"), originalUriBaseIds=bases).location.path == "lib/a.py"
    assert found(at("a.py", uriBaseId="ROOT"), originalUriBaseIds=bases).location.path == "a.py"
    assert found(at("a.py", uriBaseId="NONE"), originalUriBaseIds=bases).location.path == "a.py"
    assert found(at("a.py", uriBaseId="LOOP"), originalUriBaseIds=bases).location.path.endswith("x/a.py")


def test_very_many_bases_and_message_strings_are_not_gone_through_for_each_result():
    bases = {f"B{number}": {"uri": f"file:///base/{number}/"} for number in range(4_000)}
    rule = {"id": "R1", "messageStrings": {f"m{number}": {"text": "{0}"} for number in range(4_000)}}
    results = [
        at(f"file:///base/{number}/x.py", index=0) | {"message": {"id": f"m{number}", "arguments": ["yes"]}}
        for number in range(4_000)
    ]
    began = time.process_time()
    run = seen(log(*results, rules=[rule], originalUriBaseIds=bases))
    assert time.process_time() - began < 20
    assert {(one.location.path, one.message) for one in run.findings} == {("x.py", "yes")}


def test_artifacts_are_found_by_index():
    places = [{"physicalLocation": {"artifactLocation": {"index": 1}}}]
    artifacts = [{"location": {"uri": "a"}}, {"location": {"uri": "b"}}]
    finding = found(result(locations=places), artifacts=artifacts)
    assert (finding.location.path, finding.location.known) == ("b", False)
    places[0]["physicalLocation"]["artifactLocation"]["index"] = 2
    assert found(result(locations=places), artifacts=artifacts).location.path == ""


@pytest.mark.parametrize(
    ("region", "place"),
    [
        (None, (1, 1, 0, 0, False)),
        ({}, (1, 1, 0, 0, False)),
        ({"startLine": 0}, (1, 1, 0, 0, False)),
        ({"startLine": 10**30}, (1, 1, 0, 0, False)),
        ({"startLine": 5, "endLine": 2}, (5, 5, 0, 0, True)),
        ({"startLine": 5, "endLine": 7, "startColumn": 9, "endColumn": 2}, (5, 7, 9, 2, True)),
        ({"startLine": 5, "startColumn": 9, "endColumn": 2}, (5, 5, 9, 0, True)),
        ({"startLine": 5, "endColumn": 2}, (5, 5, 0, 0, True)),
    ],
)
def test_regions(region, place):
    physical = {"artifactLocation": {"uri": "a.py"}, "region": region}
    location = found(result(locations=[{"physicalLocation": physical}])).location
    assert (location.line, location.end_line, location.column, location.end_column, location.known) == place


def test_a_result_without_a_place_is_kept():
    logical = [{"logicalLocations": [{"fullyQualifiedName": "app.run"}]}]
    finding = found(result(locations=logical))
    assert (finding.location.path, finding.location.known, finding.anchor) == ("", False, "app.run")
    assert found(result(locations=[])).anchor == "Bad."


def test_further_places_are_related():
    other = {"physicalLocation": {"artifactLocation": {"uri": "b.py"}}, "message": {"text": "from here"}}
    finding = found(result(locations=[HERE, HERE], relatedLocations=[other]))
    assert [(one.location.path, one.message) for one in finding.related] == [("a.py", ""), ("b.py", "from here")]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": "a {0} b"}, "a {0} b"),
        ({"text": "a {0} b {1}", "arguments": ["x"]}, "a x b {1}"),
        ({"text": "{{{0}}}", "arguments": ["x"]}, "{x}"),
        ({"id": "m", "arguments": ["x", "y"]}, "rule says y, x"),
        ({"id": "g", "arguments": []}, "all say this"),
        ({"id": "absent"}, "Title"),
        ({}, "Title"),
        (None, "Title"),
        ({"text": "plain", "markdown": "**not this**"}, "plain"),
    ],
)
def test_messages(message, text):
    rule = {
        "id": "R1",
        "shortDescription": {"text": "Title."},
        "messageStrings": {"m": {"text": "rule says {1}, {0}"}},
    }
    document = log(result(message=message), rules=[rule])
    document["runs"][0]["tool"]["driver"]["globalMessageStrings"] = {"g": {"text": "all say this"}}
    assert seen(document).findings[0].message == text


def test_a_message_cannot_be_blown_up():
    message = {"text": "{0}" * 10_000, "arguments": ["x" * 10_000]}
    assert len(found(result(message=message)).message) <= 4_000


@pytest.mark.parametrize(
    ("changes", "rule_id", "title"),
    [
        ({"ruleId": "R2"}, "R2", "Two"),
        ({"ruleId": None, "ruleIndex": 1}, "R2", "Two"),
        ({"ruleId": "R2", "ruleIndex": 0}, "R2", "Two"),
        ({"ruleId": "R2/sub", "ruleIndex": 1}, "R2/sub", "Two"),
        ({"ruleId": "R2/sub"}, "R2/sub", "Two"),
        ({"ruleId": None, "rule": {"id": "R1"}}, "R1", "One"),
        ({"ruleId": None, "rule": {"index": 0, "toolComponent": {"index": 0}}}, "X1", "Extended"),
        ({"ruleId": "X1"}, "X1", "Extended"),
        ({"ruleId": "R9", "ruleIndex": 99}, "R9", ""),
        ({"ruleId": None, "ruleIndex": -1}, "unnamed", ""),
    ],
)
def test_rules_are_found(changes, rule_id, title):
    document = log(
        result(**changes),
        rules=[{"id": "R1", "shortDescription": {"text": "One"}}, {"id": "R2", "shortDescription": {"text": "Two"}}],
    )
    extension = {"name": "Pack", "rules": [{"id": "X1", "shortDescription": {"text": "Extended."}}]}
    document["runs"][0]["tool"]["extensions"] = [extension]
    (finding,) = seen(document).findings
    assert (finding.rule.id, finding.rule.title) == (rule_id, title)


def test_what_a_rule_says():
    rule = {
        "id": "CVE-2020-12345",
        "name": "Name",
        "fullDescription": {"text": "Long."},
        "help": {"text": "Do."},
        "helpUri": "https://x.example",
        "properties": {"tags": ["B", "a", "GHSA-AAAA-bbbb-CCCC"], "precision": "very-high", "security-severity": "7.5"},
    }
    fixes = [{"description": {"text": "Upgrade."}}]
    prints = {"primaryLocationLineHash": "abc:1", "other": 3}
    finding = found(result(ruleId=rule["id"], fixes=fixes, partialFingerprints=prints), rules=[rule])
    assert (finding.rule.name, finding.rule.description, finding.rule.help) == ("Name", "Long.", "Do.")
    assert (finding.rule.tags, finding.confidence) == (("a", "b", "ghsa-aaaa-bbbb-cccc"), Confidence.HIGH)
    assert (finding.vuln.id, finding.vuln.cvss) == ("CVE-2020-12345", 7.5)
    assert finding.vuln.aliases == ("GHSA-aaaa-bbbb-cccc",)
    assert (finding.fix, finding.line_hash, finding.fingerprint) == ("Upgrade.", "abc:1", "")


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ({"results": None}, "`results` is absent"),
        (
            {"invocations": [{"executionSuccessful": True}, {"executionSuccessful": False}]},
            "does not say that it succeeded",
        ),
        ({"invocations": [{}]}, "does not say that it succeeded"),
        ({"invocations": [{"executionSuccessful": True, "exitSignalName": "KILL"}]}, "does not say that it succeeded"),
        ({"externalPropertyFileReferences": {"results": [{"itemCount": 50}]}}, "lies in other files"),
        (
            {
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [{"level": "error", "message": {"text": "no\x1b memory"}}],
                    }
                ]
            },
            "the tool says: no\ufffd memory",
        ),
        *(
            (
                {"invocations": [{"executionSuccessful": True, "toolConfigurationNotifications": [note]}]},
                "the tool says",
            )
            for note in ({"level": "error"}, {"level": "Error"}, {"exception": {"message": "x"}})
        ),
    ],
)
def test_a_run_that_did_not_work_is_failed(run, reason):
    (evidence,) = seen(log(**run)).evidence
    assert evidence.state is EvidenceState.FAILED
    assert reason in evidence.reason


def test_a_mere_warning_of_the_tool_is_no_failure():
    notes = [{"level": "warning", "message": {"text": "slow"}}, {"message": {"text": "no level is a warning"}}]
    invocations = [{"executionSuccessful": True, "toolExecutionNotifications": notes}]
    assert seen(log(invocations=invocations)).evidence[0].state is EvidenceState.UNVERIFIED


def test_errors_are_bounded():
    (evidence,) = seen(log(*(at(f"/x/{number}") for number in range(50)))).evidence
    assert len(evidence.errors) == 20
    assert evidence.errors[-1] == "and 31 more"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"null", "another shape"),
        (b"[]", "another shape"),
        (b"{}", "another shape"),
        (b'{"version":"2.1.0"}', "no runs"),
        (b'{"version":"2.1.0","runs":[]}', "no runs"),
        (b'{"version":"2.1.0","runs":null}', "no runs"),
        (b'{"version":"2.0.0","runs":[{"tool":{"driver":{"name":"x"}}}]}', "2.0.0"),
        (b'{"version":"2.1.0","runs":[{}]}', "another shape"),
        (b'{"version":"2.1.0","runs":[]} {}', "not JSON"),
        ('{"version":"2.1.0","runs":[]}'.encode("utf-16"), "not JSON"),
        (b'{"version":"\xff"}', "not JSON"),
        (b'{"version":"2.1.0","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not JSON"),
        (json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}}] * 1001}).encode(), "more than"),
        (json.dumps(log(result(locations="here"))).encode(), "another shape"),
    ],
)
def test_what_is_not_sarif_is_refused_with_a_reason(data, reason):
    with pytest.raises(ReportError, match=reason):
        read(data, trusted=False)


def test_too_many_results_are_refused():
    results = b",".join([b"{}"] * 1_000_001)
    document = b'{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[' + results + b"]}]}"
    with pytest.raises(ReportError, match="more than"):
        read(document, trusted=False)


COUNTS = {
    "appendix_k1": 0,
    "appendix_k3": 1,
    "cxf-3.4.6": 22,
    "dockle_0_3_15": 4,
    "gitleaks_7.5.0": 8,
    "njsscan": 2,
    "taint-python-report": 11,
    "alpine-310": 4,
    "snyk_npm_test": 2,
    "snyk_container_test": 1,
}


@pytest.mark.parametrize("name", COUNTS)
def test_files_of_other_tools_lose_nothing(name):
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS} (SECGATE_CORPUS)")
    (file,) = CORPUS.glob(f"*/**/{name}.sarif")
    (run,) = read(file.read_bytes(), trusted=False)
    assert len(run.findings) == COUNTS[name]
    assert all(finding.rule.id and finding.message for finding in run.findings)
    assert {one.state for one in run.evidence} == {EvidenceState.UNVERIFIED}


def test_two_tools_are_two_runs():
    document = log()
    document["runs"] *= 2
    assert [type(run) for run in read(json.dumps(document).encode(), trusted=False)] == [SarifRun, SarifRun]
