"""The shape that GitHub's code scanning reads."""

import io
import json
import re
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from support import factories
from support.hostile import UNSEEN, everywhere, texts

from secgate.model import (
    Category,
    Confidence,
    Evidence,
    EvidenceState,
    Finding,
    Location,
    Related,
    Rule,
    Severity,
    Vulnerability,
)
from secgate.sarif import SarifRun, write

OK = Evidence("demo", Category.SAST, EvidenceState.OK)


def log(*findings, evidence=(OK,), **about):
    stream = io.BytesIO()
    write([SarifRun("demo", findings=findings, evidence=evidence, **about)], stream)
    return json.loads(stream.getvalue())["runs"][0]


def rules(*findings):
    return log(*findings)["tool"]["driver"]["rules"]


def rated(severity, **changes):
    return factories.finding(severity=severity, rule=Rule("R1", **changes))


def test_the_head_of_a_run():
    run = log(title="Demo", version="v1.2.3", homepage="https://demo.example")
    driver = run["tool"]["driver"]
    assert run["automationDetails"]["id"] == "secgate/demo/"
    assert run["columnKind"] == "unicodeCodePoints"
    assert driver["name"] == "Demo"
    assert driver["version"] == driver["semanticVersion"] == "1.2.3"
    assert driver["informationUri"] == "https://demo.example"
    assert driver["rules"] == run["results"] == []


@pytest.mark.parametrize("version", ["", "1.2", "dev", "1.2.3.4"])
def test_only_a_semantic_version_is_called_one(version):
    assert "semanticVersion" not in log(version=version)["tool"]["driver"]


@pytest.mark.parametrize("page", ["", "demo.example", "javascript:alert(1)", "https://", "http://a b", "https://x:y/"])
def test_only_a_web_page_is_a_link(page):
    run = log(factories.finding(rule=Rule("R1", help_uri=page)), homepage=page)
    assert "informationUri" not in run["tool"]["driver"]
    assert "helpUri" not in run["tool"]["driver"]["rules"][0]


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.UNKNOWN, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.0"),
        (Severity.INFO, "note", None),
    ],
)
def test_each_severity_has_its_level_and_score(severity, level, score):
    run = log(rated(severity))
    rule = run["tool"]["driver"]["rules"][0]
    assert run["results"][0]["level"] == level
    assert rule["defaultConfiguration"]["level"] == level
    assert rule["properties"].get("security-severity") == score
    assert ("severity-unknown" in rule["properties"]["tags"]) is (severity is Severity.UNKNOWN)


@pytest.mark.parametrize(
    ("severity", "cvss", "score"),
    [
        (Severity.HIGH, 7.2, "7.2"),
        (Severity.HIGH, 8.96, "8.0"),
        (Severity.HIGH, 8.94, "8.9"),
        (Severity.LOW, 4.8, "2.0"),
        (Severity.CRITICAL, 9.0, "9.5"),
        (Severity.CRITICAL, 10.0, "10.0"),
        (Severity.MEDIUM, 0.0, "5.5"),
        (Severity.UNKNOWN, 7.2, "8.0"),
        (Severity.HIGH, float("nan"), "8.0"),
    ],
)
def test_a_score_counts_where_it_agrees_with_the_label(severity, cvss, score):
    found = factories.finding(severity=severity, vuln=Vulnerability(id="CVE-2020-1", cvss=cvss))
    assert rules(found)[0]["properties"]["security-severity"] == score


def test_a_rule_that_varies_has_one_id_for_each_severity():
    run = log(rated(Severity.LOW, varies=True), rated(Severity.HIGH, varies=True))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["R1/high", "R1/low"]
    assert [(result["ruleId"], result["ruleIndex"]) for result in run["results"]] == [("R1/low", 1), ("R1/high", 0)]


def test_a_rule_that_does_not_vary_is_rated_by_its_worst_finding():
    run = log(rated(Severity.LOW), rated(Severity.CRITICAL), rated(Severity.MEDIUM))
    assert [rule["properties"]["security-severity"] for rule in run["tool"]["driver"]["rules"]] == ["9.5"]
    assert [result["level"] for result in run["results"]] == ["note", "error", "warning"]


def test_what_a_rule_says():
    found = factories.finding(
        rule=Rule("R1", "use_of_shell", "Use of a shell", "Long.", "Do `not`.", "https://demo.example/r1", ("CWE-78",)),
        control_ids=("C-2", "C-1"),
        confidence=Confidence.MEDIUM,
    )
    (rule,) = rules(found)
    assert rule["name"] == "UseOfShell"
    assert rule["shortDescription"]["text"] == "Use of a shell"
    assert rule["fullDescription"]["text"] == "Long."
    assert rule["help"]["text"] == "Do `not`.\n\nhttps://demo.example/r1"
    assert rule["help"]["markdown"] == "Do \\`not\\`\\.\n\n[About this rule](<https://demo.example/r1>)"
    assert rule["properties"]["tags"] == ["security", "sast", "external/cwe/cwe-078", "C-1", "C-2"]
    assert rule["properties"]["precision"] == "medium"


