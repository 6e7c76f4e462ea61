"""What the real scanners find in another form of a file is told of the file, by its own lines, and the file is read."""

import pytest

pytestmark = pytest.mark.live

MANIFEST = """\
# {{ .Values.image }}
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: a}}
- apiVersion: v1
  "k\\x69nd": Pod
  metadata:
    generateName: app-
    annotations:
      "checkov.io/sk\\x69p1": CKV_K8S_20=fine
  spec:
    containers:
    - {name: other, image: debian}
    - name: app
      image: debian
      securityContext: {privileged: yes}
"""
DOCKERFILE = b"\xef\xbb\xbf# a\nFROM\\\n  debian:latest\nRUN apt-get update\n"
WORKFLOW = """\
on:
  workflow_dispatch:
    inputs: {name: {type: string}}
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        include: ${{ fromJson(inputs.name) }}
    env:
      ACTIONS_ALLOW_UNSECURE_COMMANDS: true
    steps:
    - run: make
"""


def test_lines_are_those_of_the_file(judged, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "pod.yaml").write_text(MANIFEST)
    (tree / "Dockerfile").write_bytes(DOCKERFILE)
    (tree / ".github/workflows").mkdir(parents=True)
    (tree / ".github/workflows/ci.yml").write_text(WORKFLOW)
    decision = judged(tree, only=frozenset({"checkov", "trivy"}))
    found = {
        (rule, place.path): (place.line, place.end_line)
        for verdict in decision.verdicts
        for rule, place in (
            (verdict.finding.rule.id, verdict.finding.location),
            *((one.rule_id, one.location) for one in verdict.finding.also),
        )
    }
    assert found["KSV-0017", "pod.yaml"] == (15, 17), "the container"
    assert found["CKV_K8S_16", "pod.yaml"] == (6, 17), "the pod"
    assert found["DS-0001", "Dockerfile"] == (2, 3)
    assert found["CKV_DOCKER_7", "Dockerfile"] == (2, 2)
    assert found["CKV_GHA_1", ".github/workflows/ci.yml"][0] == 7, "its first key"
    assert not [path for _, path in found if "stand-ins" in path]
    assert [(one.path, one.line, one.tool, one.rule) for one in decision.suppressions] == [
        ("pod.yaml", 11, "checkov", "CKV_K8S_20")
    ]
    states = {(one.scanner, one.command): str(one.state) for one in decision.evidence}
    assert states["checkov", "configuration"] == states["trivy", "configuration"] == "ok"
