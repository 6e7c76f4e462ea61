"""The command line as a program, in a process of its own that need not load everything again: a fork of this one."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NoReturn

import click

from secgate.cli import cli, main

TIMEOUT_S = 120

# Each command's module is loaded once, here, and not in every child.
for _name in cli.list_commands(click.Context(cli)):
    cli.get_command(click.Context(cli), _name)


def run(*words: object, cwd: Path, env: Mapping[str, str], stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Run `secgate WORDS…` and return how it ended, with all that it wrote.

    Args:
        words: of the command line, without the program's name.
        cwd: where it is started.
        env: its whole environment.
        stdin: what it can read.
    """
    argv = ["secgate", *map(str, words)]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        for stream in (given, out, err):
            stream.seek(0)
        child = os.fork()
        if child == 0:
            _become(argv, cwd, env, (given, out, err))
        _, status = os.waitpid(child, 0)
        written = [stream.seek(0) or stream.read() for stream in (out, err)]
    return subprocess.CompletedProcess(argv, os.waitstatus_to_exitcode(status), *written)


def _become(argv: list[str], cwd: Path, env: Mapping[str, str], streams: tuple[IO[bytes], ...]) -> NoReturn:
    code: object = 70
    try:
        signal.alarm(TIMEOUT_S)
        for number, stream in enumerate(streams):
            os.dup2(stream.fileno(), number)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        sys.argv = argv
        sys.stdin, sys.stdout, sys.stderr = (
            io.TextIOWrapper(os.fdopen(number, mode), encoding="utf-8", errors=errors)
            for number, mode, errors in ((0, "rb", "strict"), (1, "wb", "strict"), (2, "wb", "backslashreplace"))
        )
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - a child must never go on as the tests
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code if isinstance(code, int) else 70)
