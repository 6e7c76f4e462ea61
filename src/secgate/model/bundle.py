"""What is known before a tree is looked at: what is to be judged, and by what."""

from msgspec import field

from secgate.model.context import Context
from secgate.model.value import Value


class Held(Value, frozen=True):
    """What was asked about one commit."""

    files: dict[str, bytes | None] = field(default_factory=dict)
    """By path; None: there is no such file."""
    below: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The paths below a folder, by the folder's; empty: all."""


class Bundle(Value, frozen=True):
    """A policy with all that led to it, and the change that it is for."""

    context: Context
    tree: str
    """The id of the tree of the event's commit, as the server has it."""
    tips: dict[str, str] = field(default_factory=dict)
    """The id of each branch's newest commit that was asked for."""
    commits: dict[str, Held] = field(default_factory=dict)
    """By id."""
    parents: dict[str, bytes] = field(default_factory=dict)
    """Files of other repositories, by `sha256:…`."""


class Resolved(Value, frozen=True):
    """What a decision must agree with to be published; what is empty need not."""

    commit: str = ""
    base: str = ""
    policy: str = ""
    """The policy's digest, `sha256:…`."""
