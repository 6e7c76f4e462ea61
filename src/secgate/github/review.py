"""One review with a comment at each line that is to be changed: only lines that the change shows, each said once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from github.Commit import Commit
from github.PullRequest import PullRequest, ReviewComment
from github.PullRequestComment import PullRequestComment

from secgate.errors import PublishError
from secgate.github.client import asking
from secgate.github.diff import hunks, span
from secgate.github.job import Job
from secgate.github.sticky import PERMISSION

LINES_MAX = 20
"""How many comments one review has; the sticky comment lists all findings."""
FILES_MAX = 10
"""How many comments on whole files: each of them notifies on its own."""

_MARKER = re.compile(r"<!-- secgate:(?P<key>[a-z0-9-]{1,40}) finding=(?P<id>[0-9a-f]{8,64}) -->\s*\Z")


@dataclass(frozen=True)
class Remark:
    """What is to be said about some lines."""

    id: str
    """The finding's fingerprint, by which the remark is known again."""
    path: str
    line: int
    end_line: int
    body: str
    """Markdown."""


@dataclass(frozen=True)
class Reviewed:
    """What came of the remarks."""

    shown: int = 0
    """How many stand at their lines or files now, from this run or an earlier one."""
    elsewhere: int = 0
    """How many are about what the change does not show, or more than there is room for."""
    gone: int = 0
    """How many earlier ones are marked as no longer true."""


def review(
    pull: PullRequest, remarks: Sequence[Remark], words: Mapping[str, str], key: str, author: str, job: Job
) -> Reviewed:
    """Say what is not said yet, in one review, and mark what is no longer so.

    Args:
        pull: the pull request.
        remarks: the most important first.
        words: `body` stands above the review; `gone` is put in front of a remark that is no longer true.
        key: tells the gates of one repository apart.
        author: as whom the token writes.
        job: which run this is.

    Raises:
        PublishError: GitHub did not take it. What was said before stays.
    """
    with asking("list the changed files", "pull-requests: read"):
        files = [one for one in pull.get_files() if one.status != "removed"]
    with asking("list the review's comments", "pull-requests: read"):
        said = _said(pull, key, author)
    shown = {one.filename: hunks(one.patch or "") for one in files}
    bare = {one.filename for one in files if not one.patch}
    new = [one for one in remarks if one.id not in said]
    lines = [(one, place) for one in new if (place := span(shown.get(one.path, ()), one.line, one.end_line))]
    whole = list({one.path: one for one in reversed(new) if one.path in bare}.values())[::-1]
    with asking("show the review", PERMISSION):
        _post(pull, lines[:LINES_MAX], words["body"], key, job)
        for one in whole[:FILES_MAX]:
            pull.create_review_comment(_signed(one, key), job.head, one.path, subject_type="file")
    kept = {one.id for one in remarks}
    gone = _mark((one for name, one in said.items() if name not in kept), words["gone"])
    known = sum(one.id in said for one in remarks)
    posted = len(lines[:LINES_MAX]) + len(whole[:FILES_MAX])
    return Reviewed(known + posted, len(new) - posted, gone)


def _said(pull: PullRequest, key: str, author: str) -> dict[str, PullRequestComment]:
    found = {}
    for one in pull.get_review_comments():
        match = _MARKER.search(one.body or "")
        if match and match["key"] == key and one.user and one.user.login == author:
            found[match["id"]] = one
    return found


def _signed(remark: Remark, key: str) -> str:
    return f"{remark.body}\n\n<!-- secgate:{key} finding={remark.id} -->"


def _post(pull: PullRequest, lines: Sequence[tuple[Remark, tuple[int, int]]], body: str, key: str, job: Job) -> None:
    if not lines:
        return
    comments = [_comment(one, first, last, key) for one, (first, last) in lines]
    # Its id is all that is sent: nothing has to be asked.
    commit = Commit(pull.requester, {}, {"sha": job.head}, completed=True)
    pull.create_review(commit=commit, body=body, event="COMMENT", comments=comments)


def _comment(remark: Remark, first: int, last: int, key: str) -> ReviewComment:
    place: ReviewComment = {"path": remark.path, "body": _signed(remark, key), "line": last, "side": "RIGHT"}
    return {**place, "start_line": first, "start_side": "RIGHT"} if last > first else place


def _mark(outdated: Iterable[PullRequestComment], words: str) -> int:
    """Say of earlier remarks that they are no longer true; one that cannot be edited stays as it is."""
    number = 0
    for one in outdated:
        if one.body.startswith(words.split(" ", 1)[0]):
            continue
        try:
            with asking("edit an earlier remark", PERMISSION):
                one.edit(f"{words}\n\n{one.body}")
        except PublishError:
            continue
        number += 1
    return number
