"""What the action's shell says and ends with, without a container: a `docker` that notes its words stands in."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from secgate.cli.publish import publish
from secgate.cli.scan import scan

ROOT = Path(__file__).resolve().parents[2]
IMAGE = f"ghcr.io/org/secgate@sha256:{'0' * 64}"
DOCKER = """\
#!{python} -I
import json, os, pathlib, sys
here = pathlib.Path({here!r})
with (here / "log").open("a") as log:
    log.write(json.dumps([sys.argv[1:], sorted(os.environ)]) + "\\n")
out = [one.split("=")[2].split(",")[0] for one in sys.argv if one.endswith("target=/out")]
for name in json.loads((here / "leaves").read_text()) if out else ():
    (pathlib.Path(out[0]) / name).write_text("{{}}")
sys.exit(int((here / "code").read_text()))
"""


class Start:
    """One start of the action after another in one job."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("bin", "temp", "workspace/.git/objects"):
            (folder / name).mkdir(parents=True)
        (folder / "workspace/.git/HEAD").write_text("0" * 40)
        (folder / "event.json").write_text("{}")
        docker = folder / "bin/docker"
        docker.write_text(DOCKER.format(python=sys.executable, here=str(folder)))
        docker.chmod(0o755)
        self.docker()
        # The programs' folders are fixed, so the double goes before them in a copy.
        self.script = folder / "run"
        self.script.write_text((ROOT / "action/run").read_text().replace("\nPATH=", f"\nPATH={folder}/bin:"))
        self.script.chmod(0o755)
        self.given = {"SECGATE_ACTION_IMAGE": IMAGE, "SECGATE_ACTION_MODE": "container", "SECGATE_ACTION_PATH": "."}

    def docker(self, code=0, *leaves):
        (self.folder / "code").write_text(str(code))
        (self.folder / "leaves").write_text(json.dumps(leaves))

    def __call__(self, *words, **given):
        """Run a start; return its code, what it printed, and its outputs."""
        output = self.folder / "output"
        for name in ("output", "summary"):
            (self.folder / name).write_text("")
        environment = {
            "PATH": "/nonexistent", "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_WORKSPACE": f"{self.folder}/workspace",
            "GITHUB_EVENT_PATH": f"{self.folder}/event.json", "GITHUB_OUTPUT": str(output), "GITHUB_TOKEN": "made-up",
            "GITHUB_STEP_SUMMARY": f"{self.folder}/summary", "RUNNER_TEMP": f"{self.folder}/temp", "SECRET": "x",
            **self.given, **given,
        }  # fmt: skip
        done = subprocess.run([self.script, *words], env=environment, capture_output=True, text=True, check=False)
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        if "work" in outputs:
            self.given["SECGATE_ACTION_WORK"] = outputs["work"]
        return done.returncode, done.stdout + done.stderr, outputs

    def started(self):
        return [json.loads(line) for line in (self.folder / "log").read_text().splitlines()]


@pytest.fixture
def start(tmp_path):
    return Start(tmp_path)


@pytest.mark.parametrize("name", [
    "SECGATE_HOME", "SECGATE_SCAN_BASE", "SECGATE_SCAN_ONLY2", "BASH_ENV", "BASH_FUNC_docker%%", "ENV", "LD_PRELOAD",
    "LD_AUDIT", "DYLD_INSERT_LIBRARIES", "DOCKER_HOST", "DOCKER_CONFIG", "CONTAINER_HOST", "GIT_DIR",
    "GIT_CONFIG_COUNT", "PYTHONPATH", "PYTHONSTARTUP",
])  # fmt: skip
@pytest.mark.parametrize("which", ["resolve", "publish"])
def test_what_an_earlier_step_left_ends_it_before_anything_is_started(start, which, name):
    value = "() { exit 0; }" if name.startswith("BASH_FUNC") else "" if name.startswith("LD_") else "x\n::set-output::"
    code, said, _ = start(which, **{name: value})
    assert code == 4
    assert name.rstrip("%") in said
    assert "a job of its own" in said
    assert "set-output" not in said
    assert not (start.folder / "log").exists()


