"""What the environment of a job in GitHub Actions says about the run."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from secgate.errors import TrustError
from secgate.github import payload
from secgate.github.payload import REMEDY, read, text
from secgate.model import LOCAL, Context, Event

_BRANCH = "refs/heads/"
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")

# GITHUB_SHA is the default branch there, while the job is about something else: whatever it has checked out.
_ABOUT_SOMETHING_ELSE = {"pull_request_target", "workflow_run", "issue_comment", "check_run", "check_suite"}
_PULL_REQUESTS = {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"}


def context(root: Path, environ: Mapping[str, str]) -> Context:
    """Return what the event is and which branch it is about; locally, and for another repository, nothing.

    Args:
        root: of the repository, resolved.
        environ: of the process.

    Raises:
        TrustError: a job of GitHub Actions does not say what its event is: nobody knows whose policy counts.
    """
    workspace = environ.get("GITHUB_WORKSPACE", "")
    if environ.get("GITHUB_ACTIONS") != "true" or not workspace or not root.is_relative_to(Path(workspace).resolve()):
        return LOCAL
    name, event = environ.get("GITHUB_EVENT_NAME", ""), read(environ.get("GITHUB_EVENT_PATH", ""))
    default = text(event, "repository", "default_branch")
    if not default:
        raise TrustError("the event does not say which branch is the default one", REMEDY)
    said = _said(name, event, environ)
    about = "" if name in _ABOUT_SOMETHING_ELSE else environ.get("GITHUB_SHA", "")
    ref = environ.get("GITHUB_REF", "")
    if name in _PULL_REQUESTS:
        return Context(Event.PULL_REQUEST, text(event, "pull_request", "base", "ref"), default, commit=about, **said)
    if name == "merge_group":
        target = text(event, "merge_group", "base_ref").removeprefix(_BRANCH)
        return Context(Event.MERGE_GROUP, target, default, commit=about, **said)
    if name == "push" and ref.startswith(_BRANCH):
        before = text(event, "before")
        branch, before = ref.removeprefix(_BRANCH), before if before.strip("0") else ""
        return Context(Event.PUSH, branch, default, before, about, **said)
    return Context(Event.OTHER, default_branch=default, commit=about, **said)


def repository_url(environ: Mapping[str, str]) -> str:
    """Return where the job's repository lies on its server.

    Raises:
        TrustError: the job does not say.
    """
    server, name = environ.get("GITHUB_SERVER_URL", "").rstrip("/"), environ.get("GITHUB_REPOSITORY", "")
    if not server or not _REPOSITORY.fullmatch(name) or {".", ".."} & set(name.split("/")):
        raise TrustError("the job does not say which repository it is about", REMEDY)
    return f"{server}/{name}"


def _said(name: str, event: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return what the event is called, the labels of its pull request, and what may be checked out."""
    pull = event.get("pull_request")
    labels = pull.get("labels") if isinstance(pull, dict) else None
    found = {text(one, "name") for one in labels if isinstance(one, dict)} if isinstance(labels, list) else set()
    return {
        "name": name,
        "ref": environ.get("GITHUB_REF", ""),
        "labels": tuple(sorted(found - {""})),
        "checkout": environ.get("GITHUB_SHA", "") if _privileged(name, event) else "",
    }


def _privileged(name: str, event: dict[str, Any]) -> bool:
    """Return whether the job has the repository's own token and secrets on behalf of a proposed change."""
    if name == "workflow_run":
        return text(event, "workflow_run", "event").startswith("pull_request")
    if name == "issue_comment":
        return isinstance(payload.found(event, "issue", "pull_request"), dict)
    return name == "pull_request_target"
