"""`--staged --changed`: what the next commit changes is judged, each file by itself, and nothing else is."""

import pytest
from support import repositories, story
from support.fakes import FINDS, GOOD
from support.repositories import git

from secgate.errors import UsageError
from secgate.gate.replay import differences, replayed
from secgate.model import STAGED, EvidenceState, Outcome, Severity
from secgate.policy.source import Authority, named
from secgate.scan.detect import Origin, detect

CHANGED = Origin(index=True, changed=True)


@pytest.fixture
def root(tmp_path):
    root = repositories.repository(tmp_path / "repository", "a.py", "b.py", "c/d.py")
    repositories.commit(root)
    return root


def names(root, origin=CHANGED):
    return [one.path for one in detect(root, origin).files]


def test_only_what_the_commit_changes_is_there(root):
    (root / "a.py").write_text("x = 1\n")
    (root / "new.py").write_text("x = 1\n")
    git(root, "add", "a.py", "new.py")
    (root / "b.py").write_text("not staged\n")
    (root / "untracked.py").write_text("x = 1\n")
    git(root, "rm", "-q", "c/d.py")
    tree = detect(root, CHANGED)
    assert [one.path for one in tree.files] == ["a.py", "new.py"]
    assert (tree.source, tree.commit) == (STAGED, git(root, "rev-parse", "HEAD"))


def test_a_mode_a_link_and_a_move_are_changes(root):
    git(root, "update-index", "--chmod=+x", "a.py")
    git(root, "mv", "b.py", "moved.py")
    (root / "link").symlink_to("a.py")
    git(root, "add", "link")
    tree = detect(root, CHANGED)
    assert [one.path for one in tree.files] == ["a.py", "moved.py"]
    assert [one.path for one in tree.links] == ["link"]


def test_before_the_first_commit_all_of_the_index_is_new(tmp_path):
    root = repositories.repository(tmp_path / "project", "a.py", "b.py")
    git(root, "add", "a.py")
    assert names(root) == ["a.py"]


def test_a_scope_narrows_it_further(root):
    for name in ("a.py", "c/d.py"):
        (root / name).write_text("x = 1\n")
    git(root, "add", "-A")
    assert names(root / "c") == ["c/d.py"]


@pytest.fixture
def go(tmp_path, monkeypatch, root):
    judged = story.judge(tmp_path, monkeypatch)
    return lambda *programs, **changes: judged(*programs, path=root, origin=CHANGED, **changes)


def test_what_is_staged_is_refused_and_what_is_not_is_not_seen(go, root):
    (root / "a.py").write_text("import os\nos.system(x)\n")
    git(root, "add", "a.py")
    (root / "b.py").write_text("import os\nos.system(x)\n")
    decision = go(FINDS, GOOD)
    assert decision.outcome is Outcome.BLOCKED
    assert {one.finding.location.path for one in decision.verdicts if one.finding.severity is Severity.HIGH} == {"a.py"}
    assert decision.subject.source == STAGED
    assert decision.base == git(root, "rev-parse", "HEAD")


def test_a_commit_that_only_removes_has_nothing_to_read_and_passes(go, root):
    git(root, "rm", "-q", "b.py")
    assert go().exit == 0


def test_a_scanner_that_dies_is_no_pass(go, root):
    (root / "a.py").write_text("x = 1\n")
    git(root, "add", "a.py")
    assert go("sys.exit(9)").exit == 3


def test_a_scanner_of_whole_repositories_is_left_to_the_whole_scan(go, root):
    (root / "a.py").write_text("x = 1\n")
    git(root, "add", "a.py")
    decision = go(target="tree")
    assert {one.state for one in decision.evidence} == {EvidenceState.NOT_APPLICABLE}
    assert {one.reason for one in decision.evidence} == {"left to the whole scan"}


def test_the_gates_policy_that_is_removed_is_told(go, root):
    (root / ".secgate").mkdir()
    (root / ".secgate/policy.yaml").write_text("x\n")
    repositories.commit(root)
    git(root, "rm", "-q", ".secgate/policy.yaml")
    assert [one.finding.rule.id for one in go().verdicts] == ["policy-changed"]


def test_without_a_repository_there_is_no_index(tmp_path):
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="--staged needs a git repository"):
        detect(tmp_path / "plain", CHANGED)


def test_feeds_are_left_to_the_whole_scan(go, root, tmp_path, monkeypatch):
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))
    place = tmp_path / "policy.yaml"
    place.write_text(story.PACK.replace("    required:\n", "    feeds: [{id: kev}]\n    required:\n"))
    decides = Authority(named(str(place)).pack, "here")
    (root / "a.py").write_text("x = 1\n")
    git(root, "add", "a.py")
    made = go(decides=decides)
    assert (made.exit, made.feeds) == (0, ())
    assert differences(made, replayed(made, decides)) == ()


def test_the_base_is_scanned_only_where_there_is_something_to_compare(go, root):
    (root / "a.py").write_text("# a.py\nx = 1\n")
    git(root, "add", "a.py")
    assert go(GOOD, GOOD).comparison is None
    found = go(FINDS, GOOD)
    assert found.comparison is not None
    # The base has the same problem in the same line of the same file: nobody brought it.
    assert not any(one.finding.is_new for one in found.verdicts)
