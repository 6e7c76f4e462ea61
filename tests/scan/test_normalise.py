"""Only a run that proves that it read everything is worth ok."""

from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace
from support import fakes

from secgate.model import Category, EvidenceState, Reads, Report, ReportError, Run, Skip, Status, Target, Task
from secgate.scan.normalise import Normalised, adopted, normalise
from secgate.scan.places import Places
from secgate.scan.worth import combined, skipped

ROOT = "/scan/tree"


def task(*files: str, silent: tuple[str, ...] = (), lost: tuple[str, ...] = (), **changes) -> Task:
    scanner = fakes.scanner(**changes)
    return Task(scanner, "check", scanner.commands["check"], files=files, silent=silent, lost=lost)


def judged(one: Task, output: bytes, **changes) -> Normalised:
    return normalise(replace(Run(one, Status.FINISHED, output=output), **changes), fakes.adapter(), Places(Path(ROOT)))


def test_all_read_and_no_complaint_is_ok():
    result = judged(task("a.py"), fakes.findings_json(read=("/scan/tree/a.py",)))
    assert (result.evidence.state, result.evidence.reason, result.evidence.expected) == (EvidenceState.OK, "", 1)


@pytest.mark.parametrize(
    "output",
    [b"", b" ", b"null", b"[]", b"{}", b"\xff\xfe", b'{"findings": [', b'{"findings":[],"errors":[],"read":[]}{}'],
)
def test_anything_but_one_whole_report_is_failed(output):
    result = judged(task("a.py"), output)
    assert result.evidence.state is EvidenceState.FAILED
    assert "cannot be read" in result.evidence.reason


def test_a_file_that_was_not_read_makes_it_partial_by_name():
    result = judged(task("a.py", "b.py"), fakes.findings_json(read=("/scan/tree/a.py",)))
    assert result.evidence.state is EvidenceState.PARTIAL
    assert result.evidence.unread == ("b.py",)
    assert "b.py" in result.evidence.reason


def test_a_file_that_was_read_in_another_form_is_not_missed():
    form = Target("stand-ins/a.py.py", stands_for="a.py", lines=(1,), instead=True)
    places = Places(Path(ROOT), {form.path: form})
    complaint = {"path": "/scan/tree/a.py", "message": "bad"}
    for read, state in ((form.path, EvidenceState.OK), ("b.py", EvidenceState.PARTIAL)):
        output = fakes.findings_json(read=(f"/scan/tree/{read}",), errors=(complaint,))
        run = Run(task("a.py", form.path), Status.FINISHED, output=output)
        told = normalise(run, fakes.adapter(), places).evidence
        assert (told.state, told.unread) == (state, () if state is EvidenceState.OK else ("a.py",))


def test_a_silent_file_counts_as_read_until_the_tool_complains():
    one = task("a.tf", silent=("a.tf",))
    assert judged(one, fakes.findings_json()).evidence.state is EvidenceState.OK
    told = judged(one, fakes.findings_json(errors=({"path": "/scan/tree/a.tf", "message": "bad"},))).evidence
    assert (told.state, told.unread, told.errors) == (EvidenceState.PARTIAL, ("a.tf",), ("a.tf: bad",))


def test_a_tool_that_walks_the_tree_may_complain_about_files_that_nobody_asked_it_to_read():
    complaint = {"path": "/scan/tree/chart/values.yaml", "message": "not a template"}
    one = task("a.tf", silent=("a.tf",), target="tree")
    assert judged(one, fakes.findings_json(errors=(complaint,))).evidence.state is EvidenceState.OK
    for path in ("", "/elsewhere/a.tf", "/scan/tree/a.tf"):
        told = judged(one, fakes.findings_json(errors=(complaint, {"path": path, "message": "bad"}))).evidence
        assert (told.state, len(told.errors)) == (EvidenceState.PARTIAL, 1), path
    handed = judged(task("a.tf", silent=("a.tf",)), fakes.findings_json(errors=(complaint,))).evidence
    assert handed.state is EvidenceState.PARTIAL, "a tool that is handed its files has no reason to name others"


def test_a_file_that_was_left_out_of_the_tree_makes_it_partial():
    result = judged(task("a.py", lost=("huge.py",)), fakes.findings_json(read=("a.py",)))
    assert (result.evidence.state, result.evidence.unread) == (EvidenceState.PARTIAL, ("huge.py",))


def test_an_error_of_the_tool_makes_it_partial_even_if_all_was_read():
    result = judged(task("a.py"), fakes.findings_json(errors=({"message": "rule crashed"},), read=("a.py",)))
    assert result.evidence.state is EvidenceState.PARTIAL
    assert "rule crashed" in result.evidence.reason


