"""The real Trivy under the manifest's own command lines, with a small database of our own."""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from support import advisories, image
from support.advisories import Advisory

from secgate import catalog
from secgate.model import (
    Category,
    DatabaseState,
    Evidence,
    EvidenceState,
    Finding,
    Report,
    Run,
    Status,
    Target,
    Tree,
)
from secgate.scan.normalise import normalise
from secgate.scan.places import Places
from secgate.scan.plan import Wish, plan
from secgate.scan.run import Bench, run

Files: TypeAlias = Mapping[str, str | bytes]

# Put together here, so that no scanner takes this file for one that holds a secret.
AWS_KEY = "AKIA" + "Q3EGRZBT5N7XLWKM"
GITHUB_TOKEN = "ghp_" + "x8T2kQw9ZrLm4VbNc7YpDs3HfJg6RaUe1XoK"

LOCK = {
    "name": "shop", "version": "1.0.0", "lockfileVersion": 3, "requires": True,
    "packages": {
        "": {"name": "shop", "version": "1.0.0"},
        "node_modules/lodash": {"version": "4.17.20"},
        "node_modules/minimist": {"version": "1.2.0", "dev": True},
    },
}  # fmt: skip
PACKAGE_LOCK = json.dumps(LOCK, indent=2)


@pytest.fixture
def trivy() -> Path:
    executable = os.environ.get("SECGATE_TEST_TRIVY", "")
    if not executable:
        pytest.skip("Trivy is not installed (`secgate tools install trivy`); SECGATE_TEST_TRIVY names another place")
    return Path(executable)


class Heard:
    def started(self, task: object) -> None:
        """A test has nobody to tell."""

    def finished(self, run: object) -> None:
        """A test has nobody to tell."""


class Scan:
    """Runs the manifest's own commands over a tree of the test's making, as a scan does."""

    def __init__(self, folder: Path, executable: Path) -> None:
        self.folder, self.executable = folder, executable
        self.tree = folder / "secgate-staged" / "tree"
        self.tree.mkdir(parents=True)
        self.database: Path | None = folder / "database"
        advisories.write_database(folder / "database")

    def write(self, files: Files) -> None:
        for name, content in files.items():
            path = self.tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def run(
        self, command: str, files: Mapping[str, str | bytes] | None = None, **wish: Any
    ) -> tuple[Run, Report, Evidence]:
        self.write(files or {})
        paths = sorted(path for path in self.tree.rglob("*") if path.is_file())
        targets = tuple(Target(path.relative_to(self.tree).as_posix()) for path in paths)
        tasks, _ = plan(Tree(root="", files=targets), self.tree, {"trivy": catalog.scanner("trivy")}, Wish(**wish))
        wanted = [task for task in tasks if task.name == command]
        state = DatabaseState("trivy-db", "sha256:0", advisories.UPDATED)
        data = {("trivy", "trivy-db"): (self.database, state)} if self.database else {}
        scratch = self.folder / f"tasks-{len(list(self.folder.glob('tasks-*')))}"
        bench = Bench(self.tree, scratch, {"trivy": self.executable}, data, catalog.adapter, catalog.folder)
        (done,) = run(wanted, bench, 1, Heard())
        normalised = normalise(done, catalog.adapter("trivy"), Places(self.tree))
        readable = catalog.adapter("trivy").report(done.output) if done.status is Status.FINISHED else Report()
        return done, readable, normalised.evidence


@pytest.fixture
def scan(tmp_path: Path, trivy: Path) -> Scan:
    return Scan(tmp_path.resolve(), trivy)


def places(findings: Sequence[Finding]) -> Counter[tuple[str, str, int]]:
    return Counter((one.rule.id, one.location.path, one.location.line) for one in findings)


def raw_count(ran: Run, kind: str) -> int:
    return sum(len(result.get(kind) or ()) for result in json.loads(ran.output)["Results"])


