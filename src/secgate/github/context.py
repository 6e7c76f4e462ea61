"""What the environment of a job in GitHub Actions says about the tree."""

from collections.abc import Mapping
from pathlib import Path

# GITHUB_SHA is the default branch there, while the job is about something else: whatever it has checked out.
_ABOUT_SOMETHING_ELSE = {"pull_request_target", "workflow_run", "issue_comment", "check_run", "check_suite"}


def event_commit(root: Path, environ: Mapping[str, str]) -> str:
    """Return the commit that the event is about, or an empty text where the environment says none for this tree.

    Args:
        root: of the repository, resolved.
        environ: of the process.
    """
    workspace = environ.get("GITHUB_WORKSPACE", "")
    if environ.get("GITHUB_ACTIONS") != "true" or not workspace or Path(workspace).resolve() != root:
        return ""
    return "" if environ.get("GITHUB_EVENT_NAME") in _ABOUT_SOMETHING_ELSE else environ.get("GITHUB_SHA", "")
