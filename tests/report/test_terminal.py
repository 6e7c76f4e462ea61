import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from support.factories import (
    database,
    decision,
    evidence,
    finding,
    location,
    many,
    requirement,
    rule,
    unmet,
    verdict,
    vulnerability,
)
from support.hostile import UNSEEN, everywhere, texts

from secgate.model import (
    Action,
    Category,
    Clause,
    Comparison,
    EvidenceState,
    LeftOut,
    OnMissing,
    Outcome,
    Severity,
    Sighting,
    Step,
    Subject,
)
from secgate.report.terminal import LIMIT, render
from secgate.report.words import NEXT_STEPS

ESCAPE = re.compile("\x1b\\[[0-9;]*m")


def text(one, *, width=80, color=False, **options) -> str:
    return render(one, width=width, color=color, **options)


def flat(one, **options) -> str:
    """Return the report as one line, because a test of its words is none of its line breaks."""
    return " ".join(text(one, **options).split())


blocked = decision(
    verdicts=(
        verdict(finding(also=(Sighting("semgrep", "python.shell-true", Severity.HIGH),))),
        verdict(vulnerability()),
        *many(30, finding(severity=Severity.LOW), Action.WARN),
    )
)
missing = evidence(
    scanner="trivy",
    category=Category.SCA,
    state=EvidenceState.MISSING,
    expected=2,
    unread=("a.lock", "b.lock"),
    reason="there is no database",
)
both = decision(
    verdicts=blocked.verdicts, evidence=(evidence(), missing), requirements=(requirement(), unmet()),
    left_out=(LeftOut("big.bin", "larger than 10 MB"),),
)  # fmt: skip


def test_the_verdict_stands_first_and_last():
    lines = text(both).splitlines()
    assert lines[1:3] == lines[-3:-1]
    assert lines[1].split(maxsplit=1) == ["BLOCKED", "2 findings block · 30 warn"]
    assert lines[2].split(maxsplit=1) == ["INCOMPLETE", "dependencies were not checked"]


def test_blocked_and_incomplete_are_equally_large():
    first, second = render(both, width=80, color=True).splitlines()[1:3]
    assert first.count("\x1b[1") == second.count("\x1b[1") == 2


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (decision(), ["PASS   no findings"]),
        (decision(verdicts=many(1, action=Action.WARN)), ["PASS   nothing blocks · 1 warns"]),
        (decision(verdicts=many(1)), ["BLOCKED   1 finding blocks"]),
        (decision(verdicts=many(1234)), ["BLOCKED   1,234 findings block"]),
        (
            decision(verdicts=(*many(1, action=Action.INFO), *many(2, action=Action.PASS))),
            ["PASS   nothing blocks · 1 for information · 2 below the threshold"],
        ),
        (
            decision(verdicts=many(2, action=Action.WARN), outcome=Outcome.BLOCKED, fail_on=Action.WARN),
            ["BLOCKED   2 findings block"],
        ),
        (
            decision(requirements=(unmet(), unmet(category=Category.SECRET), unmet(category=Category.IAC))),
            ["INCOMPLETE   dependencies, secrets and infrastructure were not checked", "             no findings"],
        ),
        (decision(requirements=(unmet(applicable=False),)), ["PASS   no findings"]),
        (
            decision(requirements=(unmet(category=Category.SAST),)),
            ["INCOMPLETE   code was not checked in full", "             no findings"],
        ),
        (
            decision(requirements=(unmet(category=Category.GATE, reason="only src/api was judged"),)),
            ["INCOMPLETE   only src/api was judged", "             no findings"],
        ),
        (
            decision(verdicts=many(1), requirements=(unmet(), unmet(category=Category.GATE, reason="only src/api"))),
            ["BLOCKED      1 finding blocks", "INCOMPLETE   dependencies were not checked", " " * 13 + "only src/api"],
        ),
        (decision(outcome=Outcome.INCOMPLETE), ["INCOMPLETE   not everything was checked", "             no findings"]),
        (
            decision(requirements=(unmet(),), exit=0, allowances=("--allow",)),
            [
                "INCOMPLETE   dependencies were not checked",
                "             no findings",
                "ALLOWED      --allow · the exit code is 0",
            ],
        ),
        (
            decision(requirements=(unmet(id="code", on_missing=OnMissing.WARN),)),
            ["PASS   no findings", "ALLOWED   not met, and let through by the policy: code"],
        ),
    ],
)  # fmt: skip
def test_the_verdict_in_words(one, said):
    assert [line[1:].rstrip() for line in text(one, quiet=True).splitlines()[1:-1]] == said


