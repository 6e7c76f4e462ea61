"""A repository of GitHub's double, and a job that is about its pull request 7."""

import time

import pytest
from support.hub import Hub

from secgate.github.client import connect
from secgate.github.job import Job

HEAD = "1" * 40


@pytest.fixture
def hub():
    with Hub() as hub:
        hub.pull(7, HEAD)
        yield hub


@pytest.fixture
def repository(hub):
    return connect(hub.token, hub.url, hub.repository, between_s=(0, 0))


@pytest.fixture
def pull(repository):
    return repository.get_pull(7)


@pytest.fixture
def run():
    """Return a job of pull request 7."""
    return lambda run=5, attempt=1, **more: Job(
        "acme/shop", "pull_request", commit="c" * 40, ref="refs/pull/7/merge", run=run, attempt=attempt, number=7,
        head=HEAD, head_repository="acme/shop", head_branch="change", **more,
    )  # fmt: skip


@pytest.fixture
def slept(monkeypatch):
    """Let nobody wait, and return how long they would have waited, in seconds."""
    times: list[float] = []
    monkeypatch.setattr(time, "sleep", times.append)
    return times
