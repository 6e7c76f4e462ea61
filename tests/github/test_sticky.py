"""One comment: found by marker and author, newest run's words, whatever happens at the same time."""

import contextlib
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.hub import BOT

from secgate.errors import PublishError
from secgate.github.client import connect
from secgate.github.sticky import COMMENT_MAX, marker, stick


def write(pull, job, body="BLOCKED", **more):
    return stick(pull, body, "gate", BOT, job, **more)


def test_the_first_run_writes_and_the_next_ones_edit(hub, pull, run):
    first = write(pull, run(5))
    assert write(pull, run(6), "PASS") == first
    assert [body.split()[0] for body in hub.bodies()] == ["PASS"]
    assert "run=6" in hub.bodies()[0]


def test_the_same_words_again_change_nothing(hub, pull, run):
    write(pull, run())
    write(pull, run())
    assert hub.sent("PATCH") == []


def test_it_is_found_behind_other_pages(hub, pull, run):
    for number in range(250):
        hub.write(f"comment {number}", "somebody")
    write(pull, run(5))
    for number in range(250):
        hub.write(f"comment {number}", "somebody")
    write(pull, run(6), "PASS")
    assert sum("secgate:gate" in body for body in hub.bodies()) == 1
    assert len(hub.sent("GET", "issues/7/comments")) > 8


def test_a_marker_that_somebody_else_planted_is_not_ours(hub, pull, run):
    planted = hub.write(f"PASS {marker('gate', run(99))}", "mallory")
    write(pull, run(5))
    assert hub.comments[planted]["body"].startswith("PASS")
    assert [one["user"]["login"] for one in hub.comments.values()] == ["mallory", BOT]


def test_a_marker_within_the_words_is_none(hub, pull, run):
    hub.write(f"{marker('gate', run(99))} and more")
    write(pull, run(5))
    assert len(hub.comments) == 2


def test_two_gates_have_a_comment_each(hub, pull, run):
    write(pull, run(5))
    stick(pull, "other", "nightly", BOT, run(5))
    assert len(hub.comments) == 2


@pytest.mark.parametrize(("older", "newer"), [((5, 1), (6, 1)), ((5, 1), (5, 2)), ((5, 9), (6, 1)), ((9, 1), (10, 1))])
def test_an_older_run_never_overwrites_a_newer(hub, pull, run, older, newer):
    write(pull, run(*newer), "NEWER")
    with pytest.raises(PublishError, match=f"run {newer[0]} is newer"):
        write(pull, run(*older), "OLDER")
    assert [body.split()[0] for body in hub.bodies()] == ["NEWER"]


def test_where_none_is_wanted_none_is_written(hub, pull, run):
    assert write(pull, run(), create=False) == ""
    assert hub.comments == {}


@pytest.mark.parametrize("mine", [5, 7])
def test_two_runs_at_once_leave_one_comment_with_the_newer_words(hub, pull, run, mine):
    """Between the first look and the own comment another run writes one, older or newer."""
    other = 6

    def meanwhile(request):
        if request.method == "GET" and not hub.sent("POST"):
            hub.meanwhile = None
            hub.write("THEIRS" + marker("gate", run(other)))

    hub.meanwhile = meanwhile
    if mine < other:
        with pytest.raises(PublishError, match="newer"):
            write(pull, run(mine), "MINE")
    else:
        write(pull, run(mine), "MINE")
    assert [body.split()[0] for body in hub.bodies()] == ["MINE" if mine > other else "THEIRS"]


@pytest.mark.parametrize("mine", [5, 7])
def test_a_comment_that_comes_right_after_the_own_one_is_settled_by_its_run(hub, pull, run, mine):
    """Both look, both write, then each looks again: whichever settles last, one is left."""
    other = 6
    theirs = connect(hub.token, hub.url, hub.repository, between_s=(0, 0)).get_pull(7)

    def meanwhile(request):
        if request.method == "POST" and len(hub.sent("POST")) == 1:
            hub.meanwhile = None
            hub.write("THEIRS" + marker("gate", run(other)))

    hub.meanwhile = meanwhile
    for job, body, pr in ((run(mine), "MINE", pull), (run(other), "THEIRS", theirs)):
        with contextlib.suppress(PublishError):  # the older one is told that it is older
            write(pr, job, body)
    assert [body.split()[0] for body in hub.bodies()] == ["MINE" if mine > other else "THEIRS"]


