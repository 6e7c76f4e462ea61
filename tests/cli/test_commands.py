"""The commands as a person types them: words, exit codes and files. No scanner is installed here."""

import json
import os
import subprocess
import sys
import time

import pytest
from support import program, repositories
from support.factories import decision, finding, verdict

from secgate.report import document


@pytest.fixture
def secgate(tmp_path):
    """Run the command line as a program, with nothing installed."""

    def run(*words, stdin=b"", **environment):
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("SECGATE_", "GITHUB_"))}
        environment = {**inherited, "SECGATE_HOME": str(tmp_path / "home"), **environment}
        return program.run(*words, cwd=tmp_path, env=environment, stdin=stdin)

    return run


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text("x = 1\n")
    return root


def test_version_and_help(secgate):
    assert secgate("--version").stdout.startswith(b"secgate ")
    told = secgate("--help").stdout.decode()
    for command in ("scan", "evaluate", "convert", "report", "tools", "doctor"):
        assert f"\n  {command} " in told
        assert b"Example" in secgate(command, "--help").stdout


def test_without_scanners_nothing_is_a_pass_and_the_remedy_is_told(secgate, project):
    done = secgate("scan", project)
    assert done.returncode == 3
    assert b"secgate tools install" in done.stdout
    assert b"INCOMPLETE" in done.stdout


@pytest.mark.parametrize("words", [["--changed"], ["--changed", "--staged", "--base", "HEAD"]])
def test_what_changed_is_about_the_index_and_compares_with_head(secgate, project, words):
    done = secgate("scan", project, *words)
    assert done.returncode == 2
    assert b"--staged" in done.stderr


def test_missing_evidence_can_be_allowed_but_stays_visible(secgate, project):
    done = secgate("scan", project, "--allow-incomplete")
    assert done.returncode == 0
    assert b"INCOMPLETE" in done.stdout
    assert b"--allow-incomplete" in done.stdout


def test_all_outputs_in_one_run(secgate, project, tmp_path):
    done = secgate("scan", project, "--sarif", "s.sarif", "--json", "d.json", "--markdown", "m.md")
    assert done.returncode == 3
    runs = json.loads((tmp_path / "s.sarif").read_bytes())["runs"]
    assert runs
    assert not any(
        invocation["executionSuccessful"]
        for run in runs
        for invocation in run["invocations"]
        if run["tool"]["driver"]["name"] == "Bandit"
    )
    assert document.load((tmp_path / "d.json").read_bytes()).exit == 3
    assert "INCOMPLETE" in (tmp_path / "m.md").read_text().upper()


def test_a_dash_is_stdout_and_then_nothing_else_is(secgate, project):
    done = secgate("scan", project, "--json", "-")
    assert document.load(done.stdout).exit == 3


