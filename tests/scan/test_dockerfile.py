"""An instruction is told by its first line, wherever its first word ends."""

import time

import pytest

from secgate.scan.dockerfile import forms
from secgate.scan.plan import HEAD_BYTES


@pytest.mark.parametrize(
    ("content", "form", "lines"),
    [
        ("FROM\\\n debian:latest\nRUN x\n", "FROM debian:latest\nRUN x\n", (1, 3)),
        ("FR\\\n# a\n\nOM debian\nRUN a \\\n  curl\\\n  b\n", "FROM debian\nRUN a \\\n  curl\\\n  b\n", (1, 5, 6, 7)),
        ("# escape=`\nFROM`\r\n a\n", "# escape=`\nFROM a\n", (1, 2)),
        ("FROM scratch\n\\\nFROM\\\n a\n", "FROM scratch\nFROM a\n", (1, 2)),
        (f"# {'x' * HEAD_BYTES}\nFROM a\n", "FROM a\n", (2,)),
        ("ENV a=\x0b\x0c\x1d\x85\u2028b\nUS\\\nER c\n", "ENV a=\x0b\x0c\x1d\x85\u2028b\nUSER c\n", (1, 2)),
    ],
)
def test_words_are_joined_and_lines_are_told_of_their_own(content, form, lines):
    (found,) = forms("Dockerfile", content.encode())
    assert (found.suffix, found.content.decode(), found.lines, found.instead) == (
        ".joined.Dockerfile",
        form,
        lines,
        True,
    )


@pytest.mark.parametrize(
    "content", ["FROM a\nRUN b \\\n  c\\\n  d \\\n  e\n", "", "# a", "FROM a\nRUN b &&\\\n c\n", "a\\\n"]
)
def test_other_lines_that_go_on_are_nothing_special(content):
    assert list(forms("Dockerfile", content.encode())) == [] or content == "a\\\n"
    assert list(forms("app.py", b"FROM\\\n a\n")) == []


def test_what_goes_on_for_ever_takes_time_in_proportion():
    for half in (b"A", b" ", b"RUN"):
        start = time.process_time()
        list(forms("Dockerfile", b"FROM a\n" + (half + b"\\\n") * 300_000))
        assert time.process_time() - start < 10
