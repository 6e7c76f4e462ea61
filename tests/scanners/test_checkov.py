"""Checkov's report in the shapes that the samples do not show, its severity table, and what the manifest expects."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from secgate import catalog
from secgate.model import Category, Confidence, Finding, Report, ReportError, Severity, Tree
from secgate.model.tree import Target
from secgate.scan.plan import Wish, plan

FOLDER = catalog.folder("checkov")
COMMAND = catalog.scanner("checkov").commands["configuration"]


def read(native: object) -> Report:
    result: Report = catalog.adapter("checkov").report(json.dumps(native).encode())
    return result


def check(rule_id: str = "CKV_AWS_20", **changes: Any) -> dict[str, Any]:
    return {
        "check_id": rule_id,
        "check_name": "S3 Bucket has an ACL defined which allows public READ access.",
        "check_result": {"result": "FAILED"},
        "file_path": "/infra/main.tf",
        "file_abs_path": "/src/infra/main.tf",
        "file_line_range": [3, 9],
        "resource": "aws_s3_bucket.logs",
        "severity": None,
        "guideline": None,
        **changes,
    }


def framework(
    name: str = "terraform", failed: Any = (), passed: Any = (), skipped: Any = (), errors: Any = ()
) -> dict[str, Any]:
    return {
        "check_type": name,
        "results": {
            "passed_checks": list(passed),
            "failed_checks": list(failed),
            "skipped_checks": list(skipped),
            "parsing_errors": list(errors),
        },
        "summary": {
            "passed": len(passed),
            "failed": len(failed),
            "skipped": len(skipped),
            "parsing_errors": len(errors),
            "checkov_version": "3.3.30",
        },
    }


def finding(**changes: Any) -> Finding:
    (found,) = read(framework(failed=[check(**changes)])).findings
    return found


def test_a_failed_check_is_a_finding_about_a_resource() -> None:
    found = finding()
    assert (found.category, found.severity, found.confidence) == (Category.IAC, Severity.CRITICAL, Confidence.HIGH)
    assert (found.location.path, found.location.line, found.location.end_line) == ("infra/main.tf", 3, 9)
    assert (found.anchor, found.rule.title[-1]) == ("aws_s3_bucket.logs", "s")
    assert found.message == "S3 Bucket has an ACL defined which allows public READ access: aws_s3_bucket.logs"


def test_the_same_file_called_as_two_modules_gives_two_findings() -> None:
    names = ["module.a.aws_s3_bucket.logs", "module.b.aws_s3_bucket.logs"]
    found = read(framework(failed=[check(resource=name) for name in names])).findings
    assert [one.anchor for one in found] == names
    assert len({one.location for one in found}) == 1


def test_the_order_of_entries_does_not_count_and_an_exact_repeat_is_one() -> None:
    checks = [check(f"CKV_AWS_{number}", resource=name) for number in (3, 20, 21) for name in ("a", "b")]
    parts = [framework(failed=checks), framework("kubernetes", failed=[check("CKV_K8S_16")])]
    expected = read(parts)
    for seed in range(5):
        shuffled = random.Random(seed).sample(checks, len(checks))
        other = [parts[1], framework(failed=[*shuffled, shuffled[0]])]
        assert read(other) == expected
    assert len(expected.findings) == 7


def test_a_check_that_a_comment_skips_is_a_finding_too() -> None:
    skip = {"result": "SKIPPED", "suppress_comment": " we like it public"}
    (found,) = read(framework(skipped=[check(check_result=skip)])).findings
    assert found.suppressed_inline
    assert found.severity is Severity.CRITICAL
    assert found.message.endswith("so it was not run: we like it public")


def test_a_check_that_passed_is_no_finding_but_proves_that_the_file_was_read() -> None:
    found = read(framework(passed=[check(file_path="/a.tf"), check(file_path="/a.tf")], failed=[check()]))
    assert len(found.findings) == 1
    assert found.covered == ("a.tf", "infra/main.tf")


def test_what_cannot_be_parsed_is_an_error_and_not_covered() -> None:
    found = read(framework(failed=[check()], errors=["/src/infra/main.tf", "/src/b.tf"]))
    assert [error.path for error in found.errors] == ["/src/b.tf", "/src/infra/main.tf"]
    assert found.covered == ()


def test_a_file_that_another_framework_has_read_was_only_mistaken_for_a_template() -> None:
    pod = check("CKV_K8S_16", file_path="/all.yaml", file_abs_path="/src/all.yaml")
    parts = [
        framework("kubernetes", failed=[pod]),
        framework("cloudformation", errors=["/src/all.yaml", "/src/t.yaml"]),
    ]
    found = read(parts)
    assert [error.path for error in found.errors] == ["/src/t.yaml"]
    assert found.covered == ("all.yaml",)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([0, 1], (1, 1, False)),
        ([0, 0], (1, 1, False)),
        ([7, 3], (7, 7, True)),
        ([7], (7, 7, True)),
        ([], (1, 1, False)),
        (None, (1, 1, False)),
    ],
)
def test_a_place_without_a_line_is_the_file(lines: list[int] | None, expected: tuple[int, int, bool]) -> None:
    where = finding(file_line_range=lines).location
    assert (where.line, where.end_line, where.known) == expected


def test_a_file_that_was_given_alone_is_named_by_its_absolute_path() -> None:
    assert finding(file_path="/../src/infra/main.tf").location.path == "/src/infra/main.tf"


def test_a_rating_that_checkov_prints_wins() -> None:
    found = finding(severity="LOW", guideline="https://docs.example.org/acl")
    assert (found.severity, found.severity_label) == (Severity.LOW, "LOW")
    assert found.rule.help_uri == "https://docs.example.org/acl"


@pytest.mark.parametrize("changes", [{"severity": "OFF"}, {"rule_id": "CKV_AWS_999999"}, {"rule_id": "CUSTOM_1"}])
def test_a_rating_that_nobody_knows_is_unknown(changes: dict[str, Any]) -> None:
    assert finding(**changes).severity is Severity.UNKNOWN


def test_one_rule_has_one_text_however_frameworks_word_it() -> None:
    names = ["Ensure the S3 bucket has versioning enabled", "Ensure all data stored in the S3 bucket have versioning"]
    parts = [framework(failed=[check("CKV_AWS_21", check_name=names[0])])]
    parts.append(framework("cloudformation", failed=[check("CKV_AWS_21", check_name=names[1])]))
    for order in (parts, parts[::-1]):
        found = read(order).findings
        assert {one.rule.title for one in found} == {names[1]}
        assert len({one.message for one in found}) == 2


def test_nothing_of_a_secret_is_kept() -> None:
    digest = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
    found = finding(rule_id="CKV_SECRET_2", check_name="AWS Access Key", resource=digest)
    assert (found.category, found.confidence, found.secret.kind) == (
        Category.SECRET,
        Confidence.MEDIUM,
        "AWS Access Key",
    )
    assert digest not in str(found)
    assert finding(rule_id="CKV_SECRET_6", check_name="Base64 High Entropy String").confidence is Confidence.LOW


@pytest.mark.parametrize(
    ("native", "reason"),
    [
        ([], "names no framework"),
        ({}, "another shape"),
        ({"passed": 3, "failed": 0, "skipped": 0}, "does not hold them"),
        (framework("sca_package"), "does not judge configuration"),
        ([framework(), framework("sast_python")], "does not judge configuration"),
        ({**framework(failed=[check()]), "summary": {"passed": 0, "failed": 2, "skipped": 0}}, "does not hold all"),
        ({"version": "2.1.0", "runs": []}, "another shape"),
        ({"check_type": "terraform", "summary": {}}, "another shape"),
    ],
)
def test_what_is_not_a_whole_report_is_refused(native: object, reason: str) -> None:
    with pytest.raises(ReportError, match=reason):
        read(native)


@pytest.mark.parametrize(
    ("name", "count"), [("checkov-report-0-vuln", 0), ("checkov-report-1-vuln", 1), ("checkov2-report-0-vuln", 0)]
)
def test_reports_of_other_people_lose_nothing(corpus: Path, name: str, count: int) -> None:
    raw = (corpus / "defectdojo" / "checkov" / f"{name}.json").read_bytes()
    found: Report = catalog.adapter("checkov").report(raw)
    assert len(found.findings) == count
    assert re.fullmatch(r"[12]\.\d+\.\d+", found.version)
    assert not found.errors


def test_a_report_of_other_people_that_counts_fewer_than_it_holds_is_refused(corpus: Path) -> None:
    raw = (corpus / "defectdojo" / "checkov" / "checkov-report-many-vuln.json").read_bytes()
    native = json.loads(raw)
    assert native["summary"]["failed"] != len(native["results"]["failed_checks"])
    with pytest.raises(ReportError, match="does not hold all"):
        catalog.adapter("checkov").report(raw)


# The severity table.


def table() -> dict[str, list[str]]:
    bands: dict[str, list[str]] = json.loads((FOLDER / "severity.json").read_text(encoding="utf-8"))
    return bands


def test_the_table_rates_each_check_once_in_bands_that_we_know() -> None:
    bands = table()
    assert list(bands) == ["critical", "high", "medium", "low", "info"]
    ids = [rule_id for band in bands.values() for rule_id in band]
    assert len(ids) == len(set(ids)) == 1360


@pytest.mark.parametrize(
    ("severity", "ids"),
    [
        (
            "critical",
            "CKV_AWS_20 CKV_AWS_24 CKV_AWS_57 CKV_AWS_62 CKV_AWS_41 CKV_K8S_16 CKV_K8S_27 CKV_AZURE_10",
        ),
        ("high", "CKV_AWS_17 CKV_AWS_38 CKV_AWS_2 CKV_AWS_79 CKV_K8S_17 CKV_K8S_20 CKV_GHA_2 CKV2_DOCKER_2 CKV2_K8S_5"),
        (
            "medium",
            "CKV_AWS_3 CKV_AWS_16 CKV_AWS_382 CKV_DOCKER_3 CKV_DOCKER_8 CKV_K8S_23 CKV_K8S_31 CKV_TF_1",
        ),
        ("low", "CKV_AWS_18 CKV_AWS_21 CKV_AWS_23 CKV_AWS_145 CKV_DOCKER_2 CKV_K8S_8 CKV_K8S_11 CKV_K8S_21 CKV_GCP_43"),
        ("info", "CKV_AZURE_43 CKV_DOCKER_10"),
    ],
)
def test_well_known_checks_have_the_band_that_the_scale_gives_them(severity: str, ids: str) -> None:
    assert set(ids.split()) <= set(table()[severity])


# What the manifest expects to be read.

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\nspec:\n  containers:\n    - {name: a, image: b}\n"


def expected(tmp_path: Path, **files: str) -> dict[str, bool]:
    """Return the files that a scan expects Checkov to read, and whether the report must name each."""
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    tree = Tree(root="", files=tuple(Target(name) for name in sorted(files)))
    tasks, _ = plan(tree, tmp_path, {"checkov": catalog.scanner("checkov")}, Wish())
    return {path: path not in task.silent for task in tasks for path in task.files}


def test_a_healthy_tree_is_expected_by_kind(tmp_path: Path) -> None:
    found = expected(
        tmp_path,
        **{
            "a.tf": "variable x {}",
            "Dockerfile.prod": "# syntax=docker/dockerfile:1\nfrom scratch\n",
            "Dockerfile.dockerignore": "node_modules\n",
            "pod.yaml": POD,
            "pod.json": json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}),
            "space.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n",
            "review.json": json.dumps({"apiVersion": "a", "kind": "AdmissionReview", "object": {"kind": "Pod"}}),
            "compose.yaml": "services:\n  a:\n    image: b\n",
            "stack.yml": "Resources:\n  A:\n    Type: AWS::S3::Bucket\n",
            "handle.yml": "Resources:\n  A:\n    Type: AWS::CloudFormation::WaitConditionHandle\n",
            ".github/workflows/ci.yml": "on: push\njobs: {}\n",
            ".github/dependabot.yml": "version: 2\n",
            "package.json": '{"name": "a"}',
            "notes.md": "kind: Pod\n",
        },
    )
    assert found == {
        ".github/workflows/ci.yml": True,
        "Dockerfile.prod": True,
        "a.tf": False,
        "handle.yml": False,
        "pod.json": True,
        "pod.yaml": True,
        "stack.yml": True,
    }


CHART = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec: {}\n"


@pytest.mark.parametrize("content", [CHART, "{{- if .Values.on }}\n" + POD + "{{- end }}\n"])
def test_a_template_of_a_chart_is_not_expected(tmp_path: Path, content: str) -> None:
    assert expected(tmp_path, **{"chart/templates/a.yaml": content}) == {}


@pytest.mark.parametrize(
    "trick",
    [
        "# {{ .Values.image }}\n" + POD,
        "#name: {{ .Values.image }}\n" + POD,
        POD.replace("  name: shop\n", "  name: shop\n  annotations:\n    a: '{{ .Values.image }}'\n"),
        POD.replace("  name: shop\n", "  name: shop\n  annotations:\n    a: |\n      b: {{ .Values.image }}\n"),
        POD.replace("  name: shop\n", "  name: shop\n  annotations:\n    a: |- # b\n      b: {{ .Values.image }}\n"),
        "--- |\n{{ .Values.image }}\n---\n" + POD,
        POD.replace("  name: shop\n", '  name: shop\n  annotations:\n    a: "\n      b: {{ .Values.image }}"\n'),
        POD.replace("  name: shop\n", "  name: shop\n  annotations:\n    a: '\n      b: {{ .Values.image }}'\n"),
        POD.replace("  name", "\tname"),
        "---\n" + POD + "---\nkind: [\n",
        POD.replace("kind: Pod", "'kind' : \"Pod\"  # x"),
    ],
)
def test_a_manifest_cannot_pass_for_something_else(tmp_path: Path, trick: str) -> None:
    assert expected(tmp_path, **{"a.yaml": trick}) == {"a.yaml": True}


ERROR = "2026-11-25 02:29:54,682 [MainThread  ] [ERROR]  "
WARNING = "2026-11-25 02:29:54,682 [MainThread  ] [WARNI]  "


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (ERROR + "YAML error parsing a.yaml: expected a single document in the stream", True),
        ('in "<unicode string>", line 2, column 1', True),
        ("but found another document", True),
        ("found character that cannot start any token", True),
        (WARNING + "Unable to load module (github.com/a/b): list index out of range", True),
        (WARNING + "Unable to load module (./network): list index out of range", False),
        (ERROR + "Failed to run check CKV_AWS_1 on /a.tf:aws_s3_bucket.b", False),
        (WARNING + "Failed to parse file serverless.yml because it isn't valid yaml", False),
        ("Traceback (most recent call last):", False),
        ('File "/x/checkov/main.py", line 1, in run', False),
        ("ValueError: too many values to unpack (expected 2)", False),
    ],
)
def test_only_known_words_on_stderr_are_harmless(line: str, known: bool) -> None:
    assert any(re.fullmatch(pattern, line) for pattern in COMMAND.harmless) is known


def test_rules_that_are_said_to_be_equivalent_exist() -> None:
    rated = {rule_id for band in table().values() for rule_id in band}
    named = {rule_id for tool, rule_id in catalog.equivalents() if tool == "checkov"}
    assert named
    assert named <= rated