@pytest.mark.live
def test_dependencies_are_what_its_report_says(scan: Scan) -> None:
    files = {
        "package-lock.json": PACKAGE_LOCK,
        "dev/requirements.txt": "Flask==2.0.1\nsafe==1.0\n",
        "requirements-test.txt": "PyYAML==5.3.1\n",
        "lib/go.mod": "module m\n\ngo 1.22\n\nrequire example.org/lib/parser v1.2.0\n",
    }
    ran, found, evidence = scan.run("dependencies", files)
    assert places(found.findings) == Counter({
        ("CVE-2099-2001", "package-lock.json", 11): 1, ("CVE-2099-2002", "package-lock.json", 14): 1,
        ("CVE-2099-1001", "dev/requirements.txt", 1): 1, ("CVE-2099-1003", "requirements-test.txt", 1): 1,
        ("CVE-2099-3001", "lib/go.mod", 1): 1,
    })  # fmt: skip
    assert len(found.findings) == raw_count(ran, "Vulnerabilities")
    assert {one.package.name: one.package.scope for one in found.findings if one.package.ecosystem == "npm"} == {
        "lodash": "runtime", "minimist": "dev",
    }  # fmt: skip
    assert (evidence.state, evidence.expected, evidence.unread) == (EvidenceState.OK, 4, ())
    assert found.version == catalog.scanner("trivy").version


@pytest.mark.live
def test_two_runs_give_the_same_report(scan: Scan) -> None:
    _, first, _ = scan.run("dependencies", {"package-lock.json": PACKAGE_LOCK, "requirements.txt": "Flask==2.0.1\n"})
    _, second, _ = scan.run("dependencies")
    assert first == second


@pytest.mark.live
def test_the_database_is_only_read(scan: Scan) -> None:
    assert scan.database
    files = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in scan.database.rglob("*") if path.is_file()}
    scan.run("dependencies", {"package-lock.json": PACKAGE_LOCK})
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in scan.database.rglob("*") if path.is_file()}
    assert after == files


@pytest.mark.live
def test_a_large_database_is_read_whole(scan: Scan) -> None:
    assert scan.database
    many = [
        Advisory(f"CVE-2099-{number}", "npm", "lodash", "LOW", "One of many", "9") for number in range(10000, 13000)
    ]
    advisories.write_database(scan.database, many)
    _, found, evidence = scan.run("dependencies", {"package-lock.json": PACKAGE_LOCK})
    assert (len(found.findings), evidence.state) == (3000, EvidenceState.OK)


