"""Text as an attacker would write it, and decisions that are full of it."""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from secgate.errors import SecgateError
from secgate.model import Action, Decision, EvidenceState, LeftOut, Severity, Sighting, Subject
from secgate.report import document
from support.factories import database, decision, evidence, finding, location, rule, unmet, verdict

UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\U000e0000-\U000e007f]"
)
"""What must never reach an output: controls except the newline, and what hides or reverses text."""

PIECES = [
    *("\x1b[31m", "\x1b[2J", "\x1b]8;;http://evil.example\x07", "\x9b2J", "\x00", "\r", "\n", "\u2028"),
    *("\u202e", "\u2066", "\u200b", "\ufeff", "\U000e0041", "::error::x", "::", "##[error]", "##[", "#"),
    *("<", ">", "&", "&lt;", "<script>", "</details>", "<!--", "-->", "`", "``", "```", "|", "[", "](", ")"),
    *("![x](http://evil.example)", "[x](http://evil.example)", "<http://evil.example>", "http://evil.example"),
    *("https://evil.example/a_b", "www.evil.example", "a@evil.example", "@octocat", "@org/team", "@"),
    *("#12", "org/repo#12", "GH-7", "\n\n# PASS\n", "\n- ", "\n---\n", "*", "_", "~~", "$", "\\", ":smile:", "[red]"),
    *(
        "\r::error::x",
        "\x85::error::x",
        "\x0b::add-mask::x",
        "\u2028##[error]x",
        "\x1b[0m::x::",
        "\xad",
        "\u061c",
        "\u3164",
    ),
    *("<!-- secgate -->", "\n[x]: http://evil.example\n", "\n| a |\n| - |\n", "<img src=x onerror=y>", "&#64;octocat"),
    *("a", "name", "a" * 90, " ", "  ", "é", "漢", "e\u0301", "1", ":", "/"),
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=15).map("".join)


def each(one: Decision, text: str) -> Iterator[Decision]:
    """Yield the decision with the text in place of each of its own in turn, as far as that can be read back.

    What a file of a decision can hold is what somebody else can write into it.
    """
    whole = json.loads(document.render(one))
    for holder, key in list(_texts(whole)):
        was = holder[key]
        holder[key] = text
        with contextlib.suppress(SecgateError):
            yield document.load(json.dumps(whole).encode())
        holder[key] = was


def _texts(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        if isinstance(part, str):
            yield value, key
        yield from _texts(part)


def everywhere(text: str) -> Decision:
    """Return a decision that holds the text wherever a scanner or a tree can put it."""
    found = finding(
        tool=text or "x",
        rule=rule(text, title=text, help_uri=text, help=text),
        message=text,
        fix=text,
        location=location(text),
        fingerprint=text,
        also=(Sighting(text, text, Severity.LOW),),
    )
    seen = evidence(
        label=text,
        version=text,
        reason=text,
        errors=(text,),
        unread=(text,),
        remedy=text,
        state=EvidenceState.PARTIAL,
        database=database(updated=text),
    )
    return decision(
        verdicts=(
            verdict(found, rules=(text,), why=text),
            verdict(finding(location=location(text), rule=rule(title=text)), Action.WARN),
        ),
        evidence=(seen,),
        requirements=(unmet(reason=text, remedy=text),),
        left_out=(LeftOut(text, text),),
        subject=Subject(text, text, text, text, included=(text,)),
        allowances=(text,),
        base=text,
    )
