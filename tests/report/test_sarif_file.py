"""What is waived or fixed is in the full report, marked, and never in what is uploaded."""

import json

import pytest
from msgspec.structs import replace
from support.factories import decision, evidence, finding, location, verdict

from secgate.model import Action, WaiverUse
from secgate.report import sarif_file, upload
from secgate.sarif import limits, read

BASE = "1" * 40


def found(number, **changes):
    return finding(location=location(line=number), fingerprint=f"{number:032x}", **changes)


@pytest.fixture
def made():
    waived = found(4, is_new=False)
    return decision(
        verdicts=(
            verdict(found(1)),
            verdict(found(2, is_new=False), Action.WARN),
            verdict(found(3, newly_disclosed=True), Action.WARN),
            verdict(waived, Action.PASS, rules=("r",), waived_by=("W-1",), why="waived by W-1"),
            verdict(found(5, is_new=False, suppressed_at_base=True), Action.PASS, why="suppressed by a comment"),
            verdict(found(6), Action.BLOCK, waived_by=("W-1",), decided_by=("other",)),
        ),
        waivers=(WaiverUse("W-1", "active", "2026-12-31", 1, 1, "Only our own PNGs."),),
        fixed=(found(7, is_new=False),),
        base=BASE,
        evidence=(evidence(),),
    )


def results(data):
    return {each["locations"][0]["physicalLocation"]["region"]["startLine"]: each
            for run in json.loads(data)["runs"] for each in run["results"]}  # fmt: skip


def test_the_full_report_says_what_each_finding_is_to_the_base_and_who_accepted_it(made):
    told = results(sarif_file.render(made, {}))
    assert {line: each["baselineState"] for line, each in told.items()} == {
        1: "new", 2: "unchanged", 3: "unchanged", 4: "unchanged", 5: "unchanged", 6: "new", 7: "absent",
    }  # fmt: skip
    assert {line: each["suppressions"] for line, each in told.items() if "suppressions" in each} == {
        4: [{"kind": "external", "status": "accepted", "justification": "W-1: Only our own PNGs."}],
        5: [{"kind": "inSource", "status": "accepted", "justification": "suppressed by a comment"}],
    }


def test_nothing_of_it_is_lost(made):
    runs = sarif_file.runs(made, {})
    assert read(sarif_file.render(made, {}), trusted=True) == runs
    (bandit,) = [run for run in runs if run.tool == "bandit"]
    assert (bandit.base, bandit.fixed, len(bandit.suppressed)) == (BASE, made.fixed, 2)


def test_what_is_uploaded_holds_only_what_counts(made):
    (data,) = upload.render(made, {}).files
    assert results(data).keys() == {1, 2, 3, 6}
    assert b"suppressions" not in data
    assert b"absent" not in data
    assert limits.problems(data) == []


def test_those_who_believe_nothing_read_neither_what_is_fixed_nor_that_it_counts(made):
    runs = read(sarif_file.render(made, {}), trusted=False)
    lines = [(one.location.line, one.suppressed_inline) for run in runs for one in run.findings]
    assert sorted(lines) == [(1, False), (2, False), (3, False), (4, False), (5, True), (6, False)]


def test_without_a_base_nothing_is_said_about_one(made):
    told = results(sarif_file.render(replace(made, base="", fixed=()), {}))
    assert not any("baselineState" in each for each in told.values())
