"""The gate's own process, started in a hostile tree: nothing of the tree is imported, obeyed or forged."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attack.innocent import BANDIT, PYTHON
from attack.yard import Tools

pytestmark = pytest.mark.live

MODULES = (
    "json",
    "yaml",
    "msgspec",
    "click",
    "rich",
    "secgate",
    "bandit",
    "encodings",
    "sitecustomize",
    "usercustomize",
)
DISTRIBUTION = "evil-1.0.dist-info"
RELAXED = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: recommended, version: "1.0.0", description: nothing}
spec:
  evidence: {required: [{id: code, category: sast, anyOf: [bandit], applies: found}]}
  rules: [{id: all, title: all, match: {severity: ">=info"}, scope: all, action: info}]
"""


def scan(tools: Tools, tree: Path, *words: str, start: tuple[str, ...] = (), **environment: str):
    """Scan the working directory, which is the tree, with Bandit."""
    command = start or (sys.executable, "-I", "-m", "secgate")
    argv = [*command, "scan", ".", "--only=bandit", *words]
    given = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "SECGATE_HOME": str(tools.home), **environment}
    return subprocess.run(argv, cwd=tree, env=given, capture_output=True, check=False)


def rules(stdout: bytes) -> dict[str, str]:
    """Return each rule that was found, with its action."""
    return {one["finding"]["rule"]["id"]: one["action"] for one in json.loads(stdout).get("verdicts", ())}


@pytest.fixture
def shadows(tmp_path: Path) -> tuple[Path, Path]:
    """Give a tree of modules that Python would rather import, and the canary that each of them leaves."""
    tree, canary = tmp_path / "tree", tmp_path / "canary"
    for name in (*MODULES, "evil"):
        (tree / name).mkdir(parents=True)
        (tree / name / "__init__.py").write_text(f"open({str(canary)!r}, 'w').close()\nraise SystemExit(0)\n")
    (tree / DISTRIBUTION).mkdir()
    (tree / DISTRIBUTION / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (tree / DISTRIBUTION / "entry_points.txt").write_text("[bandit.plugins]\nevil = evil:evil\n")
    (tree / "app.py").write_text(PYTHON)
    return tree, canary


@pytest.mark.parametrize("module", ["bandit", "secgate"])
def test_a_module_that_is_started_by_name_imports_the_tree(
    shadows: tuple[Path, Path], tools: Tools, module: str
) -> None:
    tree, canary = shadows
    python = {"bandit": tools.executables["bandit"].with_name("python"), "secgate": sys.executable}[module]
    subprocess.run([python, "-m", module, "--help"], cwd=tree, env={}, capture_output=True, check=False)
    assert canary.exists(), "which is why every command of ours says `-I`"


@pytest.mark.parametrize("start", [(), (str(Path(sys.executable).with_name("secgate")),)], ids=["isolated", "program"])
def test_secgate_imports_nothing_of_the_tree(shadows: tuple[Path, Path], tools: Tools, start: tuple[str, ...]) -> None:
    tree, canary = shadows
    done = scan(tools, tree, "--json=-", start=start)
    assert rules(done.stdout)[BANDIT] == "block"
    assert not canary.exists()


def test_no_variable_leads_a_scanner_into_the_tree(shadows: tuple[Path, Path], tools: Tools) -> None:
    tree, canary = shadows
    names = ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "PYTHONUSERBASE", "BASH_ENV", "ENV", "LD_LIBRARY_PATH")
    done = scan(tools, tree, "--json=-", **dict.fromkeys(names, str(tree)))
    assert rules(done.stdout)[BANDIT] == "block"
    assert not canary.exists()


def test_a_program_of_the_tree_is_not_taken_for_git_or_a_scanner(tmp_path: Path, tools: Tools) -> None:
    tree, canary = tmp_path / "tree", tmp_path / "canary"
    tree.mkdir()
    (tree / "app.py").write_text(PYTHON)
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    for name in ("git", "bandit", "python3", "sh"):
        (tree / name).write_text(f"#!/bin/sh\n: > {canary}\n")
        (tree / name).chmod(0o755)
    path = f".{os.pathsep}{os.pathsep}{os.environ['PATH']}"
    subprocess.run("git status", shell=True, cwd=tree, env={"PATH": path}, capture_output=True, check=False)
    assert canary.exists(), "a shell takes it"
    canary.unlink()
    assert rules(scan(tools, tree, "--json=-", PATH=path).stdout)[BANDIT] == "block"
    assert not canary.exists()


