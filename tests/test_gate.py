"""The whole story with scripted scanners: no way in which a scanner can fail ends as a pass."""

import json
import subprocess

import pytest
from support import fakes, story
from support.fakes import FINDS, GOOD

from secgate import catalog
from secgate.gate import Trust, convert, evaluate
from secgate.model import Action, Outcome
from secgate.policy.evaluate import Allowance
from secgate.policy.source import Authority, named
from secgate.report import document, sarif_file
from secgate.scan.plan import Wish


@pytest.fixture
def go(tmp_path, monkeypatch):
    return story.judge(tmp_path, monkeypatch)


def test_two_clean_scanners_are_a_pass(go):
    decision = go()
    assert (decision.outcome, decision.exit, decision.verdicts) == (Outcome.PASS, 0, ())


def test_a_severe_finding_blocks(go):
    decision = go(one=FINDS)
    assert (decision.outcome, decision.exit, len(decision.verdicts)) == (Outcome.BLOCKED, 1, 2)
    assert {verdict.action for verdict in decision.verdicts} == {Action.BLOCK}


@pytest.mark.parametrize("wish", [Wish(skip=frozenset({"one"})), Wish(only=frozenset({"two"}))])
def test_leaving_a_scanner_out_is_never_a_pass(go, wish):
    assert go(wish=wish).exit == 3


def test_missing_evidence_can_be_allowed_and_is_told(go):
    decision = go(one=None, allowance=Allowance(allow_incomplete=True))
    assert (decision.outcome, decision.exit, decision.allowances) == (Outcome.INCOMPLETE, 0, ("--allow-incomplete",))


def test_nothing_to_scan_is_never_a_pass(go, tmp_path):
    (tmp_path / "empty").mkdir()
    decision = go(path=tmp_path / "empty")
    assert (decision.outcome, decision.exit) == (Outcome.INCOMPLETE, 3)
    assert "no file" in decision.incomplete[-1].reason


def test_the_same_tree_gives_the_same_bytes_with_any_number_of_workers(go):
    slow = "time.sleep(0.2)\n" + FINDS
    results = [
        go(one=one, two=two, jobs=jobs) for one, two, jobs in ((FINDS, slow, 1), (slow, FINDS, 2), (FINDS, slow, 8))
    ]
    assert len({document.render(one) for one in results}) == 1
    assert len({sarif_file.render(one, catalog.scanners()) for one in results}) == 1


def test_a_decision_survives_being_written_and_read(go):
    decision = go(one=FINDS, two=None)
    assert document.load(document.render(decision)) == decision


def test_a_scanner_never_sees_the_checkout(go, tmp_path):
    told = f"if not files or any({str(tmp_path / 'project')!r} in file for file in files):\n  sys.exit(9)\n"
    assert go(one=told + GOOD).outcome is Outcome.PASS


