"""The base is scanned too: what is introduced, existing, fixed and newly disclosed is exact, and never by accident."""

import subprocess

import pytest
from msgspec.structs import replace
from support import repositories, story
from support.fakes import GOOD
from support.repositories import git
from test_base import FINDS, MARKERS

from secgate import catalog
from secgate.gate import Trust, evaluate, sides
from secgate.gate.replay import differences, replayed
from secgate.model import Action, Novelty, OnMissing, Outcome, Scope, Waiver, WaiverKind, WaiverPolicy
from secgate.policy.evaluate import Allowance
from secgate.policy.source import Authority, named
from secgate.report import document, sarif_file
from secgate.scan.detect import Origin
from secgate.scan.plan import Wish

PASSWORDS = (
    "rows = [{'path': f, 'line': n, 'rule': 'R1', 'severity': 'high', 'cwe': ['CWE-798']} for f in files"
    " for n, text in enumerate(open(f), 1) if 'password' in text]\n"
    "json.dump({'findings': rows, 'errors': [], 'read': files}, open(out, 'w'))\n"
)


@pytest.fixture
def judge(tmp_path, monkeypatch):
    return story.judge(tmp_path, monkeypatch)


@pytest.fixture
def root(tmp_path, judge):
    root = repositories.repository(tmp_path / "project")
    for name in ("a.py", "b.py"):
        (root / name).unlink()
    return root


@pytest.fixture
def against(judge, root):
    def against(before, after, one=FINDS, **changes):
        for name, text in before.items():
            (root / name).write_text(text)
        first = repositories.commit(root)
        for name, text in after.items():
            (root / name).unlink() if text is None else (root / name).write_text(text)
        repositories.commit(root)
        return judge(one, GOOD, base=first, **{"origin": Origin(commit="HEAD")} | changes)

    return against


@pytest.fixture
def policy(tmp_path):
    def policy(rules, more=""):
        place = tmp_path / "policy.yaml"
        place.write_text(story.PACK.replace(story.PACK.splitlines()[-1], f"    - {rules}\n{more}"))
        return Authority(named(str(place)).pack, "here")

    return policy


def states(decision):
    return sorted((one.finding.location.path, one.finding.location.line, str(one.finding.novelty))
                  for one in decision.verdicts)  # fmt: skip


def gone(decision):
    return [(one.location.path, one.location.line) for one in decision.fixed]


def test_what_the_base_has_exists_what_it_lacks_is_introduced_and_what_only_it_has_is_fixed(against):
    before = {"a.py": "bad(1)\nbad(2)\n", "gone.py": "bad(3)\n"}
    decision = against(before, {"a.py": "x\nbad(1)\nbad(4)\n", "gone.py": None})
    assert states(decision) == [("a.py", 2, "existing"), ("a.py", 3, "introduced")]
    assert gone(decision) == [("a.py", 2), ("gone.py", 1)]
    assert [one.action for one in decision.verdicts] == [Action.BLOCK, Action.PASS]
    assert decision.comparison.committed.endswith("Z")
    assert (decision.comparison.gaps, decision.comparison.lost) == ((), 0)
    assert document.load(document.render(decision)) == decision


def test_what_is_there_once_more_is_introduced_once(against):
    decision = against({"a.py": "bad()\n"}, {"a.py": "bad()\n" + "y\n" * 99 + "bad()\n"})
    assert [state for *_, state in states(decision)].count("introduced") == 1


@pytest.mark.parametrize("one", [FINDS, PASSWORDS])
def test_a_tree_that_is_its_own_base_introduces_nothing_and_fixes_nothing(against, root, one):
    text = 'bad()\nbad()  # nosec\npassword = "tr0ub4dor-and-3"\nfa\u200bke = 1\n'
    decision = against({"a.py": text, "b.py": "bad()\n"}, {}, one, markers=MARKERS)
    assert {one.finding.novelty for one in decision.verdicts} == {Novelty.EXISTING}
    assert (decision.fixed, decision.outcome) == ((), Outcome.PASS)


def test_what_the_working_tree_changes_is_introduced(against, root, judge):
    against({"a.py": "bad(1)\n"}, {})
    (root / "a.py").write_text("bad(1)\nbad(2)\n")
    decision = judge(FINDS, GOOD, base="HEAD")
    assert states(decision) == [("a.py", 1, "existing"), ("a.py", 2, "introduced")]