def test_an_unknown_line_on_stderr_makes_it_partial_a_known_one_does_not():
    one = task("a.py", harmless=(r"INFO .*",))
    good = fakes.findings_json(read=("a.py",))
    assert judged(one, good, stderr="INFO reading\n\n").evidence.state is EvidenceState.OK
    assert judged(one, good, stderr="INFO reading\nTraceback:\n").evidence.state is EvidenceState.PARTIAL
    # The pattern must meet the whole line: a complaint cannot hide behind a harmless beginning or end.
    assert judged(one, good, stderr="ERROR INFO reading\n").evidence.state is EvidenceState.PARTIAL


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.FAILED, EvidenceState.FAILED),
        (Status.TIMED_OUT, EvidenceState.TIMED_OUT),
        (Status.MISSING, EvidenceState.MISSING),
    ],
)
def test_findings_of_a_run_that_did_not_finish_are_kept_but_prove_nothing(status, state):
    row = {"path": "/scan/tree/a.py", "line": 3, "rule": "R1", "severity": "high"}
    result = judged(task("a.py"), fakes.findings_json(row, read=("a.py",)), status=status, reason="went wrong")
    assert [finding.location.path for finding in result.findings] == ["a.py"]
    assert (result.evidence.state, result.evidence.reason) == (state, "went wrong")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.py", "/scan/tree/../../etc/passwd", "", "/scan/treehouse/a.py"])
def test_a_place_outside_the_tree_is_refused_but_its_finding_is_not_lost(path):
    row = {"path": path, "line": 3, "rule": "R1", "severity": "high"}
    result = judged(task("a.py"), fakes.findings_json(row, read=("a.py",)))
    assert not result.findings[0].location.path.startswith(("/", ".."))
    assert result.evidence.state is EvidenceState.PARTIAL
    assert "outside the tree" in result.evidence.reason


@pytest.mark.parametrize(("line", "shown"), [(0, 1), (-5, 1), (7, 7)])
def test_lines_begin_at_one(line, shown):
    row = {"path": "./a.py", "line": line, "rule": "R1", "severity": "high"}
    place = judged(task("a.py"), fakes.findings_json(row, read=("a.py",))).findings[0].location
    assert (place.path, place.line, place.end_line) == ("a.py", shown, shown)


def test_the_evidence_of_several_processes_is_worth_the_least_of_them():
    good = judged(task("a.py"), fakes.findings_json(read=("a.py",))).evidence
    bad = judged(task("b.py", "c.py"), fakes.findings_json(read=("b.py",))).evidence
    for order in ([good, bad], [bad, good]):
        (joined,) = combined(order)
        assert (joined.state, joined.expected, joined.unread) == (EvidenceState.PARTIAL, 3, ("c.py",))


def test_a_command_left_out_on_purpose_is_missing_one_without_work_is_not_applicable():
    assert skipped(Skip("fake", "check", Category.SAST, "left out", applicable=True)).state is EvidenceState.MISSING
    assert skipped(Skip("fake", "check", Category.SAST, "nothing")).state is EvidenceState.NOT_APPLICABLE


def test_a_report_from_elsewhere_is_never_ok():
    _, (told,) = adopted(fakes.scanner(), fakes.adapter(), fakes.findings_json(read=("a.py",)), "/x")
    assert told.state is EvidenceState.UNVERIFIED
    _, (told,) = adopted(fakes.scanner(), fakes.adapter(), fakes.findings_json(), "/x")
    assert (told.state, told.errors) == (EvidenceState.PARTIAL, ("the report names nothing that was read",))
    _, (told,) = adopted(fakes.scanner(), fakes.adapter(), fakes.findings_json(errors=({"message": "no"},)), "/x")
    assert told.state is EvidenceState.PARTIAL
    with pytest.raises(ReportError):
        adopted(fakes.scanner(), fakes.adapter(), b"{", "/x")


def test_an_adapter_is_never_asked_about_nothing():
    def report(raw: bytes) -> Report:
        raise AssertionError

    module = ModuleType("never")
    module.report = report
    assert normalise(Run(task("a.py"), Status.MISSING, "is not installed"), module, Places(Path(ROOT))).findings == ()


def test_reads_default_to_being_listed():
    assert Reads("python", ("**/*.py",)).proof == "listed"


