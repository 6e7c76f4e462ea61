"""Remarks stand at lines that the diff shows, once, and say when they are no longer true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hub import BOT

from secgate.errors import PublishError
from secgate.github.diff import hunks, span
from secgate.github.review import FILES_MAX, LINES_MAX, Remark, Reviewed, review

PATCH = "@@ -1,3 +1,4 @@ def f():\n a\n+b\n-c\n+d\n e\n@@ -40,2 +41,2 @@\n x\n-y\n+z"
WORDS = {"body": "2 findings to fix", "gone": "**No longer found** as of 1234567."}


def remark(number=1, path="app.py", line=2, end_line=0, body="Do not."):
    return Remark(f"{number:032x}", path, line, end_line or line, body)


def say(pull, run, *remarks):
    return review(pull, remarks, WORDS, "gate", BOT, run())


def test_the_lines_of_a_diff_are_those_of_its_new_side():
    assert hunks(PATCH) == (range(1, 5), range(41, 43))
    assert hunks("@@ -0,0 +1 @@\n+only\n\\ No newline at end of file") == (range(1, 2),)
    assert hunks("@@ -1,2 +0,0 @@\n-a\n-b") == ()
    assert hunks("@@ -1,9 +1,9 @@\n a\n+b") == (range(1, 3),), "a cut patch shows what it shows"
    assert hunks("") == ()


@given(st.text(alphabet="@ +-0123456789,\n\\x", max_size=200))
def test_no_patch_breaks_it(text):
    for hunk in hunks(text):
        assert hunk.start >= 1
        assert len(hunk) >= 1


def test_a_span_stays_within_one_hunk():
    shown = hunks(PATCH)
    assert span(shown, 2, 3) == (2, 3)
    assert span(shown, 4, 41) == (4, 4)
    assert span(shown, 5, 41) is None


def test_one_review_with_all_remarks_at_lines_of_the_diff(hub, pull, run):
    hub.pull(7, files={"app.py": PATCH, "b.py": PATCH})
    came = say(pull, run, remark(1), remark(2, "b.py", 2, 4), remark(3, line=9), remark(4, "else.py"))
    assert came == Reviewed(2, 2, 0)
    (sent,) = hub.sent("POST")
    assert sent.body["event"] == "COMMENT"
    assert [(one["path"], one.get("start_line"), one["line"], one["side"]) for one in sent.body["comments"]] == [
        ("app.py", None, 2, "RIGHT"),
        ("b.py", 2, 4, "RIGHT"),
    ]


@pytest.mark.parametrize("line", [1, 4, 41, 42])
def test_the_first_and_the_last_line_of_a_hunk_are_taken_by_the_double(hub, pull, run, line):
    hub.pull(7, files={"app.py": PATCH})
    assert say(pull, run, remark(line=line)).shown == 1


@pytest.mark.parametrize("line", [5, 40, 43])
def test_the_lines_next_to_a_hunk_are_not_sent(hub, pull, run, line):
    hub.pull(7, files={"app.py": PATCH})
    assert say(pull, run, remark(line=line)) == Reviewed(0, 1, 0)
    assert hub.sent("POST") == []


def test_a_file_without_a_patch_gets_one_comment_on_the_file(hub, pull, run):
    hub.pull(7, files={"package-lock.json": None})
    assert say(pull, run, remark(1, "package-lock.json"), remark(2, "package-lock.json")) == Reviewed(1, 1, 0)
    (sent,) = hub.sent("POST")
    assert sent.path.endswith("/pulls/7/comments")
    assert (sent.body["subject_type"], sent.body["path"]) == ("file", "package-lock.json")
    assert sent.body["body"].startswith("Do not.")


def test_a_removed_file_gets_none(hub, pull, run):
    hub.pull(7, files={"app.py": PATCH})
    hub.files[7][0]["status"] = "removed"
    assert say(pull, run, remark()) == Reviewed(0, 1, 0)


def test_what_was_said_is_not_said_again(hub, pull, run):
    hub.pull(7, files={"app.py": PATCH})
    say(pull, run, remark(1), remark(2, line=3))
    assert say(pull, run, remark(1), remark(2, line=41)) == Reviewed(2, 0, 0)
    assert len(hub.reviews) == 1


def test_what_somebody_else_planted_does_not_silence_us(hub, pull, run):
    hub.pull(7, files={"app.py": PATCH})
    say(pull, run, remark(1))
    for one in hub.remarks.values():
        one["user"]["login"] = "mallory"
    say(pull, run, remark(1))
    assert len(hub.reviews) == 2


def test_what_is_gone_is_marked_once(hub, pull, run):
    hub.pull(7, files={"app.py": PATCH})
    say(pull, run, remark(1), remark(2, line=3))
    assert say(pull, run, remark(2, line=3)).gone == 1
    assert say(pull, run, remark(2, line=3)).gone == 0
    bodies = [one["body"] for one in hub.remarks.values()]
    assert sum(body.startswith(WORDS["gone"]) for body in bodies) == 1


def test_at_the_limits_all_are_said_and_one_more_is_counted(hub, pull, run):
    files = {f"f{number:02}.py": PATCH for number in range(LINES_MAX + 1)}
    hub.pull(7, files=files | {f"z{number:02}": None for number in range(FILES_MAX + 1)})
    some = [remark(number, f"f{number:02}.py") for number in range(LINES_MAX + 1)]
    whole = [remark(100 + number, f"z{number:02}") for number in range(FILES_MAX + 1)]
    assert say(pull, run, *some[:-1], *whole[:-1]) == Reviewed(LINES_MAX + FILES_MAX, 0, 0)
    hub.remarks.clear()
    assert say(pull, run, *some, *whole) == Reviewed(LINES_MAX + FILES_MAX, 2, 0)
    assert hub.reviews[1]["comments"][-1]["path"] == f"f{LINES_MAX - 1:02}.py", "the first ones, in order"


def test_files_come_in_pages(hub, pull, run):
    hub.pull(7, files={f"f{number:03}.py": PATCH for number in range(250)})
    assert say(pull, run, remark(1, "f249.py")).shown == 1
    assert len(hub.sent("GET", "/files")) == 3


def test_a_review_that_github_refuses_is_told_and_not_repeated(hub, pull, run, slept):
    hub.pull(7, files={"app.py": PATCH})
    hub.fail("POST", "reviews", 422, body={"message": "Unprocessable Entity", "errors": ["Line could not be resolved"]})
    with pytest.raises(PublishError, match="Line could not be resolved"):
        say(pull, run, remark())
    assert len(hub.sent("POST")) == 1