def test_a_finding_says_what_where_why_and_how_to_fix_it_in_this_order():
    words = flat(blocked)
    order = [
        "HIGH Subprocess popen with shell equals true",
        "subprocess call with shell=True identified",
        "where shop/app.py:12",
        "why rule block-high",
        "fix Pass the command as a list",
        "id 1f2e3d4c5b6a · found by bandit:B602, also semgrep:python.shell-true",
        "secgate explain ID",
    ]
    places = [words.index(each) for each in order]
    assert places == sorted(places)


def test_where_it_is_takes_the_form_that_its_tool_knows():
    several, nowhere = finding(location=location(end_line=15)), finding(location=location("a.tf", known=False))
    words = flat(decision(verdicts=(verdict(several), verdict(nowhere))))
    assert "where shop/app.py:12-15 why" in words
    assert "where a.tf why" in words


def test_a_dependency_names_its_package_and_the_version_that_fixes_it():
    words = flat(decision(verdicts=(verdict(vulnerability(fix="")),)))
    assert "HIGH lodash: command injection" in words
    assert "where web/package-lock.json · lodash 4.17.20" in words
    assert "fix Upgrade lodash to 4.17.21." in words


@pytest.mark.parametrize(
    ("about", "fix"),
    [
        (finding(fix="", rule=rule(help="Use a list.")), "fix Use a list."),
        (finding(fix="", rule=rule(help_uri="https://example.org/b602")), "fix See https://example.org/b602"),
        (finding(fix="", rule=rule(help_uri="")), "fix bandit names no fix."),
    ],
)
def test_there_is_always_a_word_about_the_fix(about, fix):
    assert fix in flat(decision(verdicts=(verdict(about),)))


def test_findings_of_one_file_stand_together():
    here, there = finding(), finding(location=location("other.py"))
    words = text(decision(verdicts=(verdict(here), verdict(there), verdict(finding(location=location(line=99))))))
    assert words.index("shop/app.py:12") < words.index("shop/app.py:99") < words.index("other.py")


def test_why_says_what_the_rule_met_in_the_finding():
    met = (Clause("severity", ">=high", True, "high"), Clause("category", "sast", True, "sast"),
           Clause("scope", "introduced", True, "introduced"))  # fmt: skip
    trace = (Step("severe", result="block", clauses=met), Step("other", result="no"))
    one = decision(verdicts=(verdict(decided_by=("severe",), trace=trace),))
    said = "why rule severe: severity high (>=high), category sast, "
    assert f"{said}nothing earlier to compare with" in flat(one)
    assert f"{said}introduced by this change" in flat(replace(one, base="1" * 40))


def test_what_the_policy_says_of_the_rules_that_decided_is_said_once():
    trace = (Step("severe", result="block", title="No shells", help="Pass a list."), Step("x", title="Unasked"))
    one = verdict(decided_by=("severe",), trace=trace)
    said = flat(decision(verdicts=(one, one)))
    assert said.count("rule severe: No shells. Pass a list.") == 1
    assert "Unasked" not in said