FULL = {
    "npm/package-lock.json": PACKAGE_LOCK,
    "v1/package-lock.json": '{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0"}}}',
    "shrinkwrap/npm-shrinkwrap.json": PACKAGE_LOCK,
    "pnpm/pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n"
                           "        specifier: ^1\n        version: 1.0.0\n\npackages:\n\n  a@1.0.0:\n"
                           "    resolution: {integrity: x}\n\nsnapshots:\n\n  a@1.0.0: {}\n",
    "bun/bun.lock": '{"lockfileVersion": 1, "workspaces": {"": {"name": "x", "dependencies": {"a": "1.0.0"}}},\n'
                    '  "packages": {"a": ["a@1.0.0", "", {}, "sha512-x"]}}\n',
    "pipenv/Pipfile.lock": '{"_meta": {}, "default": {"a": {"version": "==1.0.0"}}, "develop": {}}',
    "poetry/poetry.lock": '[[package]]\nname = "a"\nversion = "1.0.0"\noptional = false\npython-versions = "*"\n',
    "uv/uv.lock": 'version = 1\n\n[[package]]\nname = "x"\nversion = "0.1.0"\nsource = { virtual = "." }\n',
    "pylock/pylock.dev.toml": 'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1.0.0"\n',
    "maven/pom.xml": "<project><groupId>g</groupId><artifactId>x</artifactId><version>1</version><dependencies>"
                     "<dependency><groupId>g</groupId><artifactId>a</artifactId><version>1.0</version></dependency>"
                     "</dependencies></project>",
    "sbt/build.sbt.lock": '{"lockVersion": 1, "dependencies": [{"org": "g", "name": "a", "version": "1.0",'
                          ' "configurations": ["compile"]}]}',
    "cargo/Cargo.lock": 'version = 3\n\n[[package]]\nname = "x"\nversion = "0.1.0"\n',
    "composer/composer.lock": '{"packages": [{"name": "v/a", "version": "1.0.0"}], "packages-dev": []}',
    "nuget/packages.lock.json": '{"version": 1, "dependencies": {"net6.0": {"A": {"type": "Direct",'
                                ' "resolved": "1.0.0"}}}}',
    "nuget/packages.config": '<packages><package id="A" version="1.0.0" /></packages>',
    "nuget/Directory.Packages.props": '<Project><ItemGroup><PackageVersion Include="A" Version="1.0.0" /></ItemGroup>'
                                      "</Project>",
    "dotnet/x.deps.json": '{"runtimeTarget": {"name": "n"}, "targets": {"n": {"A/1.0.0": {"runtime": {"a.dll": {}}}}},'
                          ' "libraries": {"A/1.0.0": {"type": "package"}}}',
    "conan/conan.lock": '{"version": "0.5", "requires": ["a/1.0.0#x%1"], "build_requires": []}',
    "pub/pubspec.lock": 'packages:\n  a:\n    dependency: "direct main"\n    source: hosted\n    version: "1.0.0"\n'
                        'sdks:\n  dart: ">=2.0.0"\n',
    "swift/Package.resolved": '{"pins": [{"identity": "a", "location": "https://example.org/a.git",'
                              ' "state": {"version": "1.0.0"}}], "version": 2}',
}  # fmt: skip
BY_LINE = {
    "berry/yarn.lock": '__metadata:\n  version: 6\n\n"a@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n'
    "  languageName: node\n  linkType: hard\n",
    "yarn/yarn.lock": '# yarn lockfile v1\n\n\na@^1.0.0:\n  version "1.0.0"\n  resolved "https://example.org/a.tgz#x"\n',
    "pip/requirements.txt": "a==1.0\n",
    "pip/requirements/base.txt": "a [x] >=0.1, == 1.0 ; python_version < '4'  # why\n",
    "go/go.mod": "module example.org/x\n\ngo 1.22\n",
    "gradle/gradle.lockfile": "# c\ng:a:1.0=compileClasspath\nempty=\n",
    "bundler/Gemfile.lock": "GEM\n  specs:\n    a (1.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  a\n",
    "mix/mix.lock": '%{\n  "a": {:hex, :a, "1.0.0", "x", [:mix], [], "hexpm", "y"},\n}\n',
    "pods/Podfile.lock": "PODS:\n  - A (1.0.0)\n\nDEPENDENCIES:\n  - A\n",
}
EMPTY = {
    "npm/package-lock.json": '{"lockfileVersion": 3, "packages": {"": {"name": "x"}}}',
    "v1/package-lock.json": '{"lockfileVersion": 1, "dependencies": {}}',
    "yarn/yarn.lock": "# yarn lockfile v1\n\n",
    "berry/yarn.lock": '__metadata:\n  version: 6\n\n"x@workspace:.":\n  version: 0.0.0-use.local\n'
                       '  resolution: "x@workspace:."\n  languageName: unknown\n  linkType: soft\n',
    "pnpm/pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n",
    "bun/bun.lock": '{"lockfileVersion": 1, "workspaces": {"": {"name": "x"}}, "packages": {}}',
    "pip/requirements.txt": "a>=1.0\nb==1.*\n# d==1.0\n-r other.txt\n",
    "pipenv/Pipfile.lock": '{"_meta": {}, "default": {}, "develop": {"a": {"version": "==1.0"}}}',
    "poetry/poetry.lock": 'package = []\n\n[metadata]\nlock-version = "2.0"\n',
    "pylock/pylock.toml": 'lock-version = "1.0"\npackages = []\n',
    "maven/pom.xml": "<project><parent><groupId>p</groupId><artifactId>p</artifactId><version>1</version></parent>"
                     "<artifactId>x</artifactId></project>",
    "gradle/gradle.lockfile": "# c\nempty=annotationProcessor\n",
    "bundler/Gemfile.lock": "GEM\n  specs:\n\nPLATFORMS\n  ruby\n",
    "composer/composer.lock": '{"packages": [], "packages-dev": []}',
    "nuget/packages.lock.json": '{"version": 1, "dependencies": {"net6.0": {}}}',
    "nuget/packages.config": '<packages><package id="A" version="1" developmentDependency="true" /></packages>',
    "dotnet/x.deps.json": '{"targets": {}, "libraries": {"x/1.0.0": {"type": "project"}}}',
    "conan/conan.lock": '{"version": "0.5", "requires": [], "build_requires": []}',
    "pub/pubspec.lock": "packages: {}\n",
    "mix/mix.lock": "%{\n}\n",
    "swift/Package.resolved": '{"pins": [], "version": 2}',
    "pods/Podfile.lock": "PODS:\n\nCOCOAPODS: 1.11\n",
    "a/requirements.txt": "a==1.0\n",
}  # fmt: skip


@pytest.mark.live
def test_every_lockfile_with_a_package_is_listed(scan: Scan) -> None:
    _, _, evidence = scan.run("dependencies", {**FULL, **BY_LINE})
    assert (evidence.state, evidence.expected, evidence.unread) == (EvidenceState.OK, len(FULL) + len(BY_LINE), ())


