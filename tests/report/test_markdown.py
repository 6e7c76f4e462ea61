import html
import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
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
from support.hostile import UNSEEN, each, everywhere, texts

from secgate.model import Action, Category, Comparison, EvidenceState, LeftOut, Severity, Sighting, Step, WaiverUse
from secgate.report import unjudged
from secgate.report.markdown import LIMIT_BYTES, render
from secgate.report.site import Site

OURS = {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<br>"}


def tokens(markdown: str):
    """Return every token of the document, inline ones too, as a renderer sees it."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        yield token
        yield from token.children or ()


def seen(markdown: str) -> str:
    """Return what a reader sees, as one line."""
    page = MarkdownIt("commonmark").enable("table").render(markdown)
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())


blocked = decision(
    verdicts=(
        verdict(finding(also=(Sighting("semgrep", "python.shell-true", Severity.HIGH),))),
        verdict(vulnerability()),
        *many(30, finding(severity=Severity.LOW), Action.WARN),
    )
)
both = decision(
    verdicts=blocked.verdicts,
    evidence=(
        evidence(),
        evidence(
            scanner="trivy", label="trivy", category=Category.SCA, state=EvidenceState.MISSING, reason="no database"
        ),
    ),
    requirements=(requirement(), unmet()),
    left_out=(LeftOut("big.bin", "larger than 10 MB"),),
)


def test_the_verdict_comes_first():
    lines = render(both).splitlines()
    assert lines[0] == "## secgate: BLOCKED and INCOMPLETE"
    assert lines[2:7] == [
        "> [!CAUTION]",
        "> **BLOCKED**: 2 findings block · 30 warn",
        "",
        "> [!CAUTION]",
        "> **INCOMPLETE**: dependencies were not checked",
    ]


def test_a_pass_without_findings_is_short():
    words = seen(render(decision()))
    assert words.startswith("secgate: PASS [!TIP] PASS : no findings shop · 12 files · working tree at 9c1d2e3f4a5b")
    assert "fix before" not in words
    assert "to do now" not in words
    assert render(decision()).count("<details>") == 1
    assert "What was checked: 1 check, nothing is missing" in words


def test_the_counts_add_up():
    table = [line for line in render(both).splitlines() if line.startswith("|")][:5]
    assert table == [
        "| Findings | High | Low | All |",
        "| :-- | --: | --: | --: |",
        "| Block | 2 | 0 | 2 |",
        "| Warn | 0 | 30 | 30 |",
        "| All | 2 | 30 | 32 |",
    ]


def test_a_finding_says_everything():
    words = seen(render(blocked))
    assert (
        "shop/app.py HIGH · line 12 · Subprocess popen with shell equals true ( bandit:B602 ) "
        "subprocess call with shell=True identified, security issue. "
        "Fix: Pass the command as a list and leave out shell=True. Why it blocks: rule block-high · "
        "id 1f2e3d4c5b6a · also semgrep:python.shell-true"
    ) in words
    assert "HIGH · lodash 4.17.20 · lodash: command injection" in words


def test_a_message_that_repeats_the_title_is_left_out():
    about = finding(message="Subprocess popen with shell equals true.")
    assert seen(render(decision(verdicts=(verdict(about),)))).count("Subprocess popen") == 1


def test_rules_are_linked():
    links = [token.attrs["href"] for token in tokens(render(blocked)) if token.type == "link_open"]
    assert links == [finding().rule.help_uri, vulnerability().rule.help_uri, finding().rule.help_uri]


def test_a_fix_that_is_only_a_page_is_a_link():
    one = decision(verdicts=(verdict(finding(fix="", rule=rule(help_uri="https://example.org/x"))),))
    assert "**Fix:** [see the rule](https://example.org/x)" in render(one)


def test_warnings_can_be_opened():
    text = render(blocked)
    inside = text[text.index("<details>") : text.index("</details>")]
    assert "<summary>30 warnings from 1 rule</summary>" in inside
    assert "**LOW** · 30 findings · Subprocess popen" in inside
    assert "and 27 more" in inside


def test_warnings_from_before_the_change_are_folded_by_themselves():
    warned = tuple(verdict(finding(rule=rule(f"r{at}"), is_new=at == 2), Action.WARN) for at in range(3))
    text = render(decision(verdicts=warned))
    assert "<summary>1 warning from 1 rule</summary>" in text
    assert "<summary>2 warnings from before this change, by 2 rules</summary>" in text


def test_what_is_incomplete_comes_with_its_remedy():
    words = seen(render(both))
    assert "Dependencies : trivy has no vulnerability database How to change that: Run secgate tools update ." in words
    assert words.rindex("What was not checked") < words.rindex("to fix before")


def test_evidence_says_why_it_is_not_complete():
    errors = ("a", "b", "c", "d")
    one = decision(evidence=(evidence(state=EvidenceState.PARTIAL, reason="no", errors=errors, database=database()),))
    assert "| code | bandit 1.9.4 | **partial** | 12 of 12 | 2026-11-24 | no<br>a<br>b<br>c<br>and 1 more line |" in (
        render(one)
    )
    assert "Nothing: no scanner ran." in render(decision(evidence=()))


def test_left_out_policy_and_allowances_are_named():
    text = render(decision(left_out=both.left_out, allowances=("--report-only",)))
    assert "- larger than 10 MB · 1 file: `big.bin`" in text
    assert "policy recommended 1.0.0 (`sha256:" + "ab" * 32 + "`)" in text
    assert "> **ALLOWED** by the caller: --report-only · the exit code is 0" in text


def test_every_meaning_has_a_word():
    assert all(ord(letter) < 0x2000 or letter == "…" for letter in render(both).replace("\u200b", ""))


@pytest.mark.parametrize("count", [0, 1, 20, 20_000])
@pytest.mark.parametrize("action", [Action.BLOCK, Action.WARN])
def test_it_fits_and_says_how_many_are_missing(count, action):
    text = render(decision(verdicts=many(count, action=action), requirements=(unmet(),)))
    assert len(text.encode()) <= LIMIT_BYTES
    missing = re.search(r"\*\*([0-9,]+) findings that block are not shown", text)
    shown = text.count("**Why it blocks:**")
    expected = count if action is Action.BLOCK else 0
    assert shown + (int(missing[1].replace(",", "")) if missing else 0) == expected
    assert "INCOMPLETE" in text
    assert "What was checked" in text
    assert "with policy" in text


@pytest.mark.parametrize("action", [Action.BLOCK, Action.WARN])
def test_at_its_length_it_is_whole_and_one_byte_less_is_cut_and_says_so(action):
    rules = tuple(verdict(finding(rule=rule(f"B{number}"), is_new=False), action) for number in range(60))
    one = decision(verdicts=rules, requirements=(unmet(),), left_out=both.left_out)
    whole = render(one, limit_bytes=10**7)
    length = len(whole.encode())
    assert "not shown here" not in whole
    assert render(one, limit_bytes=length) == whole
    cut = render(one, limit_bytes=length - 1)
    assert len(cut.encode()) < length
    assert cut.count("not shown here") == 1


def test_a_summary_of_a_mebibyte_holds_what_a_comment_cannot():
    one = decision(verdicts=many(20_000))
    shown = [render(one, limit_bytes=limit).count("**Why it blocks:**") for limit in (65_000, 1_048_576)]
    assert shown[0] > 150
    assert shown[1] > 2_500


def test_what_the_policy_says_of_the_rules_that_decided_is_said_once():
    trace = (Step("severe", result="block", title="No *shells*", help="Pass a list."), Step("x", title="Unasked"))
    one = verdict(decided_by=("severe",), trace=trace)
    text = render(decision(verdicts=(one, one)))
    assert seen(text).count("Rule severe: No *shells*. Pass a list.") == 1
    assert "Unasked" not in text


def test_each_finding_is_in_one_group():
    verdicts = (
        verdict(), verdict(action=Action.WARN), verdict(action=Action.INFO), verdict(action=Action.PASS),
        verdict(finding(is_new=False), Action.PASS),
        verdict(finding(is_new=False), Action.PASS, waived_by=("W-1",), why="waived by W-1"),
        verdict(finding(suppressed_at_base=True), Action.PASS, why="suppressed"),
        verdict(finding(is_new=False), waived_by=("W-1",)),
        verdict(finding(suppressed_inline=True), Action.PASS, why="suppressed"),
    )  # fmt: skip
    text = render(decision(verdicts=verdicts, waivers=(WaiverUse("W-1", "active", "2027-03-31"),)))
    rows = dict(re.findall(r"(?m)^\| ([A-Z][a-z ]+) \| .* \| (\d+) \|$", text))
    assert rows == {
        "Block": "2", "Warn": "1", "Information": "1", "Waived": "3", "Existing": "1", "Below the threshold": "1",
        "All": "9",
    }  # fmt: skip
    assert "2 findings block · 1 warns · 1 for information · 3 waived · 1 from before · 1 below" in seen(text)
    assert "1 finding by waiver W-1 until 2027-03-31 · bandit:B602: shop/app.py:12" in seen(text)
    assert "1 finding by a comment that stands at the base" in seen(text)
    assert "1 finding by a comment, which the policy allows" in seen(text)
    assert "1 finding from before this change, by 1 rule" in seen(text)
    assert text.count("it was there before this change") == 1


def test_what_a_statement_lifts_what_is_fixed_and_what_became_known_is_told():
    verdicts = (
        verdict(finding(newly_disclosed=True)),
        verdict(vulnerability(), Action.PASS, vex=".secgate/vex/app.json:7", why="not affected"),
    )
    text = seen(render(decision(verdicts=verdicts, fixed=(finding(), vulnerability()))))
    assert "1 finding by VEX statement .secgate/vex/app.json:7 · trivy:CVE-2021-23337" in text
    assert "2 findings fixed by this change, by 2 rules" in text
    assert text.count("it was there before this change, and became known after that") == 1


def test_what_it_was_compared_with_and_what_was_not_looked_at_there_is_told():
    gaps = (evidence(state=EvidenceState.FAILED, reason="it crashed"),)
    text = seen(render(decision(verdicts=(verdict(),), base="b" * 40, comparison=Comparison(gaps=gaps, lost=2))))
    assert "Compared with commit bbbbbbbbbbbb: 1 introduced · 2 of the base where nobody looked now" in text
    assert "Not looked at in full at the base, so that it counts as introduced bandit it crashed" in text
    assert "Compared with" not in seen(render(decision()))


SITE = Site("https://github.com/acme/shop", "c" * 40, "1" * 40, "https://github.com/acme/shop/actions/runs/4")


def test_on_github_it_links_to_the_judged_lines():
    odd = finding(location=location("a b/(x)#1.py", 3, end_line=5))
    text = render(decision(verdicts=(verdict(), verdict(odd))), site=SITE)
    links = [token.attrs["href"] for token in tokens(text) if token.type == "link_open"]
    assert f"{SITE.repository}/blob/{'c' * 40}/shop/app.py#L12" in links
    assert f"{SITE.repository}/blob/{'c' * 40}/a%20b/%28x%29%231.py#L3-L5" in links
    assert "Judged commit cccccccccccc , the merge of 111111111111 , in this run , on 2026-11-25" in seen(text)


def test_what_must_be_known_about_the_verdict_stands_beside_it():
    text = render(decision(), site=Site(notes=("The change could have written this.",)))
    assert "> [!WARNING]\n> The change could have written this.\n" in text


def test_what_to_do_is_said_once_and_only_where_there_is_something_to_do():
    assert "What to do now" not in render(decision(verdicts=(verdict(action=Action.WARN),)))
    steps = re.findall(r"(?m)^\d\. (.*)$", render(both))
    assert len(steps) == 3
    assert len(re.findall(r"(?m)^\d\. ", render(decision(requirements=(unmet(),))))) == 1


def test_without_a_verdict_it_is_as_loud_as_a_block():
    text = unjudged.render("exit code 137: `kill` @somebody", "More memory.", SITE)
    assert text.startswith("## secgate: INCOMPLETE\n\n> [!CAUTION]\n> **INCOMPLETE**: there is no verdict")
    assert "Why: exit code 137: kill @" in seen(text)
    assert "What to do now: More memory." in seen(text)
    assert "@somebody" not in text


def test_what_is_not_shown_on_github_is_said():
    assert unjudged.unpublished([]) == ""
    text = unjudged.unpublished([("GitHub did not show the comment: 403", "Add `x`."), ("b", "")])
    assert "The verdict stands all the same. GitHub did not show the comment: 403 Add x . b" in seen(text)


@pytest.mark.parametrize("limit", [0, 6_000, 7_000, 10_000, 60_000])
def test_whatever_the_limit_the_cut_is_clean(limit):
    rules = tuple(verdict(finding(rule=rule(f"B{number}")), Action.WARN) for number in range(300))
    one = decision(
        verdicts=(*many(300), *rules),
        evidence=(evidence(reason="x" * 900, state=EvidenceState.PARTIAL, errors=("y" * 900,) * 20),) * 50,
        requirements=(unmet(reason="z" * 2000),) * 30,
        left_out=tuple(LeftOut(f"f{number}", f"reason {number}") for number in range(200)),
        allowances=("a" * 900,) * 9,
    )
    text = render(one, limit_bytes=limit)
    assert len(text.encode()) <= max(limit, 6_000)
    assert text.count("<details>") == text.count("</details>")
    assert text.endswith("`).\n")
    missing = ("gaps", "findings that block", "checks", "rules that warn", "reasons")
    assert limit > 10_000 or all(f"{noun} are not shown here" in text for noun in missing)
    assert text == render(one, limit_bytes=limit)


@given(texts)
@settings(max_examples=60, deadline=None)
def test_hostile_text_is_harmless_wherever_it_stands(nasty):
    text = render(everywhere(nasty))
    harmless(text)
    headings = [token.tag for token in tokens(text) if token.type == "heading_open"]
    assert headings == ["h2", "h3", "h3", "h4", "h3"]


@pytest.mark.parametrize("number", [1, 20, 21, 300])
@pytest.mark.parametrize("limit", [6_000, 20_000, LIMIT_BYTES])
def test_after_20_that_block_the_others_are_folded_and_all_are_accounted_for(number, limit):
    rules = tuple(verdict(finding(rule=rule(f"B{one}")), Action.WARN) for one in range(300))
    text = render(decision(verdicts=(*many(number), *rules), requirements=(unmet(),) * 9), limit_bytes=limit)
    missing = sum(int(one) for one in re.findall(r"\*\*(\d+) findings that block are not shown", text))
    assert text.count("**Why it blocks:**") + missing == number
    open_ones, fold, _ = text.partition("more finding")
    assert bool(fold) is (number > 20)
    assert open_ones.count("**Why it blocks:**") <= 20
    assert limit < LIMIT_BYTES or f"{number - 20} more finding" in text or number <= 20


# Short, because of some texts only the beginning is shown.
@pytest.mark.parametrize("nasty", ["@o #1 <b>", "![x](//e.co)", "\x1b[2J\u202e##[a", "<!-- @o"])
def test_no_text_of_a_decision_is_anything_but_text(nasty):
    one = decision(
        verdicts=(verdict(), verdict(vulnerability(), Action.WARN)), requirements=(unmet(),), base="b" * 40,
        left_out=(LeftOut("big.bin", "larger than 10 MB"),), waivers=(WaiverUse("W-1", "active", "2027-03-31", 1, 1),),
    )  # fmt: skip
    made = list(each(one, nasty))
    assert len(made) > 30
    for each_of in made:
        harmless(render(each_of, site=Site("https://github.com/acme/shop", "c" * 40, "1" * 40)))


def harmless(text):
    """Say that a text of Markdown gives no commands, notifies nobody, and holds no markup but ours."""
    assert not UNSEEN.search(text)
    for line in text.split("\n"):
        assert not line.strip().startswith("::")
        assert "##[" not in line
    code = False
    for token in tokens(text):
        if token.type in {"html_inline", "html_block"}:
            assert set(re.findall("<[^>]*>", token.content)) <= OURS
            code = token.content == "<code>"
        assert token.type not in {"image", "fence", "code_block"}
        if token.type == "link_open":
            assert re.match(r"https?://[a-z.]+", token.attrs["href"])
        if token.type == "text" and not code:
            assert not re.search(r"@[A-Za-z0-9]|#[0-9]|GH-[0-9]|://|www\.", token.content)