def test_a_rule_of_which_nothing_is_known_still_says_something():
    (rule,) = rules(Finding("demo", Category.SAST, Severity.LOW, Rule(""), "", Location("a")))
    texts = [rule["id"], *(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))]
    assert texts == ["unnamed"] * 4
    assert "precision" not in rule["properties"]


def test_a_name_never_repeats_the_id():
    (rule,) = rules(factories.finding(rule=Rule("B602")))
    assert rule["name"] == "B602Rule"


def test_descriptions_are_cut_and_tags_are_counted():
    tags = tuple(f"t{number:02}" for number in range(40))
    (rule,) = rules(factories.finding(rule=Rule("R1", "n" * 999, "t" * 5000, "d" * 5000, tags=tags)))
    assert len(rule["name"]) <= 255
    assert len(rule["shortDescription"]["text"]) == len(rule["fullDescription"]["text"]) == 1024
    assert len(rule["properties"]["tags"]) == 20


def test_a_place():
    found = factories.finding(
        location=Location("c:/my app/ü#1.py", 3, 4, 5, 6),
        related=(Related(Location("b.py", 9, 9), "from here"),),
        line_hash="abc:1",
    )
    (result,) = log(found)["results"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "c%3A/my%20app/%C3%BC%231.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "endLine": 4, "startColumn": 5, "endColumn": 6},
            }
        }
    ]
    assert result["relatedLocations"][0]["id"] == 1
    assert result["relatedLocations"][0]["message"]["text"] == "from here"
    assert result["partialFingerprints"] == {"primaryLocationLineHash": "abc:1", "secgate/v1": found.fingerprint}


def test_unknown_columns_are_left_out():
    (result,) = log(factories.finding(location=Location("a", 3, 3)))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "endLine": 3}


@pytest.mark.parametrize("path", ["/etc/passwd", "../etc/passwd", "a/../../etc/passwd", "//etc/./passwd"])
def test_no_uri_leaves_the_root(path):
    (result,) = log(factories.finding(location=Location(path)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "etc/passwd"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "file:///etc/passwd",
            "//host/share/x",
            "C:\\Users\\x",
            "c:/x",
            "..\\..\\x",
            "%2e%2e/%2e%2e/x",
            "..%2fx",
            "~/x",
        ),
        *("https://evil.example/x", "a/\x1b[2J\u202e\u200b.py", "::error::x", "a\n::error::x", "", ".", "..", "?x#y"),
    ],
)
def test_a_uri_is_relative_stays_below_the_root_and_is_only_a_name(path):
    (result,) = log(factories.finding(location=Location(path)))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
    assert not uri.startswith("/")
    assert ".." not in unquote(uri).split("/")
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")


@given(texts)
@settings(max_examples=60)
def test_printed_to_a_log_or_a_terminal_the_file_does_nothing(nasty):
    stream = io.BytesIO()
    hostile = everywhere(nasty)
    found = tuple(verdict.finding for verdict in hostile.verdicts)
    write([SarifRun(nasty, nasty, nasty, nasty, nasty, found, hostile.evidence)], stream)
    written = stream.getvalue().decode()
    assert not UNSEEN.search(written)
    assert "##[" not in written
    assert not any(line.strip().startswith("::") for line in written.splitlines())
    (run,) = json.loads(written)["runs"]
    texts_shown = [result["message"]["text"] for result in run["results"]]
    texts_shown += [rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"]]
    for shown in texts_shown:
        assert not UNSEEN.search(shown.replace("\t", ""))
        assert "](" not in shown


def test_text_of_others_cannot_set_links_or_steer_terminals():
    (result,) = log(factories.finding(message="see [this](http://evil.example)\x1b[2J\u202e"))["results"]
    assert result["message"]["text"] == "see [this] (http://evil.example)\ufffd[2J\ufffd"


def test_a_message_is_never_empty():
    (result,) = log(factories.finding(message=" ", rule=Rule("R1", title="A title")))["results"]
    assert result["message"]["text"] == "A title"


def test_a_run_that_is_complete_succeeded():
    assert log()["invocations"] == [{"executionSuccessful": True}]


def test_a_run_that_is_incomplete_did_not_succeed_and_says_why():
    lost = Evidence("demo", Category.SCA, EvidenceState.FAILED, reason="it\x1b[31m crashed", errors=("line one",))
    (invocation,) = log(evidence=(OK, lost))["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == [
        "demo (sca): failed: it\ufffd[31m crashed",
        "demo (sca): line one",
    ]
    assert {note["level"] for note in notes} == {"error"}


def test_no_evidence_is_not_a_success():
    assert log(evidence=())["invocations"][0]["executionSuccessful"] is False


def test_complaints_are_bounded():
    noisy = Evidence("demo", Category.SCA, EvidenceState.PARTIAL, errors=("x" * 5000,) * 500)
    notes = log(evidence=(noisy,))["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == 100
    assert notes[-1]["message"]["text"] == "and 402 more"
    assert len(notes[1]["message"]["text"]) <= 1000
