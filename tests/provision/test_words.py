import pytest

from secgate.provision.words import quote


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("two\nlines\tand  blanks\r\n", "two lines and blanks"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07\x9b2J", r"\x1b]0;title\x07\x9b2J"),
        ("abc\u202edef\u200b", r"abc\u202edef\u200b"),
        ("::set-output name=x::y", ": :set-output name=x: :y"),
        ("##[error]x", "## [error]x"),
        ("https://me:secret@host/x and http://t@h", "https://***@host/x and http://***@h"),
        ("größer → 你好", "größer → 你好"),
        ("bad \udcff byte", r"bad \udcff byte"),
    ],
)
def test_quoted_words_are_harmless(text, shown):
    assert quote(text) == shown


def test_the_end_of_a_long_text_is_kept_from_a_whole_word_on():
    assert quote("one two three four", 12) == "… three four"
    assert len(quote("word " * 1000)) <= 301
