"""Trivy's report, in the shapes that the samples do not show: made ones and other people's."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from secgate import catalog
from secgate.model import (
    Category,
    Finding,
    Report,
    ReportError,
    Severity,
    Ternary,
)

# Put together here, so that no scanner takes this file for one that holds a secret.
AWS_KEY = "AKIA" + "Q3EGRZBT5N7XLWKM"


def read(raw: bytes) -> Report:
    result: Report = catalog.adapter("trivy").report(raw)
    return result


def report(*results: Mapping[str, Any], **head: Any) -> Report:
    native = {"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": results, **head}
    return read(json.dumps(native).encode())


def vulnerability(**changes: Any) -> dict[str, Any]:
    return {"VulnerabilityID": "CVE-2099-1", "PkgName": "left", "InstalledVersion": "1.0", "Severity": "HIGH",
            "Title": "Left reads right.", **changes}  # fmt: skip


def found(*, packages: Sequence[Mapping[str, Any]] = (), type: str = "npm", **changes: Any) -> Finding:
    (finding,) = report({"Target": "package-lock.json", "Class": "lang-pkgs", "Type": type, "Packages": packages,
                         "Vulnerabilities": [vulnerability(**changes)]}).findings  # fmt: skip
    return finding


def misconfigured(target: str = "main.tf", head: Mapping[str, Any] | None = None, **cause: Any) -> Finding:
    native = {"ID": "AWS-0096", "Status": "FAIL", "Severity": "HIGH", "Title": "Encrypt queues", "CauseMetadata": cause}
    result = {"Target": target, "Class": "config", "Type": "terraform", "Misconfigurations": [native]}
    (finding,) = report(result, **(head or {})).findings
    return finding


# --- what a finding takes over


def test_the_score_of_the_severitys_own_source_comes_first() -> None:
    scores = {"nvd": {"V3Score": 9.8, "V3Vector": "n3"}, "redhat": {"V2Score": 4, "V3Score": 5.5, "V3Vector": "r3"}}
    own = found(CVSS=scores, SeveritySource="redhat").vuln
    assert (own.cvss, own.cvss_vector, own.cvss_source) == (5.5, "r3", "redhat")
    assert found(CVSS=scores, SeveritySource="debian").vuln.cvss_source == "nvd"
    assert found(CVSS={"bitnami": {"V2Score": 3.0}}).vuln.cvss_source == "bitnami"
    newest = found(CVSS={"ghsa": {"V3Score": 5.0, "V40Score": 6.3, "V40Vector": "v4"}}, SeveritySource="ghsa").vuln
    assert (newest.cvss, newest.cvss_vector) == (6.3, "v4")
    assert found().vuln.cvss == 0.0


def test_the_cve_is_the_name_and_other_names_of_the_same_are_aliases() -> None:
    named = found(VulnerabilityID="GHSA-aaaa-bbbb-cccc", VendorIDs=["CVE-2099-7", "DSA-4808-1", "RHSA-2099:1"])
    assert named.rule.id == "GHSA-aaaa-bbbb-cccc"
    assert (named.vuln.id, named.vuln.aliases) == ("CVE-2099-7", ("GHSA-aaaa-bbbb-cccc",))
    alone = found(VulnerabilityID="TEMP-0290435-0B57B5").vuln
    assert (alone.id, alone.aliases) == ("TEMP-0290435-0B57B5", ())


def test_several_fixed_versions_are_several() -> None:
    finding = found(FixedVersion="11.0.14, 10.1.49, 9.0.112")
    assert finding.package.fixed_versions == ("11.0.14", "10.1.49", "9.0.112")
    assert finding.fix == "Upgrade left from 1.0 to 11.0.14, 10.1.49 or 9.0.112."
    assert (found().fix, found().vuln.fix_available) == ("", False)


@pytest.mark.parametrize(
    ("type", "package", "scope", "direct"),
    [
        ("npm", {"Dev": True, "Relationship": "direct"}, "dev", Ternary.YES),
        ("npm", {"Relationship": "indirect", "Indirect": True}, "runtime", Ternary.NO),
        ("npm", {"Indirect": True}, "runtime", Ternary.NO),
        ("npm", {"Relationship": "workspace"}, "runtime", Ternary.YES),
        ("pip", {"Relationship": "unknown"}, "unknown", Ternary.UNKNOWN),
        ("gomod", {"Relationship": "direct"}, "unknown", Ternary.YES),
    ],
)
def test_scope_and_relationship_come_from_the_package(
    type: str, package: dict[str, Any], scope: str, direct: Ternary
) -> None:
    finding = found(packages=[{"ID": "left@1.0", **package}], PkgID="left@1.0", type=type)
    assert (finding.package.scope, finding.package.direct) == (scope, direct)


def test_lines_are_joined_by_the_packages_id_and_absent_where_there_are_none() -> None:
    lines = [{"StartLine": 30, "EndLine": 32}, {"StartLine": 5, "EndLine": 9}]
    finding = found(packages=[{"ID": "left@1.0", "Locations": lines}], PkgID="left@1.0")
    assert (finding.location.line, finding.location.end_line, finding.location.known) == (5, 9, True)
    assert [one.location.line for one in finding.related] == [30]
    by_uid = found(packages=[{"Identifier": {"UID": "u"}, "Locations": lines}], PkgIdentifier={"UID": "u"})
    assert by_uid.location.line == 5
    assert (found().location.line, found().location.known) == (1, False)


def test_the_anchor_outlives_an_upgrade() -> None:
    anchors = {
        found(PkgIdentifier={"PURL": f"pkg:npm/%40scope/left@{version}?vcs_url=x#sub"}).anchor
        for version in ("1.0", "2.0")
    }
    assert anchors == {"pkg:npm/%40scope/left"}
    assert found(PkgIdentifier={"PURL": "pkg:golang/example.org/left"}).anchor == "pkg:golang/example.org/left"


@pytest.mark.parametrize("word", ["UNKNOWN", "", "NEGLIGIBLE", "high"])
def test_a_severity_that_it_does_not_know_is_unknown(word: str) -> None:
    finding = found(Severity=word)
    assert (finding.severity, finding.severity_label) == (Severity.UNKNOWN, word)


def test_a_vulnerability_without_details_is_said_aloud() -> None:
    bare = vulnerability(VulnerabilityID="CVE-2099-9", Severity="UNKNOWN", Title="")
    native = {"Target": "package-lock.json", "Class": "lang-pkgs", "Vulnerabilities": [bare, vulnerability()]}
    assert [error.message for error in report(native).errors] == [
        "CVE-2099-9 has no details in the database: its severity is not known"
    ]


def test_a_secret_is_never_quoted() -> None:
    native = {"RuleID": "aws-access-key-id", "Severity": "CRITICAL", "Title": "AWS Access Key ID", "StartLine": 3,
              "EndLine": 3, "Match": f'k = "{AWS_KEY}"', "Code": {"Lines": [{"Content": AWS_KEY}]}}  # fmt: skip
    (finding,) = report({"Target": "a b (1)/Python", "Class": "secret", "Secrets": [native]}).findings
    assert AWS_KEY not in str(finding)
    assert (finding.location.path, finding.location.line) == ("a b (1)/Python", 3)
    assert finding.secret.kind == "aws-access-key-id"


def test_only_failures_are_findings() -> None:
    checks = [{"ID": state, "Status": state} for state in ("FAIL", "PASS", "EXCEPTION")]
    kept = report({"Target": "Dockerfile", "Class": "config", "Misconfigurations": checks}).findings
    assert [finding.rule.id for finding in kept] == ["FAIL"]


# --- where a finding is


def test_a_module_from_elsewhere_is_reported_where_it_is_called() -> None:
    call = {"Filename": "main.tf", "Location": {"StartLine": 7, "EndLine": 9}}
    for target in ("../../shared/main.tf", "git::https:/example.org/x?ref=v1/main.tf"):
        place = misconfigured(target, StartLine=20, EndLine=24, Occurrences=[call]).location
        assert (place.path, place.line, place.end_line) == ("main.tf", 7, 9)
    inside = misconfigured("modules/queue/main.tf", StartLine=2, EndLine=4, Occurrences=[call])
    assert (inside.location.path, inside.location.line) == ("modules/queue/main.tf", 2)
    assert [one.location.path for one in inside.related] == ["main.tf"]


@pytest.mark.parametrize(
    ("target", "path"),
    [("../../x.tf", "x.tf"), ("/etc/x.tf", "etc/x.tf"), ("", "terraform"), (".", "terraform"), ("a/./b.tf", "a/b.tf")],
)
def test_no_path_leads_out_of_the_root(target: str, path: str) -> None:
    assert misconfigured(target).location.path == path


def test_the_folder_around_the_tree_is_taken_off() -> None:
    head = {"ArtifactName": "/run/x/secgate-staged"}
    call = {"Filename": "tree/main.tf", "Location": {"StartLine": 1, "EndLine": 3}}
    finding = misconfigured("tree/dev/main.tf", head, Resource="tree/stack.yaml:3-4", Occurrences=[call])
    assert (finding.location.path, finding.anchor) == ("dev/main.tf", "stack.yaml:3-4")
    assert finding.related[0].location.path == "main.tf"
    assert misconfigured("tree/main.tf", {"ArtifactName": "/home/me/project"}).location.path == "tree/main.tf"


def test_an_image_is_known_by_its_name_without_tag_and_digest() -> None:
    system = {"Target": "/run/a.tar (debian 12.1)", "Class": "os-pkgs", "Vulnerabilities": [vulnerability()]}
    inside = {"Target": "Python", "Class": "lang-pkgs", "Vulnerabilities": [vulnerability(PkgPath="usr/lib/METADATA")]}
    config = {"Target": "/run/a.tar", "Class": "config", "Misconfigurations": [{"ID": "DS-0002"}]}
    head = {"ArtifactName": "/run/a.tar", "ArtifactType": "container_image"}
    tagged = report(system, inside, config, Metadata={"RepoTags": ["host:5000/shop/web:1.4"]}, **head).findings
    assert [one.location.path for one in tagged] == [
        "host:5000/shop/web", "host:5000/shop/web", "host:5000/shop/web/usr/lib/METADATA",
    ]  # fmt: skip
    assert {one.category for one in tagged} == {Category.CONTAINER}
    assert {one.location.path for one in report(system, config, **head).findings} == {"a.tar"}


def test_a_name_of_parentheses_takes_no_time() -> None:
    name = "web (" * 20_000
    began = time.process_time()
    (one,) = report({"Target": name, "Class": "os-pkgs", "Secrets": [{"RuleID": "x"}]}, ArtifactType="vm").findings
    assert time.process_time() - began < 5
    assert one.location.path.startswith("web (")


# --- what is refused, and what does not matter


@pytest.mark.parametrize(
    "native",
    [
        {},
        {"SchemaVersion": 3, "Results": []},
        {"SchemaVersion": 2, "Results": [{"Class": "secret"}]},
        [{"Target": "a", "Vulnerabilities": [{"PkgName": "left"}]}],
        {"SchemaVersion": 2, "Results": [{"Target": "a", "ExperimentalModifiedFindings": [{"Type": "new"}]}]},
        {"ClusterName": "", "Resources": [{"Results": []}]},
        {"SchemaVersion": 2, "Metadata": {"OS": "alpine 3.20"}},
        {"SchemaVersion": 2, "Metadata": {"RepoTags": 1}},
        {"SchemaVersion": 2, "Trivy": {"Version": []}},
    ],
)  # fmt: skip
def test_a_report_of_another_shape_is_refused(native: object) -> None:
    with pytest.raises(ReportError):
        read(json.dumps(native).encode())


@pytest.mark.parametrize("raw", [b"null", b"[]", b" null\n"])
def test_a_report_without_a_head_is_refused(raw: bytes) -> None:
    with pytest.raises(ReportError, match="failed run"):
        read(raw)


def test_neither_order_nor_time_nor_report_id_matters() -> None:
    native = json.loads((catalog.folder("trivy") / "samples" / "findings" / "raw.json").read_bytes())
    before = read(json.dumps(native).encode())
    for seed in range(5):
        again = _shuffled(native, random.Random(seed))
        again["ReportID"], again["CreatedAt"] = f"id-{seed}", f"2030-01-0{seed + 1}T00:00:00Z"
        assert read(json.dumps(again).encode()) == before


def test_an_exact_repetition_is_one_finding() -> None:
    native = {"Target": "p", "Class": "lang-pkgs", "Vulnerabilities": [vulnerability(), vulnerability()]}
    assert len(report(native, native).findings) == 1
    assert len(report(native, {**native, "Target": "q"}).findings) == 2


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(part, chance) for key, part in value.items()}
    if not isinstance(value, list):
        return value
    parts = [_shuffled(part, chance) for part in value]
    chance.shuffle(parts)
    return parts


# --- other people's reports


def _results(native: Any) -> Iterator[dict[str, Any]]:
    if isinstance(native, list):
        yield from native
        return
    yield from native.get("Results") or ()
    for key in ("Resources", "Vulnerabilities", "Misconfigurations"):
        for workload in native.get(key) or ():
            yield from workload.get("Results") or ()


def _counted(native: Any) -> Counter[str]:
    counts: Counter[str] = Counter()
    for result in _results(native):
        for key in ("Vulnerabilities", "Secrets", "Licenses", "ExperimentalModifiedFindings"):
            counts[key] += len(result.get(key) or ())
        counts["Misconfigurations"] += sum(one["Status"] == "FAIL" for one in result.get("Misconfigurations") or ())
    return +counts


REFUSED = {"legacy_no_vuln.json": "failed run", "legacy_trivy_mix.json": "VulnerabilityID"}
COUNTS = {
    "all_statuses.json": 8, "cvssv4_severity_source.json": 3, "issue_14136.json": 1, "issue_9170.json": 37,
    "kubernetes.json": 20, "license_scheme.json": 19, "misconfigurations_and_secrets.json": 5,
    "scheme_2_many_vulns.json": 5, "scheme_2_no_vuln.json": 0, "alpine-310.json": 4, "gomod.json": 5,
    "helm_testchart.json": 6, "npm-with-suppressed.json": 2, "npm.json": 1, "pip.json": 2,
    "terraform-remote-module-in-child.json": 3, "trivy-image-same-image.json": 2,
}  # fmt: skip


def test_nothing_of_other_peoples_reports_is_lost_or_doubled(corpus: Path) -> None:
    files = sorted([*corpus.glob("defectdojo/trivy/*.json"), *corpus.glob("trivy/*.json")])
    assert {path.name for path in files} == COUNTS.keys() | REFUSED.keys()
    for path in files:
        raw = path.read_bytes()
        if path.name in REFUSED:
            with pytest.raises(ReportError, match=REFUSED[path.name]):
                read(raw)
            continue
        findings = read(raw).findings
        assert len(findings) == COUNTS[path.name] == _counted(json.loads(raw)).total(), path.name
        assert _ids(findings) <= set(_named(json.loads(raw))), path.name
        assert all(not one.location.path.startswith(("/", "../")) for one in findings)


def _ids(findings: Sequence[Finding]) -> set[str]:
    return {one.rule.id for one in findings}


def _named(native: Any) -> Iterator[str]:
    """Yield whatever a report uses as the name of a rule, wherever it stands."""
    if isinstance(native, dict):
        yield from (native[key] for key in ("VulnerabilityID", "ID", "RuleID", "Name") if key in native)
    for part in native.values() if isinstance(native, dict) else native if isinstance(native, list) else ():
        yield from _named(part)


def test_what_was_taken_out_by_a_vex_document_is_back_and_marked(corpus: Path) -> None:
    findings = read((corpus / "trivy" / "npm-with-suppressed.json").read_bytes()).findings
    assert {(one.rule.id, one.suppressed_inline) for one in findings} == {
        ("CVE-2017-20165", False), ("CVE-2017-16137", True),
    }  # fmt: skip
