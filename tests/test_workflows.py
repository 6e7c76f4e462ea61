"""What runs in CI is pinned, has no rights that it does not need, and is what a person runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


# What writes, and what: the release makes a tag and an image, the shared gate a comment and alerts.
WRITES = {
    "release.yml": {"contents", "packages", "id-token", "attestations"},
    "gate.yml": {"pull-requests", "security-events"},
}


def steps(path):
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("path", [*WORKFLOWS, ROOT / "README.md"], ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path):
    used = re.findall(r"(?m)^[ -]+uses: (\S+)(.*)", path.read_text())
    assert used
    for action, comment in used:
        if action == "$/":
            continue  # this repository at this very commit
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@([0-9a-f]{40}|FULL-COMMIT-ID)", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), f"{action} does not say which version it is"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_have_no_rights_but_those_they_name(path):
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    given = {name for job in workflow["jobs"].values() for name, right in job["permissions"].items() if right != "read"}
    assert given == WRITES.get(path.name, set())
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_checkout_leaves_its_token_behind(path):
    checkouts = [step for step in steps(path) if "actions/checkout@" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_ci_runs_what_the_readme_tells():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert any(step.get("run") == ".ci/run" for path in WORKFLOWS for step in steps(path))
    readme = (ROOT / "README.md").read_text()
    for target in ("example", "test"):
        assert f"$ make {target}\n" in readme
        assert target in re.findall(r"[a-z]+", script.read_text())


@pytest.mark.parametrize("name", yaml.safe_load((ROOT / "action.yml").read_text())["inputs"])
def test_each_input_of_the_action_is_one_variable(name):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    used = {
        key for step in action["runs"]["steps"] for key, value in step["env"].items() if f"inputs.{name} " in str(value)
    }
    (variable,) = used
    assert variable == "GITHUB_TOKEN" or variable.endswith(name.upper().replace("-", "_"))
    if variable.startswith(("SECGATE_SCAN_", "SECGATE_PUBLISH_")):
        assert f"`{variable}`" in (ROOT / "docs" / "commands.md").read_text()


def test_the_actions_shell_knows_every_variable_that_the_action_sets():
    script = (ROOT / "action" / "run").read_text()
    known = set(re.search(r'OURS="([^"]*)"', script)[1].split())
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    assert {key for step in steps for key in step["env"] if key != "GITHUB_TOKEN"} == known
    assert [step["id"] for step in steps if "GITHUB_TOKEN" in step["env"]] == ["resolve", "publish"]
    assert all(step["shell"].startswith("/bin/bash --noprofile --norc -p") for step in steps)


def test_zizmor_finds_nothing_with_every_audit_on():
    zizmor = Path(sys.executable).with_name("zizmor")
    if not zizmor.exists():
        pytest.skip("zizmor is not installed: make lint installs it, and runs it")
    done = subprocess.run([sys.executable, "-I", ROOT / ".ci" / "audit.py", zizmor], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()