def test_options_come_from_the_environment_too(secgate, project):
    assert secgate("scan", project, SECGATE_SCAN_ALLOW_INCOMPLETE="1").returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scan", "absent"], b"there is no such folder"),
        (["scan", "project/a.py"], b"is not a folder"),
        (["scan", "project", "--only", "nothing"], b"there is no scanner `nothing`"),
        (["scan", "project", "--policy", "nothing@1"], b"there is no pack"),
        (["scan", "project", "--image", "absent.tar"], b"there is no such file"),
        (["scan", "project", "--sarif", "absent/s.sarif"], b"cannot be written"),
        (["scan", "project", "--sarif", "x", "--json", "x"], b"two outputs"),
        (["scan", "project", "--jobs", "0"], b"--jobs"),
        (["scan", "project", "--fail-on", "never"], b"--fail-on"),
        (["scan", "project", "--nonsense"], b"No such option"),
        (["scan", "project", "--staged"], b"--staged needs a git repository"),
        (["scan", "project", "--commit", "HEAD"], b"--commit needs a git repository"),
        (["scan", "project", "--staged", "--commit", "HEAD"], b"Give one of the two"),
        (["scan", "project", "--include", "absent"], b"there is no such file"),
        (["scan", "project", "--include", "."], b"lies outside"),
        (["scan", "--staged", "--sbom", "project/a.py"], b"need a folder"),
        (["evaluate", "absent.sarif"], b"cannot be read"),
        (["evaluate", "project/a.py"], b"SARIF"),
        (["evaluate"], b"Missing argument"),
        (["convert", "nothing", "project/a.py"], b"there is no scanner"),
        (["report", "project/a.py"], b"decision"),
        (["nothing"], b"No such command"),
    ],
)
def test_bad_input_is_a_clear_error_without_traceback(secgate, project, words, said):
    done = secgate(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.fixture
def history(project):
    """Make the project a repository with two commits, something staged and something generated; give the commits."""
    repositories.repository(project)
    first = repositories.commit(project)
    repositories.write(project, "b.py", ".gitignore")
    (project / ".gitignore").write_text("dist\n")
    second = repositories.commit(project)
    repositories.write(project, "c.py", "d.py", "dist/app.js")
    repositories.git(project, "add", "c.py")
    return first, second


def test_a_commit_the_index_and_the_working_tree_are_judged_and_named(secgate, project, history):
    first, second = history
    for words, variables, source, commit, files in (
        ([], {}, "working tree", second, 5),
        (["--staged"], {}, "index", second, 4),
        (["--commit", "HEAD"], {}, "commit", second, 3),
        ([], {"SECGATE_SCAN_COMMIT": first}, "commit", first, 1),
    ):
        found = document.load(secgate("scan", project, *words, "--json", "-", **variables).stdout).subject
        assert (found.source, found.commit, found.files) == (source, commit, files)
    assert f"3 files · commit {second[:12]}" in secgate("scan", project, "--commit", "main").stdout.decode()
    assert f"4 files · index at {second[:12]}" in secgate("scan", project, "--staged").stdout.decode()


def test_included_files_are_counted_and_named_as_untrusted(secgate, project, history):
    done = secgate("scan", "project", "--commit", "HEAD", "--include", "project/dist", "--json", "d.json")
    assert document.load((project.parent / "d.json").read_bytes()).subject.included == ("dist/app.js",)
    assert b"1 of them included, untrusted" in done.stdout
    assert b"dist/app.js" in done.stdout
    told = secgate("report", "d.json", "--format", "markdown").stdout
    assert b"untrusted" in told
    assert b"dist/app.js" in told


def test_a_commit_that_was_not_fetched_is_a_clear_error(secgate, project, history):
    done = secgate("scan", project, "--commit", "1" * 40)
    assert done.returncode == 2
    assert b"fetch-depth: 0" in done.stderr
    assert b"git fetch" in done.stderr


def test_an_empty_folder_is_incomplete(secgate, tmp_path):
    (tmp_path / "empty").mkdir()
    done = secgate("scan", "empty")
    assert done.returncode == 3
    assert b"no file" in done.stdout


def test_odd_files_neither_hang_nor_crash(secgate, project):
    os.mkfifo(project / "pipe.py")
    (project / "loop").symlink_to(project)
    (project / os.fsdecode(b"caf\xe9.py")).write_text("x = 1\n")
    with (project / "huge.py").open("wb") as file:
        file.truncate(1_000_000_000)
    done = secgate("scan", project, "--json", "-")
    assert done.returncode == 3
    loaded = document.load(done.stdout)
    assert {one.path for one in loaded.left_out} == {"pipe.py", "loop", "huge.py"}
    assert loaded.subject.files == 2


SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "CodeQL"}},
            "results": [
                {
                    "ruleId": "js/x",
                    "level": "note",
                    "message": {"text": "x"},
                    "locations": [
                        {"physicalLocation": {"artifactLocation": {"uri": "a.js"}, "region": {"startLine": 3}}}
                    ],
                }
            ],
        }
    ],
}


def foreign(**changes):
    run = {**SARIF["runs"][0], **changes}
    return json.dumps({**SARIF, "runs": [run]}).encode()


def test_foreign_sarif_is_a_pass_only_if_its_producer_is_accepted(secgate):
    assert secgate("evaluate", "-", stdin=foreign()).returncode == 3
    assert secgate("evaluate", "-", "--accept", "CodeQL", stdin=foreign()).returncode == 0
    assert secgate("evaluate", "-", "--accept", "Other", stdin=foreign()).returncode == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"invocations": [{"executionSuccessful": False}]},
        {
            "invocations": [
                {
                    "executionSuccessful": True,
                    "toolExecutionNotifications": [{"level": "error", "message": {"text": "x"}}],
                }
            ]
        },
        {"results": None},
    ],
)
def test_foreign_sarif_that_says_it_failed_is_never_a_pass(secgate, changes):
    done = secgate("evaluate", "-", "--accept", "CodeQL", stdin=foreign(**changes))
    assert done.returncode == 3


def test_foreign_sarif_without_runs_is_never_a_pass(secgate):
    assert secgate("evaluate", "-", "--accept", "CodeQL", stdin=b'{"version": "2.1.0", "runs": []}').returncode != 0


