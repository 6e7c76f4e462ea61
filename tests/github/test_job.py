"""Repository, number, ref and commit come from the event, and from nothing else."""

import json

import pytest

from secgate.errors import TrustError
from secgate.github.job import Job, job

SHA, HEAD = "c" * 40, "1" * 40
PULL = {
    "pull_request": {
        "number": 7, "draft": True, "state": "closed",
        "head": {"sha": HEAD, "ref": "change", "repo": {"full_name": "fork/shop"}},
    }
}  # fmt: skip
RUN = {
    "workflow_run": {
        "id": 41, "run_attempt": 2, "event": "pull_request", "head_sha": HEAD, "head_branch": "change",
        "head_repository": {"full_name": "fork/shop"},
    }
}  # fmt: skip


@pytest.fixture
def environ(tmp_path):
    def environ(name="pull_request", event=None, **changes):
        place = tmp_path / "event.json"
        place.write_text(json.dumps({"repository": {"full_name": "acme/shop"}} | (PULL if event is None else event)))
        return {
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(place), "GITHUB_SHA": SHA,
            "GITHUB_REF": "refs/pull/7/merge", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "40",
            "GITHUB_RUN_ATTEMPT": "3",
        } | changes  # fmt: skip

    return environ


def test_a_pull_request_of_a_fork(environ):
    one = job(environ())
    assert one == Job(
        "acme/shop", "pull_request", commit=SHA, ref="refs/pull/7/merge", run=40, attempt=3, number=7, head=HEAD,
        head_repository="fork/shop", head_branch="change", draft=True, closed=True,
    )  # fmt: skip
    assert one.fork
    assert one.uploads
    assert not one.reports
    assert one.order == (40, 3)


def test_a_pull_request_whose_fork_is_gone_is_one_of_a_fork(environ):
    event = {"pull_request": {"number": 7, "head": {"sha": HEAD, "repo": None}}}
    assert job(environ(event=event)).fork


def test_a_push_has_no_pull_request(environ):
    one = job(environ("push", {}, GITHUB_REF="refs/heads/main"))
    assert (one.number, one.ref, one.commit, one.uploads) == (0, "refs/heads/main", SHA, True)


@pytest.mark.parametrize("name", ["merge_group", "pull_request_target"])
def test_what_code_scanning_does_not_take_is_not_uploaded(environ, name):
    assert not job(environ(name, GITHUB_REF="refs/heads/gh-readonly-queue/main/pr-7-x")).uploads


def test_a_reporter_is_about_the_other_run(environ):
    one = job(environ("workflow_run", RUN, GITHUB_REF="refs/heads/main"))
    assert one == Job(
        "acme/shop", "workflow_run", run=41, attempt=2, head=HEAD, head_repository="fork/shop", head_branch="change"
    )
    assert one.reports
    assert not one.uploads


def test_a_reporter_of_a_push_is_about_no_pull_request(environ):
    one = job(environ("workflow_run", {"workflow_run": {**RUN["workflow_run"], "event": "push"}}))
    assert (one.head, one.number) == ("", 0)


@pytest.mark.parametrize("event", [
    {"pull_request": 7}, {"pull_request": {"number": "7", "head": {"sha": "../x", "repo": {"full_name": 7}}}},
    {"pull_request": {"number": True, "head": []}},
])  # fmt: skip
def test_another_shape_gives_nothing(environ, event):
    one = job(environ(event=event))
    assert (one.number, one.head, one.head_repository, one.draft) == (0, "", "", False)


def test_refs_and_commits_of_another_shape_are_none(environ):
    one = job(environ("push", {}, GITHUB_SHA="HEAD", GITHUB_REF="main", GITHUB_RUN_ID="x" * 30))
    assert (one.commit, one.ref, one.run, one.uploads) == ("", "", 0, False)


def test_an_enterprise_server(environ):
    one = job(environ(GITHUB_API_URL="https://ghe.example/api/v3", GITHUB_SERVER_URL="https://ghe.example/"))
    assert (one.api_url, one.server_url) == ("https://ghe.example/api/v3", "https://ghe.example")


@pytest.mark.parametrize("address", [
    "http://api.github.com", "https://x@evil.example", "ftp://x", "https://evil.example/?x", "", "http://127.0.0.1.evil:80",
])  # fmt: skip
def test_a_token_goes_to_no_other_address(environ, address):
    with pytest.raises(TrustError, match="GITHUB_API_URL"):
        job(environ(GITHUB_API_URL=address))


@pytest.mark.parametrize("changes", [
    {"GITHUB_ACTIONS": ""}, {"GITHUB_REPOSITORY": "evil/shop"}, {"GITHUB_EVENT_PATH": "/nowhere"},
])  # fmt: skip
def test_what_is_no_job_is_refused(environ, changes):
    with pytest.raises(TrustError):
        job(environ(**changes))


def test_a_repository_of_another_shape_is_refused(environ):
    with pytest.raises(TrustError):
        job(environ(event={"repository": {"full_name": "a/b/../c"}}, GITHUB_REPOSITORY="a/b/../c"))
