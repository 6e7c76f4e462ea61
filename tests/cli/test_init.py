"""The first workflow, policy and hook of a repository: explained, valid, and never in place of what is there."""

import os
from pathlib import Path

import pytest
import yaml
from support import program, repositories
from support.repositories import git

from secgate.cli import init_files
from secgate.policy.load import parse

ROOT = Path(__file__).resolve().parents[2]
USES = f"org/secgate@{'0123456789' * 4}"


@pytest.fixture
def project(tmp_path):
    root = repositories.repository(tmp_path / "Shop Front", "a.py", "web/b.ts", "lib/c.lua", "main.tf")
    repositories.commit(root)
    git(root, "branch", "release/1")
    return root


@pytest.fixture
def init(project):
    def run(*words, root=project):
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("SECGATE_")}
        done = program.run("init", root, *words, cwd=root, env=inherited)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def test_it_says_what_it_found_and_writes_three_files(init, project):
    code, out, said = init("--uses", USES)
    assert (code, out) == (0, "")
    assert "  python, 1 file: read by Bandit and Semgrep" in said
    assert "terraform, 1 file: read by Checkov and Trivy" in said
    assert "*.lua, 1 file: nobody reads it" in said
    new = git(project, "status", "--porcelain", "-uall").splitlines()
    assert sorted(new) == ["?? .github/workflows/secgate.yml", "?? .pre-commit-config.yaml", "?? .secgate/policy.yaml"]


def test_the_files_are_valid_and_fit_the_repository(init, project):
    init("--uses", USES)
    workflow = yaml.safe_load((project / ".github/workflows/secgate.yml").read_text())
    assert workflow[True]["push"]["branches"] == ["main"]
    assert workflow["jobs"]["gate"]["steps"][1]["uses"] == USES
    content = (project / ".secgate/policy.yaml").read_bytes()
    pack = parse(content, "policy.yaml")
    assert (pack.name, pack.protected_branches) == ("shop-front", ("release/*",))
    hooks = yaml.safe_load((project / ".pre-commit-config.yaml").read_text())["repos"][0]
    assert [one["id"] for one in hooks["hooks"]] == [
        one["id"] for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    ]
    for name in (".github/workflows/secgate.yml", ".secgate/policy.yaml", ".pre-commit-config.yaml"):
        assert "#" in (project / name).read_text(), "explained"


def test_what_is_there_is_never_touched(init, project):
    (project / ".pre-commit-config.yaml").write_text("repos: []\n")
    (project / ".secgate").mkdir()
    (project / ".secgate/policy.yaml").symlink_to("elsewhere")
    code, _, said = init("--uses", USES)
    assert code == 0
    assert (project / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert not (project / ".secgate/elsewhere").exists()
    assert said.count("is left as it is") == 2
    assert "      - id: secgate " in said


def test_a_dry_run_writes_nothing_and_its_diff_can_be_applied(init, project):
    code, out, _ = init("--uses", USES, "--dry-run")
    assert code == 0
    assert git(project, "status", "--porcelain") == ""
    git(project, "apply", given=out.encode())
    applied = {name: (project / name).read_text() for name in (".secgate/policy.yaml", ".github/workflows/secgate.yml")}
    for name in (*applied, ".pre-commit-config.yaml"):
        (project / name).unlink()
    init("--uses", USES)
    assert applied == {name: (project / name).read_text() for name in applied}


@pytest.mark.parametrize("uses", ["org/secgate@v1", "org/secgate", f"{USES}x", "a b/c@" + "0" * 40])
def test_it_is_used_by_commit_only(init, uses):
    code, _, said = init("--uses", uses)
    assert code == 2
    assert "40 hex digits" in said


def test_outside_of_a_repository_there_is_nothing_to_do(init, tmp_path):
    (tmp_path / "plain").mkdir()
    assert init("--uses", USES, root=tmp_path / "plain")[0] == 2


@pytest.mark.parametrize(("branch", "pattern"), [
    ("on: [x]", "on: [x]"), ("on", "on"), ("No", "No"), ("1e3", "1e3"), ("a#b", "a#b"), ("c++", r"c\+\+"),
    ("!x", r"\!x"),
    ("a\"]\n- b", "a\"]\n- b"), ("release/1", "release/1"), ("höhe", "höhe"),
])  # fmt: skip
def test_a_branch_with_a_strange_name_is_quoted(branch, pattern):
    text = init_files.workflow(branch, USES)
    assert yaml.safe_load(text)[True]["push"]["branches"] == [pattern]


@pytest.mark.parametrize("name", [".github", ".github/workflows", ".secgate"])
@pytest.mark.parametrize("kind", ["outside", "dangling", "file"])
def test_nothing_is_written_through_a_link_or_below_a_file(init, project, tmp_path, name, kind):
    (tmp_path / "outside").mkdir()
    place = project / name
    place.parent.mkdir(exist_ok=True)
    if kind == "file":
        place.write_text("")
    else:
        place.symlink_to(tmp_path / kind)
    for words in ((), ("--dry-run",)):
        code, out, said = init("--uses", USES, *words)
        assert (code, out) == (2, "")
        assert f"{name}: is no folder" in said
    assert not list((tmp_path / "outside").iterdir())
    assert not (project / ".pre-commit-config.yaml").exists()


def test_the_example_is_what_is_written():
    example = (ROOT / "examples/github/gate.yml").read_text()
    assert init_files.workflow("main", "OWNER/secgate@FULL-COMMIT-ID") == example