def test_what_it_is_to_the_base_is_counted_and_what_is_fixed_is_listed():
    gap = evidence(state=EvidenceState.FAILED, reason="ended with exit code 9")
    one = decision(
        verdicts=(verdict(), verdict(finding(is_new=False), Action.PASS), verdict(finding(newly_disclosed=True))),
        base="1" * 40, comparison=Comparison(gaps=(gap,), lost=2), fixed=(finding(), finding()),
    )  # fmt: skip
    words = flat(one)
    assert (
        "commit 111111111111 · 1 introduced · 1 newly disclosed · 1 existing · 2 fixed · 2 of the base where" in words
    )
    assert "Fixed: 2 findings that only the base has" in words
    assert "The base was not looked at in full" in words
    assert "bandit ended with exit code 9" in words
    assert "compared with" not in flat(replace(one, base=""))


def test_why_a_verdict_was_moved_is_said():
    assert "why rule a; b · its waiver has expired" in flat(
        decision(verdicts=(verdict(rules=("a", "b"), why="its waiver has expired"),))
    )


def test_many_blocking_findings_are_cut_and_counted():
    words = text(decision(verdicts=many(LIMIT + 5)))
    assert words.count("bandit:B602") == LIMIT
    assert "… and 5 more: --verbose shows them" in words
    assert text(decision(verdicts=many(LIMIT + 5)), verbose=True).count("bandit:B602") == LIMIT + 5
    assert text(decision(verdicts=many(9)), limit=4).count("bandit:B602") == 4


def test_warnings_are_condensed_by_rule():
    words = flat(blocked)
    assert "30 warnings from 1 rule" in words
    assert "LOW 30x Subprocess popen with shell equals true bandit:B602 src/part_000/app.py:1 and 29 more" in words


def test_of_a_change_only_new_warnings_are_listed_and_the_others_counted():
    warned = tuple(verdict(finding(rule=rule(f"r{at}"), is_new=at == 2), Action.WARN) for at in range(3))
    words = flat(replace(decision(verdicts=warned), base="1" * 40))
    assert "3 warnings, 1 new" in words
    assert "r2" in words
    assert "r1" not in words
    assert "2 warnings about what the base has too" in words
    assert "3 warnings from 3 rules" in flat(decision(verdicts=warned))


def test_many_rules_that_warn_are_cut_and_counted():
    rules = tuple(verdict(finding(rule=rule(f"B{number}")), Action.WARN) for number in range(150))
    words = flat(decision(verdicts=rules))
    assert "150 warnings from 150 rules" in words
    assert "… and 140 more" in words
    assert "bandit:B149" not in words
    assert "bandit:B149" in flat(decision(verdicts=rules), verbose=True)


def test_verbose_shows_what_neither_blocks_nor_warns():
    one = decision(verdicts=many(3, action=Action.INFO))
    assert "bandit:B602" not in text(one)
    assert "3 findings below warning" in flat(one, verbose=True)
    assert "src/part_033/app.py:3" in flat(one, verbose=True)


def test_the_evidence_is_a_table():
    one = decision(evidence=(evidence(expected=1204, database=database()), evidence(scanner="x", label="x")))
    words = flat(one, seconds={"bandit/python": 0.61})
    assert "code bandit 1.9.4 ok 1,204 of 1,204 2026-11-24 0.6 s" in words
    assert "code x 1.9.4 ok 12 of 12 policy" in words


def test_evidence_without_anything_to_read_says_so():
    one = decision(evidence=(evidence(state=EvidenceState.NOT_APPLICABLE, expected=0),))
    assert "not-applicable nothing to read" in flat(one)


def test_columns_without_a_word_are_left_out():
    assert "Database" not in text(decision())
    assert "Time" not in text(decision())


def test_evidence_that_is_not_complete_says_why():
    errors = ("a.py: syntax error", "b", "c", "d")
    one = decision(evidence=(evidence(state=EvidenceState.PARTIAL, unread=("a.py",) * 5, errors=errors, reason="no"),))
    words = flat(one)
    assert "bandit 1.9.4: no" in words
    assert "7 of 12" in words
    assert "not read a.py, a.py, a.py and 2 more" in words
    assert "it says a.py: syntax error" in words
    assert "and 1 more line" in words
    assert "it says d" in flat(one, verbose=True)