def test_nothing_is_left_in_the_temporary_folder(go, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    go(one=FINDS, two="time.sleep(60)", timeout_s=1)
    assert list(scratch.iterdir()) == []


def test_a_narrowed_scan_is_no_pass_and_keeps_the_paths_of_the_repository(go, tmp_path):
    root = tmp_path / "project"
    (root / "sub").mkdir()
    (root / "sub" / "c.py").write_text("x = 1\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    decision = go(one=FINDS, path=root / "sub", allowance=Allowance(report_only=True))
    assert [verdict.finding.location.path for verdict in decision.verdicts] == ["sub/c.py"]
    assert (decision.subject.scope, decision.exit) == ("sub", 3)
    assert decision.incomplete[-1].id == "whole-repository"


SECRET = "tr0ub4dor-and-3"
POINTS = (
    "row = {'path': [f for f in files if f.endswith('a.py')][0], 'line': 1, 'rule': 'R1', 'severity': 'high'}\n"
    "json.dump({'findings': [{**row, 'cwe': ['CWE-798']}], 'errors': [], 'read': files}, open(out, 'w'))\n"
)
"""A scanner that finds a hard-coded password in the first line of a.py."""


def quotes(text: str) -> str:
    """Return a scanner that reads everything, and quotes a text in a finding, in an error of its own and on stderr."""
    row = "'path': files[1], 'line': 1, 'rule': 'R2', 'severity': 'low'"
    return (
        f"sys.stderr.write({text!r} + '\\n')\n"
        f"json.dump({{'findings': [{{{row}, 'message': {text!r}}}], 'errors': [{{'message': {text!r}}}],"
        " 'read': files}, open(out, 'w'))\n"
    )


@pytest.fixture
def holds_a_secret(go, tmp_path):
    (tmp_path / "project" / "a.py").write_text(f'password = "{SECRET}"\n')


@pytest.mark.usefixtures("holds_a_secret")
@pytest.mark.parametrize("jobs", [1, 4])
def test_a_secret_that_one_scanner_finds_is_hidden_in_the_words_of_all_others(go, jobs):
    decision = go(one=POINTS, two=quotes(f"cannot read `x`: --password={SECRET} here"), jobs=jobs)
    written = document.render(decision) + sarif_file.render(decision, catalog.scanners())
    assert SECRET.encode() not in written
    told = next(one for one in decision.evidence if one.scanner == "two")
    assert told.errors == ("cannot read `…`: --password=*** here",)
    assert "--password=*** here" in told.reason
    messages = {verdict.finding.tool: verdict.finding.message for verdict in decision.verdicts}
    assert messages == {"one": "Something is wrong.", "two": "cannot read `x`: --password=*** here"}


@pytest.mark.usefixtures("holds_a_secret")
def test_a_secret_is_hidden_in_why_a_file_or_a_policy_cannot_be_read(go, tmp_path):
    (tmp_path / "project/b.py").write_text(f"# coding: {SECRET.upper()}\n")
    (tmp_path / "project/a.py").write_text(f'password = "{SECRET}"; password = "{SECRET.upper()}"\n')
    (tmp_path / "project/.secgate").mkdir()
    (tmp_path / "project/.secgate/policy.yaml").write_text(story.PACK + f"  {SECRET}: 1\n")
    decision = go(one=POINTS, decides=Authority(named("p@1").pack, "there", protected=True))
    assert "which Python does not have" in decision.left_out[0].reason
    assert "unknown key `***`" in decision.effect.error
    assert SECRET.encode() not in document.render(decision).lower()


@pytest.mark.usefixtures("holds_a_secret")
def test_no_half_of_a_secret_is_left_where_a_long_complaint_is_cut(go):
    for before in range(980, 1_001, 4):
        decision = go(one=POINTS, two=quotes("x " * (before // 2) + SECRET))
        assert SECRET[:5].encode() not in document.render(decision)
        assert max(len(line) for one in decision.evidence for line in one.errors) <= 1_000


@pytest.mark.usefixtures("holds_a_secret")
def test_nothing_is_hidden_where_nobody_finds_a_secret(go):
    decision = go(one=GOOD, two=quotes(f"says {SECRET}"))
    assert f"says {SECRET}" in {verdict.finding.message for verdict in decision.verdicts}


def foreign(*results, tool="Other", **run):
    driver = {"name": tool, "rules": [{"id": "aws-secret", "properties": {"tags": ["secret"]}}]}
    return {"tool": {"driver": driver}, "results": list(results)} | run


def result(rule, message, path="a.py", **region):
    place = {"artifactLocation": {"uri": path}, "region": {"startLine": 3, **region}}
    return {"ruleId": rule, "message": {"text": message}, "locations": [{"physicalLocation": place}]}


def evaluated(tmp_path, *logs):
    files = []
    for number, runs in enumerate(logs):
        files.append(tmp_path / f"{number}.sarif")
        files[-1].write_text(json.dumps({"version": "2.1.0", "runs": runs}))
    return evaluate(files, named("recommended@1"), Allowance(), "2026-11-25", Trust())


def test_what_foreign_sarif_quotes_for_a_secret_is_hidden_in_every_file_that_is_judged_with_it(tmp_path):
    note = {"level": "error", "message": {"text": f"cannot parse {SECRET}"}}
    failing = {"invocations": [{"executionSuccessful": False, "toolExecutionNotifications": [note]}]}
    decision = evaluated(
        tmp_path,
        [foreign(result("shell", f"Command with {SECRET}", path="b.py"), tool="Neighbour", **failing)],
        [foreign(result("aws-secret", f"Found {SECRET}", snippet={"text": f"key: {SECRET}"}))],
    )
    assert SECRET.encode() not in document.render(decision) + sarif_file.render(decision, {})
    messages = {verdict.finding.tool: verdict.finding.message for verdict in decision.verdicts}
    assert messages == {"Neighbour": "Command with ***", "Other": "A secret was found here: aws-secret."}


def test_a_bare_snippet_and_one_of_the_context_are_read_too(tmp_path):
    bare = result("aws-secret", "x", snippet={"text": SECRET})
    around = result("aws-secret", "x", path="c.py")
    around["locations"][0]["physicalLocation"]["contextRegion"] = {
        "startLine": 2,
        "snippet": {"text": 'pwd = "c0ntext-word"'},
    }
    decision = evaluated(tmp_path, [foreign(bare, around, result("shell", f"{SECRET} c0ntext-word"))])
    assert "*** ***" in {verdict.finding.message for verdict in decision.verdicts}


def test_a_report_of_elsewhere_is_read_with_the_files_where_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "scanner", fakes.scanner)
    monkeypatch.setattr(catalog, "adapter", fakes.adapter)
    secret = {"path": "a.py", "line": 1, "rule": "R1", "severity": "high", "cwe": ["CWE-259"]}
    other = {"path": "b.py", "line": 1, "rule": "R2", "severity": "high", "message": f"runs {SECRET}"}
    report = tmp_path / "report.json"
    report.write_bytes(fakes.findings_json(secret, other, errors=({"message": f"at {SECRET}"},), read=("a.py",)))

    def messages():
        run = convert("fake", [report], tmp_path)
        return [finding.message for finding in run.findings], run.evidence[0].errors

    assert messages()[0] == ["Something is wrong.", f"runs {SECRET}"], "nobody can know what it is"
    (tmp_path / "a.py").write_text(f'password = "{SECRET}"\n')
    assert messages() == (["Something is wrong.", "runs ***"], ("at ***",))
    (tmp_path / "a.py").unlink()
    secret["message"] = f"Possible password: '{SECRET}'"
    report.write_bytes(fakes.findings_json(secret, other, read=("a.py",)))
    assert messages()[0] == ["Possible password: '***'", "runs ***"]
