"""The workflows that the documentation shows are pinned, have no rights they do not need, and start what exists."""

import re
from pathlib import Path

import pytest
import yaml

from secgate.cli.publish import TOKENS, publish

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "github"
FILES = sorted(FOLDER.glob("*.yml"))
SHARED = FOLDER.parents[1] / ".github" / "workflows" / "gate.yml"
ACTION = yaml.safe_load((FOLDER.parents[1] / "action.yml").read_text())


def workflow(path):
    return yaml.safe_load(path.read_text())


def jobs(path):
    return workflow(path)["jobs"].values()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path):
    used = re.findall(r"uses: (\S+)(.*)", path.read_text())
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@([0-9a-f]{40}|FULL-COMMIT-ID)", action), action
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
    assert not [step["run"] for job in jobs(path) for step in job.get("steps", ()) if "${{" in step.get("run", "")]


def test_the_reporter_publishes_with_variables_that_exist():
    known = {f"SECGATE_PUBLISH_{one.name.upper()}" for one in publish.params} | set(TOKENS)
    (step,) = [
        step for job in jobs(FOLDER / "reporter.yml") for step in job["steps"] if "publish" in step.get("run", "")
    ]
    assert set(step["env"]) <= known
    assert "SECGATE_PUBLISH_ENDED" in step["env"]


@pytest.mark.parametrize("path", [FOLDER / "gate.yml", FOLDER / "native.yml"], ids=lambda path: path.name)
def test_the_gate_has_the_history_a_job_of_its_own_and_inputs_that_exist(path):
    steps = next(iter(jobs(path)))["steps"]
    assert [step["uses"].partition("@")[0] for step in steps][:2] == ["actions/checkout", "OWNER/secgate"]
    assert steps[0]["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert set(steps[1].get("with", {})) <= set(ACTION["inputs"])
    assert all("always()" in step["if"] for step in steps[2:])


@pytest.mark.parametrize("path", [FOLDER / "gate.yml", SHARED], ids=lambda path: path.name)
def test_outputs_that_are_used_exist(path):
    used = re.findall(r"steps\.gate\.outputs\.([\w-]+)", path.read_text())
    assert used
    assert set(used) <= set(ACTION["outputs"])


def test_what_may_write_alerts_sees_neither_tree_nor_gate():
    for path in (FOLDER / "gate.yml", SHARED):
        alerts = workflow(path)["jobs"]["alerts"]
        assert [step["uses"].partition("@")[0] for step in alerts["steps"]] == [
            "actions/download-artifact", "github/codeql-action/upload-sarif",
        ]  # fmt: skip
        assert "security-events" not in workflow(path)["jobs"]["gate"]["permissions"]


def test_the_reporter_waits_for_the_workflow_that_hands_it_the_artefact():
    reporter = workflow(FOLDER / "reporter.yml")
    # YAML 1.1 takes `on` for true.
    assert reporter[True]["workflow_run"]["workflows"] == [workflow(FOLDER / "gate.yml")["name"]]
    (got,) = [step["with"]["name"] for job in reporter["jobs"].values() for step in job["steps"] if "with" in step]
    given = [step["with"]["name"] for job in jobs(FOLDER / "gate.yml") for step in job["steps"] if "with" in step
             and "upload-artifact" in step["uses"]]  # fmt: skip
    assert got in given
    for path in (FOLDER / "native.yml", FOLDER / "reusable.yml"):
        assert workflow(path)["name"] == workflow(FOLDER / "gate.yml")["name"]


def test_the_reporter_checks_nothing_out_and_starts_only_the_image():
    text = (FOLDER / "reporter.yml").read_text()
    assert "actions/checkout" not in text
    (job,) = jobs(FOLDER / "reporter.yml")
    (script,) = [step["run"] for step in job["steps"] if "run" in step]
    assert [line.split()[0] for line in script.replace("\\\n", "").splitlines()] == ["mkdir", "docker"]
    assert "@sha256:" in script