def test_runs_at_the_very_same_time_leave_one_comment(hub, run):
    def one(number):
        with contextlib.suppress(PublishError):
            write(
                connect(hub.token, hub.url, hub.repository, between_s=(0, 0)).get_pull(7), run(number), f"RUN{number}"
            )

    for first in range(10, 50, 10):
        hub.comments.clear()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, [first + 2, first, first + 3, first + 1]))
        assert len(hub.comments) == 1


@pytest.mark.parametrize("other", [4, 6])
def test_what_changes_between_the_look_and_the_edit_is_seen(hub, pull, run, other):
    write(pull, run(3))

    def meanwhile(request):
        if request.method == "GET" and request.path.endswith("/issues/7/comments"):
            hub.meanwhile = None
            next(iter(hub.comments.values()))["body"] = "THEIRS" + marker("gate", run(other))

    hub.meanwhile = meanwhile
    if other > 5:
        with pytest.raises(PublishError, match="run 6 is newer"):
            write(pull, run(5), "MINE")
    else:
        write(pull, run(5), "MINE")
    assert [body.split()[0] for body in hub.bodies()] == ["THEIRS" if other > 5 else "MINE"]


def test_an_older_run_that_writes_over_it_all_the_same_is_written_over(hub, pull, run):
    write(pull, run(3))

    def meanwhile(request):
        if request.method == "PATCH":
            hub.meanwhile = None
            next(iter(hub.comments.values()))["body"] = "OLDER" + marker("gate", run(4))

    hub.meanwhile = meanwhile
    write(pull, run(5), "MINE")
    assert [body.split()[0] for body in hub.bodies()] == ["MINE"]


def test_a_comment_that_was_written_although_github_says_no_is_not_written_again(hub, pull, run, slept):
    hub.fail("POST", "comments", 502, done=True)
    assert write(pull, run()).startswith("https://github.com/acme/shop/pull/7#issuecomment-")
    assert (len(hub.sent("POST")), len(hub.comments)) == (1, 1)


def test_a_comment_that_was_not_written_is_not_sent_again_but_told(hub, pull, run, slept):
    hub.fail("POST", "comments", 502)
    with pytest.raises(PublishError, match="502"):
        write(pull, run())
    assert (len(hub.sent("POST")), hub.comments) == (1, {})


def test_a_token_that_writes_as_somebody_else_is_told(hub, run):
    pull = connect("ghp_mallory", hub.url, hub.repository, between_s=(0, 0)).get_pull(7)
    with pytest.raises(PublishError, match="`mallory` wrote it") as raised:
        write(pull, run())
    assert raised.value.remedy.startswith("Give --author 'mallory'")


def test_the_token_of_a_fork_is_refused_with_its_remedy(hub, run):
    pull = connect("ghs_reads", hub.url, hub.repository, between_s=(0, 0)).get_pull(7)
    with pytest.raises(PublishError, match="403") as raised:
        write(pull, run())
    assert "workflow_run" in raised.value.remedy


def test_the_longest_comment_is_taken_and_one_character_more_is_not_sent(hub, pull, run):
    room = COMMENT_MAX - len(marker("gate", run()))
    write(pull, run(), "x" * room)
    assert len(hub.bodies()[0]) == COMMENT_MAX
    with pytest.raises(PublishError, match="65,537"):
        write(pull, run(6), "x" * (room + 1))
    assert len(hub.sent("PATCH")) == 0


def test_the_double_itself_refuses_one_character_more(hub, pull):
    pull.create_issue_comment("x" * COMMENT_MAX)
    with pytest.raises(Exception, match="too long"):
        pull.create_issue_comment("x" * (COMMENT_MAX + 1))


def test_the_marker_cannot_be_seen(run):
    assert re.fullmatch(r"\s<!-- [a-z0-9:= -]+ -->\s", marker("gate", run()))
