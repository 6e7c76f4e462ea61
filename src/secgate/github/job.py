"""What a job of GitHub Actions publishes about: taken from its environment and its event, never from an artefact."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from secgate.errors import TrustError
from secgate.github import payload
from secgate.github.payload import number, text

_PULL_REQUESTS = {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"}
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_REF = re.compile(r"refs/(?:heads|tags|pull)/\S{1,500}")
# A token goes to no other place: the scheme is https, but for a server on this very machine.
_ADDRESS = re.compile(
    r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._/-]*)?|http://127\.0\.0\.1:[0-9]{1,5}(?:/[a-z0-9/]*)?"
)


@dataclass(frozen=True)
class Job:
    """One job, and the pull request that it is about, if it is about one."""

    repository: str
    """`owner/name`."""
    event: str
    api_url: str = "https://api.github.com"
    server_url: str = "https://github.com"
    commit: str = ""
    """The id of the commit that must have been judged; empty where only the pull request can say (`workflow_run`)."""
    ref: str = ""
    """What code scanning files results under; empty where it is none that it takes."""
    run: int = 0
    attempt: int = 1
    number: int = 0
    """Of the pull request; 0 where there is none, or where it has to be looked for."""
    head: str = ""
    """The id of the pull request's own newest commit, when the event happened."""
    head_repository: str = ""
    """Where that commit lies; empty where the fork is gone."""
    head_branch: str = ""
    draft: bool = False
    closed: bool = False

    @property
    def reports(self) -> bool:
        """Return whether the job tells of another run, whose files anybody could have written."""
        return self.event == "workflow_run"

    @property
    def fork(self) -> bool:
        """Return whether the change comes from another repository."""
        return bool(self.head) and self.head_repository.casefold() != self.repository.casefold()

    @property
    def uploads(self) -> bool:
        """Return whether alerts can be filed: a merge queue's branch is gone before code scanning looks for it."""
        return bool(self.ref and self.commit) and self.event not in {"merge_group", "pull_request_target"}

    @property
    def order(self) -> tuple[int, int]:
        """Return what grows from run to run, and from attempt to attempt of one run."""
        return self.run, self.attempt


def job(environ: Mapping[str, str]) -> Job:
    """Return what the job is about.

    Args:
        environ: of the process.

    Raises:
        TrustError: this is no job of GitHub Actions, or its event contradicts it.
    """
    if environ.get("GITHUB_ACTIONS") != "true":
        raise TrustError("this is no job of GitHub Actions", "Use `secgate report` elsewhere.")
    name, event = environ.get("GITHUB_EVENT_NAME", ""), payload.read(environ.get("GITHUB_EVENT_PATH", ""))
    repository = text(event, "repository", "full_name") or environ.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository) or environ.get("GITHUB_REPOSITORY", repository) != repository:
        raise TrustError("the event does not say whose repository this is", payload.REMEDY)
    said: dict[str, Any] = {
        "repository": repository,
        "event": name,
        "api_url": address(environ),
        "server_url": _address(environ, "GITHUB_SERVER_URL", Job.server_url),
        "run": _whole(environ.get("GITHUB_RUN_ID", "")),
        "attempt": _whole(environ.get("GITHUB_RUN_ATTEMPT", "")) or 1,
    }
    if name == "workflow_run":
        return Job(**said | _reported(event))
    ref = environ.get("GITHUB_REF", "")
    said |= {"commit": _commit(environ.get("GITHUB_SHA", "")), "ref": ref if _REF.fullmatch(ref) else ""}
    return Job(**said | (_pull(event) if name in _PULL_REQUESTS else {}))


def _pull(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": number(event, "pull_request", "number"),
        "head": _commit(text(event, "pull_request", "head", "sha")),
        "head_repository": text(event, "pull_request", "head", "repo", "full_name"),
        "head_branch": text(event, "pull_request", "head", "ref"),
        "draft": payload.found(event, "pull_request", "draft") is True,
        "closed": text(event, "pull_request", "state") == "closed",
    }


def _reported(event: dict[str, Any]) -> dict[str, Any]:
    """Return what the run was about that this job tells of."""
    if not text(event, "workflow_run", "event").startswith("pull_request"):
        return {}
    return {
        "run": number(event, "workflow_run", "id"),
        "attempt": number(event, "workflow_run", "run_attempt") or 1,
        "head": _commit(text(event, "workflow_run", "head_sha")),
        "head_repository": text(event, "workflow_run", "head_repository", "full_name"),
        "head_branch": text(event, "workflow_run", "head_branch"),
    }


def address(environ: Mapping[str, str]) -> str:
    """Return where GitHub's REST API is.

    Args:
        environ: of the process; without `GITHUB_API_URL` it is github.com's.

    Raises:
        TrustError: a token would go there without https.
    """
    return _address(environ, "GITHUB_API_URL", Job.api_url)


def _address(environ: Mapping[str, str], name: str, default: str) -> str:
    value = environ.get(name, default).rstrip("/")
    if not _ADDRESS.fullmatch(value):
        raise TrustError(f"{name} is no address of https", payload.REMEDY)
    return value


def _whole(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def _commit(value: str) -> str:
    return value if COMMIT.fullmatch(value) else ""
