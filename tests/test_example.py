"""The first command of the README must not be satisfied by a gate that is blind."""

import copy
import importlib.util
import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
EXPECTED = [{"tool": "one", "rule": "R1", "path": "a.py"}, {"tool": "two", "rule": "S1", "path": "a.py"}]

spec = importlib.util.spec_from_file_location("examples_check", EXAMPLES / "check.py")
check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check)


@pytest.fixture
def decision():
    """Give a right decision without a database: both tools saw the same problem."""
    place = {"path": "a.py"}
    also = [{"tool": "two", "ruleId": "S1", "location": place}]
    return {
        "verdicts": [{"finding": {"tool": "one", "rule": {"id": "R1"}, "location": place, "also": also}}],
        "evidence": [{"category": "sast", "state": "ok"}, {"category": "sca", "state": "missing"}],
        "requirements": [
            {"id": "code", "category": "sast", "met": True},
            {"id": "dependencies", "category": "sca", "met": False},
        ],
    }


def told(decision, code=1):
    return list(check.problems(code, decision, EXPECTED))


def test_a_right_decision_without_a_database(decision):
    assert told(decision) == []


def test_a_right_decision_with_a_database(decision):
    decision["evidence"][1]["state"] = "ok"
    decision["requirements"][1]["met"] = True
    decision["verdicts"] += [
        {"finding": {"tool": "three", "rule": {"id": "CVE"}, "location": {"path": "requirements.txt"}}}
    ]
    assert told(decision) == []


@pytest.mark.parametrize("code", [0, 2, 3, 4, 5, -9])
def test_any_other_exit_code_is_wrong(decision, code):
    assert told(decision, code) == [f"secgate ended with {code}; 1 (blocked) is right"]


def test_no_decision_is_wrong():
    assert len(told({})) > len(EXPECTED)


def test_a_lost_finding_is_named(decision):
    del decision["verdicts"][0]["finding"]["also"]
    assert told(decision) == ["two did not report S1 in a.py"]


def test_other_missing_evidence_is_wrong(decision):
    decision["requirements"][0] = {"id": "code", "category": "sast", "met": False, "reason": "it is not there"}
    assert told(decision) == ["incomplete: code: it is not there"]


@pytest.mark.parametrize("state", ["failed", "partial", "stale"])
def test_dependencies_are_read_or_missing_and_nothing_else(decision, state):
    decision["evidence"][1]["state"] = state
    assert told(decision) == [f"the evidence for dependencies is ['{state}']; ok or missing is right"]


def test_dependencies_that_nobody_saw_are_wrong(decision):
    decision["evidence"][1]["state"] = "not-applicable"
    assert told(decision) == ["the evidence for dependencies is []; ok or missing is right"]


def test_missing_dependencies_that_pass_are_wrong(decision):
    decision["requirements"][1]["met"] = True
    assert told(decision) == ["dependencies were not looked at, and the verdict does not say so"]


def test_a_database_that_finds_nothing_is_wrong(decision):
    decision = copy.deepcopy(decision)
    decision["evidence"][1]["state"] = "ok"
    decision["requirements"][1]["met"] = True
    assert told(decision) == ["dependencies were looked at, and nothing was found"]


def test_what_is_expected_lies_in_the_shop():
    expected = json.loads((EXAMPLES / "shop" / "EXPECTED.json").read_bytes())
    assert expected
    assert all((EXAMPLES / "shop" / one["path"]).is_file() for one in expected)
