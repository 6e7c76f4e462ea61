"""The whole story with scripted scanners: no way in which a scanner can fail ends as a pass."""

import subprocess

import pytest
from support import fakes
from support.fakes import FINDS, GOOD

from secgate import catalog
from secgate.gate import Request, check
from secgate.model import Action, Decision, Outcome
from secgate.policy.evaluate import Allowance
from secgate.provision import present
from secgate.report import document, sarif_file
from secgate.scan.plan import Wish

PACK = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: p, version: "1.0.0"}
spec:
  evidence:
    required:
      - {id: one, category: sast, anyOf: [one], applies: found}
      - {id: two, category: sast, anyOf: [two], applies: found}
  rules:
    - {id: severe, match: {severity: ">=high"}, scope: introduced, action: block}
"""


class Quiet:
    def started(self, task): ...

    def finished(self, run): ...


@pytest.fixture
def go(tmp_path, monkeypatch):
    """Judge a small folder with the scanners `one` and `two`, which behave as their programs say."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text("import os\nos.system(x)\n")
    (root / "b.py").write_text("x = 1\n")
    pack = tmp_path / "p" / "1.yaml"
    pack.parent.mkdir()
    pack.write_text(PACK)
    programs: dict[str, str | None] = {}
    monkeypatch.setattr(catalog, "packs", lambda: {"p@1": pack})
    monkeypatch.setattr(catalog, "folder", lambda name: tmp_path)
    monkeypatch.setattr(catalog, "adapter", fakes.adapter)
    monkeypatch.setattr(catalog, "equivalents", dict)
    monkeypatch.setattr(
        present,
        "installed",
        lambda one: fakes.program(tmp_path, programs[one.id] or "", one.id) if programs[one.id] is not None else None,
    )

    def judged(one: str | None = GOOD, two: str | None = GOOD, jobs: int = 2, path=root, **changes) -> Decision:
        programs.update(one=one, two=two)
        wish = changes.pop("wish", Wish(cores=2))
        allowance = changes.pop("allowance", Allowance())
        scanners = {name: fakes.scanner(name, **changes) for name in ("one", "two")}
        monkeypatch.setattr(catalog, "scanners", lambda: scanners)
        return check(Request(path, wish, "p@1", allowance, "2026-11-25", jobs), Quiet())

    return judged


def test_two_clean_scanners_are_a_pass(go):
    decision = go()
    assert (decision.outcome, decision.exit, decision.verdicts) == (Outcome.PASS, 0, ())


def test_a_severe_finding_blocks(go):
    decision = go(one=FINDS)
    assert (decision.outcome, decision.exit, len(decision.verdicts)) == (Outcome.BLOCKED, 1, 2)
    assert {verdict.action for verdict in decision.verdicts} == {Action.BLOCK}


BROKEN = {
    "removed": None,
    "exit code 3": "sys.exit(3)",
    "exit code 3 with a clean report": GOOD + "sys.exit(3)",
    "killed": "os.kill(os.getpid(), 9)",
    "no report": "pass",
    "empty report": "open(out, 'w')",
    "garbage": "open(out, 'wb').write(os.urandom(5000))",
    "not JSON": "open(out, 'w').write('<html>proxy error</html>')",
    "truncated": GOOD + "data = open(out).read()\nopen(out, 'w').write(data[:-2])",
    "null": "open(out, 'w').write('null')",
    "two documents": GOOD + "open(out, 'a').write(open(out).read())",
    "reads nothing": "json.dump({'findings': [], 'errors': [], 'read': []}, open(out, 'w'))",
    "skips one file": "json.dump({'findings': [], 'errors': [], 'read': files[1:]}, open(out, 'w'))",
    "complains": "json.dump({'findings': [], 'errors': [{'message': 'x'}], 'read': files}, open(out, 'w'))",
    "traceback on stderr": "sys.stderr.write('Traceback (most recent call last):\\n')\n" + GOOD,
    "hangs": "time.sleep(60)",
}


@pytest.mark.parametrize("which", ["one", "two"])
@pytest.mark.parametrize("how", BROKEN)
def test_a_scanner_that_fails_in_any_way_is_never_a_pass(go, how, which):
    decision = go(**{which: BROKEN[how]}, timeout_s=2)
    assert (decision.outcome, decision.exit) == (Outcome.INCOMPLETE, 3)
    bad = next(one for one in decision.evidence if one.scanner == which)
    assert not bad.complete
    assert bad.reason


@pytest.mark.parametrize("how", BROKEN)
def test_blocked_outranks_incomplete_and_both_are_told(go, how):
    decision = go(one=FINDS, two=BROKEN[how], timeout_s=2)
    assert (decision.outcome, decision.exit) == (Outcome.BLOCKED, 1)
    assert decision.incomplete


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
    seen = tmp_path / "seen"
    go(one=f"open({str(seen)!r}, 'w').write('\\n'.join(files))\n" + GOOD)
    assert seen.read_text()
    assert str(tmp_path / "project") not in seen.read_text()


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
