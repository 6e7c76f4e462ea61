"""What a person hears while scanners work: plain lines for logs, or nothing. `secgate.cli.live` is the third kind.

Everything goes to stderr. Nothing here ever stops a scan: a stream that breaks is left alone.
"""

import contextlib
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self, TextIO

from secgate.model import Run, Status, Task
from secgate.report import safe


class Progress(Protocol):
    """What is told about the progress of a command, from several threads, between its beginning and its end."""

    @property
    def seconds(self) -> Mapping[str, float]:
        """Return the wall time of what has ended, by `scanner/command`; of shards the longest."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, and leave the terminal clean."""

    def started(self, task: Task) -> None:
        """Say that a process was started."""

    def finished(self, run: Run) -> None:
        """Say that a process has ended, or could not be started."""

    def say(self, text: str) -> None:
        """Say one line about something else."""


class Clock:
    """Keeps the wall times of runs; may be called from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: dict[str, float] = {}

    def note(self, run: Run) -> None:
        """Keep the time of a run on the judged tree."""
        key = f"{run.task.scanner.id}/{run.task.name}"
        if run.task.at_base:
            return
        with self._lock:
            self._seconds[key] = max(run.seconds, self._seconds.get(key, 0.0))

    @property
    def seconds(self) -> Mapping[str, float]:
        """Return the times by `scanner/command`."""
        with self._lock:
            return dict(self._seconds)


class Lines:
    """Says one line for each event, for logs and for streams that are no terminal; keeps the times in any case.

    Args:
        stream: where to write; None: nowhere.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._clock = Clock()

    @property
    def seconds(self) -> Mapping[str, float]:
        """Return the times by `scanner/command`."""
        return self._clock.seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def started(self, task: Task) -> None:
        """Say `name: 12 files …`."""
        self.say(f"{name(task)}: {reads(task)} …")

    def finished(self, run: Run) -> None:
        """Say `name: finished in 0.6 s`, or why it is not finished."""
        self._clock.note(run)
        self.say(f"{name(run.task)}: {ended(run)}")

    def say(self, text: str) -> None:
        """Write one line, whole, whichever thread it comes from."""
        if self._stream is None:
            return
        shown = safe.line(text)
        if not takes_utf8(self._stream):
            shown = safe.ascii_only(shown)
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{shown}\n")
            self._stream.flush()


def name(task: Task) -> str:
    """Return what a task is called: its scanner, and its command and shard where there are several."""
    parts = [task.scanner.id]
    if len(task.scanner.commands) > 1:
        parts.append(task.name)
    if task.shard:
        parts.append(f"part {task.shard + 1}")
    if task.at_base:
        parts.append("at the base")
    return " ".join(parts)


def reads(task: Task) -> str:
    """Return what a task has to read: `12 files`, or the one file's name."""
    if not task.command.reads_copy:
        if not task.files:
            return "its canary"
        return safe.path(task.files[0].rpartition("/")[2], 60)
    return f"{len(task.files):,} {'file' if len(task.files) == 1 else 'files'}"


def ended(run: Run) -> str:
    """Return how a run ended: `finished in 0.6 s`, or `failed after 2.0 s: <reason>`."""
    if run.status is Status.FINISHED:
        return f"finished in {run.seconds:.1f} s"
    reason = f": {run.reason}" if run.reason else ""
    if run.status is Status.MISSING:
        return f"missing{reason}"
    return f"{run.status.value.replace('-', ' ')} after {run.seconds:.1f} s{reason}"


def takes_utf8(stream: TextIO) -> bool:
    """Return whether a stream can take any character."""
    return (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "") == "utf8"
