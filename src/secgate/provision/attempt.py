"""One attempt to install from one source: what it gets, how it fails, and how it starts other programs.

Programs started here get an allow-list of the user's environment, an empty working directory and no configuration of a
folder around it: neither the tree being judged nor the user's shell decides what is installed.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from secgate.model import Scanner, Source

# How a machine reaches the world is its user's business; everything else is not passed on.
_REACH = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC",
)  # fmt: skip


class PassedOverError(Exception):
    """A source cannot be used here and now, and why, in one plain line; the next one is tried."""


@dataclass(frozen=True)
class Work:
    """What one attempt works with."""

    scanner: Scanner
    source: Source
    folder: Path
    """Empty; holds the tool afterwards. Its final place, because environments do not survive being moved."""
    scratch: Path
    """Empty, on the same file system; removed afterwards."""
    lock: int
    """The descriptor that keeps other installations waiting; programs started here hold it too."""


def environment(names: Sequence[str], extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a program of ours.

    Args:
        names: variables of the user to pass on besides proxies and certificates; a `*` stands for any characters.
        extra: what is set in any case.
    """
    wanted = re.compile("|".join(re.escape(name).replace(r"\*", ".*") for name in (*_REACH, *names)))
    passed = {name: value for name, value in os.environ.items() if wanted.fullmatch(name)}
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", **passed, **extra}


def run(argv: Sequence[str], environment: Mapping[str, str], cwd: Path, timeout_s: int, lock: int) -> tuple[int, str]:
    """Run a program to its end and return its exit code and what it said, both streams together.

    Whatever ends this early ends the program too, with all that it started.

    Raises:
        PassedOverError: it cannot be started, or takes longer than `timeout_s`.
    """
    try:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock,),
        )
    except OSError as error:
        raise PassedOverError(f"{argv[0]} cannot be started: {error.strerror}") from error
    with process:
        try:
            said, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            raise PassedOverError(f"{Path(argv[0]).name} did not end within {timeout_s} s") from error
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, said.decode("utf-8", "replace")