def test_what_is_named_like_a_policy_is_not_obeyed(tmp_path: Path, tools: Tools) -> None:
    names = (
        "secgate.yaml",
        "secgate.yml",
        ".secgate.yaml",
        "recommended@1",
        "recommended.yaml",
    )
    packs = (
        "policies/packs/recommended/1.yaml",
        "scanners/bandit/scanner.yaml",
        "_content/policies/packs/recommended/1.yaml",
    )
    for name in (*names, *packs):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(RELAXED)
    (tmp_path / "app.py").write_text(PYTHON)
    assert scan(tools, tmp_path, "--policy=secgate.yaml").returncode == 0, "it would let everything pass"
    done = scan(tools, tmp_path, "--json=-")
    assert (done.returncode, rules(done.stdout)[BANDIT]) == (1, "block")


def test_files_named_like_a_report_are_not_taken_for_one(tmp_path: Path, tools: Tools) -> None:
    clean = json.dumps({"errors": [], "results": [], "metrics": {"_totals": {}, "app.py": {}}})
    for name in ("report.json", "out/report.json", "tasks/bandit-python-0/out/report.json", "results_json.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(clean)
    (tmp_path / "app.py").write_text(PYTHON)
    done = scan(tools, tmp_path, "--json=-")
    assert (done.returncode, rules(done.stdout)[BANDIT]) == (1, "block")


FORGING = (
    b"\n::error::forged\n.py",
    b"::add-mask::x.py",
    b"\x1b[2J\x1b[31m.py",
    b"\r##[error]x.py",
    "\u202ecod.py".encode(),
    b"a\n# PASS\n.py",
    b"<img src=x onerror=y>.py",
    b"@octocat [x](http:a).py",
)


def test_a_file_name_forges_no_output(tmp_path: Path, tools: Tools) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in FORGING:
        (tree / os.fsdecode(name)).write_text(PYTHON)
    bandit = [tools.executables["bandit"], "-r", "."]
    raw = subprocess.run(bandit, cwd=tree, env={"LANG": "C.UTF-8"}, capture_output=True, check=False).stdout
    assert all(name.strip() in raw for name in FORGING), "Bandit by itself prints the names as they are"
    done = scan(tools, tree, f"--markdown={tmp_path / 'md'}", f"--json={tmp_path / 'json'}", LANG="C.UTF-8")
    verdicts = json.loads((tmp_path / "json").read_bytes())["verdicts"]
    assert len({one["finding"]["location"]["path"] for one in verdicts}) == len(FORGING)
    said = done.stdout + done.stderr
    assert not re.search(rb"(?m)^\s*(::|##\[)", said)
    assert not [part for part in (b"\x1b", b"\r", "\u202e".encode()) if part in said]
    markdown = (tmp_path / "md").read_bytes()
    assert not re.search(rb"<img|(?m:^# PASS)|(?<!\\)\]\(http:a|@octocat", markdown)


NAMES = (
    b"-r.py", b"--help.py", b"\xff\xfe.py", b"a\\b.py", b"%2e%2e%2fx.py", b"..x.py", b"~x.py", b"$(id).py",
    b"{tree}{files}.py", b"*[a]?.py", b"a,b;c|d&e.py", b" lead.py", "nfd-e\u0301.py".encode(),
    "zero\u200bwidth.py".encode(), b"x" * 252 + b".py", b"\xff" * 100 + b".py", b"CAPITAL.PY",
)  # fmt: skip


def test_no_name_hides_a_file(tmp_path: Path, tools: Tools) -> None:
    for name in NAMES:
        (tmp_path / os.fsdecode(name)).write_text(PYTHON)
    decision = json.loads(scan(tools, tmp_path, "--json=-").stdout)
    found = {one["finding"]["location"]["path"] for one in decision["verdicts"]}
    left_out = {one["path"] for one in decision["leftOut"]}
    assert {name.decode("utf-8", "backslashreplace") for name in NAMES} == found | left_out
    assert left_out == {"\\xff" * 100 + ".py"}, "this one is too long for a file system when it is written in UTF-8"
    assert not next(one["met"] for one in decision["requirements"] if one["id"] == "python-code")
