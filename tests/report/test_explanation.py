"""What `secgate explain` shows: what is wrong, where, why, how to fix it; whatever stands in it is harmless."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.factories import decision, finding, location, verdict
from support.hostile import UNSEEN, everywhere, texts

from secgate.model import Action, Clause, Related, Step
from secgate.report import explanation

ESCAPE = re.compile("\x1b\\[[0-9;]*m")
STEPS = (
    Step("severe", result="block", at="p.yaml:7", clauses=(Clause("severity", ">=high", True, "high"),)),
    Step("other", result="no", clauses=(Clause("category", "sca", False, "sast"),)),
    Step("old", result="waived", why="W-1"),
    Step(waiver="W-2", result="not applied", why="it expired 3 days ago"),
    Step(vex="a.json:3", result="not applied", why="neverFor kev"),
)


def flat(one, about, steps=STEPS, ways=(), **options):
    text = explanation.render(one, about, steps, ways, width=80, color=False, **options)
    return " ".join(text.split())


def test_rules_that_block_come_first_and_those_that_do_not_match_last():
    words = flat(decision(), verdict(), ways=["a waiver"])
    order = ["rule severe blocks p.yaml:7", "✓ severity >=high it is high", "rule old is lifted by W-1",
             "rule other does not match", "✗ category sca it is sast", "waiver W-2 not applied it expired 3 days ago",
             "VEX a.json:3 not applied neverFor kev", "What else would let it pass", "- a waiver"]  # fmt: skip
    places = [words.index(each.split(" it expired")[0]) for each in order if not each.startswith(("waiver", "VEX"))]
    assert places == sorted(places)
    assert all(each in words for each in order)


@pytest.mark.parametrize(
    ("changes", "base", "said"),
    [
        ({}, "", "Nothing earlier was compared"),
        ({}, "1" * 40, "This change introduces it: the base, commit 111111111111, does not have it."),
        ({"is_new": False}, "1" * 40, "It is not new"),
        ({"newly_disclosed": True}, "1" * 40, "It is newly disclosed"),
    ],
)
def test_what_it_is_to_the_base_is_said(changes, base, said):
    assert said in flat(replace(decision(), base=base), verdict(finding(**changes)))


def test_what_does_not_block_is_explained_too():
    words = flat(decision(), verdict(action=Action.PASS, why="waived by W-1"), steps=())
    assert "Why the verdict is pass" in words
    assert "waived by W-1" in words
    assert "its policy is not here" in words


def test_other_places_and_the_page_of_the_rule_are_named():
    about = finding(related=(Related(location("b.py", 3), "comes from here"),))
    words = flat(decision(), verdict(about))
    assert "b.py:3 comes from here" in words
    assert f"See {about.rule.help_uri}" in words


def test_ascii_only():
    assert flat(decision(), verdict(), ascii_only=True).isascii()


@given(texts, st.booleans(), st.sampled_from([40, 80]))
@settings(max_examples=40, deadline=None)
def test_hostile_text_is_harmless_wherever_it_stands(nasty, color, width):
    one = everywhere(nasty)
    clauses = (Clause(nasty, nasty, True, nasty),)
    steps = (Step(nasty, result="block", why=nasty, at=nasty, title=nasty, help=nasty, clauses=clauses),
             Step(waiver=nasty, result=nasty, why=nasty), Step(vex=nasty, result=nasty))  # fmt: skip
    for about in one.verdicts:
        text = explanation.render(one, about, steps, [nasty], width=width, color=color)
        plain = ESCAPE.sub("", text)
        assert not UNSEEN.search(plain)
        for line in plain.split("\n"):
            assert not line.strip().startswith("::")
            assert "##[" not in line
