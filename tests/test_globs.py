"""Globs mean the same however many wildcards they have, and take no time to speak of."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from secgate.globs import expression, matcher


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 30, "a" * 100 + "b"),
        ("**/" * 20 + "x", "a/" * 60 + "b"),
        ("**/*a*/" * 12 + "x", "aaaa/" * 60 + "b"),
        ("*?" * 20 + "x", "a" * 200),
    ],
)
def test_a_glob_of_many_wildcards_takes_no_time(glob, path):
    begun = time.perf_counter()
    assert not matcher([glob])(path)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("glob", "path", "meets"),
    [
        ("a/**/b*c*d", "a/bcd", True),
        ("a/**/b*c*d", "a/x/y/b1c2c3d", True),
        ("a/**/b*c*d", "a/x/b/cd", False),
        ("a/**/b/**/c", "a/b/b/x/b/c", True),
        ("a/**/b/**/c", "a/x/c", False),
        ("**/a/**/*.py", "a/b/c.py", True),
        ("a/**", "a", False),
        ("a/**", "a/.b/c", True),
        ("*ab*ab", "abab", True),
        ("*ab*ab", "ab", False),
        ("**/x?", "xy", True),
        ("a**b", "axb", True),
    ],
)
def test_what_a_glob_of_several_wildcards_meets(glob, path, meets):
    assert matcher([glob])(path) is meets


PARTS = some.lists(some.sampled_from(["a", "b.c", "*", "?", "**", "/", "."]), min_size=1, max_size=7).map("".join)
PATHS = some.lists(some.text("abc.", min_size=1, max_size=4), min_size=1, max_size=4).map("/".join)


@given(some.lists(PARTS, max_size=3), PATHS)
def test_many_globs_at_once_meet_what_one_of_them_meets(globs, path):
    assert matcher(globs)(path) is any(re.fullmatch(expression(one), path, re.DOTALL) is not None for one in globs)
