"""What a change did to the lines of a finding, which its fingerprint does not see."""

import time

import pytest
from support.factories import finding, location

from secgate.model import Category, Location
from secgate.scan.changed import Changed
from secgate.scan.mask import Mask

SECRET = finding(category=Category.SECRET, location=location("a.py", 2))


def changed(now, before, *values):
    return Changed({"a.py": now}.get, {"a.py": before}.get, Mask(values))


@pytest.mark.parametrize(
    ("now", "before", "is_changed"),
    [
        (b"x\nkey = 1\ny\n", b"x\nkey = 1\nz\n", False),
        (b"x\n  key = 1\n", b"key = 1\n", False),
        (b"x\nkey = 1\n", b"x\nkey = 2\n", True),
        (b"x\r\nkey = 1\r\n", b"x\rkey = 1\r", False),
        (b"x\nkey = 1\n", None, True),
        (None, b"x\nkey = 1\n", True),
    ],
)
def test_a_line_that_the_base_has_is_not_changed(now, before, is_changed):
    one = changed(now, before)
    assert one.lines(SECRET) is is_changed
    assert one.secret(SECRET) is is_changed
    # What is about no secret, on a line without one, is never a secret in the place of one.
    assert not one.secret(finding(location=location("a.py", 2)))


def test_lines_in_another_order_are_changed():
    several = finding(location=Location("a.py", 1, 2))
    assert changed(b"a\nb\n", b"b\na\n").lines(several)
    assert not changed(b"a\nb\n", b"x\na\nb\n").lines(several)


def test_of_what_is_about_something_else_only_the_lines_with_secrets_count():
    resource = finding(category=Category.IAC, location=Location("a.py", 1, 3))
    old = b'resource {\n  password = "first-Value-1"\n  size = 1\n}\n'
    same, other = old.replace(b"size = 1", b"size = 2"), old.replace(b"first-Value-1", b"other-Value-2")
    assert not changed(same, old, "first-Value-1").secret(resource)
    assert changed(other, old, "first-Value-1", "other-Value-2").secret(resource)


def test_what_is_about_a_whole_file_is_changed_with_it_and_only_a_secret_is_replaced_by_that():
    whole = Location("a.py", known=False)
    one = changed(b"token first-Value-1\nx\n", b"token first-Value-1\n", "first-Value-1")
    assert one.secret(finding(category=Category.SECRET, location=whole))
    assert one.lines(finding(category=Category.SCA, location=whole))
    assert not one.secret(finding(category=Category.SCA, location=whole))


def test_many_findings_in_one_long_file_take_no_time_to_speak_of():
    lines = b"".join(b"line %d with first-Value-1\n" % number for number in range(20_000))
    one, began = changed(lines, lines, "first-Value-1"), time.process_time()
    for number in range(1, 20_000):
        assert not one.secret(finding(location=Location("a.py", number, number + 5)))
    assert time.process_time() - began < 5