def test_what_differs_each_time_does_not_reach_the_evidence():
    def told(stderr):
        return judged(task("a.py"), fakes.findings_json(read=("a.py",)), stderr=stderr).evidence

    first = told("2026-11-25T02:38:57Z ERROR b /scan/tree/a.py\n2026-11-25T02:38:58.123Z ERROR a\n")
    second = told("2026-11-26T09:00:00Z ERROR a\n2026-11-26T09:00:01Z ERROR b /scan/tree/a.py\n")
    assert first == second
    assert first.errors == ("ERROR a", "a.py: ERROR b a.py")


def test_a_file_that_only_stderr_names_is_unread_however_much_else_is_said():
    files = tuple(f"a/{number}.py" for number in range(30))
    stderr = "".join(f"ERROR {number}\n" for number in range(100)) + "ERROR zzz /scan/tree/top of/b.py at line 5\n"
    read = fakes.findings_json(read=(*files, "top of/b.py"))
    evidence = judged(task(*files, "top of/b.py"), read, stderr=stderr).evidence
    assert (evidence.state, evidence.unread, len(evidence.errors)) == (EvidenceState.PARTIAL, ("top of/b.py",), 20)


def test_a_traceback_is_about_the_file_of_the_line_that_announces_it():
    traceback = 'Traceback (most recent call last):\n  File "/tool/one.py", line 2, in run\n    ^^^\nTypeError: bad\n'
    stderr = f"ERROR internal error on file /scan/tree/a.py at line 8: bad{traceback}"
    run = Run(task("a.py"), Status.FINISHED, output=fakes.findings_json(read=("a.py",)), stderr=stderr)

    def told(run, known):
        return normalise(run, fakes.adapter(), Places(Path(ROOT)), known=known).evidence

    unread = told(run, lambda path, whole: False)
    assert (unread.state, unread.unread, len(unread.errors)) == (EvidenceState.PARTIAL, ("a.py",), 1)
    assert unread.errors[0].endswith("TypeError: bad")
    assert told(run, lambda path, whole: True).state is EvidenceState.OK
    for more in (f"{traceback}", "odd\n", "  odd\n"):
        assert told(replace(run, stderr=stderr + more), lambda path, whole: True).state is EvidenceState.PARTIAL


def test_what_is_said_of_a_folder_is_said_of_the_file_that_stands_for_it():
    about = r'WARN [a-z ]+ at="tree/(?P<path>[^"]*)"'
    files = ("a/Chart.yaml", "a/sub/Chart.yaml", "b.yaml")
    one = replace(task(*files, about=about), whole=files[:2])

    def unread(line, known=lambda path, whole: False):
        run = Run(one, Status.FINISHED, output=fakes.findings_json(read=files), stderr=line + "\n")
        evidence = normalise(run, fakes.adapter(), Places(Path(ROOT)), known=known).evidence
        return evidence.state.value, evidence.unread

    for path, file in (("a", 0), ("a/sub", 1), ("a/Chart.yaml", 0), ("b.yaml", 2)):
        assert unread(f'WARN left out at="tree/{path}" why="tree/a"') == ("partial", (files[file],))
    for line in ('WARN left out at="tree/c"', 'ERROR left out at="tree/a"', 'x="y" WARN left out at="tree/a"'):
        assert unread(line) == ("partial", ())
    asked = []
    assert unread('WARN no at="tree/a"', lambda path, whole: not asked.append((path, whole))) == ("ok", ())
    assert unread('WARN no at="tree/b.yaml"', lambda path, whole: not asked.append((path, whole))) == ("ok", ())
    assert asked == [("a/Chart.yaml", True), ("b.yaml", False)]


def test_a_line_that_a_tool_quotes_is_not_quoted_again():
    told = judged(
        task("a.py"),
        fakes.findings_json(errors=({"message": "Syntax error: `ghp_abc` was unexpected"},), read=("a.py",)),
        stderr='ERROR bad line cause="token = ghp_abc" path=x\n',
    ).evidence
    assert told.state is EvidenceState.PARTIAL
    assert "ghp_abc" not in "".join((*told.errors, told.reason))


def test_the_reason_does_not_depend_on_the_number_of_processes():
    read = [fakes.findings_json(read=tuple(names)) for names in (["a.py", "c.py"], ["a.py"], ["c.py"])]
    whole = judged(task("a.py", "b.py", "c.py"), read[0]).evidence
    parts = [judged(task("a.py", "b.py"), read[1]).evidence, judged(task("c.py"), read[2]).evidence]
    (joined,) = combined(parts)
    assert joined == whole
    assert "1 of 3 files" in joined.reason
