"""The real scanners over a tree and its base: what a change brings is exact, and nothing else is its fault."""

import shutil

import pytest
from live.conftest import EXAMPLES, NOW, Quiet
from support.repositories import git

from secgate.gate import Request, check
from secgate.model import Novelty
from secgate.policy.evaluate import Allowance
from secgate.policy.source import named
from secgate.provision import present
from secgate.scan.detect import Origin
from secgate.scan.plan import Wish

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.fixture
def against(installed, advisories, tmp_path, monkeypatch):
    """Commit the shop, then what a function changes in a copy of it, and judge the second against the first."""
    monkeypatch.setattr(present, "installed", lambda scanner: installed[scanner.id])
    root = tmp_path / "shop"
    shutil.copytree(EXAMPLES / "shop", root)

    def against(change, committed="2026-11-24T12:00:00Z"):
        git(root, "init", "-q", "-b", "main")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", "x", GIT_COMMITTER_DATE=committed)
        change(root)
        git(root, "add", "-A")
        git(root, "commit", "-q", "--allow-empty", "-m", "y")
        decides = named("recommended@1")
        return check(Request(root, Wish(), decides, Allowance(), NOW, 2, Origin(commit="HEAD"), "HEAD^1"), Quiet())

    return against


@pytest.mark.parametrize(
    ("committed", "novelty"),
    [("2026-11-24T12:00:00Z", Novelty.NEWLY_DISCLOSED), ("2099-02-01T12:00:00Z", Novelty.EXISTING)],
)
def test_a_change_of_nothing_introduces_nothing_and_fixes_nothing(against, committed, novelty):
    decision = against(lambda root: (root / "notes.txt").write_text("x\n"), committed)
    assert decision.verdicts
    # Our own advisories are of January 2099.
    assert {one.finding.novelty for one in decision.verdicts if one.finding.vuln.id} == {novelty}
    assert {one.finding.novelty for one in decision.verdicts if not one.finding.vuln.id} == {Novelty.EXISTING}
    assert (decision.fixed, decision.comparison.gaps) == ((), ())


def test_what_a_change_moves_exists_what_it_adds_is_introduced_and_what_it_removes_is_fixed(against):
    def change(root):
        for path in [*root.rglob("*.py"), *root.rglob("*.tf"), *root.rglob("*.ts")]:
            sign = "//" if path.suffix == ".ts" else "#"
            path.write_text(f"{sign} one line more\n{path.read_text()}")
        (root / "new.py").write_text("import subprocess\nsubprocess.call(f'ls {x}', shell=True)\n")
        (root / "requirements.txt").unlink()

    decision = against(change)
    new = {one.finding.location.path for one in decision.verdicts if one.finding.novelty is Novelty.INTRODUCED}
    assert new == {"new.py"}
    assert {one.location.path for one in decision.fixed} == {"requirements.txt"}
