"""One finding, for somebody who has never seen it: what is wrong, where, why it blocks, how to fix it."""

from collections.abc import Iterable, Sequence

from secgate.model import Action, Clause, Decision, Novelty, Step, Verdict
from secgate.report import about, safe, words
from secgate.report.page import Page
from secgate.report.terminal import SEVERITY

_NARROWEST = 40
_STYLE = {"block": "bold red", "warn": "yellow", "no": "dim", "applied": "green", "waived": "green"}
_RESULT = {
    "block": "blocks",
    "warn": "warns",
    "info": "is for information",
    "pass": "lets it pass",
    "no": "does not match",
    "exempt": "excepts it",
    "waived": "is lifted by",
    "below max": "matches, and is let through:",
}


def render(
    decision: Decision,
    verdict: Verdict,
    steps: Sequence[Step],
    ways: Iterable[str],
    *,
    width: int,
    color: bool,
    ascii_only: bool = False,
) -> str:
    """Return the explanation, ending with a newline.

    Args:
        decision: that the verdict is of.
        verdict: what was decided about the finding.
        steps: what each rule and waiver said.
        ways: what would let it pass beside its being fixed, the smallest first.
        width: columns of the terminal; fewer than 40 count as 40.
        color: whether escapes for colour may be used.
        ascii_only: for a stream that cannot take UTF-8.
    """
    page = Page(max(width, _NARROWEST), color=color)
    _what(page, verdict)
    _where(page, decision, verdict)
    _why(page, verdict, steps)
    _how(page, verdict, steps, ways)
    page.blank()
    page.entry([("policy  ", "dim")], [(safe.line(about.policy(decision)), "dim")])
    page.entry([("judged  ", "dim")], [(safe.line(f"{decision.now} by {decision.tool}"), "dim")])
    text = safe.commands(page.text())
    return safe.ascii_only(text) if ascii_only else text


def _what(page: Page, verdict: Verdict) -> None:
    finding = verdict.finding
    severity = finding.severity.value
    page.heading("What is wrong")
    page.entry([(f"  {severity.upper():<9} ", SEVERITY[severity])], [(safe.line(finding.title, 300), "bold")])
    if text := words.message(finding):
        page.entry([(" " * 12, "")], [(safe.line(text, 1_000), "")])
    kind = f"{words.CATEGORY[finding.category]}, found by {words.rule(finding)}"
    page.entry([(" " * 12, "")], [(safe.line(kind, 200), "dim")])
    if others := words.also(finding):
        page.entry([(" " * 12, "")], [(safe.line(others), "dim")])


def _where(page: Page, decision: Decision, verdict: Verdict) -> None:
    finding = verdict.finding
    page.heading("Where")
    subject = words.subject(finding)
    page.entry([("  ", "")], [(safe.path(words.place(finding.location)), "bold"),
                              (f"  {safe.line(subject, 100)}" if subject else "", "")])  # fmt: skip
    for one in finding.related:
        said = f"{words.place(one.location)}  {one.message}"
        page.entry([("  ", "")], [(safe.line(said, 300), "dim")])
    page.entry([("  ", "")], [(safe.line(_novelty(decision, finding.novelty)), "")])


def _novelty(decision: Decision, novelty: Novelty) -> str:
    if not decision.base:
        return "Nothing earlier was compared, so it counts as introduced."
    base = f"the base, commit {decision.base[:12]},"
    if novelty is Novelty.INTRODUCED:
        return f"This change introduces it: {base} does not have it."
    if novelty is Novelty.EXISTING:
        return f"It is not new: {base} has it too."
    return f"It is newly disclosed: {base} has it too, and it was published after that was committed."


def _why(page: Page, verdict: Verdict, steps: Sequence[Step]) -> None:
    blocks = verdict.action is Action.BLOCK
    page.heading("Why it blocks" if blocks else f"Why the verdict is {verdict.action.value}")
    if verdict.why:
        page.entry([("  ", "")], [(safe.line(verdict.why), "bold")])
    if not steps:
        page.entry([("  ", "")], [("No trace of it was kept, and its policy is not here.", "")])
    for step in sorted(steps, key=lambda one: (one.rule == "", one.result == "no", -_rank(one.result), one.rule)):
        _step(page, step)


def _rank(result: str) -> int:
    return Action(result).rank if result in set(Action) else 0


def _step(page: Page, step: Step) -> None:
    name = f"rule {step.rule}" if step.rule else f"waiver {step.waiver}" if step.waiver else f"VEX {step.vex}"
    said = _RESULT.get(step.result) or safe.line(step.result, 60)
    parts = [(safe.line(name, 120), "bold" if step.result != "no" else "dim"), (" ", ""),
             (said, _STYLE.get(step.result, ""))]  # fmt: skip
    parts += [(f" {safe.line(step.why, 300)}", "")] if step.why else []
    parts += [(f"  {safe.line(step.at, 200)}", "dim")] if step.at else []
    page.entry([("  ", "")], parts)
    if step.title:
        page.entry([("    ", "")], [(safe.line(step.title, 300), "")])
    for clause in step.clauses:
        _clause(page, clause)


def _clause(page: Page, clause: Clause) -> None:
    mark, style = ("✓", "green") if clause.ok else ("✗", "dim")
    value = f"  it is {safe.line(clause.value, 120)}" if clause.value else ""
    page.entry(
        [("    ", ""), (mark, style), (" ", "")],
        [(f"{safe.line(clause.path, 80)} {safe.line(clause.test, 300)}", "" if clause.ok else "dim"), (value, "dim")],
    )


def _how(page: Page, verdict: Verdict, steps: Sequence[Step], ways: Iterable[str]) -> None:
    finding = verdict.finding
    page.heading("How to fix it")
    fix, address = words.fix(finding), safe.url(finding.rule.help_uri)
    if not (address and fix == f"See {address}"):
        page.entry([("  ", "")], [(safe.line(fix, 1_000), "green")])
    if address:
        page.address([("  ", "")], "See ", address, "green")
    for step in steps:
        if step.help and step.rule in verdict.decided_by:
            page.entry(
                [("  ", "")], [(f"Rule {safe.line(step.rule, 100)} says: ", ""), (safe.line(step.help, 1_000), "green")]
            )
    ways = tuple(ways)
    if ways:
        page.heading("What else would let it pass")
    for text in ways:
        page.entry([("  - ", "dim")], [(safe.line(text, 600), "")])
