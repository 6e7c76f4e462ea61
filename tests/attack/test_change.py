"""What only a change can do: it brings its own comments, links, policy, scanners, options, and what runs the gate.

Each is tried on a clone as a job of GitHub Actions has it, against the protected branch; and first where nobody
protects anything, so that it is seen to work there.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attack.innocent import BANDIT, PYTHON
from attack.yard import Tools
from support import repositories
from support.repositories import git

pytestmark = pytest.mark.live

POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: NAME, version: "1.0.0"}
spec:
  evidence: {required: [{id: python, category: sast, anyOf: [bandit], applies: found}]}
  rules: [{id: severe, match: {severity: ">=high", category: sast}, action: ACTION}]
  allowOptions: [OPTIONS]
"""
STRICT = POLICY.replace("NAME", "of-main").replace("ACTION", "block").replace("OPTIONS", "only")
STRICTER = STRICT.replace("[only]", "[]")
BANDIT_ONLY = "--only=bandit"
RELAXED = POLICY.replace("NAME", "of-the-change").replace("ACTION", "info").replace("OPTIONS", "")
CALL = "    return subprocess.call(command, shell=True)"
GATE = "on: push\njobs:\n  gate:\n    runs-on: x\n    steps:\n      - run: {}\n"

Files = Mapping[str, str]


class Change:
    """A repository with a protected branch, and a change of it.

    Args:
        folder: where it is made.
        tools: the scanners.
    """

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.tree = folder / "project"
        self._folder = folder
        (folder / "home/.cache").mkdir(parents=True)
        (folder / "home/.cache/secgate").symlink_to(tools.home)
        self._tools = tools

    def make(self, before: Files, after: Files, links: Files | None = None) -> None:
        """Commit what the protected branch has, then what the change makes of it."""
        repositories.repository(self.tree)
        self._write({".secgate/policy.yaml": STRICT, **before})
        repositories.commit(self.tree)
        git(self.tree, "update-ref", "refs/remotes/origin/main", "HEAD")
        self._write(after)
        for name, aim in (links or {}).items():
            (self.tree / name).symlink_to(aim)
        repositories.commit(self.tree)

    def _write(self, files: Files) -> None:
        for name, text in files.items():
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / name).write_text(text)

    def by_itself(self) -> dict[str, Any]:
        """Return what Bandit says of the change."""
        argv = [str(self._tools.executables["bandit"]), "-r", ".", "-f", "json"]
        done = subprocess.run(argv, cwd=self.tree, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False)
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def judged(self, *words: str, only: bool = True, job: bool = True, **variables: str) -> tuple[int, dict[str, Any]]:
        """Let secgate judge it, in a job or as a person would; return the exit code and the decision."""
        event = self._folder / "event.json"
        event.write_text(
            json.dumps({"repository": {"default_branch": "main"}, "pull_request": {"base": {"ref": "main"}}})
        )
        said = {
            "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.tree), "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_SHA": git(self.tree, "rev-parse", "HEAD"), "GITHUB_EVENT_PATH": str(event),
        }  # fmt: skip
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder / "home"), **(said if job else {})}
        argv = [
            sys.executable,
            "-I",
            "-m",
            "secgate",
            "scan",
            ".",
            "--json=-",
            *([BANDIT_ONLY] if only else []),
            *words,
        ]
        done = subprocess.run(
            argv, cwd=self.tree, env={**environment, **variables}, capture_output=True, check=False
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout or b"{}")


@pytest.fixture
def change(tmp_path: Path, tools: Tools) -> Change:
    """Give a repository in which nothing is yet."""
    return Change(tmp_path, tools)


def findings(decision: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, bool]]:
    """Return action and whether it is hidden by a comment, by rule and path."""
    found = ((one["action"], one["finding"]) for one in decision.get("verdicts", ()))
    return {
        (one["rule"]["id"], one["location"]["path"]): (action, one.get("suppressedAtBase", False))
        for action, one in found
    }


QUIET = PYTHON.replace(CALL, f"{CALL}  # nosec")
ELSEWHERE = PYTHON.replace("def run(command):", "def run(command):  # nosec")


