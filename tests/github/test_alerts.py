"""SARIF is sent once, for the event's commit and ref, and what GitHub says of it is told."""

import json

import pytest
from support.hub import Hub

from secgate.errors import PublishError
from secgate.github.alerts import WAITS_S, send
from secgate.github.client import connect

LOG = {
    "version": "2.1.0",
    "runs": [{"tool": {"driver": {"name": "x"}}, "results": [], "invocations": [{"executionSuccessful": True}]}],
}


def sent(repository, run, log=LOG, slept=None):
    waits = [] if slept is None else slept
    return send(repository, json.dumps(log).encode(), run(), sleep=waits.append)


def test_it_is_sent_once_and_looked_after(hub, repository, run):
    waits = []
    name = sent(repository, run, slept=waits)
    given = hub.sarifs[name]["given"]
    assert (given["commit_sha"], given["ref"], set(given)) == (
        "c" * 40, "refs/pull/7/merge", {"commit_sha", "ref", "sarif", "tool_name"},
    )  # fmt: skip
    assert hub.sarifs[name]["log"] == LOG
    assert waits == list(WAITS_S[:2])
    assert len(hub.sent("POST")) == 1


def test_the_same_file_is_the_same_bytes(hub, repository, run):
    names = [sent(repository, run) for _ in range(2)]
    assert len({hub.sarifs[name]["given"]["sarif"] for name in names}) == 1


def test_what_github_refuses_later_is_told(repository, run):
    twins = {**LOG, "runs": LOG["runs"] * 2}
    with pytest.raises(PublishError, match="refused the SARIF file: A delivery cannot contain multiple runs"):
        sent(repository, run, twins)


def test_what_github_never_reads_is_told(hub, repository, run):
    hub.fail("GET", "sarifs/", 200, times=9, body={"processing_status": "pending"})
    waits = []
    with pytest.raises(PublishError, match="not read the SARIF file yet"):
        sent(repository, run, slept=waits)
    assert waits == list(WAITS_S)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 503])
def test_each_refusal_is_told_and_nothing_is_repeated(hub, repository, run, slept, status):
    hub.fail("POST", "sarifs", status, times=9)
    with pytest.raises(PublishError, match=str(status)):
        sent(repository, run)
    assert len(hub.sent("POST")) == 1


def test_without_code_scanning_the_remedy_says_so(run):
    with Hub(code_scanning=False) as hub, pytest.raises(PublishError) as raised:
        sent(connect(hub.token, hub.url, hub.repository, between_s=(0, 0)), run)
    assert raised.value.remedy.startswith("Switch code scanning on")


def test_a_token_that_only_reads_cannot(hub, run):
    with pytest.raises(PublishError, match="403 Resource not accessible") as raised:
        sent(connect("ghs_reads", hub.url, hub.repository, between_s=(0, 0)), run)
    assert "security-events: write" in raised.value.remedy