@pytest.mark.live
def test_a_truncated_lockfile_is_not_read_and_never_clean(scan: Scan) -> None:
    ran, found, evidence = scan.run("dependencies", {name: text.rstrip()[:-1] for name, text in FULL.items()})
    assert (ran.exit_code, found.findings) == (0, ()), "Trivy itself says nothing"
    assert evidence.state is EvidenceState.PARTIAL
    assert set(evidence.unread) == FULL.keys()


@pytest.mark.live
def test_a_lockfile_without_a_package_is_not_expected(scan: Scan) -> None:
    ran, _, evidence = scan.run("dependencies", EMPTY)
    assert (ran.task.files, evidence.state) == (("a/requirements.txt",), EvidenceState.OK)


@pytest.mark.live
def test_without_a_database_nothing_is_clean(scan: Scan) -> None:
    scan.database = None
    ran, _, evidence = scan.run("dependencies", {"package-lock.json": PACKAGE_LOCK})
    assert (ran.status, evidence.state) == (Status.MISSING, EvidenceState.MISSING)
    scan.database = scan.folder / "empty"
    scan.database.mkdir()
    ran, _, evidence = scan.run("dependencies")
    assert (ran.exit_code, ran.output, evidence.state) == (1, b"", EvidenceState.FAILED)
    assert "--skip-db-update cannot be specified on the first run" in ran.stderr


POD = """apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: nginx
"""
HEALTHY = {
    "Dockerfile": "FROM python:3.13.1\nUSER app\nHEALTHCHECK CMD true\n",
    "build/Dockerfile.prod.v2": "FROM python:3.13.1\nUSER app\nHEALTHCHECK CMD true\n",
    "build/Dockerfile-dev": "FROM python:3.13.1\nUSER app\nHEALTHCHECK CMD true\n",
    "build/web.dockerfile": "FROM python:3.13.1\nUSER app\nHEALTHCHECK CMD true\n",
    "deploy/map.yaml": "---\r\napiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a, namespace: shop}\r\n",
    "deploy/bom.yml": "\ufeffapiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n",
    "deploy/thing.json": '{"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "a"}}',
    "stack.yaml": "Resources:\n  Wait:\n    Type: AWS::CloudFormation::WaitConditionHandle\n",
    "stack.json": '{"Resources": {"Wait": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}',
    "dev/main.tf": 'variable "size" {}\nresource "random_id" "a" {\n  byte_length = var.size\n}\n',
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
}
NOT_EXPECTED = {
    "chart/templates/off.yaml": "{{ if .Values.off }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {}\n{{ end }}\n",
    "chart/templates/name.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n",
    "kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
    ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: x}]}}\n",
    "Dockerfile.dockerignore": "node_modules\n",
    "package.json": '{"name": "x"}',
}


@pytest.mark.live
def test_healthy_configuration_is_read_and_clean(scan: Scan) -> None:
    _, found, evidence = scan.run("configuration", {**HEALTHY, **NOT_EXPECTED})
    assert (evidence.state, evidence.reason, evidence.expected) == (EvidenceState.OK, "", len(HEALTHY))
    assert found.findings == ()


@pytest.mark.live
def test_misconfigurations_have_their_place(scan: Scan) -> None:
    ran, found, _ = scan.run("configuration", {
        "Dockerfile": "FROM python:latest\n", "deploy/pod.yaml": POD,
        "dev/main.tf": 'resource "aws_sqs_queue" "orders" {\n  name = "orders"\n}\n',
    })  # fmt: skip
    assert len(found.findings) == raw_count(ran, "Misconfigurations") > 10
    assert {("DS-0001", "Dockerfile", 1), ("AWS-0096", "dev/main.tf", 1)} <= places(found.findings).keys()
    assert {one.category for one in found.findings} == {Category.IAC}


@pytest.mark.live
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pod.yaml", POD.replace("  name: web", "\tname: web", 1)),
        ("stack.yaml", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n   x: 1\n"),
        ("main.tf", 'resource "aws_s3_bucket" "a" {\n  bucket = \n'),
        ("Dockerfile", "FROM a:1\nRUM x\n"),
        ("chart/Chart.yaml", "apiVersion: v2\nname: [\n"),
        ("main.tf", 'module "a" { source = "./nowhere" }\n'),
        ("main.tf", '#trivy:ignore:AWS-0096\nresource "aws_sqs_queue" "a" {\n  name = "a"\n}\n'),
    ],
    ids=["kubernetes", "cloudformation", "terraform", "docker", "helm", "module", "ignored-inline"],
)
def test_configuration_that_is_not_judged_is_never_clean(scan: Scan, name: str, text: str) -> None:
    ran, _, evidence = scan.run("configuration", {name: text})
    assert (ran.exit_code, evidence.state) == (0, EvidenceState.PARTIAL)


