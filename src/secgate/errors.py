"""Every way in which secgate stops: one tree, each branch with its exit code, each error with its remedy.

The exit codes are the product's contract with CI. When several hold, `worst` says which one is used.
"""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command, as documented in the README."""

    PASS = 0
    BLOCKED = 1
    USAGE = 2
    INCOMPLETE = 3
    TRUST = 4
    INTERNAL = 5
    INTERRUPTED = 130


_PRECEDENCE = (Exit.TRUST, Exit.USAGE, Exit.INTERNAL, Exit.BLOCKED, Exit.INCOMPLETE, Exit.PASS)


def worst(codes: Iterable[Exit]) -> Exit:
    """Return the code that outranks the others (4 > 2 > 5 > 1 > 3 > 0); `PASS` where there are none."""
    return min(codes, key=_PRECEDENCE.index, default=Exit.PASS)


class SecgateError(Exception):
    """A problem that a person can act on: what is wrong, and what to do about it.

    Args:
        message: what is wrong, with file and line where there is one.
        remedy: what to type or change; empty where nothing can be done.
    """

    exit = Exit.INTERNAL

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(SecgateError):
    """The command line, a file that it names or a policy is not valid."""

    exit = Exit.USAGE


class TrustError(SecgateError):
    """A digest, a pin or a location is not what it was promised to be."""

    exit = Exit.TRUST


class HistoryError(SecgateError):
    """The part of the history against which a change has to be judged is not in this clone."""

    exit = Exit.INCOMPLETE


class ContentError(SecgateError):
    """A manifest, an adapter or a pack that ships with secgate is broken: a defect of ours."""

    exit = Exit.INTERNAL


class ReportError(Exception):
    """A scanner's native report is not one whole document of the shape that its adapter knows.

    Raised by adapters. Never means *clean*: a scan turns it into failed evidence, `secgate convert` into a refusal.
    """


class MissingToolError(SecgateError):
    """A scanner or a database that was asked for is not installed and could not be installed."""

    exit = Exit.INCOMPLETE


class PublishError(SecgateError):
    """GitHub did not take what was to be shown there. The verdict stays what it is.

    Args:
        message: what was not done, and what GitHub said.
        remedy: what to change.
        status: of GitHub's answer; 0 where there was none.
    """

    exit = Exit.INTERNAL

    def __init__(self, message: str, remedy: str = "", status: int = 0) -> None:
        super().__init__(message, remedy)
        self.status = status
