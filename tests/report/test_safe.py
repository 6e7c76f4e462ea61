import re

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from support.hostile import PIECES, UNSEEN, texts

from secgate.report import safe


def shown(markdown: str) -> list[tuple[str, str]]:
    """Return the kind and content of each piece of one Markdown line, as a renderer sees it."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"x {markdown} x")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    return [(token.type, token.content) for token in tokens[1].children or []]


@given(texts)
def test_a_line_cannot_move_the_cursor_or_give_a_command(text):
    result = safe.line(text)
    assert not UNSEEN.search(result)
    assert "\n" not in result
    assert not result.lstrip().startswith("::")
    assert "##[" not in result
    assert len(result) <= safe.LINE + 1


@given(texts)
def test_a_path_is_shown_without_unseen_characters(text):
    result = safe.path(text, 60)
    assert not UNSEEN.search(result)
    assert "\n" not in result
    assert not result.lstrip().startswith("::")
    assert "##[" not in result


@given(texts)
def test_whole_documents_give_no_commands(text):
    for line in re.split(r"[\r\n\x85\u2028\u2029]", safe.commands(text)):
        assert not line.strip().startswith("::")
        assert "##[" not in line


@given(texts)
def test_making_safe_twice_changes_nothing(text):
    assert safe.line(safe.line(text)) == safe.line(text)


def check_stays_text(text: str) -> None:
    for kind, content in shown(safe.markdown(text)):
        assert kind in {"text", "code_inline"} or content in {"<code>", "</code>"}
        if kind == "text":
            assert not re.search(r"@[A-Za-z0-9_-]|#[0-9]|GH-[0-9]|://|www\.", content, re.IGNORECASE)


@given(texts)
def test_markdown_stays_text(text):
    check_stays_text(text)


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_each_known_piece_stays_text_at_the_start_of_a_word_and_in_it(piece):
    check_stays_text(piece)
    check_stays_text(f"a{piece}b")


@given(texts)
def test_code_stays_code(text):
    result = safe.code(text)
    kinds = shown(result)[1:-1]
    inner = [content for kind, content in kinds if kind != "html_inline"]
    assert [content for kind, content in kinds if kind == "html_inline"] in (["<code>", "</code>"], [])
    assert "|" not in result.replace("\\|", "")
    assert all(not re.search(r"@[A-Za-z0-9_-]", content) for content in inner)


@given(texts)
def test_no_angle_bracket_of_others_is_left(text):
    result = safe.markdown(text) + safe.code(text)
    assert "<" not in result.replace("<code>", "").replace("</code>", "")


def test_code_shows_the_path_exactly():
    assert shown(safe.code("src/a b.py"))[1] == ("code_inline", "src/a b.py")
    inner = "".join(content for kind, content in shown(safe.code("a`|<b>*x*_y_.py")) if kind == "text")
    assert inner.strip("x ") == "a`|<b>*x*_y_.py"


def test_backticks_in_pairs_are_code_and_alone_are_text():
    assert safe.markdown("use `shlex.quote` here") == "use `shlex.quote` here"
    assert safe.markdown("one ` alone") == "one \\` alone"


@pytest.mark.parametrize(
    "address",
    ["https://example.org", "http://example.org:8080/a/b?c=d#e", "https://a-b.example.org/x_(y)"],
)
def test_plain_addresses_are_linked(address):
    kinds = MarkdownIt("commonmark").parseInline(safe.link("rule", address))[0].children
    assert kinds[0].type == "link_open"
    assert kinds[0].attrs["href"].replace("%28", "(").replace("%29", ")") == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https://github.com@evil.example/",
        "https://user:word@evil.example/",
        "https://example.org/ x",
        "https://example.org/\n",
        "https://example.org/\u202e",
        "https://example.org/<script>",
        'https://example.org/"x',
        "https://éxample.org/",
        "https:///x",
        "https://example.org/" + "a" * 600,
        "ftp://example.org",
        "",
    ],
)
def test_other_addresses_are_not_linked(address):
    assert safe.url(address) == ""
    assert safe.link("rule", address) == "rule"


def test_controls_are_written_out():
    assert safe.line("a\x1b[31mb\x9bc\u202ed\U000e0041") == "a\\x1b[31mb\\x9bc\\u202ed\\U000e0041"


def test_a_newline_in_a_path_is_seen_and_in_a_message_is_a_space():
    assert safe.path("a\nb") == "a\\x0ab"
    assert safe.line("a\n  b") == "a b"


def test_marks_do_not_pile_up():
    assert len(safe.line("e" + "\u0301" * 50)) == 4


def test_a_long_path_keeps_its_end():
    result = safe.path("a/" * 10_000 + "the_end.py", 40)
    assert len(result) == 40
    assert result.endswith("the_end.py")


def test_ascii_keeps_the_meaning():
    assert safe.ascii_only("━ a · b … é") == "= a | b ... \\xe9"
