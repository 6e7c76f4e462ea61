"""From tasks to runs: starts the scanners in parallel and says how each one ended.

Each process gets an empty working directory, a home and a temporary folder of its own, an allow-list environment and
a process group, so that it can be ended with all that it started. Its exit code alone never means that it did its work.
"""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Protocol

import msgspec

from secgate.model import DatabaseState, Run, Status, Task
from secgate.model.native import filled

MAX_OUTPUT_BYTES = 500_000_000
STDERR_BYTES = 1_000_000

# A scanner that tries the network all the same finds a proxy that is not there: nothing leaves, and it fails quickly.
_NOWHERE = "http://127.0.0.1:9"
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "PYTHONHASHSEED": "0",
    "NO_COLOR": "1",
    "http_proxy": _NOWHERE,
    "https_proxy": _NOWHERE,
    "HTTP_PROXY": _NOWHERE,
    "HTTPS_PROXY": _NOWHERE,
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


class Watcher(Protocol):
    """What is told about the progress of a scan; called from several threads."""

    def started(self, task: Task) -> None:
        """Hear that a process was started."""

    def finished(self, run: Run) -> None:
        """Hear that a process has ended, or could not be started."""


@dataclass(frozen=True)
class Bench:
    """Where the scanners work, and with which tools and data."""

    staged: Path
    """The copy of the tree."""
    scratch: Path
    """An empty folder for the processes' own files."""
    tools: Mapping[str, Path]
    """The executable of each installed scanner, by its id."""
    databases: Mapping[tuple[str, str], tuple[Path, DatabaseState]]
    """Folder and state of each installed database, by scanner and database id."""
    adapter: Callable[[str], ModuleType]
    """Gives a scanner's adapter."""
    folder: Callable[[str], Path]
    """Gives a scanner's folder."""
    rule_sets: Mapping[str, Mapping[str, bytes | None]] = field(default_factory=dict)
    """By scanner and name: rules that the policy adds; None where they are not there."""


def run(tasks: Sequence[Task], bench: Bench, jobs: int, watcher: Watcher) -> tuple[Run, ...]:
    """Run the tasks in the order given, at most `jobs` at a time.

    Returns one run for each task, sorted by the task's id. On Ctrl-C every process is ended, with all that it
    started, before the exception goes on.
    """
    processes = _Processes()
    with ThreadPoolExecutor(max_workers=max(jobs, 1)) as pool:
        futures = [pool.submit(_watched, task, bench, processes, watcher) for task in tasks]
        try:
            runs = [future.result() for future in futures]
        finally:
            # After an interrupt there are some left; otherwise none.
            for future in futures:
                future.cancel()
            processes.end_all()
    return tuple(sorted(runs, key=lambda run: run.task.id))


def _watched(task: Task, bench: Bench, processes: "_Processes", watcher: Watcher) -> Run:
    watcher.started(task)
    began = time.monotonic()
    try:
        result = _run(task, bench, processes)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one scanner is that scanner's failed evidence
        result = Run(task, Status.FAILED, f"could not be run: {type(error).__name__}: {error}")
    result = msgspec.structs.replace(result, seconds=round(time.monotonic() - began, 3))
    watcher.finished(result)
    return result


def _run(task: Task, bench: Bench, processes: "_Processes") -> Run:
    scanner, command = task.scanner, task.command
    label = scanner.evidence or scanner.id
    if scanner.id not in bench.tools:
        return Run(task, Status.MISSING, "is not installed", f"secgate tools install {scanner.id}", label=label)
    _, database = bench.databases.get((scanner.id, command.database), (None, None))
    if command.database and database is None:
        reason, remedy = f"has no database {command.database}", f"secgate tools update {scanner.id}"
        return Run(task, Status.MISSING, reason, remedy, label=label)
    absent = [name for name, data in bench.rule_sets.get(scanner.id, {}).items() if data is None]
    if absent:
        return Run(task, Status.MISSING, f"lacks the rules {', '.join(absent)}", "secgate scan --install", label=label)
    start = prepared(task, bench)
    code, timed_out = processes.run(start, command.timeout_s)
    return _result(task, start, code, timed_out, database)


