"""What code scanning gets: nothing accepted, nobody who did not finish, within the limits, the same bytes each time."""

import gzip
import io
import json

import pytest
from msgspec.structs import replace
from support import factories
from support.factories import evidence, finding, location, many, verdict, vulnerability
from support.multitool import complaints

from secgate import catalog
from secgate.model import Action, Category, Confidence, EvidenceState, Severity, Subject
from secgate.report.upload import render
from secgate.sarif import limits

SCA = evidence(scanner="trivy", label="trivy", category=Category.SCA)


def decision(**changes):
    """Return a decision on reports alone, so that the gate has no run of its own."""
    return factories.decision(**{"subject": Subject("shop")} | changes)


def runs(upload, file=0):
    return {run["tool"]["driver"]["name"]: run for run in json.loads(upload.files[file])["runs"]}


def prints(run):
    return [one["partialFingerprints"]["secgate/v1"] for one in run["results"]]


def test_what_is_accepted_is_not_uploaded():
    stands = finding(fingerprint="a" * 32)
    one = decision(verdicts=(
        verdict(stands),
        verdict(finding(fingerprint="b" * 32), Action.PASS, waived_by=("W-1",), why="waived by W-1"),
        verdict(finding(fingerprint="c" * 32, suppressed_at_base=True), Action.PASS, why="suppressed"),
        verdict(finding(fingerprint="d" * 32), Action.WARN, waived_by=("W-1",)),
        verdict(finding(fingerprint="e" * 32, is_new=False), Action.PASS),
    ))  # fmt: skip
    upload = render(one, {})
    assert prints(runs(upload)["bandit"]) == ["a" * 32, "d" * 32, "e" * 32]
    assert upload.said == ("2 accepted findings left out",)


@pytest.mark.parametrize("state", [state for state in EvidenceState if state.value not in {"ok", "not-applicable"}])
def test_who_did_not_finish_has_no_run_that_would_close_its_alerts(state):
    one = decision(verdicts=(verdict(), verdict(vulnerability())), evidence=(evidence(), replace(SCA, state=state)))
    upload = render(one, {})
    assert list(runs(upload)) == ["bandit"]
    assert upload.said == (f"nothing of trivy, which is {state.value}: its alerts stay as they are",)


def test_who_finished_and_found_nothing_has_an_empty_run_that_closes_its_alerts():
    assert runs(render(decision(), {}))["bandit"]["results"] == []


def test_where_nobody_finished_there_is_no_file():
    assert render(decision(evidence=(evidence(state=EvidenceState.FAILED),)), {}).files == ()


def test_the_gate_itself_has_a_run_that_says_that_it_looked():
    run = runs(render(factories.decision(), {}))["secgate"]
    assert (run["results"], run["invocations"]) == ([], [{"executionSuccessful": True}])


def test_a_report_of_which_nobody_knows_whether_it_is_whole_is_not_uploaded():
    upload = render(decision(verdicts=(verdict(finding(tool="other")),)), {})
    assert upload.said == ("nothing of other, which is unverified: its alerts stay as they are",)


def test_the_same_decision_gives_the_same_bytes():
    one = decision(verdicts=many(30))
    assert render(one, {}) == render(decision(verdicts=many(30)), {})


@pytest.mark.parametrize("number", [limits.RESULTS_KEPT, limits.RESULTS_KEPT + 1])
def test_at_5000_findings_all_are_kept_and_one_more_drops_the_least_severe(number):
    least = verdict(finding(severity=Severity.LOW, location=location("a.py", 1), fingerprint="f" * 32), Action.PASS)
    upload = render(decision(verdicts=(*many(number - 1), least)), {})
    kept = prints(runs(upload)["bandit"])
    assert len(kept) == limits.RESULTS_KEPT
    assert ("f" * 32 in kept) == (number == limits.RESULTS_KEPT)
    cut = ("1 of 5,001 findings of bandit, the least severe",)
    assert upload.said == (() if number == limits.RESULTS_KEPT else cut)