@pytest.mark.live
def test_secrets_are_found_where_trivy_would_rather_not_look(scan: Scan) -> None:
    text = f'\nkey = "{AWS_KEY}"\n'
    names = ["settings.py", "tests/test_a.py", "docs/example.md", "vendor/a/b.c", "dev/a.env", "sys/a", "proc/x/y",
             "node_modules/a/index.js", "package-lock.json", "secret.yaml", "trusted/secret.yaml", "a.dist-info/x",
             "usr/local/lib/python3/a.py", "locale/de.po", "image.svg", ".gitignore"]  # fmt: skip
    _, found, evidence = scan.run("secrets", dict.fromkeys(names, text))
    assert places(found.findings) == Counter({("aws-access-key-id", name, 2): 1 for name in names})
    assert (evidence.state, evidence.expected) == (EvidenceState.OK, len(names))


@pytest.mark.live
def test_what_is_not_text_is_not_claimed(scan: Scan) -> None:
    text = {"c": b"long enough\n", "e": b"x" * 300 + b"\x00", "latin": b"caf\xe9 au lait\n" * 40}
    other = {"a.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "b": b"short", "d": b"\x00" * 400}
    _, _, evidence = scan.run("secrets", {**text, **other})
    assert (evidence.state, evidence.expected) == (EvidenceState.OK, 3)


@pytest.mark.live
def test_an_image_archive_is_scanned_for_all_three(scan: Scan) -> None:
    archive = scan.folder / "web.tar"
    meta = b"Metadata-Version: 2.1\nName: Flask\nVersion: 2.0.1\n"
    layers = [
        image.system("wolfi", "20230201", {"openssl": "3.3.1-r0", "musl": "1.2.5-r0"}),
        {
            "root/.env": f'k = "{AWS_KEY}"\n'.encode(),
            "usr/lib/python3/site-packages/flask-2.0.1.dist-info/METADATA": meta,
        },
    ]
    image.write_image(archive, layers, tag="shop/web:1.4", environment=[f"TOKEN={GITHUB_TOKEN}"])
    ran, found, evidence = scan.run("image", images=(str(archive),))
    assert places(found.findings) == Counter({
        ("CVE-2099-4001", "shop/web", 1): 1, ("DS-0002", "shop/web", 1): 1, ("DS-0026", "shop/web", 1): 1,
        ("github-pat", "shop/web", 1): 1, ("aws-access-key-id", "shop/web/root/.env", 1): 1,
        ("CVE-2099-1001", "shop/web/usr/lib/python3/site-packages/flask-2.0.1.dist-info/METADATA", 1): 1,
    })  # fmt: skip
    assert evidence.state is EvidenceState.OK
    assert GITHUB_TOKEN in ran.output.decode(), "Trivy's own report quotes the environment"
    assert GITHUB_TOKEN not in str(found)


@pytest.mark.live
def test_an_image_out_of_support_is_never_clean(scan: Scan) -> None:
    image.write_image(scan.folder / "old.tar", [image.system("alpine", "3.10.2", {"musl": "1.1.22-r2"})], user="app")
    _, found, evidence = scan.run("image", images=(str(scan.folder / "old.tar"),))
    assert [error.message for error in found.errors] == [
        "alpine 3.10.2 is no longer supported by its distribution: newer vulnerabilities are not listed"
    ]
    assert evidence.state is EvidenceState.PARTIAL


@pytest.mark.live
def test_a_bill_of_materials_is_scanned(scan: Scan) -> None:
    bill = scan.folder / "bom.json"
    purls = ("pkg:pypi/flask@2.0.1", "pkg:npm/lodash@4.17.20", "pkg:npm/safe@1.0.0")
    parts = [
        {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl}
        for purl in purls
        for name, version in [purl.rpartition("/")[2].split("@")]
    ]
    bill.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts}))
    _, found, evidence = scan.run("sbom", sboms=(str(bill),))
    assert places(found.findings) == Counter({("CVE-2099-1001", "bom.json", 1): 1, ("CVE-2099-2001", "bom.json", 1): 1})
    assert evidence.state is EvidenceState.OK
    bill.write_text(bill.read_text()[:-20])
    ran, _, evidence = scan.run("sbom", sboms=(str(bill),))
    assert (ran.exit_code, evidence.state) == (1, EvidenceState.FAILED)
