"""Bandit's report, in the shapes that the samples do not show: made ones, other people's, and its own examples."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from secgate import catalog
from secgate.model import Confidence, EvidenceState, Report, ReportError, Run, Severity, Status, Task
from secgate.provision import present
from secgate.scan.normalise import normalise
from secgate.scan.places import Places
from secgate.scan.run import Bench
from secgate.scan.run import run as run_all

CORPUS = Path(os.environ.get("SECGATE_CORPUS", catalog.root().parent / "shared" / "corpus")) / "defectdojo" / "bandit"


def report(**parts: Any) -> Report:
    native = {"errors": [], "metrics": {"_totals": {}}, "results": [], **parts}
    return read(json.dumps(native).encode())


def read(raw: bytes) -> Report:
    result: Report = catalog.adapter("bandit").report(raw)
    return result


def result(**changes: Any) -> dict[str, Any]:
    return {
        "code": "6 import os\n7 os.system(command)\n",
        "col_offset": 0,
        "end_col_offset": 18,
        "filename": "/src/run.py",
        "issue_confidence": "HIGH",
        "issue_cwe": {"id": 78, "link": "https://cwe.mitre.org/data/definitions/78.html"},
        "issue_severity": "HIGH",
        "issue_text": "Starting a process with a shell.",
        "line_number": 7,
        "line_range": [7],
        "more_info": "https://bandit.readthedocs.io/en/1.9.4/plugins/b605_start_process_with_a_shell.html",
        "test_id": "B605",
        "test_name": "start_process_with_a_shell",
        **changes,
    }


def place(**changes: Any) -> tuple[int, int, int, int]:
    (finding,) = report(results=[result(**changes)]).findings
    where = finding.location
    return where.line, where.column, where.end_line, where.end_column


def test_a_file_that_it_could_not_read_is_an_error_and_not_covered() -> None:
    found = report(
        errors=[{"filename": "/src/b.py", "reason": "syntax error while parsing AST from file"}],
        metrics={"/src/a.py": {"loc": 3}, "/src/b.py": {"loc": 0}, "_totals": {"loc": 3}},
    )
    assert found.covered == ("/src/a.py",)
    assert [(error.path, error.message) for error in found.errors] == [
        ("/src/b.py", "syntax error while parsing AST from file")
    ]


@pytest.mark.parametrize("cwe", [{}, {"id": None}, {"id": 0}, {"id": "²"}, {"id": "9" * 6000}, {"link": "x"}])
def test_an_unknown_weakness_is_none(cwe: dict[str, Any]) -> None:
    (finding,) = report(results=[result(issue_cwe=cwe)]).findings
    assert finding.rule.cwe == ()


@pytest.mark.parametrize("word", ["UNDEFINED", "", "CRITICAL", "high"])
def test_a_word_that_it_does_not_use_is_unknown_and_never_low(word: str) -> None:
    (finding,) = report(results=[result(issue_severity=word, issue_confidence=word)]).findings
    assert (finding.severity, finding.severity_label) == (Severity.UNKNOWN, word)
    assert finding.confidence is Confidence.UNKNOWN


def test_columns_are_characters_though_bandit_counts_bytes() -> None:
    line = 'größe = "ä"; os.system(größe)'
    start, end = line.index("os."), len(line)
    offsets = {"col_offset": len(line[:start].encode()), "end_col_offset": len(line.encode())}
    assert place(code=f"6 x\n7 {line}\n8 y\n", **offsets) == (7, start + 1, 7, end + 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"code": ""},
        {"code": "1 another line\n"},
        {"code": "os.system(command)\n"},
        {"code": "9999999999999999999999 os.system(command)\n"},
        {"end_col_offset": 900},
        {"col_offset": 18},
        {"col_offset": -1},
        {"end_col_offset": 0},
    ],
)
def test_columns_that_the_quoted_line_does_not_bear_out_are_unknown(changes: dict[str, Any]) -> None:
    assert place(**changes) == (7, 0, 7, 0)


def test_over_several_lines_the_columns_are_unknown_and_the_end_is_the_last_line() -> None:
    assert place(line_range=[5, 6, 7, 8]) == (7, 0, 8, 0)


@pytest.mark.parametrize(("number", "lines"), [(0, []), (-3, [-3]), (0, [0])])
def test_lines_start_at_one(number: int, lines: list[int]) -> None:
    assert place(line_number=number, line_range=lines)[::2] == (1, 1)


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("blacklists/blacklist_imports.html#b404-import-subprocess", "import_subprocess"),
        ("blacklists/blacklist_calls.html#b304-b305-ciphers-and-modes", "ciphers_and_modes"),
        ("blacklists/blacklist_calls.html#b301-pickle", "pickle"),
        ("plugins/b605_start-with-dash.html", "blacklist"),
    ],
)
def test_a_rule_is_named_after_its_page_where_bandit_names_them_all_alike(page: str, name: str) -> None:
    link = f"https://bandit.readthedocs.io/en/1.9.4-rc/{page}"
    (finding,) = report(results=[result(test_name="blacklist", more_info=link)]).findings
    assert finding.rule.name == name


@pytest.mark.parametrize("rule", ["B105", "B106", "B107"])
def test_the_password_stays_where_it_was_found(rule: str) -> None:
    text = "Possible hardcoded password: 'swordfish: really'"
    found = report(results=[result(test_id=rule, issue_text=text, code="7 pw = 'swordfish: really'\n")])
    assert "swordfish" not in repr(found)
    assert found.findings[0].message == "Possible hardcoded password."


@pytest.mark.parametrize(
    "raw",
    [
        b"null",
        b"[]",
        b"{}",
        b'{"errors": [], "metrics": {}}',
        b'{"errors": [], "metrics": {}, "results": {}}',
        b'{"errors": [], "metrics": {}, "results": [{"filename": "a.py"}]}',
        b'{"errors": [], "metrics": {}, "results": []}{"errors": [], "metrics": {}, "results": []}',
        b'{"version": "2.1.0", "runs": []}',
        b'{"errors": [], "metrics": {}, "results": [] ',
    ],
)
def test_what_is_not_its_report_is_refused(raw: bytes) -> None:
    with pytest.raises(ReportError):
        read(raw)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="SECGATE_CORPUS is not here")
@pytest.mark.parametrize(("name", "count"), [("dd", 47), ("one_vuln", 1), ("no_vuln", 0)])
def test_reports_of_other_people_lose_nothing(name: str, count: int) -> None:
    raw = (CORPUS / f"{name}.json").read_bytes()
    native = json.loads(raw)
    found = read(raw)
    assert len(found.findings) == len(native["results"]) == count
    assert Counter(one.rule.id for one in found.findings) == Counter(one["test_id"] for one in native["results"])
    assert len(found.covered) == len(native["metrics"]) - 1
    assert all(one.severity is not Severity.UNKNOWN for one in found.findings)


# What follows runs the real tool with the manifest's own words.

LIVE = {
    "crash.py": "import tarfile\n\n\ndef unpack(file, all):\n    tarfile.open(file).extractall(members=all.names())\n",
    "wide.py": 'größe = "ä"; exec(größe)  # nosec\n',
    "none/none.py": "exec(command)\n",
    "CVSparser/.github/x,y.pyw": "exec(command)\n",
    "mute.py": 'password = "\\ud800"\nexec(command)\n',
}


class Silent:
    def started(self, task: Task) -> None: ...
    def finished(self, run: Run) -> None: ...


def ran(place: Path, *names: str) -> Run:
    """Start the real Bandit on some of the files, with the manifest's own words."""
    scanner = catalog.scanner("bandit")
    tool = present.installed(scanner)
    if tool is None:
        pytest.skip("bandit is not installed: secgate tools install bandit")
    for name in names:
        (place / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "tree" / name).write_text(LIVE[name], encoding="utf-8")
    task = Task(scanner, "python", scanner.commands["python"], names)
    bench = Bench(place / "tree", place, {"bandit": tool}, {}, catalog.adapter, catalog.folder)
    (run,) = run_all([task], bench, 1, Silent())
    return run


