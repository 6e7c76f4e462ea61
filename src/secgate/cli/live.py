"""Progress for a person at a terminal: one line for each scanner, redrawn in place and gone at the end."""

import contextlib
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.live import Live as Region
from rich.text import Text

from secgate.cli.progress import Clock, ended, name, reads, takes_utf8
from secgate.model import Run, Status, Task
from secgate.report import safe

_EVERY_S = 0.1
_TURNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TURNS_ASCII = "|/-\\"


@dataclass
class _Row:
    """What is known about one task."""

    label: str
    files: str
    since: float
    end: str = ""
    well: bool = True


class Live:
    """Redraws one line for each scanner: a moving sign, what it reads, how long it has worked, how it ended.

    Args:
        stream: the terminal; stderr by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = stream or sys.stderr
        self._ascii = not takes_utf8(stream)
        self._console = Console(file=stream, force_terminal=True, highlight=False, markup=False, emoji=False)
        self._rows: dict[str, _Row] = {}
        self._lock = threading.Lock()
        self._clock = Clock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._redraw, name="progress", daemon=True)
        self._region = Region(
            console=self._console,
            get_renderable=self._drawn,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    @property
    def seconds(self) -> Mapping[str, float]:
        """Return the times by `scanner/command`."""
        return self._clock.seconds

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError, ValueError):
            self._region.start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        with contextlib.suppress(OSError, ValueError):
            self._region.stop()

    def started(self, task: Task) -> None:
        """Show a task from now on."""
        with self._lock:
            self._rows[task.id] = _Row(safe.line(name(task), 60), reads(task), time.monotonic())

    def finished(self, run: Run) -> None:
        """Show how a task ended."""
        self._clock.note(run)
        with self._lock:
            row = self._rows.setdefault(
                run.task.id, _Row(safe.line(name(run.task), 60), reads(run.task), time.monotonic())
            )
            row.end, row.well = safe.line(ended(run)), run.status is Status.FINISHED

    def say(self, text: str) -> None:
        """Write one line above the scanners; it stays."""
        with contextlib.suppress(OSError, ValueError):
            self._console.print(Text(self._fit(safe.line(text))))

    def _redraw(self) -> None:
        while not self._over.wait(_EVERY_S):
            try:
                self._region.refresh()
            except (OSError, ValueError):
                return

    def _drawn(self) -> Text:
        now = time.monotonic()
        with self._lock:
            cells = [self._cells(row, now) for row in self._rows.values()]
        widths = [max((len(row[at][0]) for row in cells), default=0) for at in range(3)]
        lines = []
        for row in cells:
            parts = [(f"{text:<{width}}  ", style) for (text, style), width in zip(row, widths, strict=False)]
            lines.append(Text.assemble(*parts, row[-1]))
        text = Text("\n").join(lines)
        text.no_wrap, text.overflow = True, "crop" if self._ascii else "ellipsis"
        return text

    def _cells(self, row: _Row, now: float) -> list[tuple[str, str]]:
        if row.end:
            sign, state, style = " ", row.end, "green" if row.well else "bold yellow"
        else:
            turns = _TURNS_ASCII if self._ascii else _TURNS
            sign, state, style = turns[int(now / _EVERY_S) % len(turns)], f"{now - row.since:.1f} s", ""
        cells = ((sign, "cyan"), (row.label, "bold"), (row.files, "dim"), (state, style))
        return [(self._fit(text), style) for text, style in cells]

    def _fit(self, text: str) -> str:
        return safe.ascii_only(text) if self._ascii else text
