"""A fork's run is found by its repository and commit, and its verdict must be about that commit."""

import pytest
from support.hub import Hub

from secgate.errors import PublishError, TrustError
from secgate.github.client import connect
from secgate.github.find import hold, pull_request
from secgate.github.job import Job

HEAD, MERGE = "2" * 40, "c" * 40
RUN = Job("acme/shop", "workflow_run", run=41, head=HEAD, head_repository="fork/shop", head_branch="change")


@pytest.fixture
def asked():
    with Hub() as hub:
        hub.pull(7)
        hub.pull(8, HEAD, repo="fork/shop")
        hub.pull(9, "3" * 40, repo="fork/shop", branch="other")
        hub.pull(10, HEAD, repo="fork/shop", state="closed")
        yield hub, connect("ghs_reads", hub.url, hub.repository, between_s=(0, 0))


def test_by_the_number_of_the_event(asked, run):
    assert pull_request(asked[1], run()).number == 7


def test_by_what_github_says_of_the_run(asked):
    assert pull_request(asked[1], RUN).number == 8
    assert "head=fork%3Achange" in asked[0].requests[-1].query


@pytest.mark.parametrize("change", [
    {"head": "4" * 40}, {"head_repository": "fork/other"}, {"head_branch": "x"}, {"head": ""}, {"head_repository": ""},
    {"head_branch": "change&head=acme:change"}, {"event": "push"},
])  # fmt: skip
def test_another_commit_or_repository_finds_nothing(asked, change):
    values = {name: getattr(RUN, name) for name in RUN.__dataclass_fields__}
    assert pull_request(asked[1], Job(**values | change)) is None


def test_a_fork_that_is_gone_finds_nothing(asked):
    hub, repository = asked
    hub.pull(8, HEAD, repo=None, owner="fork")
    assert pull_request(repository, RUN) is None


def test_two_of_one_commit_are_not_guessed(asked):
    hub, repository = asked
    hub.pull(11, HEAD, repo="fork/shop", base={"ref": "next"})
    with pytest.raises(PublishError, match="#8, #11 have one commit"):
        pull_request(repository, RUN)


def test_the_verdict_is_about_the_head_or_its_merge(asked):
    hub, repository = asked
    hub.commits = {MERGE: ["b" * 40, HEAD], "d" * 40: ["b" * 40, "e" * 40]}
    hold(repository, HEAD, RUN)
    hold(repository, MERGE, RUN)
    with pytest.raises(TrustError, match="is no merge of 222222222222"):
        hold(repository, "d" * 40, RUN)
    with pytest.raises(PublishError, match="404"):
        hold(repository, "f" * 40, RUN)
