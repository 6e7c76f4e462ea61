"""Against a base: what stood there is honoured, what could not be read there does not block, what changes is found."""

import pytest
from support import repositories, story
from support.fakes import GOOD
from support.repositories import git

from secgate.model import Marker, Outcome, Reads
from secgate.policy.source import Authority, named
from secgate.scan.detect import Origin

MARKERS = (Marker("nosec", r"#[ \t]*nosec\b[ \t]*(?P<rule>[^#\n]*)(?:#(?P<reason>.*))?"),)
FINDS = (
    "found = [{'path': f, 'line': n, 'rule': 'R1', 'severity': 'high'} for f in files if f.endswith('.py')"
    " for n, text in enumerate(open(f), 1) if 'bad' in text]\n"
    "json.dump({'findings': found, 'errors': [], 'read': files}, open(out, 'w'))\n"
)
CANNOT = (
    "broken = [f for f in files if '!' in open(f).read()]\n"
    "json.dump({'findings': [], 'errors': [{'path': f, 'message': 'what?'} for f in broken],"
    " 'read': [f for f in files if f not in broken]}, open(out, 'w'))\n"
)


@pytest.fixture
def judge(tmp_path, monkeypatch):
    return story.judge(tmp_path, monkeypatch)


@pytest.fixture
def root(tmp_path, judge):
    """Return the judged project, a repository without commits."""
    return repositories.repository(tmp_path / "project")


@pytest.fixture
def against(judge, root):
    """Commit what `before` writes, then what `after` writes, and judge the second against the first."""

    def against(before, after, program=FINDS, working_tree=False, **changes):
        for name, text in before.items():
            (root / name).write_text(text)
        first = repositories.commit(root)
        for name, text in after.items():
            (root / name).unlink() if text is None else (root / name).write_text(text)
        if not working_tree:
            repositories.commit(root)
        origin = Origin() if working_tree else Origin(commit="HEAD")
        return judge(program, GOOD, origin=origin, base=first, markers=MARKERS, **changes)

    return against


@pytest.fixture
def everywhere(tmp_path):
    """Return a policy whose rule is about old findings too."""
    place = tmp_path / "everywhere.yaml"
    place.write_text(story.PACK.replace("scope: introduced", "scope: all"))
    return Authority(named(str(place)).pack, "here")


def found(decision):
    return [(one.finding.rule.id, one.finding.location.path, one.finding.location.line, one.action.value)
            for one in decision.verdicts]  # fmt: skip


@pytest.mark.parametrize("working_tree", [False, True])
@pytest.mark.parametrize(
    ("before", "after", "blocked"),
    [
        ("bad()  # nosec\n", "bad()  # nosec\n", []),
        ("bad()  # nosec\n", "\n\nbad()  # nosec\n", []),
        ("bad()  # nosec R1 # fine\n", "x\nbad()  # nosec R1 # fine\n", []),
        ("# nosec\nbad()\n", "x\n# nosec\nbad()\n", []),
        ("bad()  # nosec R2\n", "bad()  # nosec R2\n", [1]),
        ("bad()\n", "bad()  # nosec\n", [1]),
        ("bad()  # nosec R2\n", "bad()  # nosec R1\n", [1]),
        ("bad()  # nosec R1\n", "bad()  # nosec\n", [1]),
        ("bad(1)  # nosec\n", "bad(2)  # nosec\n", [1]),
        ("bad()  # nosec\n", "bad()  # nosec\nbad()  # nosec\n", [1, 2]),
        ("x()  # nosec\n", "x()  # nosec\nbad()\n", [2]),
        ("# nosec\nbad(1)\n", "# nosec\nbad(2)\n", [2]),
        ("x\n", "# nosec\nbad()\n", [2]),
        ("# nosec\nx()\nbad()\n", "x()\n# nosec\nbad()\n", [3]),
    ],
)
def test_a_suppression_is_honoured_as_far_as_the_base_has_it(against, everywhere, before, after, blocked, working_tree):
    changed = {"a.py": after, "new.txt": ""}
    decision = against({"a.py": before}, changed, working_tree=working_tree, decides=everywhere)
    assert [line for rule, _, line, action in found(decision) if (rule, action) == ("R1", "block")] == blocked
    honoured = [one for one in decision.verdicts if one.finding.suppressed_at_base]
    assert all(one.action == "pass" and "base" in one.why for one in honoured)
    assert len(honoured) == after.count("bad") - len(blocked)
    new = [one for one in decision.verdicts if one.finding.rule.id == "new-inline-suppression"]
    assert len(new) == 2 * sum(not one.stands for one in decision.suppressions if one.tool == "one")
    assert (decision.outcome is Outcome.PASS) == (not blocked)


