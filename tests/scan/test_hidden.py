"""What a reviewer does not see in source is told, and what languages need is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgate.scan.hidden import BIDIRECTIONAL, HIDDEN, MAX_EACH, is_source, notices, unseen

RLO, LRI, RLI, FSI, PDI, PDF, RLE = "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u202c", "\u202b"
ZWSP, ZWNJ, ZWJ, FILLER, VS1, VS16, VS17 = "\u200b", "\u200c", "\u200d", "\u3164", "\ufe00", "\ufe0f", "\U000e0100"
TAGGED = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all rules")


def rules(text, path="a.py"):
    return [(one.rule, one.line) for one in notices(path, text.encode())]


@pytest.mark.parametrize(
    "line",
    [
        f'if level != "user{RLO} {LRI}// Check if admin{PDI} {LRI}":',
        f"/*{RLO} }} {LRI}if (isAdmin){PDI} {LRI} begin admins only */",
        f"'''Subtract funds then {RLI}''' ;return",
        f'x = "{RLI}a" + b # {PDI}',
        f'x = "{RLI}a{PDF}" + b',
        f'x = "{RLE}a" + b{PDF}',
        f"{RLI}/* a */ b",
        f"x = '{LRI * 200}'",
    ],
)
def test_order_that_reaches_beyond_a_text_is_told(line):
    assert rules(f"a\n{line}\nb\n") == [(BIDIRECTIONAL, 2)]


@pytest.mark.parametrize(
    "line",
    [
        f"x = '{FSI}{{name}}{PDI}'",
        f"x = '{RLE}שלום{PDF} world'",
        f"# {RLI}שלום{PDI} and more",
        f"# {RLE}שלום",
        f"x = '{LRI}a{RLI}b{PDI}c{PDI}'",
        f"x = 'a{PDI}{PDF}'",
        "x = 'שלום עולם' + b  # مرحبا \u200f(a)\u200e",
    ],
)
def test_order_within_one_text_or_comment_is_usual(line):
    assert rules(f"a\n{line}\nb\n") == []


@pytest.mark.parametrize(
    "line",
    [
        f"is{ZWSP}_admin = 1",
        f"e{ZWJ}val(x)",
        f"is{ZWNJ}{ZWJ}_admin",
        "e\u00adval(x)",
        f"const {{ a, {FILLER} }} = b",
        f"f('{VS17 * 30}')",
        f"x = '{VS1}{VS16}'",
        f"x{VS16} = 1",
        f"x = '☺{VS16}{VS17}'",
        f"x = '{TAGGED}'",
        f"x = '\U0001f3f4{TAGGED}'",
        f"x = '{ZWSP}{ZWNJ}{ZWSP}{ZWNJ}'",
        "x = '\x1b[2K'",
        "x = '\x1b[8m'",
        "x = `\x1b[`",
        "x = `\x1b`",
        "x = 'a\x7fb'",
        "x = 1\b\b\b",
        "def \u0430dmin(): pass",
        "\u0440assword = 1",
        "os.\u0435val(x)",
    ],
)
def test_what_has_no_shape_is_told_with_its_line(line):
    assert rules(f"a\r\n{line}\r\nb\n") == [(HIDDEN, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffx = 1\n",
        f"x = 'می{ZWNJ}خواهم'",
        "x = '👨\u200d👩\u200d👧 ❤️ 1️⃣ #️⃣ 🏳️\u200d🌈'",
        "x = '🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f'",
        "x = '葛\U000e0100 ᠠ\u180b क्\u200dष'",
        "x = 'ᄀ\u1160ᆨ'",
        "format = 'D/\u200fM/\u200fYYYY'",
        f"# see{ZWSP} https://example.org/ {ZWSP}",
        "# Cоздать, web-сайт, сoгласен",
        "Δx = 5  # μs, σ_x, Ωmega",
        "x = 'a\tb\fc\u00a0d…'",
        "x = '\x1b[0m', '\x1b[m', '\x1b', \"\x1b[\"",
        "x = '\x7f-\u009f'",
    ],
)
def test_what_languages_and_emoji_need_is_usual(text):
    assert rules(text) == []


@pytest.mark.parametrize(
    "path",
    ["a.js", "b/Dockerfile", "Makefile", "a.tf", ".github/workflows/a.yml", "a.ipynb", "Dockerfile.prod", "A.PS1"],
)
def test_source_has_many_names(path):
    assert rules(f"e{ZWSP}val", path) == [(HIDDEN, 1)]


def test_a_program_is_source_under_any_name_and_a_text_is_not():
    assert rules(f"#!/bin/sh\ne{ZWSP}val", "deploy") == [(HIDDEN, 2)]
    assert rules(f"e{ZWSP}val", "notes.md") == []


@pytest.mark.parametrize(
    "path", ["index.html", "deploy/values.yaml", "pyproject.toml", "package.json", "setup.cfg", "x.YML"]
)
def test_what_decides_how_something_runs_is_looked_into_but_for_the_hyphens_of_translations(path):
    assert [one.rule for one in notices(path, "is\u200b_admin: \u202etrue\n".encode())] == [
        "bidirectional-text", "hidden-characters"
    ]  # fmt: skip
    assert notices(path, "Donau\u00addampf\u00adschiff\n".encode()) == []
    assert not is_source(path, b"")


def test_the_message_names_the_characters():
    (one,) = notices("a.py", f"x{ZWSP}{ZWNJ}y".encode())
    assert one.message == "Something that has no shape stands here: U+200B, U+200C."


def test_after_so_many_lines_only_their_number_is_told():
    found = notices("a.py", f"a{ZWSP}b{ZWSP}c\n".encode() * (MAX_EACH + 7))
    assert [one.line for one in found] == list(range(1, MAX_EACH + 1))
    assert found[-1].message.endswith("So it is on 7 more lines.")
    assert len(notices("a.py", f"a{ZWSP}b\n".encode() * MAX_EACH)) == MAX_EACH


@given(
    st.text(
        st.sampled_from([RLO, LRI, PDI, PDF, ZWSP, ZWJ, VS16, FILLER, "a", "\u0430", '"', "\n", "(", "\U000e0041", "1"])
    )
)
def test_notices_come_in_order_once_for_each_line(text):
    found = [(one.rule, one.line) for one in notices("a.py", text.encode())]
    assert found == sorted(set(found))
    assert bool(list(unseen(text))) <= any(rule == HIDDEN for rule, _ in found)


@pytest.mark.parametrize(
    "part", [LRI, LRI + PDI, ZWSP, f"a{ZWSP}", VS16, FILLER, "\u0430a", "\U000e0041", "\u0430", '"']
)
def test_one_long_line_takes_time_in_proportion(part):
    content = (LRI + PDI + part * 100_000).encode()
    start = time.process_time()
    assert len(notices("a.js", content)) <= 2
    assert time.process_time() - start < 3
