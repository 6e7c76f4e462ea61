"""Content comes as it is, in the order of the questions, and never more of it than allowed."""

import contextlib
import random

import pytest
from support.repositories import blob, git, repository

from secgate import git as room
from secgate.errors import UsageError
from secgate.git.blobs import LOT


@pytest.fixture
def root(tmp_path):
    return repository(tmp_path / "root")


def test_many_large_answers_come_in_order_without_a_dead_lock(root):
    contents = [b"%d\n" % number * 40_000 for number in range(40)]
    ids = [blob(root, one) for one in contents]
    with room.opened(root) as one, room.reading(one, 1_000_000) as read:
        asked = ids * 10
        assert len(asked) > 2 * LOT
        assert all(found.content == contents[number % 40] for number, found in enumerate(read(asked)))


def test_what_is_missing_or_too_large_leaves_the_next_answers_whole(root):
    small, large, empty = blob(root, b"\nx\n"), blob(root, b"x" * 3_000_000), blob(root, b"")
    with room.opened(root) as one, room.reading(one, 100) as read:
        found = list(read([small, large, "0" * 40, empty, small]))
    assert [(each.kind, each.size, each.content) for each in found] == [
        ("blob", 3, b"\nx\n"),
        ("blob", 3_000_000, b""),
        ("missing", 0, b""),
        ("blob", 0, b""),
        ("blob", 3, b"\nx\n"),
    ]


@pytest.mark.parametrize("kept", [8, 50_000])
def test_a_damaged_object_is_never_given(root, kept):
    one = blob(root, random.Random(1).randbytes(100_000))
    place = root / ".git" / "objects" / one[:2] / one[2:]
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[:kept] + b"garbage" * 9)
    found = []
    with room.opened(root) as opened, contextlib.suppress(UsageError), room.reading(opened, 1_000_000) as read:
        found += read([one])
    assert [each.kind for each in found] in ([], ["missing"])


def test_attributes_and_settings_change_no_byte(root):
    (root / ".gitattributes").write_text("* text eol=crlf ident working-tree-encoding=UTF-16\n")
    git(root, "config", "core.autocrlf", "true")
    content = b"$Id$\nx\n"
    one = git(root, "hash-object", "-w", "--no-filters", "--stdin", given=content)
    with room.opened(root) as opened, room.reading(opened, 100) as read:
        assert next(read([one])).content == content
