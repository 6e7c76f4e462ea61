"""The policy's ages, end to end: since when a finding has been there is what the branch's own history says."""

import pytest
from support import repositories, story
from support.fakes import GOOD
from support.repositories import git

from secgate.model import Action
from secgate.policy.source import Authority, named
from secgate.scan.detect import Origin

FINDS = (
    "rows = [{'path': f, 'line': n, 'rule': 'R1', 'severity': 'medium', 'cwe': ['CWE-798']} for f in files"
    " for n, text in enumerate(open(f), 1) if 'bad' in text]\n"
    "json.dump({'findings': rows, 'errors': [], 'read': files}, open(out, 'w'))\n"
)
SLA = "  sla: {rows: [{match: {severity: medium}, days: 30}]}\n"


@pytest.fixture
def judge(tmp_path, monkeypatch):
    return story.judge(tmp_path, monkeypatch)


@pytest.fixture
def root(tmp_path, judge):
    root = repositories.repository(tmp_path / "project")
    (root / "b.py").unlink()
    return root


@pytest.fixture
def by(tmp_path):
    def by(more):
        place = tmp_path / "policy.yaml"
        place.write_text(f"{story.PACK}{more}")
        return Authority(named(str(place)).pack, "here")

    return by


def put(root, day, *lines):
    (root / "a.py").write_text("".join(f"{line}\n" for line in lines))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x", GIT_COMMITTER_DATE=f"{day}T12:00:00Z")
    return git(root, "rev-parse", "HEAD")


def ages(decision):
    return {one.finding.location.line: (one.finding.age_days, one.action) for one in decision.verdicts}


def test_what_is_older_than_the_policy_allows_blocks_and_what_the_change_brings_is_of_no_age(judge, root, by):
    put(root, "2026-08-01", "old = bad")
    base = put(root, "2026-11-01", "old = bad", "young = bad")
    put(root, "2026-11-20", "# moved", "old = bad", "young = bad", "new = bad")
    made = judge(FINDS, GOOD, base=base, origin=Origin(commit="HEAD"), decides=by(SLA))
    assert ages(made) == {2: (116, Action.BLOCK), 3: (24, Action.PASS), 4: (0, Action.PASS)}
    assert [one.decided_by for one in made.verdicts if one.action is Action.BLOCK] == [("sla",)]
    assert [one.due_days for one in made.verdicts] == [30, 30, 30]


def test_without_a_base_the_history_of_what_is_judged_counts(judge, root, by):
    put(root, "2026-08-01", "old = bad")
    put(root, "2026-11-20", "old = bad", "new = bad")
    made = judge(FINDS, GOOD, origin=Origin(commit="HEAD"), decides=by(SLA))
    assert ages(made) == {1: (116, Action.BLOCK), 2: (5, Action.PASS)}


def test_where_the_clone_is_cut_off_nothing_is_green(judge, root, by, tmp_path):
    put(root, "2026-08-01", "old = bad")
    put(root, "2026-11-20", "old = bad", "new = 1")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    shallow = {"path": tmp_path / "shallow", "origin": Origin(commit="HEAD")}
    made = judge(FINDS, GOOD, decides=by(SLA), **shallow)
    (lacking,) = made.incomplete
    assert (made.exit, lacking.id) == (3, "history")
    assert lacking.reason == "the history of this clone is cut off: since when 1 findings are there is not known"
    assert "fetch-depth: 0" in lacking.remedy
    assert judge(GOOD, GOOD, decides=by(SLA), **shallow).exit == 0


def test_without_ages_in_the_policy_nobody_asks_the_history(judge, root, by, monkeypatch):
    put(root, "2026-08-01", "old = bad")
    monkeypatch.setattr("secgate.git.since", None)
    made = judge(FINDS, GOOD, origin=Origin(commit="HEAD"), decides=by(""))
    assert ages(made) == {1: (0, Action.PASS)}