def test_without_a_base_none_is_honoured(against, judge, root):
    (root / "a.py").write_text("bad()  # nosec\n")
    repositories.commit(root)
    decision = judge(FINDS, GOOD, origin=Origin(commit="HEAD"), markers=MARKERS)
    assert found(decision) == [("R1", "a.py", 1, "block")]
    assert decision.base == ""


def test_what_could_not_be_read_before_is_listed_and_does_not_block(against, root):
    decision = against({"a.py": "!\n"}, {"b.py": "y = 1\n"}, CANNOT)
    assert decision.outcome is Outcome.PASS
    assert [one.known for one in decision.evidence] == [("a.py",), ()]


@pytest.mark.parametrize("name", ["a.py", "sub/b.txt"])
def test_what_stands_for_its_folder_is_as_before_only_with_all_of_it(against, root, name):
    (root / "in/sub").mkdir(parents=True)
    before = {"in/a.py": "!\n", "in/sub/b.txt": "x\n", "in.txt": "x\n"}
    reads = (Reads("chart", ("**/a.py",), whole=True), Reads("python", ("**/*.py",)))
    assert against(before, {"in.txt": "y\n"}, CANNOT, reads=reads).outcome is Outcome.PASS
    assert against({}, {f"in/{name}": "!!\n"}, CANNOT, reads=reads).outcome is Outcome.INCOMPLETE


def test_a_language_that_nobody_reads_is_incomplete_only_where_it_changes(against, tmp_path):
    place = tmp_path / "languages.yaml"
    demand = "{id: all, category: sast, anyOf: [one], applies: {paths: ['**/*.lua', '**/*.py']}}"
    place.write_text(story.PACK.replace("  rules:", f"      - {demand}\n  rules:", 1))
    decides = Authority(named(str(place)).pack, "here")
    before = {"a.lua": "x\n", "b.py": "x = 1\n"}
    assert against(before, {"b.py": "x = 2\n"}, decides=decides).outcome is Outcome.PASS
    assert against({}, {"a.lua": "y\n"}, decides=decides).outcome is Outcome.INCOMPLETE


def test_what_only_a_new_link_makes_source_is_not_known(judge, root):
    (root / "a.txt").write_text("!\n")
    first = repositories.commit(root)
    (root / "new.py").symlink_to("a.txt")
    repositories.commit(root)
    decision = judge(CANNOT, GOOD, origin=Origin(commit="HEAD"), base=first)
    assert decision.outcome is Outcome.INCOMPLETE
    assert [name for one in decision.evidence for name in one.unread] == ["a.txt"]


@pytest.mark.parametrize(
    ("before", "after"),
    [({"a.py": "!\n"}, {"a.py": "!!\n"}), ({"a.py": "x\n"}, {"a.py": "!\n"}), ({}, {"c.py": "!\n"}),
     ({"a.py": "!\n"}, {"c.py": "!\n"})],
)  # fmt: skip
def test_what_is_newly_unreadable_is_incomplete(against, before, after):
    decision = against(before, after, CANNOT)
    assert decision.outcome is Outcome.INCOMPLETE
    assert [name for one in decision.evidence for name in one.unread] == list(after)


def test_a_complaint_about_no_file_blocks_whatever_was_before(against):
    program = CANNOT.replace("for f in broken]", "for f in broken] + [{'path': '', 'message': 'out of order'}]")
    assert against({"a.py": "!\n"}, {"b.py": "y\n"}, program).outcome is Outcome.INCOMPLETE


@pytest.mark.parametrize(("expires", "outcome"), [("2026-11-25", Outcome.PASS), ("2026-11-24", Outcome.INCOMPLETE)])
def test_the_policy_lists_what_need_not_be_read_until_a_day(judge, root, tmp_path, expires, outcome):
    (root / "a.py").write_text("!\n")
    line = f"  unreadable: [{{paths: [a.*], owner: me, reason: generated, expires: {expires}}}]\n"
    place = tmp_path / "listing.yaml"
    place.write_text(story.PACK + line)
    decision = judge(CANNOT, GOOD, decides=Authority(named(str(place)).pack, "here"))
    assert decision.outcome is outcome