@pytest.mark.live
def test_files_with_odd_names_are_read_and_nosec_is_not_obeyed(tmp_path: Path) -> None:
    names = ("wide.py", "none/none.py", "CVSparser/.github/x,y.pyw")
    run = ran(tmp_path, *names)
    found = read(run.output)
    assert (run.status, run.stderr) == (Status.FINISHED, "")
    assert {Path(path).relative_to(tmp_path / "tree").as_posix() for path in found.covered} == set(names)
    assert Counter(one.rule.id for one in found.findings) == {"B102": 3}
    assert [one.location.column for one in found.findings if one.location.path.endswith("wide.py")] == [14]


@pytest.mark.live
def test_a_test_of_its_own_that_crashes_is_heard_on_stderr(tmp_path: Path) -> None:
    run = ran(tmp_path, "crash.py")
    found = read(run.output)
    assert (run.exit_code, found.findings, found.errors) == (0, (), ()), "its report says nothing of it"
    assert "Bandit internal error running: tarfile_unsafe_members" in run.stderr
    evidence = normalise(run, catalog.adapter("bandit"), Places(tmp_path / "tree")).evidence
    assert evidence.state is EvidenceState.PARTIAL


@pytest.mark.live
def test_one_line_can_silence_its_report_and_that_is_never_clean(tmp_path: Path) -> None:
    run = ran(tmp_path, "mute.py", "none/none.py")
    assert (run.exit_code, run.output) == (1, b""), "1 is also how it says that it has findings"
    evidence = normalise(run, catalog.adapter("bandit"), Places(tmp_path / "tree")).evidence
    assert evidence.state is EvidenceState.FAILED
