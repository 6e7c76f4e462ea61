"""Text that a scanner takes for binary is there as text once more; what is binary stays alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgate.scan.text import HEAD, plain

SECRET = "key = AKIAQ3EGRT5Y7UXJ\n"


@pytest.mark.parametrize("name", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_wide_text_is_read(name):
    assert plain("a", (SECRET * 3).encode(name)).content == (SECRET * 3).encode()


@pytest.mark.parametrize("name", ["utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_a_wide_text_with_other_letters_is_read(name):
    text = f"# schlüssel für später\n{SECRET}"
    assert SECRET.encode() in plain("a", text.encode(name)).content


def test_a_broken_wide_text_is_read_as_far_as_it_goes():
    assert SECRET.encode() in plain("a", SECRET.encode("utf-16") + b"\0\xd8\0").content


@pytest.mark.parametrize("control", [b"\0", b"\x01", b"\x06", b"\x0b", b"\x0e", b"\x1a", b"\x1c", b"\x7f"])
def test_a_control_character_hides_nothing(control):
    found = plain("a", b"# " + control + b" x\n" + SECRET.encode()).content
    assert found.endswith(SECRET.encode())
    assert control not in found
    assert found.count(b"\n") == 2


def test_older_encodings_are_text():
    content = "# \x01 für später\n".encode("latin-1") * 3 + SECRET.encode() * 30
    assert SECRET.encode() in plain("a", content).content


@pytest.mark.parametrize(
    "content",
    [
        b"", SECRET.encode(), "é\r\n\t\f\x1b\b".encode(), b"\0" * 5_000, bytes(range(256)) * 20, b"\x01\x02",
        b"x" * HEAD + b"\x01", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(128, 256)) * 9,
    ],
)  # fmt: skip
def test_usual_text_and_what_is_no_text_have_no_other_form(content):
    assert plain("a", content) is None


@given(st.binary(max_size=600))
def test_whatever_it_is_the_form_is_text(content):
    if form := plain("a", content):
        assert plain("a", form.content) is None
        form.content.decode()


def test_a_large_file_takes_time_in_proportion():
    assert len(plain("a", b"\x01" + b"a" * 20_000_000).content) == 20_000_001
