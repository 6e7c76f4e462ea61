"""GitHub's REST API for one repository: patient within a budget, and a request that creates something is sent once.

PyGithub makes the requests. What goes wrong becomes a `PublishError` that says what was not done and what to change.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from github import Auth, Github
from github.GithubException import GithubException
from github.Repository import Repository
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from secgate.errors import PublishError
from secgate.github.patience import REPEATED, Patience

BUDGET_S = 300.0
"""How long all waiting for GitHub together may take."""
TIMEOUT_S = 20
RETRIES = 4

# What it logs on the way is said at the end, once and with a remedy.
logging.getLogger("github").addHandler(logging.NullHandler())

_REMEDIES = {
    401: "Give the job's own token: `SECGATE_PUBLISH_TOKEN: ${{ github.token }}`.",
    410: "The thing is gone; nothing has to be done.",
    413: "Scan less at once, for example one folder for each job.",
    422: "This is a defect of secgate: report it with what GitHub says.",
    429: "Run the job again later; runs of one pull request at once share one limit (`concurrency` of the workflow).",
}
_BROKEN = "GitHub has a problem: run this job again later."


def connect(
    token: str,
    api_url: str,
    repository: str,
    *,
    budget_s: float = BUDGET_S,
    between_s: tuple[float, float] = (0.1, 1.0),
) -> Repository:
    """Return the repository; nothing is asked yet.

    Args:
        token: with which to ask. It is sent to the host of `api_url` and nowhere else, and stored nowhere.
        api_url: `https://api.github.com`, or `https://HOST/api/v3` of GitHub Enterprise Server.
        repository: `owner/name`.
        budget_s: how long all waiting together may take.
        between_s: the pause between two requests, and between two that write.
    """
    patience = Patience(
        time.monotonic() + budget_s,
        total=RETRIES,
        backoff_factor=1,
        secondary_rate_wait=60,
        status_forcelist=[429, *range(500, 600)],
        allowed_methods=REPEATED,
        redirect=0,
    )
    reads, writes = between_s
    client = Github(
        auth=Auth.Token(token), base_url=api_url, retry=patience, timeout=TIMEOUT_S, per_page=100, lazy=True,
        seconds_between_requests=reads, seconds_between_writes=writes, user_agent="secgate",
    )  # fmt: skip
    return client.get_repo(repository)


@contextmanager
def asking(to: str, permission: str) -> Iterator[None]:
    """Turn what goes wrong inside into a `PublishError`.

    Args:
        to: what GitHub is asked to do: `show the comment`.
        permission: what the token needs for it: `pull-requests: write`.
    """
    try:
        yield
    except GithubException as error:
        said = _said(error)
        raise PublishError(
            f"GitHub did not {to}: {said}", remedy(error.status, said, permission), error.status
        ) from None
    except (RequestException, HTTPError, AssertionError) as error:
        # Its text can quote an address, never a header.
        raise PublishError(f"GitHub did not {to}: {type(error).__name__}", _BROKEN) from None


def _said(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    parts = [str(data.get("message") or error.message or "no reason given")]
    parts += [str(one.get("message") or one.get("code")) if isinstance(one, dict) else str(one)
              for one in data.get("errors") or () if one]  # fmt: skip
    return f"{error.status or 'no answer'} {'; '.join(parts)[:500]}"


def remedy(status: int, said: str, permission: str) -> str:
    """Return what to change so that GitHub does it.

    Args:
        status: of its answer.
        said: its own words.
        permission: what the token needs.
    """
    words = said.casefold()
    if "rate limit" in words or "wait" in words:
        return _REMEDIES[429]
    if "code security" in words or "advanced security" in words or "code scanning" in words:
        return "Switch code scanning on for this repository, or leave out --upload."
    if status in {403, 404}:
        return (
            f"Add `{permission}` to the job's `permissions`. For the token of a fork or of Dependabot, which may only "
            "read, let a job on workflow_run report: docs/github.md."
        )
    return _REMEDIES.get(status, _BROKEN)
