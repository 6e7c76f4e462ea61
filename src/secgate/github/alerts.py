"""SARIF for code scanning, sent over the public interface; `codeql-action/upload-sarif` is the way for forks."""

import base64
import gzip
import time
from collections.abc import Callable

from github.Repository import Repository

from secgate.errors import PublishError
from secgate.github.client import asking
from secgate.github.job import Job

PERMISSION = "security-events: write"
WAITS_S = (5.0, 10.0, 20.0, 40.0, 80.0)
"""How long to wait before each look whether it was taken."""


def send(repository: Repository, sarif: bytes, job: Job, *, sleep: Callable[[float], None] = time.sleep) -> str:
    """Send one file and wait until GitHub has read it.

    Args:
        repository: where the alerts are to stand.
        sarif: the file, within GitHub's limits.
        job: the commit and the ref that it is about.
        sleep: waits for seconds.

    Returns:
        The upload's id.

    Raises:
        PublishError: GitHub did not take it, or has not said so in time.
    """
    packed = base64.b64encode(gzip.compress(sarif, mtime=0)).decode("ascii")
    with asking("take the SARIF file", PERMISSION):
        _, answer = repository.requester.requestJsonAndCheck(
            "POST", f"{repository.url}/code-scanning/sarifs",
            input={"commit_sha": job.commit, "ref": job.ref, "sarif": packed, "tool_name": "secgate"},
        )  # fmt: skip
    name = str((answer or {}).get("id", ""))
    for wait in WAITS_S:
        sleep(wait)
        with asking("say whether it took the SARIF file", PERMISSION):
            _, state = repository.requester.requestJsonAndCheck("GET", f"{repository.url}/code-scanning/sarifs/{name}")
        if state.get("processing_status") == "complete":
            return name
        if state.get("processing_status") == "failed":
            reasons = "; ".join(str(one) for one in state.get("errors") or ())[:500]
            raise PublishError(
                f"GitHub refused the SARIF file: {reasons or 'it gives no reason'}",
                "This is a defect of secgate: report it with what GitHub says.",
            )
    raise PublishError("GitHub has not read the SARIF file yet", "Look under Security, Code scanning, later.")
