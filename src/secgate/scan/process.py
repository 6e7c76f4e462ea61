"""The processes of one scan: each behind its walls, none outlives its time, its parent or an interrupt."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from secgate.model import Wall
from secgate.scan import confine

MAX_OUTPUT_BYTES = 500_000_000
MAX_STDERR_BYTES = 1_000_000
MAX_MEMORY_BYTES = 16 << 30
"""Address space, of which a program in Go or OCaml reserves more than it uses."""
_LIMITS = {"RLIMIT_FSIZE": MAX_OUTPUT_BYTES + 1, "RLIMIT_CORE": 0, "RLIMIT_AS": MAX_MEMORY_BYTES, "RLIMIT_NPROC": 4096}
# Users that exist for as long as a service runs; so systemd hands them out, and nothing else has them.
_USERS = range(61184, 65520)


@dataclass(frozen=True)
class Start:
    """A process that is ready to be started."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    place: Path
    """Its own folder, with `work`, `home`, `tmp` and `root` in it."""
    directory: str
    """Its working directory, absolute."""
    label: str
    """What its evidence is called."""
    visible: tuple[str, ...]
    """Files and folders outside `place` that it may read, absolute."""
    network: bool = False
    """True where it may use the network."""


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it said."""

    code: int
    """As `subprocess` gives it: negative where a signal ended it."""
    timed_out: bool
    output: bytes
    stderr: bytes
    oversized: bool
    """True where one of the two is cut."""
    walls: frozenset[Wall]
    """Those that stood around it."""
    error: str = ""
    """Why it could not be started, or empty."""


class _Told(msgspec.Struct):
    """What `confine` tells about a start."""

    walls: tuple[Wall, ...] = ()
    error: str = ""


class Processes:
    """The processes that are running now, so that all of them can be ended at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False
        # Another one for each process: what belongs to one of them is closed to the others.
        self._users = iter(secrets.SystemRandom().sample(_USERS, len(_USERS)))

    def run(self, start: Start, timeout_s: int) -> Ended:
        """Start a process behind its walls, and wait for its end.

        Its standard output is a file that we open and that has no name, so that nothing but the process can have
        written to it.
        """
        ready, tell = os.pipe()
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as stderr, os.fdopen(ready, "rb") as told:
            with os.fdopen(tell, "wb"):
                process = self._started(start, output, stderr, tell)
            code, timed_out = self._wait(process, timeout_s)
            words = [msgspec.json.decode(line, type=_Told) for line in told.read().splitlines()]
            report, long = _read(output, MAX_OUTPUT_BYTES)
            complaints, flooded = _read(stderr, MAX_STDERR_BYTES)
        return Ended(
            code=128 - code if code > 128 else code,
            timed_out=timed_out,
            output=report,
            stderr=complaints,
            oversized=long or flooded,
            walls=frozenset(wall for one in words for wall in one.walls),
            error=next((one.error for one in words if one.error), ""),
        )

    def _started(self, start: Start, output: BinaryIO, stderr: BinaryIO, tell: int) -> subprocess.Popen[bytes]:
        order = confine.Order(
            root=str(start.place / "root"),
            cwd=start.directory,
            visible=list(start.visible),
            writable=[str(start.place / name) for name in ("work", "home", "tmp")],
            user=next(self._users),
            network=start.network,
            limits=_LIMITS,
            status=tell,
        )
        with self._lock:
            if self._ended:
                raise KeyboardInterrupt
            process = subprocess.Popen(
                [sys.executable, "-ISB", confine.__file__, json.dumps(order), *start.argv],
                cwd="/",
                env=start.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=stderr,
                pass_fds=(tell,),
                start_new_session=True,
            )
            self._running.add(process)
        return process

    def _wait(self, process: subprocess.Popen[bytes], timeout_s: int) -> tuple[int, bool]:
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


def _read(file: BinaryIO, max_bytes: int) -> tuple[bytes, bool]:
    """Return what was written to a file, and whether it is more than `max_bytes`."""
    file.seek(0)
    content = file.read(max_bytes + 1)
    return content[:max_bytes], len(content) > max_bytes


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
