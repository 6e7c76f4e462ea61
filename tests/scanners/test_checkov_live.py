"""The real Checkov under the manifest's own command line."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from secgate import catalog
from secgate.model import EvidenceState, Report, Run, Status, Target, Task, Tree
from secgate.scan.normalise import Normalised, normalise
from secgate.scan.places import Places
from secgate.scan.plan import Wish, plan
from secgate.scan.run import Bench
from secgate.scan.run import run as run_all

pytestmark = pytest.mark.live

TREE = {
    "main.tf": (
        'resource "aws_ebs_volume" "data" {\n  availability_zone = "eu-central-1a"\n  size = 8\n}\n'
        'resource "aws_ebs_volume" "mute" {\n  # checkov:skip=CKV_AWS_3: quiet\n  size = 8\n}\n'
        'module "inner" {\n  source = "./inner"\n}\n'
        'module "outer" {\n  source = "github.com/example/modules//vpc?ref=v1"\n}\n'
    ),
    "inner/main.tf": 'resource "aws_ebs_volume" "inner" {\n  size = 8\n}\n',
    "empty.tf": "",
    "Dockerfile": "FROM debian:latest\n",
    ".hidden/node_modules/pod.yaml": (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    text: Resources\n"
        "spec:\n  containers:\n    - {name: a, image: b, securityContext: {privileged: true}}\n"
        "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: b\n"
    ),
    "stack.json": '{"Resources": {"Data": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}}}',
    ".github/workflows/ci.yml": (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: echo '${{ github.event.issue.title }}'\n"
    ),
}
BROKEN_POD = "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n"


@pytest.fixture
def checkov() -> Path:
    executable = os.environ.get("SECGATE_TEST_CHECKOV", "")
    if not executable:
        pytest.skip(
            "Checkov is not installed (`secgate tools install checkov`); SECGATE_TEST_CHECKOV names another place"
        )
    return Path(executable)


class Silent:
    def started(self, task: Task) -> None: ...
    def finished(self, run: Run) -> None: ...


def scanned(place: Path, checkov: Path, files: Mapping[str, str], name: str = "once") -> tuple[Run, Report, Normalised]:
    """Plan and run as a scan does."""
    tree = place / "tree"
    for path, content in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(content, encoding="utf-8")
    targets = tuple(Target(path) for path in sorted(files))
    (task,), _ = plan(Tree(root="", files=targets), tree, {"checkov": catalog.scanner("checkov")}, Wish())
    bench = Bench(tree, place / name, {"checkov": checkov}, {}, catalog.adapter, catalog.folder)
    (run,) = run_all([task], bench, 1, Silent())
    report = catalog.adapter("checkov").report(run.output) if run.output else Report()
    return run, report, normalise(run, catalog.adapter("checkov"), Places(tree))


def test_a_healthy_tree_is_read_in_full_and_the_same_twice(tmp_path: Path, checkov: Path) -> None:
    run, report, normalised = scanned(tmp_path, checkov, TREE)
    assert (run.status, normalised.evidence.state, normalised.evidence.reason) == (
        Status.FINISHED,
        EvidenceState.OK,
        "",
    )
    found = {(one.rule.id, one.anchor, one.location.path) for one in report.findings if not one.suppressed_inline}
    assert found >= {
        ("CKV_AWS_3", "aws_ebs_volume.data", "main.tf"),
        ("CKV_AWS_3", "module.inner.aws_ebs_volume.inner", "inner/main.tf"),
        ("CKV_AWS_20", "AWS::S3::Bucket.Data", "stack.json"),
        ("CKV_K8S_16", "Pod.default.a", ".hidden/node_modules/pod.yaml"),
        ("CKV_DOCKER_7", "/Dockerfile.FROM", "Dockerfile"),
        ("CKV_GHA_2", "jobs(a).steps[1]", ".github/workflows/ci.yml"),
    }
    assert [one.anchor for one in report.findings if one.suppressed_inline] == ["aws_ebs_volume.mute"]
    again, report_again, _ = scanned(tmp_path, checkov, TREE, "again")
    assert report_again == report
    assert re.search(rb'"code_block": null', again.output), "lines of the scanned files are not quoted"


def test_a_file_that_it_drops_without_a_word_is_missed(tmp_path: Path, checkov: Path) -> None:
    run, report, normalised = scanned(tmp_path, checkov, {"Dockerfile": "FROM debian:latest\n", "pod.yaml": BROKEN_POD})
    assert (run.status, run.stderr, report.errors) == (Status.FINISHED, "", ()), "Checkov itself says nothing"
    assert (normalised.evidence.state, normalised.evidence.unread) == (EvidenceState.PARTIAL, ("pod.yaml",))


def test_a_configuration_in_the_tree_runs_nothing(tmp_path: Path, checkov: Path) -> None:
    canary = tmp_path / "canary"
    evil = {
        ".checkov.yaml": "external-checks-dir: [evil]\nskip-check: [CKV_DOCKER_7]\nquiet: true\n",
        ".checkov.yml": "external-checks-dir: [evil]\n",
        "evil/__init__.py": f"open({str(canary)!r}, 'w').write('run')\n",
        "evil/check.py": f"open({str(canary)!r}, 'w').write('run')\n",
    }
    _, report, normalised = scanned(tmp_path, checkov, {**evil, "Dockerfile": "FROM debian:latest\n"})
    assert not canary.exists()
    assert "CKV_DOCKER_7" in {one.rule.id for one in report.findings}
    assert normalised.evidence.state is EvidenceState.OK


def test_a_crash_is_a_failed_run(tmp_path: Path, checkov: Path) -> None:
    skip = "  annotations:\n    checkov.io/skip1: CKV_K8S_1=a=b\n"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n{skip}spec: {{}}\n"
    run, _, normalised = scanned(tmp_path, checkov, {"pod.yaml": pod})
    assert (run.status, normalised.evidence.state) == (Status.FAILED, EvidenceState.FAILED)


@pytest.mark.slow
def test_every_check_of_the_pinned_version_is_rated(checkov: Path, tmp_path: Path) -> None:
    version = subprocess.run([checkov, "--version"], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert version.strip() == catalog.scanner("checkov").version
    listing = subprocess.run([checkov, "--list"], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    listed = set(re.findall(r"^\|\s*\d+ \| (\w+)", listing, re.MULTILINE))
    rated = catalog.adapter("checkov")._severities()
    assert len(listed) > 1300
    assert listed == set(rated)