@pytest.mark.parametrize("failure", ["sys.exit(9)", "time.sleep(60)", "open(out, 'w').write('{')\n  sys.exit(0)"])
def test_where_the_base_could_not_be_scanned_all_counts_as_introduced_and_it_is_said(against, failure):
    program = f"if '/base/' in files[0]:\n  {failure}\n{FINDS}"
    decision = against({"a.py": "bad(1)\n"}, {"a.py": "bad(1)\n#\n", "b.py": "bad(2)\n"}, program, timeout_s=2)
    assert {state for *_, state in states(decision)} == {"introduced"}
    assert decision.outcome is Outcome.BLOCKED
    assert [each.scanner for each in decision.comparison.gaps] == ["one"]


def test_what_was_not_read_at_the_base_counts_as_introduced(against):
    skips = "seen = [f for f in files if not ('/base/' in f and f.endswith('b.py'))]\nreal, files = files, seen\n"
    decision = against({"a.py": "bad()\n", "b.py": "bad()\n"}, {"b.py": "bad()\n\n"}, skips + FINDS)
    assert states(decision) == [("a.py", 1, "existing"), ("b.py", 1, "introduced")]
    assert [each.unread for each in decision.comparison.gaps] == [("b.py",)]


def test_what_the_judged_tree_was_not_looked_at_for_is_not_fixed(against):
    skips = "files = [f for f in files if '/base/' in f or not f.endswith('b.py')]\n"
    decision = against({"a.py": "bad()\n", "b.py": "bad()\n"}, {"a.py": "x\n", "b.py": "y\n"}, skips + FINDS)
    assert gone(decision) == [("a.py", 1)]
    assert decision.comparison.lost == 1
    decision = against({"b.py": "bad()\n"}, {"b.py": "y\n"}, "if '/base/' not in files[0]:\n  sys.exit(9)\n" + FINDS)
    assert (decision.fixed, decision.comparison.lost) == ((), 1)


def test_another_secret_in_the_place_of_one_is_introduced(against):
    before = {"a.py": 'password = "tr0ub4dor-and-3"\n', "b.py": 'password = "c0rrect-h0rse"\n'}
    decision = against(before, {"a.py": 'password = "another-0ne-here"\n'}, PASSWORDS)
    assert states(decision) == [("a.py", 1, "introduced"), ("b.py", 1, "existing")]
    assert decision.outcome is Outcome.BLOCKED


@pytest.mark.parametrize("fixed", ["one", "two"])
def test_where_the_change_comes_from_several_commits_the_target_counts(root, judge, fixed):
    (root / "a.py").write_text("bad()\n")
    first = repositories.commit(root)
    sides = {}
    for name in ("one", "two"):
        git(root, "checkout", "-q", "-b", name, first)
        (root / "a.py").write_text("x\n" if name == fixed else "bad()\n")
        (root / name).write_text("")
        sides[name] = repositories.commit(root)
    git(root, "checkout", "-q", "main")
    for name in sides:
        git(root, "merge", "-q", "--no-ff", "-m", name, name)
    target = git(root, "rev-parse", "HEAD")
    parents = [word for one in sides.values() for word in ("-p", one)]
    head = git(root, "commit-tree", f"{first}^{{tree}}", *parents, "-m", "keeps it")
    decision = judge(FINDS, GOOD, base=target, origin=Origin(commit=head))
    assert (decision.base, states(decision)) == (target, [("a.py", 1, "introduced")])


def test_a_waiver_of_one_secret_is_not_for_another_in_its_place(against, judge):
    against({"a.py": 'password = "example-0ne-here"\n'}, {"b.py": "x\n"})
    (old,) = judge(PASSWORDS, GOOD, base="HEAD").verdicts
    match = {"fingerprint": old.finding.fingerprint}
    waiver = Waiver("W-1", WaiverKind.FALSE_POSITIVE, match, ("severe",), "2026-11-01")
    pack = named("p@1").pack
    rules = tuple(replace(one, scope=Scope.ALL) for one in pack.rules)
    loose = WaiverPolicy(require=())
    decides = Authority(replace(pack, rules=rules, waivers=(waiver,), waiver_policy=loose), "here")
    assert judge(PASSWORDS, GOOD, base="HEAD", decides=decides).outcome is Outcome.PASS
    decision = against({}, {"a.py": 'password = "an0ther-0ne"\n'}, PASSWORDS, decides=decides)
    assert (decision.outcome, states(decision)) == (Outcome.BLOCKED, [("a.py", 1, "introduced")])
    assert gone(decision) == [("a.py", 1)]


