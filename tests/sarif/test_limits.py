"""What GitHub refuses and the Multitool lets pass is found by us."""

import io
import json
import random

import pytest
from support import factories

from secgate.model import Rule
from secgate.sarif import SarifRun, limits, write


def good(*findings):
    stream = io.BytesIO()
    found = findings or (factories.finding(line_hash="abc:1"),)
    write([SarifRun("demo", "Demo", "1.0.0", findings=found)], stream)
    return json.loads(stream.getvalue())


def problems(log):
    return limits.problems(json.dumps(log).encode())


def changed(change):
    log = good()
    run = log["runs"][0]
    change(log, run, run["tool"]["driver"]["rules"][0], run["results"][0])
    return problems(log)


def test_what_is_written_has_none():
    assert problems(good()) == []


def place(uri):
    def change(log, run, rule, result):
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = uri

    return change


def rating(value):
    def change(log, run, rule, result):
        rule["properties"]["security-severity"] = value

    return change


CHANGES = [
    ("schema", lambda log, run, rule, result: log.pop("$schema")),
    ("21 runs", lambda log, run, rule, result: log.update(runs=log["runs"] * 21)),
    ("2 runs have the tool", lambda log, run, rule, result: log["runs"].append(run)),
    ("25,001 results", lambda log, run, rule, result: run.update(results=run["results"] * 25_001)),
    ("25,001 rules", lambda log, run, rule, result: run["tool"]["driver"].update(rules=[rule] * 25_001)),
    ("driver has no name", lambda log, run, rule, result: run["tool"]["driver"].update(name="")),
    ("21 tags", lambda log, run, rule, result: rule["properties"].update(tags=[str(n) for n in range(21)])),
    ("tag stands there twice", lambda log, run, rule, result: rule["properties"].update(tags=["a", "a"])),
    ("'high', not a number", rating("high")),
    ("5.5, not a number", rating(5.5)),
    ("'0.0', not a number", rating("0.0")),
    ("'10.1', not a number", rating("10.1")),
    ("'nan', not a number", rating("nan")),
    ("`name` has 256", lambda log, run, rule, result: rule.update(name="n" * 256)),
    ("`shortDescription` has 1,025", lambda log, run, rule, result: rule.update(shortDescription={"text": "x" * 1025})),
    ("`help.text` is empty", lambda log, run, rule, result: rule.update(help={"text": ""})),
    ("`message.text` is empty", lambda log, run, rule, result: result.update(message={"text": ""})),
    ("`ruleId` is empty", lambda log, run, rule, result: result.update(ruleId="")),
    ("`level` is missing", lambda log, run, rule, result: result.pop("level")),
    ("LineHash` is missing", lambda log, run, rule, result: result.pop("partialFingerprints")),
    ("no location", lambda log, run, rule, result: result.update(locations=[])),
    ("1,001 locations", lambda log, run, rule, result: result.update(locations=result["locations"] * 1001)),
    ("no URI", place("")),
    ("leaves it", place("file:///a.py")),
    ("leaves it", place("/a.py")),
    ("leaves it", place("a/../b.py")),
    ("leaves it", place("a/%2e%2e/b.py")),
    ("no line", lambda log, run, rule, result: result["locations"][0]["physicalLocation"].pop("region")),
]


@pytest.mark.parametrize(("told", "change"), CHANGES, ids=[f"{n}-{told}" for n, (told, _) in enumerate(CHANGES)])
def test_each_is_told(told, change):
    assert any(told in problem for problem in changed(change))


def test_a_file_that_is_too_large_is_told():
    noise = random.Random(1).randbytes(6_000_000).hex()
    found = factories.finding(line_hash="abc:1", fix=noise, rule=Rule("R1"))
    assert problems(good(found)) == []
    twice = [factories.finding(line_hash="a:1", fix=random.Random(n).randbytes(6_000_000).hex()) for n in (1, 2)]
    (problem,) = problems(good(*twice))
    assert "when compressed" in problem
