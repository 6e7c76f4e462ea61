"""A suppression that stands covers a finding of its own tool, about a rule that it names, and never a secret."""

import pytest
from msgspec.structs import replace
from support import fakes
from support.factories import finding
from support.repositories import commit, repository

from secgate import git
from secgate.model import Category, Location, Marker, Rule, Suppression
from secgate.scan.detect import detect
from secgate.scan.since import since
from secgate.scan.standing import honoured


@pytest.fixture
def covered(tmp_path):
    """Say whether a suppression on line 2 covers a finding."""
    root = repository(tmp_path / "repository")
    content = b"one\ntwo\nthree\n"
    (root / "a.py").write_bytes(content)
    commit(root)
    with git.opened(root) as repo:
        compared = since(detect(root), git.snapshot(repo, repo.head()))

    def covered(named="", tool="bandit", stands=True, path="a.py", **changes):
        one = Suppression(path, 2, tool, named, stands=stands)
        where = changes.pop("location", Location("a.py", 2, 2))
        (marked,) = honoured([finding(location=where, **{"tool": "bandit", **changes})], [one], compared, {
            "a.py": content, "b.py": content
        }.get, [])  # fmt: skip
        return marked.suppressed_at_base

    return covered


@pytest.mark.parametrize(
    ("named", "rule", "names"),
    [
        ("", "B602", True), ("B602", "B602", True), ("b602", "B602", True), ("B101, B602", "B602", True),
        ("B101", "B602", False), ("because it is fine", "B602", True), ("subprocess_popen", "B602", True),
        ("a.b.js-eval", "js-eval", True), ("eval", "js-eval", True), ("js-exec", "js-eval", False),
        ("AVD-DS-0002", "DS-0002", True), ("DS002", "DS-0002", True), ("DS-0020", "DS-0002", False),
        ("*", "DS-0002", True), ("CKV_AWS_20", "CKV_AWS_20", True), ("CKV_AWS_2", "CKV_AWS_20", False),
    ],
)  # fmt: skip
def test_the_rules_that_it_names(covered, named, rule, names):
    assert covered(named, rule=Rule(rule, "subprocess_popen" if rule == "B602" else "")) is names


@pytest.mark.parametrize(
    ("changes", "does"),
    [
        ({}, True), ({"tool": "semgrep"}, False), ({"stands": False}, False), ({"path": "b.py"}, False),
        ({"location": Location("a.py", 1, 3)}, True), ({"location": Location("a.py", 1, 1)}, False),
        ({"location": Location("a.py", 3, 3)}, False),
    ],
)  # fmt: skip
def test_whose_and_where(covered, changes, does):
    assert covered(**changes) is does


def test_a_secret_is_covered_by_none(covered):
    assert not covered(category=Category.SECRET)
    assert not covered("B602", category=Category.SECRET, rule=Rule("B602"))


@pytest.mark.parametrize(
    ("category", "after", "does"),
    [
        (Category.SAST, "new\ncall(  # trivy:ignore:x\n  safe,\n)\n", True),
        (Category.SAST, "new\ncall(  # trivy:ignore:x\n  other,\n)\n", False),
        (Category.SAST, "new\ncall(  # trivy:ignore:x\n)\n  safe,\n", False),
        (Category.IAC, "new\ncall(  # trivy:ignore:x\n  other,\n)\n", True),
        (Category.IAC, "new\ncall(other  # trivy:ignore:x\n  safe,\n)\n", False),
    ],
)
def test_all_lines_of_code_stood_there_and_the_first_of_a_resource(tmp_path, category, after, does):
    root = repository(tmp_path / "repository")
    scanners = [replace(fakes.scanner(), markers=(Marker("ignore:", "(?P<off>trivy:)ignore:(?P<rule>.)"),))]
    (root / "a.py").write_text("call(  # trivy:ignore:x\n  safe,\n)\n")
    commit(root)
    (root / "a.py").write_text(after)
    with git.opened(root) as repo:
        compared = since(detect(root), git.snapshot(repo, repo.head()))
    one = finding(tool="one", category=category, location=Location("a.py", 2, 4))
    copy = {"a.py": after.replace("trivy:", "trivy-").encode()}
    (marked,) = honoured([one], [Suppression("a.py", 2, "one", stands=True)], compared, copy.get, scanners)
    assert marked.suppressed_at_base is does
