"""What has to be so around the gate that it cannot see from within a run."""

from enum import StrEnum

from secgate.model.value import Value


class ConditionState(StrEnum):
    """Whether it is so."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """Nobody said: what cannot be seen is never *ok*."""


class Condition(Value, frozen=True, omit_defaults=False):
    """One thing that has to be so."""

    about: str
    """In two or three words: `pin`, `required check`."""
    state: ConditionState
    why: str
    remedy: str = ""


class Caller(Value, frozen=True):
    """A job of a workflow that starts the gate."""

    path: str
    """Of the workflow, below the repository's root."""
    check: str
    """What GitHub calls the job's check."""