@pytest.mark.parametrize(
    ("before", "after"), [(PYTHON, QUIET), (ELSEWHERE, QUIET)], ids=["new-comment", "comment-that-moves"]
)
def test_a_comment_of_the_change_covers_nothing(change: Change, before: str, after: str) -> None:
    change.make({"app.py": before}, {"app.py": after})
    assert BANDIT not in {one["test_id"] for one in change.by_itself()["results"]}
    code, decision = change.judged()
    assert code == 1
    assert findings(decision)[BANDIT, "app.py"] == ("block", False)
    assert ("new-inline-suppression", "app.py") in findings(decision)


def test_what_only_a_link_of_the_change_makes_source_is_not_known(change: Change) -> None:
    change.make({"code": "eval(\n", "other.py": "x = 1\n"}, {}, {"app.py": "code"})
    report = change.by_itself()
    assert report["results"] == []
    code, decision = change.judged()
    assert code == 3
    assert "code" in {path for one in decision["evidence"] for path in one.get("unread", ())}


LOOSENING = ("--skip=bandit", "--only=checkov", "--report-only", "--policy=relaxed.yaml", "--commit=HEAD^1")


@pytest.mark.slow
@pytest.mark.parametrize("word", LOOSENING, ids=lambda word: word.partition("=")[0])
def test_an_option_of_the_changes_workflow_loosens_nothing(change: Change, word: str) -> None:
    change.make({"app.py": "x = 1\n", ".secgate/policy.yaml": STRICTER}, {"app.py": PYTHON, "relaxed.yaml": RELAXED})
    code, decision = change.judged(word, only=word not in LOOSENING[:2], job=False)
    assert code == 0 or (BANDIT, "app.py") not in findings(decision), "it is obeyed"
    assert change.judged(word, only=False)[0] == 4
    name, _, value = word.removeprefix("--").partition("=")
    assert change.judged(only=False, **{f"SECGATE_SCAN_{name.upper().replace('-', '_')}": value or "1"})[0] == 4


def test_a_policy_of_the_change_decides_nothing(change: Change) -> None:
    change.make({"app.py": "x = 1\n"}, {"app.py": PYTHON, ".secgate/policy.yaml": RELAXED})
    assert change.judged(job=False)[0] == 0
    code, decision = change.judged()
    assert (code, findings(decision)[BANDIT, "app.py"][0]) == (1, "block")
    assert decision["effect"]["outcome"] == "pass"


@pytest.mark.slow
@pytest.mark.parametrize("variable", ["SECGATE_HOME", "XDG_CACHE_HOME", "HOME"])
def test_scanners_of_the_change_are_not_started(change: Change, variable: str) -> None:
    change.make({"app.py": "x = 1\n"}, {"app.py": PYTHON, "tools/README": ""})
    place = str(change.tree / "tools")
    _, decision = change.judged(job=False, **{variable: place})
    assert {one["state"] for one in decision["evidence"] if one["category"] == "sast"} == {"missing"}, (
        "taken from there"
    )
    assert change.judged(**{variable: place})[0] == 4


def test_a_script_of_the_gates_job_is_part_of_the_gate(change: Change) -> None:
    before = {".github/workflows/gate.yml": GATE.format("./ci/gate.sh"), "ci/gate.sh": "secgate scan .\n"}
    change.make({"app.py": "x = 1\n", **before}, {"ci/gate.sh": "exit 0\n"})
    script = subprocess.run(["sh", "ci/gate.sh"], cwd=change.tree, capture_output=True, check=False)
    assert script.returncode == 0, "its job would be green"
    assert ("gate-workflow-changed", "ci/gate.sh") in findings(change.judged()[1])


def test_a_job_that_bears_the_gates_name_is_told(change: Change) -> None:
    before = {".github/workflows/gate.yml": GATE.format("secgate scan .")}
    change.make({"app.py": "x = 1\n", **before}, {".github/workflows/other.yml": GATE.format("exit 0")})
    assert ("gate-workflow-changed", ".github/workflows/other.yml") in findings(change.judged()[1])
