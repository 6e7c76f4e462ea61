"""Patience within a budget, nothing created twice, and errors that say what to change."""

import time

import pytest
import responses

from secgate.errors import PublishError
from secgate.github.client import asking, connect, remedy


def ask(repository):
    with asking("show the pull request", "pull-requests: read"):
        return repository.get_pull(7).title


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_what_only_reads_is_asked_again(hub, repository, slept, status):
    hub.fail("GET", "pulls/7", status, times=2)
    ask(repository)
    assert len(hub.sent("GET", "pulls/7")) == 3


@pytest.mark.parametrize("status", [403, 429, 500, 502, 503])
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}])
def test_what_creates_is_sent_once_whatever_goes_wrong(hub, pull, slept, status, headers):
    hub.fail("POST", "comments", status, times=9, headers=headers)
    with pytest.raises(PublishError), asking("show the comment", "pull-requests: write"):
        pull.create_issue_comment("x")
    assert len(hub.sent("POST")) == 1


def test_a_connection_that_breaks_during_a_post_does_not_repeat_it(hub, pull, slept):
    hub.meanwhile = lambda request: request.method == "POST" and 1 / 0
    broken = pytest.raises(PublishError, match="did not show the comment: ConnectionError")
    with broken, asking("show the comment", "pull-requests: write"):
        pull.create_issue_comment("x")
    assert len(hub.sent("POST")) == 1


def test_a_server_that_is_not_there_is_asked_again_only_for_what_may_be_repeated(slept):
    repository = connect("t", "http://127.0.0.1:1", "acme/shop", between_s=(0, 0))
    for method, tries in (("POST", 0), ("GET", 1)):
        slept.clear()
        with pytest.raises(PublishError), asking("do it", "x"):
            repository.requester.requestJsonAndCheck(method, "/repos/acme/shop/pulls/7/comments")
        assert bool([each for each in slept if each >= 1]) == bool(tries)


def test_it_waits_as_long_as_github_asks(hub, repository, slept):
    hub.fail("GET", "pulls/7", 429, headers={"Retry-After": "7"})
    ask(repository)
    assert [each for each in slept if each > 0.1] == [7]


@pytest.mark.parametrize("status", [403, 429])
def test_it_waits_for_the_next_hour_where_the_limit_is_spent(hub, repository, slept, status):
    said = {"message": "API rate limit exceeded for installation ID 1."}
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 30)}
    hub.fail("GET", "pulls/7", status, body=said, headers=spent)
    ask(repository)
    assert 29 <= max(slept) <= 32


@pytest.mark.parametrize("headers", [
    {"Retry-After": "3600"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 3600)},
])  # fmt: skip
def test_what_would_take_longer_than_the_budget_is_given_up(hub, repository, slept, headers):
    hub.fail("GET", "pulls/7", 403, body={"message": "API rate limit exceeded"}, headers=headers)
    with pytest.raises(PublishError, match="too long") as raised:
        ask(repository)
    assert "later" in raised.value.remedy
    assert max(slept, default=0) < 1


def test_the_budget_is_one_for_all_requests(hub, slept):
    repository = connect(hub.token, hub.url, hub.repository, budget_s=10, between_s=(0, 0))
    for wait in ("4", "11"):
        hub.fail("GET", "pulls/7", 429, headers={"Retry-After": wait})
    with pytest.raises(PublishError, match="asks to wait 11 s"):
        ask(repository)


def test_a_refusal_that_is_no_limit_is_not_asked_again(hub, repository, slept):
    hub.fail("GET", "pulls/7", 403, body={"message": "Resource not accessible by integration"})
    with pytest.raises(PublishError, match="403 Resource not accessible"):
        ask(repository)
    assert len(hub.sent("GET", "pulls/7")) == 1


@pytest.mark.parametrize(("status", "said", "word"), [
    (401, "Bad credentials", "SECGATE_PUBLISH_TOKEN"),
    (403, "Resource not accessible by integration", "workflow_run"),
    (403, "Code Security must be enabled for this repository", "Switch code scanning on"),
    (403, "You have exceeded a secondary rate limit", "later"),
    (404, "Not Found", "`pull-requests: write`"),
    (413, "Payload too large", "Scan less"),
    (422, "Validation Failed", "defect"),
    (502, "Bad Gateway", "later"),
    (0, "", "later"),
])  # fmt: skip
def test_each_refusal_has_a_remedy(status, said, word):
    assert word in remedy(status, said, "pull-requests: write")


def test_what_github_says_is_told(hub, repository, slept):
    hub.fail(
        "GET", "pulls/7", 422, body={"message": "Validation Failed", "errors": [{"message": "a"}, {"code": "b"}, "c"]}
    )
    with pytest.raises(PublishError, match="GitHub did not show the pull request: 422 Validation Failed; a; b; c"):
        ask(repository)


def test_the_token_is_in_no_error(hub, repository, slept, caplog):
    caplog.set_level("DEBUG")
    hub.fail("GET", "pulls/7", 401, body={"message": "Bad credentials"})
    with pytest.raises(PublishError) as raised:
        ask(repository)
    hub.url = "http://127.0.0.1:1"
    with pytest.raises(PublishError) as refused:
        ask(connect(hub.token, hub.url, "acme/shop", between_s=(0, 0)))
    for error in (raised.value, refused.value):
        assert hub.token not in f"{error!r} {error.message} {error.remedy} {error.__cause__!r}"
        assert error.__suppress_context__
    assert hub.token not in caplog.text


def test_a_page_of_another_host_is_not_asked_for(hub, repository, slept):
    hub.fail("GET", "files", 200, body=[{"filename": "a"}], headers={"Link": '<https://evil.example/x>; rel="next"'})
    with pytest.raises(PublishError, match="AssertionError"), asking("list the files", "x"):
        list(repository.get_pull(7).get_files())


@responses.activate
def test_an_enterprise_server_is_asked_below_its_own_address():
    url = "https://ghe.example:443/api/v3/repos/acme/shop/pulls/7"
    responses.get(url, json={"number": 7, "title": "x", "url": url})
    assert ask(connect("t", "https://ghe.example/api/v3", "acme/shop", between_s=(0, 0))) == "x"
    assert responses.calls[0].request.headers["Authorization"] == "token t"
