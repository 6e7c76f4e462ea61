"""A process that misbehaves in any way is never a finished run, and nothing of it survives."""

import os
import threading
import time
from pathlib import Path

import pytest
from msgspec.structs import replace
from support import fakes

from secgate.model import Run, Status, Task
from secgate.scan.run import run

LIVES_ON = """\
if os.fork() == 0:
  os.setsid()
  while True:
    open('../tmp/alive', 'a').write('.')
    time.sleep(0.05)
"""
"""Starts a child, in a session of its own, that writes as long as it lives."""


def assert_still(mark: Path) -> None:
    """Assert that nobody writes to `mark` any more, and that somebody did."""
    size = mark.stat().st_size
    assert size > 0
    time.sleep(0.3)
    assert mark.stat().st_size == size


class Quiet:
    def started(self, task: Task) -> None: ...

    def finished(self, run: Run) -> None: ...


def go(folder: Path, body: str, **changes) -> Run:
    scanner = fakes.scanner(**changes)
    task = Task(scanner, "check", scanner.commands["check"], files=("a.py",))
    (result,) = run([task], fakes.bench(folder, {"fake": fakes.program(folder, body)}), 1, Quiet())
    return result


def test_a_good_scanner_has_finished(tmp_path):
    result = go(tmp_path, fakes.GOOD)
    assert (result.status, result.reason, result.exit_code) == (Status.FINISHED, "", 0)
    assert b'"read"' in result.output


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sys.exit(3)", "ended with exit code 3"),
        (fakes.GOOD + "sys.exit(3)", "ended with exit code 3"),
        ("os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
        ("os.kill(os.getpid(), 11)", "was ended by SIGSEGV"),
        ("pass", "wrote no report"),
        ("sys.exit(1)", "wrote no report"),
        ("sys.stderr.write('x' * 2_000_000)\n" + fakes.GOOD, "wrote more than the gate reads"),
    ],
)
def test_a_bad_end_is_a_failed_run(tmp_path, body, reason):
    result = go(tmp_path, body)
    assert result.status is Status.FAILED
    assert reason in result.reason


def test_a_hanging_scanner_is_ended_with_all_that_it_started(tmp_path):
    result = go(tmp_path, LIVES_ON + "time.sleep(60)\n", timeout_s=1)
    assert result.status is Status.TIMED_OUT
    assert "after 1 s" in result.reason
    assert_still(tmp_path / "tasks" / "fake-check-0" / "tmp" / "alive")


def test_what_a_finished_scanner_leaves_running_is_ended(tmp_path):
    assert go(tmp_path, LIVES_ON + "time.sleep(0.3)\n" + fakes.GOOD).status is Status.FINISHED
    assert_still(tmp_path / "tasks" / "fake-check-0" / "tmp" / "alive")


def test_a_scanner_that_is_not_installed_is_missing(tmp_path):
    scanner = fakes.scanner()
    task = Task(scanner, "check", scanner.commands["check"], files=("a.py",))
    (result,) = run([task], fakes.bench(tmp_path, {}), 1, Quiet())
    assert (result.status, result.reason) == (Status.MISSING, "is not installed")


def test_a_database_that_is_not_installed_is_missing(tmp_path):
    assert go(tmp_path, fakes.GOOD, database="advisories").status is Status.MISSING


def test_rules_of_the_policy_that_are_not_there_leave_the_scanner_unstarted(tmp_path):
    scanner = fakes.scanner()
    task = Task(scanner, "check", scanner.commands["check"], files=("a.py",))
    tools = {"fake": fakes.program(tmp_path, fakes.GOOD)}
    bench = fakes.bench(tmp_path, tools, rule_sets={"fake": {"p/x@sha256:0": None}})
    (result,) = run([task], bench, 1, Quiet())
    assert (result.status, result.reason) == (Status.MISSING, "lacks the rules p/x@sha256:0")
    assert result.remedy == "secgate scan --install"