@pytest.mark.parametrize("given", [
    {"TMOUT": "0.000001"}, {"FUNCNEST": "1"}, {"POSIXLY_CORRECT": "1"}, {"IFS": "G"}, {"SHELLOPTS": "noexec"},
    {"BASHOPTS": "extdebug"}, {"BASH_COMPAT": "3.1"}, {"GLOBIGNORE": "*"}, {"EXECIGNORE": "*"},
    {"LC_ALL": "tr_TR.UTF-8"},
])  # fmt: skip
def test_no_variable_of_the_shell_leads_past_it(start, given):
    code, said, _ = start("scan", **given, GIT_DIR="x")
    assert code == 4
    assert "GIT_DIR" in said


def test_a_name_that_forges_a_command_is_told_harmlessly(start):
    code, said, _ = start("scan", **{"GIT_X\n::add-mask::a": "1"})
    assert code == 4
    assert not [line for line in said.splitlines() if line.startswith("::") and not line.startswith("::error title")]


@pytest.mark.parametrize("which", ["resolve", "scan"])
@pytest.mark.parametrize(("path", "code", "words"), [
    ("nowhere", 2, "no folder for the input path"), ("-rf", 2, "no folder"), ("$(id)", 2, "no folder"),
    ("a\nb", 2, "no folder"), ("empty", 4, "no clone"), ("a,readonly=false", 2, "a comma"), ('a"b', 2, "a quote"),
])  # fmt: skip
def test_a_wrong_path_is_told_and_ends_the_start(start, which, path, code, words):
    if code == 4:
        (start.folder / "workspace" / path).mkdir()
    elif words.startswith("a "):
        (start.folder / "workspace" / path / ".git/objects").mkdir(parents=True)
    start("resolve")
    (start.folder / "log").unlink()
    ended, said, outputs = start(which, SECGATE_ACTION_PATH=path)
    assert (ended, outputs["ended"]) == (code, str(code))
    assert words in said
    assert not (start.folder / "log").exists()


@pytest.mark.parametrize(("ended", "code"), [
    (0, 3), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (99, 5), (125, 3), (126, 3), (127, 3), (130, 130), (137, 3),
    (143, 3),
])  # fmt: skip
def test_each_end_of_the_scan_is_told_as_it_was_and_none_is_green_without_a_decision(start, ended, code):
    start("resolve")
    start.docker(ended)
    found, said, outputs = start("scan")
    assert (found, outputs["ended"]) == (code, str(ended))
    assert (f"({ended})" in said) is (ended in {125, 126, 127, 137, 143})


@pytest.mark.parametrize("ended", [125, 126, 127, 137])
def test_where_publish_itself_cannot_start_it_is_incomplete_and_said(start, ended):
    start("resolve")
    start.docker(ended)
    code, said, _ = start("publish", SECGATE_ACTION_ENDED="0")
    assert code == 3
    assert "nothing is shown on the pull request" in said


@pytest.mark.parametrize(("ended", "ends"), [("cancelled", True), ("143", True), ("0", False), ("137", False)])
def test_the_container_of_a_cancelled_scan_is_ended(start, ended, ends):
    start("resolve")
    for name, content in (("scan", "abc"), ("prepare", "")):
        (Path(start.given["SECGATE_ACTION_WORK"]) / f"{name}.cid").write_text(content)
    (start.folder / "log").unlink()
    start("publish", SECGATE_ACTION_ENDED=ended)
    words = [one for one, _ in start.started()]
    assert [one for one in words if one[0] == "rm"] == ([["rm", "--force", "abc"]] if ends else [])
    assert words[-1][0] == "run"


def test_only_two_regular_files_are_handed_on(start):
    start("resolve")
    work = Path(start.given["SECGATE_ACTION_WORK"])
    (work / "out/secgate.sarif").symlink_to("/etc/passwd")
    start.docker(1, "decision.json", "other.sarif", "evil.sh")
    assert start("scan")[0] == 1
    assert [path.name for path in (work / "handed").iterdir()] == ["decision.json"]


