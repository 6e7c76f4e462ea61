"""How long to wait for GitHub, and what to ask for again."""

import time
from types import TracebackType
from typing import Any

from github import GithubRetry
from github.GithubException import RateLimitExceededException
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.response import HTTPResponse

REPEATED = frozenset({"GET", "HEAD", "PATCH", "PUT", "DELETE"})
"""What has the same effect however often it is sent. A POST has not: it makes one more each time."""
_LIMITED = {403, 429}


class Patience(GithubRetry):
    """Waits as long as GitHub asks, while the budget lasts, and repeats nothing that creates.

    Args:
        until: when the budget is spent, on the monotonic clock.
        kwargs: as for `GithubRetry`.
    """

    def __init__(self, until: float = 0.0, **kwargs: Any) -> None:  # noqa: ANN401 - its parents know them
        self._until = until
        super().__init__(**kwargs)

    def new(self, **kw: Any) -> "Patience":  # noqa: ANN401 - its parents know them
        """Return the same, with changes."""
        return super().new(until=self._until, **kw)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: HTTPResponse | None = None,  # type: ignore[override]
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> "Patience":
        """Return what is left after an answer or an error; raise where there shall be no further try."""
        if error and method not in REPEATED:
            raise error
        return super().increment(method, url, response, error, _pool, _stacktrace)  # type: ignore[return-value]

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return how long GitHub asks to wait, in seconds; None where it does not say."""
        asked = super().get_retry_after(response)
        if asked is None and response.status in _LIMITED and response.headers.get("x-ratelimit-remaining") == "0":
            reset = response.headers.get("x-ratelimit-reset", "")
            return max(float(reset) - time.time(), 0.0) + 1.0 if reset.isdigit() else None
        return asked

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        """Wait before the next try.

        Raises:
            RateLimitExceededException: it would take longer than the budget.
        """
        wait = (self.get_retry_after(response) if response else None) or self.get_backoff_time()
        if time.monotonic() + wait > self._until:
            raise RateLimitExceededException(
                response.status if response else 0, {"message": f"it asks to wait {wait:.0f} s, which is too long"}
            )
        super().sleep(response)