def test_the_python_that_decides_what_can_be_read_is_part_of_the_evidence(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.14.1\n")
    scanner = fakes.scanner()
    chosen = replace(scanner, sources=(replace(scanner.sources[0], pythons=("3.14",)),))
    bench = fakes.bench(tmp_path, {"fake": fakes.program(tmp_path / "bin", fakes.GOOD)})
    for one, label in ((scanner, "fake"), (chosen, "fake (Python 3.14)")):
        task = Task(one, label.partition(" ")[0], one.commands["check"], files=("a.py",), shard=len(label))
        assert run([task], bench, 1, Quiet())[0].label == label


def test_a_program_that_cannot_be_started_is_a_failed_run(tmp_path):
    scanner = fakes.scanner()
    task = Task(scanner, "check", scanner.commands["check"])
    broken = tmp_path / "broken"
    broken.write_text("not a program")
    broken.chmod(0o755)
    (result,) = run([task], fakes.bench(tmp_path, {"fake": broken}), 1, Quiet())
    assert result.status is Status.FAILED
    assert "could not be run" in result.reason


def test_the_environment_is_an_allow_list(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "tok-123")
    monkeypatch.setenv("FAKE_OPTION", "on")
    dump = "json.dump({'env': dict(os.environ), 'cwd': os.listdir('.'), 'here': os.getcwd()}, open(out, 'w'))"
    result = go(tmp_path, dump, environment={"OWN": "{work}/x"})
    seen = fakes.json.loads(result.output)
    assert "GITHUB_TOKEN" not in seen["env"]
    assert "FAKE_OPTION" not in seen["env"]
    assert seen["env"]["OWN"].endswith("/work/x")
    assert seen["cwd"] == []
    assert seen["env"]["HOME"].startswith(str(tmp_path / "tasks"))


def test_a_command_may_be_started_where_nothing_of_the_tree_is(tmp_path):
    result = go(tmp_path, "json.dump(os.getcwd(), open(out, 'w'))", directory="/")
    assert fakes.json.loads(result.output) == "/"


def test_words_that_look_like_placeholders_stay_what_they_are(tmp_path):
    scanner = fakes.scanner()
    task = Task(scanner, "check", scanner.commands["check"], files=("{out}.py",))
    (result,) = run([task], fakes.bench(tmp_path, {"fake": fakes.program(tmp_path, fakes.GOOD)}), 1, Quiet())
    assert b"/tree/{out}.py" in result.output


def test_runs_come_back_in_order_of_their_task_with_any_number_of_jobs(tmp_path):
    scanner = fakes.scanner()
    tasks = [Task(scanner, "check", scanner.commands["check"], files=(f"{n}.py",), shard=n) for n in range(6)]
    for jobs in (1, 3, 6):
        place = tmp_path / str(jobs)
        place.mkdir()
        tool = fakes.program(place, "time.sleep(0.01 * (6 - len(files)))\n" + fakes.GOOD)
        runs = run(tasks[::-1], fakes.bench(place, {"fake": tool}), jobs, Quiet())
        assert [one.task.shard for one in runs] == list(range(6))


def test_an_interrupt_ends_every_process_and_goes_on(tmp_path):
    marks = [tmp_path / "tasks" / f"fake-check-{n}" / "tmp" / "alive" for n in range(2)]
    scanner = fakes.scanner()
    tasks = [Task(scanner, "check", scanner.commands["check"], shard=n) for n in range(2)]
    bench = fakes.bench(tmp_path, {"fake": fakes.program(tmp_path, LIVES_ON + "time.sleep(60)\n")})

    def interrupt() -> None:
        while not all(mark.exists() for mark in marks):
            time.sleep(0.02)
        os.kill(os.getpid(), 2)

    threading.Thread(target=interrupt).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(tasks, bench, 2, Quiet())
    assert time.monotonic() - began < 20
    for mark in marks:
        assert_still(mark)