def test_what_foreign_sarif_says_in_our_name_is_not_believed(secgate):
    result = dict(SARIF["runs"][0]["results"][0], level="error")
    result["properties"] = {"secgate": {"severity": "info", "isNew": False}}
    done = secgate(
        "evaluate", "-", "--accept", "CodeQL", stdin=foreign(results=[result], properties={"secgate": {"evidence": []}})
    )
    assert done.returncode == 1


def test_a_decision_is_rendered_again_in_every_format(secgate, tmp_path):
    (tmp_path / "d.json").write_bytes(document.render(decision(verdicts=(verdict(finding()),))))
    for form, said in (("terminal", b"BLOCKED"), ("markdown", b"#"), ("json", b'"apiVersion"'), ("sarif", b'"2.1.0"')):
        done = secgate("report", "d.json", "--format", form)
        assert done.returncode == 0
        assert said in done.stdout


def test_a_report_that_cannot_be_written_is_no_pass(secgate, project):
    done = secgate("scan", project, "--allow-incomplete", "--json", "/dev/full")
    assert done.returncode == 5
    assert b"cannot be written" in done.stderr


def test_a_reader_that_goes_away_is_neither_a_pass_nor_a_block(secgate, project, tmp_path):
    program = f"{sys.executable} -m secgate scan project --allow-incomplete"
    environment = {**os.environ, "SECGATE_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        ["bash", "-c", f"{program} | true; exit ${{PIPESTATUS[0]}}"],
        cwd=tmp_path, capture_output=True, env=environment, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 5
    assert b"Traceback" not in done.stderr


def test_a_variable_cannot_turn_a_scan_into_something_else(secgate, project):
    for name in ("SECGATE_VERSION", "SECGATE_HELP", "SECGATE_SCAN_HELP"):
        assert secgate("scan", project, **{name: "1"}).returncode == 3


def test_what_was_incomplete_stays_so_when_its_sarif_is_judged_again(secgate, project, tmp_path):
    assert secgate("scan", project, "--sarif", "s.sarif").returncode == 3
    assert secgate("evaluate", "s.sarif", "--trust-sarif").returncode == 3
    assert secgate("evaluate", "s.sarif", "--accept", "bandit").returncode == 3


def running(word: str) -> bool:
    """Return whether a process of this machine has `word` as its last argument."""
    return subprocess.run(["pgrep", "-f", f"sleep {word}$"], capture_output=True, check=False).returncode == 0


def test_a_cancelled_job_ends_the_scanners_and_removes_the_copy(project, tmp_path):
    home, scratch, seconds = tmp_path / "home", tmp_path / "scratch", f"60.{os.getpid()}"
    scratch.mkdir()
    code = (
        "import sys; from pathlib import Path; from secgate.provision import present;"
        f"present.installed = lambda scanner: Path({str(tmp_path / 'tool')!r});"
        f"sys.argv = ['secgate', 'scan', {str(project)!r}, '--only', 'bandit'];"
        "from secgate.cli import main; main()"
    )
    (tmp_path / "tool").write_text(f"#!/bin/sh\nsleep {seconds}\n")
    (tmp_path / "tool").chmod(0o755)
    tmp_path.chmod(0o755)
    environment = {**os.environ, "SECGATE_HOME": str(home), "TMPDIR": str(scratch)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE)
    until = time.monotonic() + 30
    while not running(seconds):
        assert time.monotonic() < until
        time.sleep(0.05)
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"nothing was decided" in said
    assert list(scratch.iterdir()) == []
    assert not running(seconds)


def test_no_colour_unless_it_is_a_terminal(secgate, project):
    assert b"\x1b" not in secgate("scan", project).stdout


def test_quiet_says_the_verdict_and_nothing_else(secgate, project):
    done = secgate("scan", project, "--quiet")
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) <= 5
    assert b"INCOMPLETE" in done.stdout


def test_words_of_a_report_give_the_runner_no_commands(secgate, tmp_path):
    place = "/x\n::error::forged\x1b[2J"
    result = {"check_id": "r", "path": place, "start": {"line": 1}, "end": {"line": 1}, "extra": {"message": "m"}}
    (tmp_path / "r.json").write_text(json.dumps({"results": [result], "errors": []}))
    done = secgate("convert", "semgrep", "r.json", "-o", "r.sarif")
    assert done.returncode == 3
    assert not [line for line in done.stderr.splitlines() if line.startswith(b"::")]
    assert b"\x1b" not in done.stderr


def test_the_remedy_for_a_foreign_report_is_safe_to_copy(secgate):
    name = 'x"; touch owned #'
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": name}}, "results": []}]}
    done = secgate("evaluate", "-", stdin=json.dumps(log).encode())
    assert b"--accept 'x\"; touch owned #'" in done.stdout