def test_a_secret_of_the_base_alone_is_in_no_report(against):
    decision = against({"a.py": 'password = "tr0ub4dor-and-3"\n'}, {"a.py": None, "b.py": "x\n"}, PASSWORDS)
    assert gone(decision) == [("a.py", 1)]
    assert b"tr0ub4dor" not in document.render(decision)


def test_hidden_characters_that_stood_there_exist(against):
    decision = against({"a.py": "fa\u200bke = 1\n"}, {"a.py": "fa\u200bke = 1\nne\u200bw = 2\n"})
    assert states(decision) == [("a.py", 1, "existing"), ("a.py", 2, "introduced")]


def test_of_many_hidden_characters_one_more_is_introduced(against):
    many = "".join(f"fa\u200bke{number} = 1\n" for number in range(22))
    decision = against({"a.py": many}, {"a.py": many + "ne\u200bw = 2\n"})
    assert [line for _, line, state in states(decision) if state == "introduced"] == [20]


@pytest.mark.parametrize(("basis", "new"), [("baseline", [1]), ("diff", []), ("both", [1])])
def test_the_policy_says_by_what_a_finding_is_new(against, policy, basis, new):
    rule = "{id: r, match: {severity: high}, scope: introduced, action: block}"
    late = FINDS.replace("if 'bad' in text", "if 'bad' in text and '/base/' not in f")
    decision = against(
        {"a.py": "bad()\n"}, {"a.py": "bad()\n#\n"}, late, decides=policy(rule, f"  newCode: {{basis: {basis}}}\n")
    )
    assert [one.finding.location.line for one in decision.verdicts if one.action is Action.BLOCK] == new


def test_a_ratchet_holds_what_nothing_lifts_against_the_same_at_the_base(against, policy):
    decides = policy("{id: r, match: {severity: high}, action: block, max: baseline}")
    before = {"a.py": "bad(1)\nbad(2)  # nosec\n"}
    # As many as before, though others.
    decision = against(before, {"a.py": "bad(3)\nbad(2)  # nosec\n"}, decides=decides, markers=MARKERS)
    assert decision.outcome is Outcome.PASS
    assert decision.comparison.counts == {"r": 1}
    # What was suppressed at the base makes no room for what is not.
    decision = against(before, {"a.py": "bad(1)\nbad(3)\n"}, decides=decides, markers=MARKERS)
    assert decision.outcome is Outcome.BLOCKED


def test_images_have_no_base(against, tmp_path):
    bill = tmp_path / "bill.json"
    bill.write_text("{}")
    wish = Wish(cores=2, sboms=(str(bill),))
    assert against({"a.py": "bad()\n"}, {}, wish=wish).outcome is Outcome.PASS


def test_a_narrowed_scan_compares_what_it_judges(against, root, judge):
    (root / "in").mkdir()
    against({"in/a.py": "bad(1)\n", "b.py": "bad(2)\n"}, {"in/a.py": "x\n", "b.py": "x\n"})
    decision = judge(FINDS, GOOD, base="HEAD^1", origin=Origin(commit="HEAD"), path=root / "in")
    assert gone(decision) == [("in/a.py", 1)]


@pytest.mark.parametrize("jobs", [1, 4])
def test_both_trees_give_the_same_bytes_with_any_number_of_workers(against, judge, jobs):
    first = against({"a.py": "bad(1)\n", "b.py": "bad(2)\n"}, {"b.py": "bad(3)\n"})
    again = judge(FINDS, GOOD, base="HEAD^1", origin=Origin(commit="HEAD"), jobs=jobs)
    assert document.render(again) == document.render(first)


