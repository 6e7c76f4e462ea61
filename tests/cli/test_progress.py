import io
import subprocess
import sys
import threading

import pytest
from support.factories import command, run, scanner, task

from secgate.cli.progress import Lines
from secgate.model import Status


def stream(encoding: str = "utf-8") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")


def written(to: io.TextIOWrapper) -> str:
    return to.buffer.getvalue().decode()


def two() -> object:
    return scanner("trivy", commands={"secrets": command(), "image": command(target="image")})


def test_a_line_for_each_event():
    to = stream()
    with Lines(to) as progress:
        progress.started(task())
        progress.say("installing")
        progress.finished(run())
    assert written(to) == "bandit: 2 files …\ninstalling\nbandit: finished in 0.6 s\n"


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (run(), "bandit: finished in 0.6 s"),
        (run(status=Status.FAILED, reason="exit code 3", seconds=2.04), "bandit: failed after 2.0 s: exit code 3"),
        (run(status=Status.TIMED_OUT, seconds=600.0), "bandit: timed out after 600.0 s"),
        (run(status=Status.MISSING, reason="not installed"), "bandit: missing: not installed"),
        (run(status=Status.FAILED, reason="a\n::error::b\x1b[2J"), "bandit: failed after 0.6 s: a ::error::b\\x1b[2J"),
        (run(task(two(), "secrets", shard=1)), "trivy secrets part 2: finished in 0.6 s"),
    ],
)
def test_how_a_run_ended(of, said):
    to = stream()
    with Lines(to) as progress:
        progress.finished(of)
    assert written(to) == said + "\n"


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (task(files=("a.py",)), "bandit: 1 file …"),
        (task(files=("a.py",) * 1204), "bandit: 1,204 files …"),
        (task(two(), "image", files=("/tmp/app.tar",)), "trivy image: app.tar …"),
    ],
)
def test_what_a_task_reads(of, said):
    to = stream()
    with Lines(to) as progress:
        progress.started(of)
    assert written(to) == said + "\n"


def test_no_line_gives_the_runner_a_command():
    to = stream()
    Lines(to).say("::add-mask::x ##[error]y")
    assert written(to) == ": :add-mask::x ## [error]y\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_stream_that_is_not_utf8_gets_ascii(encoding):
    to = stream(encoding)
    with Lines(to) as progress:
        progress.started(task())
    assert written(to) == "bandit: 2 files ...\n"


def test_lines_of_many_threads_stay_whole():
    to = stream()
    with Lines(to) as progress:
        threads = [
            threading.Thread(target=progress.finished, args=(run(seconds=float(number)),)) for number in range(50)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(written(to).splitlines()) == sorted(f"bandit: finished in {number}.0 s" for number in range(50))


def test_a_closed_stream_does_not_stop_the_scan():
    to = stream()
    to.close()
    with Lines(to) as progress:
        progress.started(task())
        progress.finished(run())
    assert progress.seconds == {"bandit/python": 0.6}


@pytest.mark.parametrize("progress", [Lines(stream()), Lines(None)])
def test_the_time_of_shards_is_the_longest(progress):
    with progress:
        progress.finished(run(seconds=1.5))
        progress.finished(run(task(shard=1), seconds=0.5))
        progress.finished(run(task(two(), "secrets"), seconds=2.0))
    assert progress.seconds == {"bandit/python": 1.5, "trivy/secrets": 2.0}


def test_silent_says_nothing(capsys):
    with Lines(None) as progress:
        progress.started(task())
        progress.say("installing")
        progress.finished(run())
    assert capsys.readouterr() == ("", "")


def test_lines_go_to_stderr(capsys):
    with Lines(sys.stderr) as progress:
        progress.say("installing")
    assert capsys.readouterr() == ("", "installing\n")


def test_an_error_inside_is_not_swallowed():
    with pytest.raises(KeyboardInterrupt), Lines(stream()):
        raise KeyboardInterrupt


def test_plain_progress_does_not_load_the_library_for_terminals():
    code = "import sys, secgate.cli.progress; sys.exit(any(name.startswith('rich') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
