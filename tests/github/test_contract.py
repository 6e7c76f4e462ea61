"""Every request that the client can send is one that GitHub's own OpenAPI document allows."""

import contextlib
import re

import pytest
from support import hub as double
from support import prism
from support.hub import BOT, Hub

from secgate.errors import PublishError
from secgate.github.alerts import send
from secgate.github.binding import branch, reading
from secgate.github.client import connect
from secgate.github.find import hold, pull_request
from secgate.github.job import Job
from secgate.github.review import Remark, review
from secgate.github.sticky import COMMENT_MAX, marker, stick

pytestmark = pytest.mark.slow
HEAD, MERGE = "1" * 40, "c" * 40
PATCH = "@@ -1,3 +1,9 @@\n a\n+b\n+c\n+d\n e"
WORDS = {"body": "2 findings to fix", "gone": "**No longer found**."}


def remark(number, path, line, end_line):
    return Remark(f"{number:032x}", path, line, end_line, "*Markdown* & more")


def everything(hub):
    """Let the client do whatever it can do."""
    repository = connect(hub.token, hub.url, hub.repository, between_s=(0, 0))
    refs = (
        (MERGE, "refs/pull/7/merge"),
        (MERGE, "refs/heads/main"),
        ("a" * 64, "refs/tags/v1"),
        (MERGE, "refs/heads/a/b"),
    )
    jobs = [
        Job("acme/shop", "pull_request", commit=sha, ref=ref, run=run, number=7, head=HEAD, head_repository="acme/shop")
        for run, (sha, ref) in enumerate(refs, 1)
    ]
    for job in jobs:
        pull = pull_request(repository, job)
        stick(pull, f"run {job.run}", "gate", BOT, job)
        places = ("app.py", 2, 2), ("app.py", 2, 4), ("bin", 1, 1)
        some = [remark(job.run * 10 + number, *place) for number, place in enumerate(places)]
        review(pull, some, WORDS, "gate", BOT, job)
        send(repository, b'{"version":"2.1.0","runs":[]}', job, sleep=lambda _: None)
    stick(pull, "x" * (COMMENT_MAX - len(marker("gate", jobs[-1]))), "gate", BOT, jobs[-1])
    # Another run's comment beside ours, which the newer one takes away.
    hub.write("twin" + marker("gate", jobs[0]))
    stick(pull, "again", "gate", BOT, jobs[-1])
    reporter = Job("acme/shop", "workflow_run", run=9, head=HEAD, head_repository="fork/shop", head_branch="a/b ü&x")
    with contextlib.suppress(PublishError):
        pull_request(repository, reporter)
    hold(repository, MERGE, reporter)
    reading(repository)
    hub.rules["main"] = [{"type": "creation"}] * 101
    for name in ("", "release/1", "a b?&#%2e"):
        branch(repository, name)


@pytest.fixture(scope="module")
def sent():
    """Return every different request."""
    with Hub() as hub:
        hub.pull(7, HEAD, files={"app.py": PATCH, "bin": None} | {f"f{number}": PATCH for number in range(120)})
        hub.commits = {MERGE: ["b" * 40, HEAD]}
        everything(hub)
        return {(one.method, one.path, one.query, repr(one.body)): one for one in hub.requests}.values()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with prism.serving(tmp_path_factory.mktemp("prism")) as url:
        yield url


def test_nothing_that_the_client_can_ask_is_left_out(sent):
    asked = {(one.method, one.path.removeprefix("/repos/acme/shop")) for one in sent}
    for method, pattern, _, _ in double._ROUTES:
        assert any(kind == method and re.fullmatch(pattern, path) for kind, path in asked), (method, pattern)


def test_each_request_is_allowed(sent, url):
    for one in sent:
        status, wrong = prism.ask(url, one.method, one.path, one.body, one.query)
        assert (wrong, status // 100) == ([], 2), (one.method, one.path, one.query, status, wrong)


@pytest.mark.parametrize(("method", "path", "change"), [
    ("POST", "sarifs", {"commit_sha": "abc"}), ("POST", "sarifs", {"ref": "main"}), ("POST", "sarifs", {"other": 1}),
    ("POST", "sarifs", {"sarif": None}), ("POST", "issues/7/comments", {"body": None}),
    ("POST", "reviews", {"event": "BLOCK"}), ("POST", "pulls/7/comments", {"path": None}),
    ("POST", "pulls/7/comments", {"subject_type": "word"}),
])  # fmt: skip
def test_a_request_that_is_not_allowed_is_noticed(sent, url, method, path, change):
    one = next(each for each in sent if each.method == method and each.path.endswith(path))
    body = {name: value for name, value in {**one.body, **change}.items() if value is not None}
    status, wrong = prism.ask(url, method, one.path, body)
    assert wrong or status >= 400
