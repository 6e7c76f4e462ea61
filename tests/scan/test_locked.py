"""A lockfile that a scanner did not read whole is named, with what was not checked."""

from pathlib import Path

import pytest
from support import fakes

from secgate.model import EvidenceState, Lockfile, Reads, Report, Run, Status, Target, Task, Tree
from secgate.scan import locked
from secgate.scan.normalise import normalise
from secgate.scan.places import Places
from secgate.scan.plan import Wish, plan

NPM = Reads("npm", ("**/package-lock.json",), lockfile="npm")
PIP = Reads("pip", ("**/requirements.txt",), lockfile="requirements")


def planned(folder: Path, files: dict[str, str]) -> Task:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    tree = Tree(root="/r", files=tuple(Target(name) for name in sorted(files)))
    scanner = fakes.scanner(target="tree", reads=(NPM, PIP), argv=("{tool}",))
    (task,), _ = plan(tree, folder, {"fake": scanner}, Wish(cores=1))
    return task


def test_only_what_names_a_package_is_expected_and_looked_at_to_its_end(tmp_path):
    late = " " * 100_000 + '{"packages": {"node_modules/a": {"version": "1.0"}}}'
    task = planned(tmp_path, {"package-lock.json": late, "requirements.txt": "a>=1\n", "x/package-lock.json": "{}"})
    assert task.lockfiles == {"package-lock.json": Lockfile("npm", frozenset({("a", "1.0")}))}
    assert task.files == ("package-lock.json",)


def test_what_is_not_understood_is_expected(tmp_path):
    task = planned(tmp_path, {"package-lock.json": "{"})
    assert (task.files, task.lockfiles) == (("package-lock.json",), {"package-lock.json": Lockfile("npm", None)})


def test_requirements_that_are_taken_in_are_expected_under_whatever_name(tmp_path):
    task = planned(tmp_path, {
        "a/requirements.txt": "-r ../pins.in\n-c ../../outside.txt\n-r https://example.org/x.txt\n-r nowhere.txt\n",
        "pins.in": "-r b/more\n-r a/requirements.txt\n", "b/more": "a==1.0\n-r ../b/more\n", "other.in": "b==1.0\n",
    })  # fmt: skip
    assert task.lockfiles == {"b/more": Lockfile("requirements", frozenset({("a", "1.0")}))}


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ({("a", "1")}, {("a", "1"), ("b", "2")}, ""),
        ({("a", "1"), ("b", "")}, {("a", "1")}, ""),
        ({("a", "1")}, {("a", "2")}, "a 1 was not checked"),
        ({("a", "1"), ("b", "2")}, set(), "a 1 and b 2 were not checked"),
        ({(f"p{n}", "1") for n in range(7)}, set(), "p0 1, p1 1, p2 1, p3 1, p4 1 and 2 more were not checked"),
    ],
)
def test_what_was_not_checked_is_named(ours, theirs, said):
    scanner = fakes.scanner()
    task = Task(scanner, "check", scanner.commands["check"], lockfiles={"x": Lockfile("npm", frozenset(ours))})
    assert [(one.path, one.message) for one in locked.unchecked(task, {"x": theirs})] == ([("x", said)] if said else [])


def test_two_spellings_of_a_python_name_are_one():
    scanner = fakes.scanner()
    lockfile = Lockfile("requirements", frozenset({("py-yaml", "5.3")}))
    task = Task(scanner, "check", scanner.commands["check"], lockfiles={"x": lockfile})
    assert locked.unchecked(task, {"x": {("Py_YAML", " 5.3")}}) == []


class Adapter:
    def __init__(self, packages: dict[str, frozenset[tuple[str, str]]]) -> None:
        self.packages = packages

    def report(self, raw: bytes) -> Report:
        return Report(covered=tuple(self.packages), packages=self.packages)


@pytest.mark.parametrize(
    ("content", "packages", "state", "errors"),
    [
        ('{"packages": {"node_modules/a": {"version": "1"}}}', {("a", "1")}, EvidenceState.OK, ()),
        ('{"packages": {"node_modules/a": {"version": "1"}}}', {("b", "1")}, EvidenceState.PARTIAL,
         ("package-lock.json: a 1 was not checked",)),
        ("{", {("a", "1")}, EvidenceState.PARTIAL,
         ("package-lock.json: is not laid out as a lockfile of the kind npm: nobody knows what it asks for",)),
    ],
    ids=["whole", "dropped", "not-understood"],
)  # fmt: skip
def test_the_evidence_is_partial_and_says_what_is_missing(tmp_path, content, packages, state, errors):
    task = planned(tmp_path, {"package-lock.json": content})
    run = Run(task, Status.FINISHED, output=b"{}")
    evidence = normalise(run, Adapter({"package-lock.json": frozenset(packages)}), Places(tmp_path)).evidence
    assert (evidence.state, evidence.errors) == (state, errors)
    assert evidence.unread == (("package-lock.json",) if errors else ())
