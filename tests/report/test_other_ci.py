"""The formats for other CI systems: JUnit, GitLab's code quality, plain lines."""

import json
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from support.factories import (
    decision,
    evidence,
    finding,
    location,
    many,
    requirement,
    rule,
    unmet,
    verdict,
    vulnerability,
)
from support.hostile import UNSEEN, everywhere, texts

from secgate.model import Action, Category, EvidenceState, Outcome, Severity
from secgate.report import codequality, junit, lines

BLOCKED = decision(
    verdicts=(
        verdict(finding()),
        verdict(vulnerability()),
        verdict(finding(severity=Severity.LOW), Action.WARN),
        verdict(finding(severity=Severity.INFO), Action.INFO),
        verdict(finding(severity=Severity.INFO), Action.PASS),
    ),
    evidence=(
        evidence(),
        evidence(
            scanner="trivy", label="trivy", category=Category.SCA, state=EvidenceState.MISSING, reason="no database"
        ),
    ),
    requirements=(requirement(), unmet()),
)

# What Jenkins' junit-10.xsd allows: for each element its attributes (a star: required) and the elements in it.
JUNIT = {
    "testsuites": ("name time tests failures errors", "testsuite"),
    "testsuite": (
        "*name *tests *failures *errors group time skipped timestamp hostname id package file log url version",
        "testsuite properties testcase system-out system-err",
    ),
    "properties": ("", "property"),
    "property": ("*name *value", ""),
    "testcase": ("*name time classname group", "skipped failure system-out system-err"),
    "failure": ("type message", ""),
    "skipped": ("type message", ""),
}
# What GitLab documents, with nothing beside it.
ISSUE = {
    "type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "additionalProperties": False,
    "properties": {
        "description": {"type": "string", "minLength": 1},
        "check_name": {"type": "string", "minLength": 1},
        "fingerprint": {"type": "string", "minLength": 1},
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {
            "type": "object",
            "required": ["path", "lines"],
            "additionalProperties": False,
            "properties": {
                "path": {"type": "string", "pattern": r"^(?!\./|/)."},
                "lines": {
                    "type": "object",
                    "required": ["begin"],
                    "additionalProperties": False,
                    "properties": {"begin": {"type": "integer", "minimum": 1}},
                },
            },
        },
    },
}


def held(element):
    """Hold an element and all in it against the schema."""
    attributes, children = (words.split() for words in JUNIT[element.tag])
    assert {one.removeprefix("*") for one in attributes} >= set(element.attrib)
    assert {one.removeprefix("*") for one in attributes if one.startswith("*")} <= set(element.attrib)
    assert {one.tag for one in element} <= set(children)
    for one in element:
        held(one)


def suites_of(data):
    root = ET.fromstring(data)
    assert root.tag == "testsuites"
    held(root)
    for suite in root:
        for name, tag in (("failures", "failure"), ("skipped", "skipped")):
            assert int(suite.get(name)) == len(suite.findall(f"testcase/{tag}"))
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert int(root.get("tests")) == sum(int(one.get("tests")) for one in root)
    assert int(root.get("failures")) == sum(int(one.get("failures")) for one in root)
    return root


def issues(data):
    found = json.loads(data)
    jsonschema.validate(found, {"type": "array", "items": ISSUE})
    names = [one["fingerprint"] for one in found]
    assert len(set(names)) == len(names)
    return found


def test_in_junit_what_blocks_and_what_was_not_checked_has_failed():
    root = suites_of(junit.render(BLOCKED))
    failed = [(case.get("classname"), case.find("failure").get("type")) for case in root.iter("testcase")
              if case.find("failure") is not None]  # fmt: skip
    assert failed == [
        ("secgate.evidence", "incomplete"),
        ("shop/app.py", "high"),
        (vulnerability().location.path, vulnerability().severity.value),
    ]
    assert root.get("failures") == "3"
    assert len(root.findall(".//skipped")) == 1


def test_in_junit_a_pass_has_tests_and_no_failure():
    root = suites_of(junit.render(decision()))
    assert root.get("failures") == "0"
    assert all(len(suite.findall("testcase")) for suite in root if suite.get("name") == "secgate findings")


def test_junit_says_why_and_how_to_fix():
    text = ET.fromstring(junit.render(BLOCKED)).findtext(".//testcase[@classname='shop/app.py']/failure")
    assert "where: shop/app.py:12" in text
    assert "why: rule block-high" in text
    assert "fix: Pass the command as a list" in text


def test_in_code_quality_gaps_come_first_and_what_is_below_the_threshold_is_left_out():
    found = issues(codequality.render(BLOCKED))
    assert found[0]["check_name"] == "secgate:incomplete"
    assert [one["severity"] for one in found] == ["blocker", "critical", "critical", "minor", "info"]
    assert found[1]["location"] == {"path": "shop/app.py", "lines": {"begin": 12}}


def test_in_code_quality_equal_fingerprints_are_told_apart_the_same_way_each_time():
    twice = decision(verdicts=(verdict(finding()), verdict(finding())))
    assert codequality.render(twice) == codequality.render(twice)
    assert len(issues(codequality.render(twice))) == 2


def test_a_finding_without_a_file_has_a_place_that_gitlab_takes():
    nowhere = decision(verdicts=(verdict(finding(location=location(""))),))
    assert issues(codequality.render(nowhere))[0]["location"]["path"]


def test_lines_are_those_of_a_compiler_and_the_verdict_is_last():
    said = lines.render(BLOCKED).splitlines()
    assert said[0].startswith("shop/app.py:12: error: Subprocess popen with shell equals true: ")
    assert said[0].endswith("[bandit:B602]")
    assert [one for one in said if ": warning: " in one]
    assert said[-2].startswith("secgate: BLOCKED: 2 findings block")
    assert said[-1] == "secgate: INCOMPLETE: dependencies were not checked"


def test_a_pass_is_one_line():
    assert lines.render(decision()) == "secgate: PASS: no findings\n"


def test_what_the_caller_lets_block_is_an_error():
    strict = decision(verdicts=(verdict(finding(), Action.WARN),), fail_on=Action.WARN, outcome=Outcome.BLOCKED, exit=1)
    assert ": error: " in lines.render(strict)
    assert suites_of(junit.render(strict)).get("failures") == "1"


@pytest.mark.slow
def test_twenty_thousand_findings():
    big = decision(verdicts=many(20_000, finding(), Action.BLOCK))
    assert suites_of(junit.render(big)).get("failures") == "20000"
    assert len(issues(codequality.render(big))) == 20_000
    assert len(lines.render(big).splitlines()) == 20_001


@given(texts)
def test_hostile_text_stays_text_everywhere(text):
    hostile = everywhere(text)
    suites_of(junit.render(hostile))
    for document in (junit.render(hostile).decode(), codequality.render(hostile).decode(), lines.render(hostile)):
        assert not UNSEEN.search(document)
        assert "##[" not in document
        assert not [line for line in document.splitlines() if line.strip().startswith("::")]


@pytest.mark.parametrize("render", [junit.render, codequality.render, lines.render])
def test_equal_decisions_give_equal_bytes(render):
    assert render(BLOCKED) == render(BLOCKED)


def test_a_long_path_is_whole_in_code_quality():
    path = "/".join(["a" * 90] * 6)
    one = decision(verdicts=(verdict(finding(location=location(path), rule=rule())),))
    assert issues(codequality.render(one))[0]["location"]["path"] == path