def test_the_decision_names_both_commits_and_the_day_of_the_base(against, root):
    decision = against({"a.py": "x\n"}, {"a.py": "y\n"})
    assert decision.base == git(root, "rev-parse", "HEAD^1")
    seconds = git(root, "log", "-1", "--format=%ct", "HEAD^1")
    shown = subprocess.run(
        ["date", "-u", "-d", f"@{seconds}", "+%Y-%m-%dT%H:%M:%SZ"], capture_output=True, text=True, check=True
    )
    assert decision.comparison.committed == shown.stdout.strip()


TREE = {
    "a.py": "bad(1)\nbad(1)  # nosec\n", "b.py": "bad(2)\n", "gone.py": "bad(3)\n",
    "run": "#!/usr/bin/python\nbad(4)\n",
    "s.py": 'password = "tr0ub4dor-and-3"  # bad\n', "h.py": "fa\u200bke = 1  # bad\n",
}  # fmt: skip
CHANGE = {"b.py": "x\nbad(2)\nbad(5)\n", "gone.py": None, "new.py": "bad(1)\n"}


@pytest.mark.parametrize("one", [FINDS, PASSWORDS])
def test_what_is_not_scanned_again_is_as_if_it_were(against, judge, monkeypatch, one):
    less = against(TREE, CHANGE, one, markers=MARKERS)
    monkeypatch.setattr(sides, "lightened", lambda tasks, *_: (tasks, {}))
    full = judge(one, GOOD, base="HEAD^1", origin=Origin(commit="HEAD"), markers=MARKERS)
    assert document.render(less) == document.render(full)


def test_of_the_base_only_what_changed_is_scanned_again(against):
    names = "{os.path.basename(f) for f in files if '/base/' in f}"
    seen = f"if {names} - {{'b.py', 'gone.py'}}:\n  sys.exit(9)\n"
    decision = against(TREE, CHANGE, seen + FINDS)
    assert decision.comparison.gaps == ()
    assert gone(decision) == [("gone.py", 1)]
    # Where nothing changed no process is started at all.
    decision = against({}, {"notes.txt": "x\n"}, "if any('/base/' in f for f in files):\n  sys.exit(9)\n" + FINDS)
    assert decision.comparison.gaps == ()


def test_sarif_that_is_trusted_carries_what_each_finding_is_to_the_base(against, tmp_path):
    decision = against({"a.py": "bad(1)\n", "gone.py": "bad(2)\n"}, {"gone.py": None, "new.py": "x\n"})
    file = tmp_path / "secgate.sarif"
    file.write_bytes(sarif_file.render(decision, catalog.scanners()))
    again, other = (
        evaluate([file], named("p@1"), Allowance(), "2026-11-25", Trust(files=trusted)) for trusted in (True, False)
    )
    assert [one.finding for one in again.verdicts] == [one.finding for one in decision.verdicts]
    assert (again.base, again.fixed, again.outcome) == (decision.base, decision.fixed, Outcome.PASS)
    # Nobody's word: all of it counts, and nothing is fixed.
    assert (other.base, other.fixed, [one.action for one in other.verdicts]) == ("", (), [Action.BLOCK])


def test_nothing_of_the_base_is_scanned_where_there_is_none(judge, root):
    (root / "a.py").write_text("bad()\n")
    repositories.commit(root)
    fails_at_the_base = "if '/base/' in files[0]:\n  sys.exit(9)\n" + FINDS
    decision = judge(fails_at_the_base, GOOD, origin=Origin(commit="HEAD"))
    assert (decision.comparison, decision.fixed, decision.base) == (None, (), "")


def test_a_decision_that_says_more_of_its_evidence_than_there_is_is_not_derived(against):
    made = against({"a.py": "bad(1)\n"}, {"b.py": "x\n"}, "sys.exit(9)")
    decides = named("p@1")
    assert (made.outcome, differences(made, replayed(made, decides))) == (Outcome.INCOMPLETE, ())
    green = replace(made, outcome=Outcome.PASS, exit=0)
    met = tuple(replace(one, met=True, reason="", remedy="") for one in made.requirements)
    ignored = tuple(replace(one, on_missing=OnMissing.IGNORE) for one in made.requirements)
    for forged in (met, ignored, ()):
        said = differences(replace(green, requirements=forged), replayed(replace(green, requirements=forged), decides))
        assert said[0] == "outcome: recorded is pass, derived is incomplete"
