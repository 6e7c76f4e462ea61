"""From tasks to runs: starts the scanners in parallel and says how each one ended.

Each process gets an empty working directory, a home and a temporary folder of its own, an allow-list environment, and
walls around it (see `confine`). Its exit code alone never means that it did its work.
"""

import os
import signal
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
from secgate.scan.process import Ended, Processes, Start
from secgate.scan.sight import needed, python_of

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
    base: Path | None = None
    """The copy of what the tree is compared with; None where there is none."""

    def copy(self, task: Task) -> Path:
        """Return the copy that a task reads."""
        return self.base if task.at_base and self.base else self.staged


def run(tasks: Sequence[Task], bench: Bench, jobs: int, watcher: Watcher) -> tuple[Run, ...]:
    """Run the tasks in the order given, at most `jobs` at a time.

    Returns one run for each task, sorted by the task's id. On Ctrl-C every process is ended, with all that it
    started, before the exception goes on.
    """
    processes = Processes()
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


def _watched(task: Task, bench: Bench, processes: Processes, watcher: Watcher) -> Run:
    watcher.started(task)
    began = time.monotonic()
    try:
        result = _run(task, bench, processes)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one scanner is that scanner's failed evidence
        result = Run(task, Status.FAILED, f"could not be run: {type(error).__name__}: {error}")
    result = msgspec.structs.replace(result, seconds=round(time.monotonic() - began, 3))
    watcher.finished(result)
    return result


def _run(task: Task, bench: Bench, processes: Processes) -> Run:
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
    return _result(task, start.label, processes.run(start, command.timeout_s), database)


def prepared(task: Task, bench: Bench) -> Start:
    """Make a task's folders and files, and fill in its command line."""
    scanner, command = task.scanner, task.command
    place = bench.scratch / task.id.replace("/", "-")
    for name in ("work", "home", "tmp", "root"):
        (place / name).mkdir(parents=True)
    prepare = getattr(bench.adapter(scanner.id), "prepare", None)
    label = prepare(task.files, place / "work") if prepare is not None else scanner.evidence or scanner.id
    if rule_sets := bench.rule_sets.get(scanner.id):
        label = bench.adapter(scanner.id).with_rules(rule_sets, label, place / "work")
    tool = bench.tools[scanner.id]
    if any(source.pythons for source in scanner.sources) and (version := python_of(tool)):
        label = f"{label} (Python {version})"
    folder, _ = bench.databases.get((scanner.id, command.database), ("", None))
    whole = _whole(task, bench)
    words = {
        "{tool}": str(tool),
        "{here}": str(bench.folder(scanner.id)),
        "{work}": str(place / "work"),
        "{tree}": str(bench.copy(task)),
        "{database}": str(folder),
        "{target}": whole,
    }
    environment = {
        **_ENVIRONMENT,
        "PATH": f"{tool.parent}{os.pathsep}{_ENVIRONMENT['PATH']}",
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        **{name: filled(value, words) for name, value in command.environment.items()},
    }
    seen = {*needed(tool), words["{here}"], words["{tree}"], str(folder), whole} - {""}
    directory = filled(command.directory, words)
    return Start(tuple(_argv(task, words)), environment, place, directory, label, tuple(sorted(seen)))


def _whole(task: Task, bench: Bench) -> str:
    """Return the image or bill that a task reads; empty where it reads files of the copy."""
    if task.command.reads_copy:
        return ""
    return str(bench.scratch / task.canary.path) if task.canary else task.files[0]


def _argv(task: Task, words: Mapping[str, str]) -> list[str]:
    argv: list[str] = []
    for word in task.command.argv:
        if word == "{files}":
            # The canary comes last: a tool that stops half-way has not found it.
            canary = [task.canary.path] if task.canary and task.canary.path else []
            argv += [f"{words['{tree}']}/{path}" for path in (*task.files, *canary)]
        else:
            argv.append(filled(word, words))
    return argv


def _result(task: Task, label: str, ended: Ended, database: DatabaseState | None) -> Run:
    status, reason = _status(task, ended)
    return Run(
        task=task,
        status=status,
        reason=reason,
        output=ended.output,
        stderr=ended.stderr.decode("utf-8", "replace"),
        exit_code=ended.code,
        label=label,
        database=database,
        walls=ended.walls,
    )


def _status(task: Task, ended: Ended) -> tuple[Status, str]:
    code = ended.code
    if ended.timed_out:
        return Status.TIMED_OUT, f"was ended after {task.command.timeout_s} s"
    if ended.error:
        return Status.FAILED, f"could not be run: {ended.error}"
    if code not in task.command.finished:
        how = f"was ended by {_signal(-code)}" if code < 0 else f"ended with exit code {code}"
        return Status.FAILED, f"{how}, which does not mean that it finished"
    if not ended.output:
        return Status.FAILED, f"ended with exit code {code} but wrote no report"
    if ended.oversized:
        return Status.FAILED, "wrote more than the gate reads"
    return Status.FINISHED, ""


def _signal(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