@pytest.mark.slow
@pytest.mark.parametrize("number", [limits.RESULTS_MAX, limits.RESULTS_MAX + 1])
def test_25000_findings_and_one_more_stay_far_below_what_is_refused(number):
    upload = render(decision(verdicts=many(number)), {})
    assert not limits.problems(upload.files[0])
    assert upload.said == (f"{number - 5000:,} of {number:,} findings of bandit, the least severe",)


def test_the_cut_goes_by_severity_then_certainty_then_place():
    def about(name, severity, confidence, line):
        return verdict(
            finding(severity=severity, confidence=confidence, location=location("a.py", line), fingerprint=name * 32)
        )

    some = (
        about("1", Severity.HIGH, Confidence.LOW, 1), about("2", Severity.HIGH, Confidence.HIGH, 9),
        about("3", Severity.HIGH, Confidence.HIGH, 8), about("4", Severity.CRITICAL, Confidence.LOW, 7),
    )  # fmt: skip
    for verdicts in (some, some[::-1]):
        kept = {number: prints(runs(render(decision(verdicts=verdicts), {}, results_max=number))["bandit"])
                for number in (1, 2, 3)}  # fmt: skip
        assert kept == {1: ["4" * 32], 2: ["4" * 32, "3" * 32], 3: ["4" * 32, "3" * 32, "2" * 32]}


@pytest.mark.parametrize("tools", [limits.RUNS_MAX, limits.RUNS_MAX + 1])
def test_at_20_tools_there_is_one_file_and_one_more_makes_two(tools):
    names = [f"tool{number:02}" for number in range(tools)]
    one = decision(evidence=tuple(evidence(scanner=name, label=name) for name in names))
    upload = render(one, {})
    assert [len(runs(upload, number)) for number in range(len(upload.files))] == ([20] if tools == 20 else [20, 1])
    assert not any(problem for data in upload.files for problem in limits.problems(data))
    assert upload.said == ()


def test_at_the_size_the_file_is_whole_and_one_byte_less_is_cut_and_said():
    one = decision(verdicts=many(40))
    whole = render(one, {})
    size = len(gzip.compress(whole.files[0], mtime=0))
    assert render(one, {}, gzip_max=size) == whole
    cut = render(one, {}, gzip_max=size - 1)
    assert len(runs(cut)["bandit"]["results"]) == 20
    assert cut.said == ("20 findings of bandit, the least severe: the file would be too large",)
    assert len(gzip.compress(cut.files[0], mtime=0)) < size


def test_a_file_that_is_too_large_is_first_split_between_its_tools():
    others = (verdict(replace(each.finding, tool="other")) for each in many(40))
    one = decision(verdicts=(*many(40), *others), evidence=(evidence(), evidence(scanner="other")))
    size = len(gzip.compress(render(one, {}).files[0], mtime=0))
    cut = render(one, {}, gzip_max=size - 1)
    assert [list(runs(cut, number)) for number in (0, 1)] == [["bandit"], ["other"]]
    assert cut.said == ()


def test_what_does_not_fit_at_all_is_said():
    assert render(decision(), {}, gzip_max=10).said == ("nothing of bandit: what it says of itself alone is too large",)


def test_github_takes_it(tmp_path):
    one = decision(verdicts=(*many(5), verdict(vulnerability())), evidence=(evidence(), SCA),
                   subject=Subject("shop", "commit", "c" * 40, files=12))  # fmt: skip
    (data,) = render(one, catalog.scanners()).files
    assert not limits.problems(data)
    # The gate has no page of its own yet, which GitHub does not need.
    assert [
        each for each in complaints(data, tmp_path) if not each.startswith("SARIF2005") or "secgate" not in each
    ] == []
    assert io.BytesIO(data).read(1) == b"{"