@dataclass(frozen=True)
class Start:
    """A process that is ready to be started."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    place: Path
    """Its own folder, with `work` (its working directory), `out`, `home` and `tmp` in it."""
    label: str
    """What its evidence is called."""


def prepared(task: Task, bench: Bench) -> Start:
    """Make a task's folders and files, and fill in its command line."""
    scanner, command = task.scanner, task.command
    place = bench.scratch / task.id.replace("/", "-")
    for name in ("work", "out", "home", "tmp"):
        (place / name).mkdir(parents=True)
    prepare = getattr(bench.adapter(scanner.id), "prepare", None)
    label = prepare(task.files, place / "work") if prepare is not None else scanner.evidence or scanner.id
    if rule_sets := bench.rule_sets.get(scanner.id):
        label = bench.adapter(scanner.id).with_rules(rule_sets, label, place / "work")
    tool = bench.tools[scanner.id]
    folder, _ = bench.databases.get((scanner.id, command.database), ("", None))
    words = {
        "{tool}": str(tool),
        "{here}": str(bench.folder(scanner.id)),
        "{work}": str(place / "work"),
        "{out}": str(place / "out"),
        "{tree}": str(bench.staged),
        "{database}": str(folder),
        "{target}": task.files[0] if task.files else "",
    }
    environment = {
        **_ENVIRONMENT,
        "PATH": f"{tool.parent}{os.pathsep}{_ENVIRONMENT['PATH']}",
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        **{name: filled(value, words) for name, value in command.environment.items()},
    }
    return Start(tuple(_argv(task, words)), environment, place, label)


def _argv(task: Task, words: Mapping[str, str]) -> list[str]:
    argv: list[str] = []
    for word in task.command.argv:
        if word == "{files}":
            argv += [f"{words['{tree}']}/{path}" for path in task.files]
        else:
            argv.append(filled(word, words))
    return argv


def _result(task: Task, start: Start, code: int, timed_out: bool, database: DatabaseState | None) -> Run:
    output, oversized = _read(start.place / "out" / task.command.output, MAX_OUTPUT_BYTES)
    stderr, flooded = _read(start.place / "stderr", STDERR_BYTES)
    status, reason = Status.FINISHED, ""
    if timed_out:
        status, reason = Status.TIMED_OUT, f"was ended after {task.command.timeout_s} s"
    elif code not in task.command.finished:
        ended = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        status, reason = Status.FAILED, f"{ended}, which does not mean that it finished"
    elif output is None:
        status, reason = Status.FAILED, f"ended with exit code {code} but wrote no report"
    elif oversized or flooded:
        status, reason = Status.FAILED, "wrote more than the gate reads"
    return Run(
        task=task,
        status=status,
        reason=reason,
        output=output or b"",
        stderr=(stderr or b"").decode("utf-8", "replace"),
        exit_code=code,
        label=start.label,
        database=database,
    )


def _read(path: Path, max_bytes: int) -> tuple[bytes | None, bool]:
    """Return a file's content, None where it is no regular file, and whether it is larger than `max_bytes`."""
    if path.is_symlink() or not path.is_file():
        return None, False
    with path.open("rb") as file:
        content = file.read(max_bytes + 1)
    return content[:max_bytes], len(content) > max_bytes


class _Processes:
    """The processes that are running now, so that all of them can be ended at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def run(self, start: Start, timeout_s: int) -> tuple[int, bool]:
        """Start a process and wait for it; return its exit code and whether its time ran out."""
        with (start.place / "stderr").open("wb") as stderr:
            with self._lock:
                if self._ended:
                    raise KeyboardInterrupt
                process = subprocess.Popen(
                    start.argv,
                    cwd=start.place / "work",
                    env=start.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=stderr,
                    start_new_session=True,
                )
                self._running.add(process)
            return self._wait(process, timeout_s)

    def _wait(self, process: "subprocess.Popen[bytes]", timeout_s: int) -> tuple[int, bool]:
        if sys.platform == "linux":
            _bound(process.pid)
        timed_out = threading.Event()

        def end() -> None:
            timed_out.set()
            _end(process.pid)

        timer = threading.Timer(timeout_s, end)
        timer.daemon = True
        timer.start()
        code = process.wait()
        timer.cancel()
        # What it started in the background must not outlive it.
        _end(process.pid)
        with self._lock:
            self._running.discard(process)
        return code, timed_out.is_set()

    def end_all(self) -> None:
        """End every process, with all that it started, and start no more."""
        with self._lock:
            self._ended = True
            for process in self._running:
                _end(process.pid)


def _bound(pid: int) -> None:
    with contextlib.suppress(OSError):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