def test_each_start_gets_what_it_needs_and_nothing_of_the_job(start):
    for which in ("resolve", "prepare", "scan", "publish"):
        start.docker(0, "decision.json")
        start(which, SECGATE_SCAN_ONLY='a b\n"$(id)" --privileged', GITHUB_SHA="1" * 40)
    names = [set(environment) for _, environment in start.started()]
    assert [("GITHUB_TOKEN" in one, "SECGATE_SCAN_ONLY" in one) for one in names] == [
        (True, False), (False, False), (False, True), (True, False),
    ]  # fmt: skip
    assert not any("SECRET" in one for one in names)
    for words, _ in start.started():
        assert not [word for word in words if "privileged" in word or "made-up" in word or "socket" in word]
        assert {"--read-only", "no-new-privileges", "--pull=missing"} <= set(words)


def test_variables_of_the_job_with_our_names_change_nothing_and_go_nowhere(start):
    names = set(re.findall(r"(?m)(?:^| )([A-Z]+)=", (ROOT / "action/run").read_text()))
    names |= set(re.findall(r"\b(?:local|for|read -r -d '') ([a-z]+)", (ROOT / "action/run").read_text()))
    names -= {"PATH", "HOME", "TMPDIR"}
    assert {"HERE", "WORK", "IMAGE", "DATA", "name"} <= names
    job = dict.fromkeys(names, "made up")
    start.docker(0, "decision.json")
    for which in ("resolve", "prepare", "scan", "publish"):
        assert start(which, **job)[0] == 0, which
    for words, environment in start.started():
        assert not names & {*environment}
        assert "made up" not in " ".join(words)
        assert IMAGE in words


def test_every_input_is_a_variable_that_its_start_takes():
    """A variable that `run` does not know would trip it, and one that a command does not know would do nothing."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    text = (ROOT / "action/run").read_text()
    ours = set(re.search(r'readonly OURS="([^"]*)"', text)[1].split())
    options = {f"SECGATE_{one.name.upper()}_{each.name.upper()}" for one in (scan, publish) for each in one.params}
    given = {name: value for step in action["runs"]["steps"] for name, value in step["env"].items()}
    assert {name for name in given if name.startswith("SECGATE_")} == ours
    assert {name for name in ours if not name.startswith("SECGATE_ACTION_")} <= options
    read = set(re.findall(r"inputs\.([a-z-]+)", " ".join(given.values())))
    assert read == set(action["inputs"])


def test_an_image_that_was_to_be_built_here_is_never_fetched(start):
    start.given["SECGATE_ACTION_IMAGE"] = ""
    start("resolve")
    (build, _), (run, _) = start.started()
    assert build[0] == "build"
    assert "--pull=never" in run


def test_credentials_that_checkout_left_are_told_without_their_value(start):
    (start.folder / "workspace/.git/config").write_text("[http]\n\textraheader = AUTHORIZATION: basic c2VjcmV0\n")
    _, said, _ = start("resolve")
    assert "persist-credentials: false" in said
    assert "c2VjcmV0" not in said


@pytest.mark.parametrize("old", [["python3"], ["python3", "python3.14"], []])
def test_without_docker_a_python_that_is_too_old_is_passed_over(start, old):
    names = ("python3", "python3.11", "python3.12", "python3.13", "python3.14")
    for name in names:
        place = start.folder / "bin" / name
        new = f'echo {name} "$@" >> {start.folder}/made; mkdir -p $5/bin; ln -s /bin/true $5/bin/pip'
        place.write_text(f"#!/bin/sh\ncase $2 in -m) {new} ;; *) exit {int(name in old or not old)} ;; esac\n")
        place.chmod(0o755)
    code, said, _ = start("resolve", SECGATE_ACTION_MODE="native")
    made = start.folder / "made"
    if old:
        assert made.read_text().split()[:4] == [max(set(names) - set(old)), "-I", "-m", "venv"]
    else:
        assert (code, made.exists()) == (2, False)
        assert "no Python 3.11" in said


def test_an_unknown_start_is_none(start):
    assert start("deploy")[0] == 2
    assert start()[0] == 2


def test_on_windows_it_says_that_it_does_not_run_there(start):
    code, said, _ = start("resolve", RUNNER_OS="Windows")
    assert code == 2
    assert "does not run on Windows" in said
