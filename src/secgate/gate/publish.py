"""From a decision to what a pull request shows. Nothing here changes the verdict, and what fails is said."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from github.PullRequest import PullRequest
from github.Repository import Repository

from secgate.errors import Exit, PublishError, TrustError
from secgate.gate.handed import Handed
from secgate.github import alerts, find
from secgate.github.client import asking
from secgate.github.job import Job
from secgate.github.review import Remark, review
from secgate.github.sticky import COMMENT_MAX, marker, stick
from secgate.model import Decision
from secgate.report import inline, markdown, unjudged, words
from secgate.report.site import Site
from secgate.report.upload import Upload

_TOLD = (
    "This was told by the change's own run, which the change could have rewritten. Only the check that your rules "
    "require decides."
)
_MOVED = "The pull request has newer commits than the judged one: they are judged by a run of their own."
_ID = re.compile(r"[0-9a-f]{8,64}", re.ASCII)
_SHUT = {401, 403, 404}
"""Answers after which the same token need not be tried on the same pull request."""


@dataclass(frozen=True)
class Wishes:
    """What to show, and as whom."""

    comment: bool = True
    review: bool = True
    upload: bool = False
    key: str = "gate"
    """Tells the gates of one repository apart."""
    author: str = "github-actions[bot]"
    """As whom the token writes."""


@dataclass(frozen=True)
class Published:
    """What came of it."""

    done: tuple[str, ...] = ()
    """What is shown now, in words."""
    troubles: tuple[PublishError, ...] = ()


def site(job: Job, decision: Decision | None) -> Site:
    """Return where the report of a job stands."""
    home = f"{job.server_url}/{job.repository}"
    run = f"{home}/actions/runs/{job.run}" if job.run else ""
    commit = decision.subject.commit if decision else job.commit
    return Site(home, commit, job.head, run, (_TOLD,) if job.reports else ())


def shown(handed: Handed, where: Site, limit_bytes: int) -> str:
    """Return the report as Markdown: of the decision, or of why there is none."""
    if handed.decision is None:
        return unjudged.render(handed.reason, handed.remedy, where)
    return markdown.render(handed.decision, limit_bytes=limit_bytes, site=where)


def held(handed: Handed, repository: Repository, job: Job) -> Handed:
    """Return what a reporter may believe of another run's files: a decision about that run's commit."""
    if handed.decision is None or not job.reports:
        return handed
    try:
        find.hold(repository, handed.decision.subject.commit, job)
    except TrustError as error:
        return Handed(None, Exit.TRUST, error.message, error.remedy)
    except PublishError as error:
        return Handed(None, Exit.INCOMPLETE, error.message, error.remedy)
    return handed


def publish(handed: Handed, upload: Upload, job: Job, repository: Repository, wishes: Wishes) -> Published:
    """Show a decision, or that there is none, wherever the job's event has a place for it.

    Args:
        handed: what to show.
        upload: what code scanning gets, if that is wished.
        job: what it is about.
        repository: where to show it.
        wishes: what to show.
    """
    result = _found(handed, job, repository, wishes) if wishes.comment or wishes.review else Published()
    for data in upload.files if wishes.upload and job.uploads else ():
        result = _tried(result, partial(_send, repository, data, job))
    return result


def _send(repository: Repository, data: bytes, job: Job) -> str:
    return f"alerts, upload {alerts.send(repository, data, job)}"


def _found(handed: Handed, job: Job, repository: Repository, wishes: Wishes) -> Published:
    """Look for the pull request, and show it there."""
    try:
        pull = find.pull_request(repository, job)
        # Whatever GitHub says about it later is asked for here.
        with asking("show the pull request", "pull-requests: read"):
            is_open = pull is not None and pull.state == "open"
    except PublishError as error:
        return Published(troubles=(error,))
    if pull and is_open and not job.closed:
        return _on_pull(pull, handed, job, wishes)
    if job.reports:
        nobody = (
            f"no open pull request has commit {job.head[:12]}" if job.head else "that run was about no pull request"
        )
        return Published(troubles=(PublishError(nobody, "Nothing: there is nobody to tell."),))
    return Published()


def _on_pull(pull: PullRequest, handed: Handed, job: Job, wishes: Wishes) -> Published:
    """Write the comment and the review."""
    where, stale = site(job, handed.decision), pull.head.sha != job.head
    if stale:
        where = replace(where, notes=(*where.notes, _MOVED))
    result = Published()
    if wishes.comment:
        result = _tried(result, lambda: _comment(pull, handed, job, wishes, where))
    decision = handed.decision
    if not wishes.review or decision is None or stale or pull.draft or job.reports:
        return result
    if any(error.status in _SHUT for error in result.troubles):
        return result
    return _tried(result, lambda: _review(pull, decision, job, wishes, where))


def _comment(pull: PullRequest, handed: Handed, job: Job, wishes: Wishes, where: Site) -> str:
    body = shown(handed, where, COMMENT_MAX - len(marker(wishes.key, job)))
    address = stick(pull, body, wishes.key, wishes.author, job, create=not pull.draft)
    return f"comment {address}" if address else ""


def _review(pull: PullRequest, decision: Decision, job: Job, wishes: Wishes, where: Site) -> str:
    remarks = [
        Remark(
            one.finding.fingerprint,
            one.finding.location.path,
            one.finding.location.line,
            one.finding.location.end_line,
            inline.render(one),
        )
        for one in words.blockers(decision)
        if one.finding.is_new and _ID.fullmatch(one.finding.fingerprint)
    ]
    texts = {"body": inline.above(decision, where), "gone": inline.gone(where)}
    came = review(pull, remarks, texts, wishes.key, wishes.author, job)
    return f"{words.plural(came.shown, 'remark')} in the change" if came.shown or came.gone else ""


def _tried(before: Published, act: Callable[[], str]) -> Published:
    """Return what came of it with one thing more, done or failed."""
    try:
        done = act()
    except PublishError as error:
        return replace(before, troubles=(*before.troubles, error))
    return replace(before, done=(*before.done, done)) if done else before
