import io
import os
import pty
import threading
import time

import pytest
from support.factories import run, scanner, task

from secgate.cli.live import Live
from secgate.model import Status

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


class Terminal:
    """A pseudo terminal and what was written to it."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self._master, slave = pty.openpty()
        self.stream = os.fdopen(slave, "w", encoding=encoding)
        self._data = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        # Linux says EIO when the last writer has gone.
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            self._data += data

    def text(self) -> str:
        """Close the terminal and return all that was written to it."""
        self.stream.close()
        self._reader.join(5)
        os.close(self._master)
        return self._data.decode()


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    return Terminal()


def worked(terminal: Terminal) -> str:
    """Return what a scan of two scanners, one of which fails, writes to the terminal."""
    with Live(terminal.stream) as progress:
        progress.say("installing bandit")
        progress.started(task())
        progress.started(task(scanner("checkov")))
        time.sleep(0.35)
        progress.finished(run())
        progress.finished(
            run(task(scanner("checkov")), status=Status.FAILED, reason="exit code 3\x1b[2J" + " again" * 40)
        )
        time.sleep(0.25)
    return terminal.text()


def test_it_shows_each_scanner_and_how_it_ended(terminal):
    text = worked(terminal)
    for said in ("installing bandit", "checkov", "2 files", "finished in 0.6 s", "exit code 3\\x1b[2J"):
        assert said in text
    assert "\x1b[2J" not in text


def test_the_terminal_is_clean_afterwards(terminal):
    text = worked(terminal)
    assert text.count(HIDE) == text.count(SHOW) == 1
    # Both lines are erased: up one and clear the line, once for each.
    assert text.rstrip().endswith(SHOW) or SHOW in text[text.rindex("exit code 3") :]
    assert text[text.rindex("exit code 3") :].count("\x1b[2K") >= 2


def test_the_terminal_is_clean_after_an_interruption(terminal):
    def interrupted() -> None:
        with Live(terminal.stream) as progress:
            progress.started(task())
            time.sleep(0.25)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    text = terminal.text()
    assert text.count(HIDE) == text.count(SHOW) == 1


def test_a_terminal_that_is_not_utf8_gets_ascii(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    text = worked(Terminal("ascii"))
    assert text.isascii()
    assert text.count("exit code 3") > 1


def test_a_dumb_terminal_gets_no_escapes(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" not in worked(Terminal())


def test_a_terminal_that_goes_away_does_not_stop_the_scan():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with Live(stream) as progress:
        progress.started(task())
        stream.close()
        time.sleep(0.25)
        progress.say("installing")
        progress.finished(run())
    assert progress.seconds == {"bandit/python": 0.6}


def test_a_line_that_is_too_long_is_cut(terminal):
    assert " again" * 9 not in worked(terminal)


def test_many_threads_may_speak_at_once(terminal):
    with Live(terminal.stream) as progress:
        threads = [threading.Thread(target=progress.started, args=(task(shard=number),)) for number in range(20)]
        threads += [threading.Thread(target=progress.say, args=(f"line {number}",)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    text = terminal.text()
    assert all(f"line {number}" in text for number in range(20))