def test_changes_to_what_the_gate_stands_on_are_found(against, root):
    (root / ".secgate/waivers").mkdir(parents=True)
    (root / ".secgate/baseline").mkdir()
    (root / ".github/workflows").mkdir(parents=True)
    names = {
        ".secgate/policy.yaml": "policy-changed", ".secgate/waivers/2026.yaml": "waivers-changed",
        ".secgate/baseline/x.json": "baseline-changed", ".github/workflows/gate.yml": "gate-workflow-changed",
        ".github/workflows/tests.yml": "",
    }  # fmt: skip
    text = {name: "uses: org/Secgate@v1\n" if rule else "uses: others\n" for name, rule in names.items()}
    decision = against(text, {name: f"{old}#\n" for name, old in text.items()})
    assert {(path, rule) for rule, path, *_ in found(decision)} == {one for one in names.items() if one[1]}
    assert {one.finding.category for one in decision.verdicts} == {"gate"}
    decision = against({}, dict.fromkeys(names))
    assert len(found(decision)) == 4
    assert all("is removed" in one.finding.message for one in decision.verdicts)


def test_what_the_gates_job_calls_and_what_passes_for_it_is_found(against, root):
    (root / ".github/workflows").mkdir(parents=True)
    job = "on: push\njobs:\n  gate:\n    runs-on: x\n    steps:\n      - run: {}\n"
    before = {".github/workflows/gate.yml": job.format("./gate.sh"), "gate.sh": "secgate scan .\n"}
    after = {"gate.sh": "true\n", ".github/workflows/new.yml": job.format("'true'")}
    decision = against(before, after)
    assert [(rule, path) for rule, path, *_ in found(decision)] == [
        ("gate-workflow-changed", ".github/workflows/new.yml"), ("gate-workflow-changed", "gate.sh")
    ]  # fmt: skip
    assert "Its job `gate` has the name" in decision.verdicts[0].finding.message


def test_what_did_not_change_is_no_finding(against, root):
    (root / ".secgate").mkdir()
    same = {".secgate/policy.yaml": "a\n", "a.py": "x()  # nosec\n"}
    assert found(against(same, {"other.py": "x\n"}, working_tree=True)) == []


@pytest.mark.parametrize(
    ("old", "new"), [(["q.py"], "Q.py"), (["Q.py"], "q.py"), (["lib"], "Lib/c.py"), (["Lib/c.py"], "lib")]
)
def test_a_name_that_merges_with_one_that_was_there_is_new_whichever_is_told(judge, root, old, new):
    repositories.write(root, "a.py", *old)
    first = repositories.commit(root)
    repositories.write(root, new)
    repositories.commit(root)
    decision = judge(FINDS, GOOD, origin=Origin(commit="HEAD"), base=first)
    assert [(one.finding.rule.id, one.finding.is_new) for one in decision.verdicts] == [("names-that-merge", True)]
    decision = judge(FINDS, GOOD, origin=Origin(commit="HEAD"), base="HEAD")
    assert [(one.finding.rule.id, one.finding.is_new) for one in decision.verdicts] == [("names-that-merge", False)]


def test_content_that_moves_behind_a_pointer_or_a_submodule_is_found(judge, root):
    (root / "lib").mkdir()
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    before = {"a.py": "x = 1\n", "old.py": pointer, "lib/b.py": "y = 2\n"}
    for name, text in before.items():
        (root / name).write_text(text)
    first = repositories.commit(root)
    git(root, "rm", "-rq", "lib")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{first},lib")
    (root / "a.py").write_text(pointer)
    (root / "new.py").write_text(pointer)
    git(root, "add", "a.py", "new.py")
    git(root, "commit", "-q", "-m", "x")
    decision = judge(GOOD, GOOD, origin=Origin(commit="HEAD"), base=first)
    assert {(rule, path) for rule, path, *_ in found(decision)} == {
        ("content-moved-away", "a.py"), ("content-moved-away", "lib")
    }  # fmt: skip
    assert decision.outcome is Outcome.BLOCKED
    # At the base `old.py` was a pointer already; all the others are new.
    assert {one for each in decision.evidence for one in each.known} == {"old.py"}
    assert {one for each in decision.evidence for one in each.unread} == {"a.py", "lib", "new.py"}


def test_every_run_is_the_same_for_any_number_of_workers(against, root, judge):
    against({"a.py": "bad()  # nosec\n", "b.py": "!\n"}, {"c.py": "bad()  # nosec\n"})
    first = git(root, "rev-parse", "HEAD^1")
    both = [judge(FINDS, CANNOT, jobs=jobs, origin=Origin(commit="HEAD"), base=first, markers=MARKERS)
            for jobs in (1, 4)]  # fmt: skip
    assert both[0] == both[1]
