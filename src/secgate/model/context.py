"""On whose behalf a tree is judged: what happened, and to which branch."""

from enum import StrEnum

from secgate.model.value import Value


class Event(StrEnum):
    """What happened."""

    LOCAL = "local"
    """Somebody typed a command."""
    PULL_REQUEST = "pull request"
    MERGE_GROUP = "merge group"
    PUSH = "push"
    """To a branch."""
    OTHER = "other"
    """A tag, a schedule, a dispatch: nothing that proposes a change to a branch."""


class Context(Value, frozen=True):
    """What the CI system says about a run. Nothing of it comes from the tree."""

    event: Event = Event.LOCAL
    branch: str = ""
    """The branch that the change goes to, or that was pushed to; empty for other events."""
    default_branch: str = ""
    """Of the repository; never empty but locally."""
    before: str = ""
    """push: the id of the branch's commit before it; empty where the branch is new."""
    commit: str = ""
    """The id of the commit that the event is about; empty: whatever is checked out."""
    name: str = "local"
    """What the CI system calls the event: `pull_request`."""
    ref: str = ""
    """What git calls it: `refs/pull/7/merge`."""
    labels: tuple[str, ...] = ()
    """Of the pull request, sorted."""
    checkout: str = ""
    """The only commit that may be checked out, in a job with the repository's secrets about what anybody may propose.
    Empty: any."""


LOCAL = Context()
