"""The workflows that the documentation shows are pinned, have no rights they do not need, and start what exists."""

import re
from pathlib import Path

import pytest
import yaml

from secgate.cli.publish import TOKENS, publish

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "github"
FILES = sorted(FOLDER.glob("*.yml"))


def workflow(path):
    return yaml.safe_load(path.read_text())


def jobs(path):
    return workflow(path)["jobs"].values()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path):
    used = re.findall(r"uses: (\S+)(.*)", path.read_text())
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_rights_are_given_to_jobs_and_each_says_what_for(path):
    assert workflow(path)["permissions"] == {}
    given = {name: right for job in jobs(path) for name, right in job["permissions"].items()}
    assert given.items() <= {
        "actions": "read", "contents": "read", "pull-requests": "write", "security-events": "write",
    }.items()  # fmt: skip
    assert all(re.search(rf"{name}: write # .+", path.read_text()) for name, right in given.items() if right == "write")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_expression_stands_in_a_script(path):
    assert not [step["run"] for job in jobs(path) for step in job["steps"] if "${{" in step.get("run", "")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_verdict_is_published_with_variables_that_exist(path):
    known = {f"SECGATE_PUBLISH_{one.name.upper()}" for one in publish.params} | set(TOKENS)
    steps = [step for job in jobs(path) for step in job["steps"] if "publish" in step.get("run", "")]
    assert len(steps) == 1
    assert set(steps[0]["env"]) <= known
    assert "SECGATE_PUBLISH_ENDED" in steps[0]["env"]


def test_the_gate_publishes_whatever_happened():
    steps = [step for job in jobs(FOLDER / "gate.yml") for step in job["steps"]]
    after = steps[[step.get("id") for step in steps].index("scan") + 1 :]
    assert all("always()" in step["if"] for step in after)


def test_the_reporter_checks_nothing_out_and_starts_only_the_image():
    text = (FOLDER / "reporter.yml").read_text()
    assert "actions/checkout" not in text
    (job,) = jobs(FOLDER / "reporter.yml")
    (script,) = [step["run"] for step in job["steps"] if "run" in step]
    assert [line.split()[0] for line in script.replace("\\\n", "").splitlines()] == ["mkdir", "docker"]
    assert "@sha256:" in script