def test_what_is_missing_comes_with_its_remedy():
    words = flat(both)
    assert "dependencies: trivy has no vulnerability database fix Run `secgate tools update`." in words


def test_a_reason_that_a_requirement_tells_is_told_once():
    skipped = evidence(category=Category.SCA, state=EvidenceState.MISSING, expected=0, reason="was left out")
    words = flat(decision(evidence=(skipped,), requirements=(unmet(reason="bandit was left out"),)))
    assert words.count("was left out") == 1
    assert "dependencies bandit 1.9.4 missing none" in words


def test_an_address_is_never_broken():
    long = "https://example.org/" + "a" * 100
    assert long in text(decision(verdicts=(verdict(finding(fix="", rule=rule(help_uri=long))),)))


def test_a_narrowed_scan_says_so():
    assert "shop · only src/api · 3 files" in text(decision(subject=Subject("shop", scope="src/api", files=3)))


def test_no_evidence_at_all_is_said():
    assert "Nothing: no scanner ran." in text(decision(evidence=()))


def test_a_remedy_that_no_requirement_tells_is_told_by_the_evidence():
    one = decision(evidence=(evidence(state=EvidenceState.FAILED, remedy="Install it again."),))
    assert "fix Install it again." in flat(one)


def test_what_was_left_out_is_counted_by_reason():
    left = (*(LeftOut(f"v{number}.mp4", "too large") for number in range(5)), LeftOut("link", "leaves the root"))
    words = flat(decision(left_out=left))
    assert "Left out: 6 files that no scanner saw as they are" in words
    assert "5 too large v0.mp4, v1.mp4, v2.mp4 and 2 more" in words
    assert "1 leaves the root link" in words


def test_policy_and_day_are_named():
    assert "policy recommended 1.0.0 (sha256:abababababab) judged 2026-11-25 by secgate 0.1.0" in flat(decision())


def test_a_first_report_says_what_to_do_next():
    assert NEXT_STEPS[0] in flat(blocked)
    assert "What to do next" not in text(decision())
    known = decision(verdicts=(*blocked.verdicts, verdict(finding(is_new=False), Action.WARN)))
    assert "What to do next" not in text(known)


def test_quiet_is_the_verdict_only():
    assert len(text(both, quiet=True).splitlines()) == 4


@pytest.mark.parametrize("width", [1, 40, 80, 120])
@pytest.mark.parametrize("verbose", [False, True])
def test_no_line_is_wider_than_the_terminal(width, verbose):
    for line in text(both, width=width, verbose=verbose).splitlines():
        assert cell_len(line) <= max(width, 40)


def test_colour_adds_escapes_and_nothing_else():
    assert ESCAPE.sub("", text(both, color=True)) == text(both)
    assert "\x1b" not in text(both)
    assert "\x1b" in text(both, color=True)


def test_ascii_only():
    assert text(both, ascii_only=True).isascii()
    assert " BLOCKED      2 findings block | 30 warn" in text(both, ascii_only=True)


@pytest.mark.parametrize("name", ["NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "TERM", "JUPYTER_COLUMNS"])
def test_the_environment_changes_nothing(monkeypatch, name):
    before = text(both, color=True)
    monkeypatch.setenv(name, "dumb" if name == "TERM" else "1")
    assert text(both, color=True) == before


@given(texts, st.booleans(), st.sampled_from([40, 80]))
@settings(max_examples=60, deadline=None)
def test_hostile_text_is_harmless_wherever_it_stands(nasty, color, width):
    one = everywhere(nasty)
    result = text(one, color=color, width=width, verbose=True)
    plain = ESCAPE.sub("", result)
    assert not UNSEEN.search(plain)
    for line in plain.split("\n"):
        assert not line.strip().startswith("::")
        assert "##[" not in line
        assert cell_len(line) <= width + 1 or "fix  See http" in line
