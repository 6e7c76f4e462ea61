"""Annotations: ten of a kind at most, and no text of others becomes a command."""

import re

import pytest
from hypothesis import given, settings
from support.factories import decision, finding, location, many, rule, unmet, verdict
from support.hostile import UNSEEN, everywhere, texts

from secgate.model import Action, Severity
from secgate.report.annotations import EACH_MAX, MESSAGE_MAX, command, render, unpublished


def test_a_finding_stands_at_its_lines_with_what_to_do():
    (line,) = render(decision(verdicts=(verdict(finding(location=location(column=5, end_column=9))),)))
    assert line == (
        "::error file=shop/app.py,line=12,endLine=12,col=5,"
        "title=HIGH Subprocess popen with shell equals true (bandit%3AB602)::"
        "subprocess call with shell=True identified, security issue.%0A"
        "Fix: Pass the command as a list and leave out shell=True.%0Arule block-high"
    )


def test_a_finding_without_a_line_stands_at_its_file_and_one_without_a_file_nowhere():
    lines = render(decision(verdicts=(
        verdict(finding(location=location("a,b:c%.txt", known=False))), verdict(finding(location=location(""))),
    )))  # fmt: skip
    assert lines[0].startswith("::error file=a%2Cb%3Ac%25.txt,title=")
    assert lines[1].startswith("::error title=")


def test_gaps_come_first_and_are_errors():
    lines = render(decision(verdicts=(verdict(),), requirements=(unmet(),)))
    assert lines[0] == (
        "::error title=secgate%3A not checked::dependencies: trivy has no vulnerability database → "
        "Run `secgate tools update`."
    )


@pytest.mark.parametrize(("action", "most"), [(Action.BLOCK, EACH_MAX), (Action.WARN, EACH_MAX - 2)])
@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 20_000])
def test_at_ten_all_are_shown_and_one_more_is_counted(action, most, number):
    lines = render(decision(verdicts=many(number, action=action)))
    assert len(lines) == min(number, most)
    more = [line for line in lines if "more: see" in line]
    kind = "error" if action is Action.BLOCK else "warning"
    last = f"::{kind} title=secgate::and {number - most + 1:,} more: see the summary of this step"
    assert more == ([] if number <= most else [last])


def test_what_is_not_shown_has_its_own_place_among_the_ten():
    lines = render(decision(verdicts=many(30, action=Action.WARN))) + unpublished([("a: b", "c"), ("d", "")])
    assert lines[-1] == "::warning title=secgate%3A not shown on GitHub::a: b → c%0Ad"
    assert len(lines) == EACH_MAX - 1, "one is left to the action's own words"
    assert unpublished([]) == []


def test_all_together_stay_below_the_50_of_a_job():
    both = decision(verdicts=(*many(90), *many(90, action=Action.WARN)), requirements=(unmet(),) * 90)
    assert len(render(both) + unpublished([("a", "b")] * 90)) == 19


def test_each_kind_has_ten_of_its_own():
    both = (*many(30), *many(30, finding(severity=Severity.LOW), Action.WARN))
    lines = render(decision(verdicts=both, requirements=(unmet(),)))
    assert [sum(line.startswith(f"::{kind} ") for line in lines) for kind in ("error", "warning")] == [10, 8]
    assert "and 22 more" in lines[9], "a gap and 30 findings, nine of them shown"


@pytest.mark.parametrize("length", [MESSAGE_MAX, MESSAGE_MAX + 1])
def test_a_message_is_cut_where_github_cuts_it(length):
    message = command("error", "x", "y" * length).partition("::error title=x::")[2]
    assert len(message) == MESSAGE_MAX
    assert message.endswith("y" if length == MESSAGE_MAX else "…")


def test_nothing_breaks_out():
    nasty = "a\n::set-output name=x::y\r\n##[add-mask]z%0A::error::"
    line = command("error", nasty, nasty, file=nasty)
    assert "\n" not in line
    assert "\r" not in line
    assert "##[" not in line
    assert line.count("::") == line[2:].count("::") + 1
    assert "%250A" in line


@given(texts)
@settings(max_examples=60, deadline=None)
def test_hostile_text_is_harmless_wherever_it_stands(nasty):
    for line in render(everywhere(nasty)):
        assert re.match(r"::(error|warning) (file=[^,:]*,(line=\d+,endLine=\d+,)?(col=\d+,)?)?title=[^,:\n]*::", line)
        assert not UNSEEN.search(line)
        assert "##[" not in line


def test_a_rule_without_a_fix_says_where_to_look():
    about = finding(fix="", rule=rule(help_uri="https://example.org/x"))
    assert "Fix: See https://example.org/x" in render(decision(verdicts=(verdict(about),)))[0]
