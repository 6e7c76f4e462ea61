"""One comment on a pull request, found again by its marker and its author, and never set back by an older run."""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from github.GithubException import UnknownObjectException
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest

from secgate.errors import PublishError
from secgate.github.client import asking
from secgate.github.job import Job

COMMENT_MAX = 65_536
"""How many characters GitHub takes."""
PERMISSION = "pull-requests: write"
_TRIES = 3

_MARKER = re.compile(
    r"<!-- secgate:(?P<key>[a-z0-9-]{1,40}) run=(?P<run>[0-9]{1,18}) attempt=(?P<attempt>[0-9]{1,9}) -->\s*\Z"
)


@dataclass(frozen=True)
class Ours:
    """A comment of ours, and the run that wrote it."""

    comment: IssueComment
    order: tuple[int, int]


def marker(key: str, job: Job) -> str:
    """Return the last line of the comment: invisible, and no text of others can hold it."""
    return f"\n<!-- secgate:{key} run={job.run} attempt={job.attempt} -->\n"


def stick(pull: PullRequest, body: str, key: str, author: str, job: Job, *, create: bool = True) -> str:
    """Write the comment, or write it again, and leave one of them.

    Args:
        pull: the pull request.
        body: without the marker; with it at most `COMMENT_MAX` characters.
        key: tells the gates of one repository apart.
        author: as whom the token writes; comments of others are never touched, whatever they hold.
        job: which run this is.
        create: whether to write one where there is none.

    Returns:
        The comment's address; empty where nothing was to be written.

    Raises:
        PublishError: GitHub did not take it, or a newer run has written there.
    """
    whole = body + marker(key, job)
    if len(whole) > COMMENT_MAX:
        raise PublishError(f"the comment has {len(whole):,} characters, GitHub takes {COMMENT_MAX:,}")
    with asking("show the comment", PERMISSION):
        found = _ours(pull, key, author)
        if not found:
            return _create(pull, whole, key, author, job) if create else ""
        return _settle(found, whole, job)


def _ours(pull: PullRequest, key: str, author: str) -> list[Ours]:
    """Return our comments, the oldest first."""
    found = [one for each in pull.get_issue_comments() if (one := _known(each, key, author))]
    return sorted(found, key=lambda one: one.comment.id)


def _known(comment: IssueComment, key: str, author: str) -> Ours | None:
    match = _MARKER.search(comment.body or "")
    if match is None or match["key"] != key or not comment.user or comment.user.login != author:
        return None
    return Ours(comment, _order(comment))


def _create(pull: PullRequest, whole: str, key: str, author: str, job: Job) -> str:
    """Write a new comment. Another run may do so at the same time, and GitHub may take it and say that it failed."""
    lost: PublishError | None = None
    try:
        with asking("show the comment", PERMISSION):
            written = pull.create_issue_comment(whole)
    except PublishError as error:
        if error.status and error.status < 500:
            raise
        lost = error
    else:
        if written.user.login != author:
            raise PublishError(
                f"the comment stands there, but `{written.user.login}` wrote it, not `{author}`",
                f"Give --author '{written.user.login}', or every run writes a new one.",
            )
    found = _ours(pull, key, author)
    if lost and not any(one.order == job.order for one in found):
        raise lost
    return _settle(found, whole, job) if found else ""


def _settle(found: list[Ours], whole: str, job: Job) -> str:
    """Leave the oldest comment, with the words of the newest run."""
    first, newest = found[0].comment, max(one.order for one in found)
    if newest > job.order:
        # Whoever wrote the newer one has looked for others after that, and so settles it.
        _remove(one for one in found[1:] if one.order == job.order)
        raise _older(newest)
    _edit(first, whole, job)
    _remove(found[1:])
    return first.html_url


def _edit(comment: IssueComment, whole: str, job: Job) -> None:
    """Write the words into a comment, unless a newer run's stand there.

    GitHub cannot write only where nothing has changed. So it is looked at right before and right after: what is left is
    the time of one request, which `concurrency` of a workflow closes.
    """
    for _ in range(_TRIES):
        comment.update()
        order = _order(comment)
        if order > job.order:
            raise _older(order)
        if comment.body.rstrip() == whole.rstrip():
            return
        comment.edit(whole)


def _order(comment: IssueComment) -> tuple[int, int]:
    match = _MARKER.search(comment.body or "")
    return (int(match["run"]), int(match["attempt"])) if match else (0, 0)


def _older(newest: tuple[int, int]) -> PublishError:
    return PublishError(
        f"run {newest[0]} is newer and has written the comment: this run's verdict is not shown there",
        "Nothing: an older run never overwrites a newer one.",
    )


def _remove(others: Iterable[Ours]) -> None:
    for one in others:
        # Whoever wrote it may have taken it away meanwhile.
        with contextlib.suppress(UnknownObjectException):
            one.comment.delete()
