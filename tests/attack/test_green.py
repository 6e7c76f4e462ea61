"""Whole trees with one known problem each, and nothing else: whatever is done to them, the gate must not say *pass*."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from attack import on_checkov, on_lockfiles, on_semgrep, on_trivy
from attack.attack import Attack
from attack.innocent import POD, PYTHON
from attack.yard import Tools

pytestmark = [pytest.mark.live, pytest.mark.slow]


@dataclass(frozen=True)
class Tree:
    """A tree, and what secgate lacks to refuse it."""

    id: str
    files: Mapping[str, str | bytes]
    links: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""


def of(attacks: tuple[Attack, ...], name: str, *, refused: bool = False) -> Tree:
    """Return the files of one attack as a tree; `refused`: another scanner or demand does not let it pass."""
    (attack,) = (one for one in attacks if one.id == name)
    return Tree(name, attack.files, attack.links, "" if refused else attack.missing)


BLIND = f"# {{{{ .Values.image }}}}\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n--- # a\n{POD}".replace(
    "kind: Pod", "kind: &kind Pod"
)
CELL = {"cell_type": "code", "source": [PYTHON], "metadata": {}, "outputs": [], "execution_count": None}
NOTEBOOK = json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
TREES = (
    Tree("pod-nobody-reads", {"pod.yaml": BLIND}),
    Tree(
        "program-without-suffix",
        {"deploy": f"#!/usr/bin/env python3\n{PYTHON}"},
    ),
    Tree("notebook", {"app.ipynb": NOTEBOOK}),
    of(on_semgrep.ATTACKS, "semgrep-first-line"),
    of(on_semgrep.ATTACKS, "semgrep-escape"),
    of(on_semgrep.ATTACKS, "semgrep-link"),
    of(on_trivy.ATTACKS, "trivy-docker-link"),
    of(on_lockfiles.ATTACKS, "trivy-pip-form-feed"),
    of(on_lockfiles.ATTACKS, "trivy-pip-line"),
    of(on_lockfiles.ATTACKS, "trivy-npm-late"),
    of(on_lockfiles.ATTACKS, "trivy-yarn-alias"),
    of(on_trivy.ATTACKS, "trivy-secret-control"),
    of(on_trivy.ATTACKS, "trivy-secret-utf-16"),
    of(on_checkov.ATTACKS, "checkov-stack-escape"),
    of(on_checkov.ATTACKS, "checkov-docker-mark"),
    of(on_checkov.ATTACKS, "checkov-external-modules", refused=True),
)


def cases() -> list[object]:
    """Return the trees as parameters; those that are wrongly let pass are expected to be."""
    marks = {tree.id: [pytest.mark.xfail(reason=tree.missing, strict=True)] if tree.missing else [] for tree in TREES}
    return [pytest.param(tree, id=tree.id, marks=marks[tree.id]) for tree in TREES]


@pytest.mark.parametrize("tree", cases())
def test_a_known_problem_is_no_pass(tree: Tree, tmp_path: Path, tools: Tools) -> None:
    (tmp_path / "README.md").write_text("An app.\n")
    for name, content in tree.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    for name, target in tree.links.items():
        (tmp_path / name).symlink_to(target)
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "SECGATE_HOME": str(tools.home)}
    argv = [sys.executable, "-I", "-m", "secgate", "scan", ".", "--json=-"]
    done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["outcome"]) in {(1, "blocked"), (3, "incomplete")}
