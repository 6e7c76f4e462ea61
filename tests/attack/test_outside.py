"""What stands outside of the tree decides nothing: a finding that depends on it would tell somebody what it is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from attack.innocent import AWS_KEY
from attack.yard import Tools

pytestmark = [pytest.mark.live, pytest.mark.slow]

RULE = "CKV_AWS_41"
"""Checkov's check for a key among the variables of a function."""
SERVICE = """\
service: app
provider:
  name: aws
  runtime: python3.12
functions:
  app:
    handler: app.run
    environment:
      KEY: {key}
"""
KEYS = {"file": "${{file({outside}):there}}", "variable": "${{env:SECGATE_TEST_KEY}}"}
CONFINED = "without that wall a scanner can read whatever the user can read who started secgate"


@pytest.fixture
def tree(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Give a tree with a Serverless file that takes a value from elsewhere, where a key stands."""
    outside, tree = tmp_path / "outside.yml", tmp_path / "tree"
    outside.write_text(f"there: {AWS_KEY}\n")
    tree.mkdir()
    (tree / "serverless.yml").write_text(SERVICE.format(key=KEYS[request.param].format(outside=outside)))
    return tree


def started(argv: list[str], tree: Path, **variables: str) -> bytes:
    """Return what a program prints that is started in the tree, with the key in a variable."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "SECGATE_TEST_KEY": AWS_KEY, **variables}
    return subprocess.run(argv, cwd=tree, env=environment, capture_output=True, check=False).stdout


@pytest.mark.parametrize("tree", KEYS, indirect=True)
def test_checkov_by_itself_judges_what_stands_elsewhere(tree: Path, tools: Tools) -> None:
    argv = [str(tools.executables["checkov"]), "-d", ".", "--skip-download", "--framework", "serverless", "-o", "json"]
    failed = json.loads(started(argv, tree))["results"]["failed_checks"]
    assert RULE in {one["check_id"] for one in failed}


@pytest.mark.parametrize("tree", KEYS, indirect=True)
def test_secgate_does_not(tree: Path, tools: Tools) -> None:
    argv = [sys.executable, "-I", "-m", "secgate", "scan", ".", "--only=checkov", "--json=-"]
    decision = json.loads(started(argv, tree, SECGATE_HOME=str(tools.home)))
    if "files" in decision.get("missingWalls", ()):
        pytest.skip(CONFINED)
    assert RULE not in {one["finding"]["rule"]["id"] for one in decision.get("verdicts", ())}
