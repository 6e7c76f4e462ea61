"""The report for a person at a terminal: the verdict, what is wrong, where, why it blocks, how to fix it.

The verdict stands first and again last, because terminals scroll. Blocked and incomplete are equally loud. Every
meaning has a word; colour only repeats it. All text of others passes through `safe`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from secgate.model import Action, Decision, Verdict
from secgate.report import about, looked, reasons, safe, words
from secgate.report.page import DEEP, Page

LIMIT = 40
"""How many blocking findings are shown in full."""

_ROWS = 10
_NARROWEST = 40
_WORD = {"BLOCKED": "bold white on red", "INCOMPLETE": "bold black on yellow", "PASS": "bold black on green"}
_RULE = {"BLOCKED": "red", "INCOMPLETE": "yellow", "PASS": "green"}
SEVERITY = {
    "critical": "bold bright_red",
    "high": "bright_red",
    "unknown": "magenta",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
}


def render(
    decision: Decision,
    *,
    width: int,
    color: bool,
    seconds: Mapping[str, float] = MappingProxyType({}),
    verbose: bool = False,
    quiet: bool = False,
    limit: int = LIMIT,
    ascii_only: bool = False,
) -> str:
    """Return the report, ending with a newline.

    Args:
        decision: what to show.
        width: columns of the terminal; fewer than 40 count as 40.
        color: whether escapes for colour may be used; nothing else depends on it.
        seconds: wall time by `scanner/command`, as far as it is known.
        verbose: show every finding and every path.
        quiet: show the verdict only.
        limit: how many blocking findings are shown in full, unless `verbose`.
        ascii_only: for a stream that cannot take UTF-8.
    """
    page = Page(max(width, _NARROWEST), color=color)
    _banner(page, decision)
    if not quiet:
        page.line(safe.line(about.judged(decision)), "dim")
        if text := about.compared(decision):
            page.line(safe.line(f"compared with {about.base(decision)} · {text}"), "dim")
        _findings(page, decision, len(decision.verdicts) if verbose else limit, verbose=verbose)
        _fixed(page, decision, verbose=verbose)
        looked.write(page, decision, seconds, verbose=verbose)
        _reminders(page, decision, verbose=verbose)
        if words.nothing_known(decision):
            _next_steps(page)
        _footer(page, decision)
        _banner(page, decision)
    text = safe.commands(page.text())
    return safe.ascii_only(text) if ascii_only else text


def _findings(page: Page, decision: Decision, limit: int, *, verbose: bool) -> None:
    _blocking(page, words.blockers(decision), limit, decision.base)
    _warnings(page, decision, verbose=verbose)
    if verbose:
        _others(page, words.of(decision, Action.INFO, Action.PASS))


def _banner(page: Page, decision: Decision) -> None:
    said = words.statements(decision)
    across = max(len(each.word) for each in said)
    page.blank()
    page.ruler(_RULE[said[0].word])
    for each in said:
        label = f" {each.word.ljust(across)} "
        page.entry([(label, _WORD.get(each.word, "")), ("  ", "")], [(safe.line(each.text), "bold")])
    if text := words.allowed(decision):
        page.entry([(f" {'ALLOWED'.ljust(across)} ", "bold reverse"), ("  ", "")], [(safe.line(text), "")])
    page.ruler(_RULE[[each.word for each in said if each.word][-1]])


def _blocking(page: Page, verdicts: tuple[Verdict, ...], limit: int, base: str) -> None:
    if not verdicts:
        return
    page.heading(f"{words.plural(len(verdicts), 'finding')} to fix before this can pass")
    for group in words.by_file(verdicts[:limit]).values():
        for verdict in group:
            _finding(page, verdict, base)
            page.blank()
    _more(page, len(verdicts) - limit)
    for name, text in reasons.rules_say(verdicts)[:limit]:
        page.entry([(f"rule {safe.line(name, 100)}: ", "bold")], [(safe.line(text, 500), "")])
        page.blank()
    page.line(
        "secgate explain ID says more about one; secgate waive ID writes a waiver. Both read what --json wrote.", "dim"
    )
    page.blank()


def _finding(page: Page, verdict: Verdict, base: str) -> None:
    """Say what is wrong, where, why it blocks and how to fix it, in this order."""
    finding = verdict.finding
    severity = finding.severity.value
    page.entry([(f"  {severity.upper():<10}", SEVERITY[severity])], [(safe.line(finding.title, 200), "bold")])
    if text := words.message(finding):
        page.entry([(" " * DEEP, "")], [(safe.line(text), "")])
    about_it = safe.line(words.subject(finding), 100)
    page.labelled("where", safe.path(words.span(finding.location)) + (f" · {about_it}" if about_it else ""), "bold")
    page.labelled("why", safe.line(reasons.because(verdict, base)))
    fix, address = words.fix(finding), safe.url(finding.rule.help_uri)
    if address and fix == f"See {address}":
        page.address([(f"{'fix':>{DEEP - 2}}  ", "dim")], "See ", address, "green")
    else:
        page.labelled("fix", safe.line(fix), "green")
    by = [safe.line(words.rule(finding), 160), safe.line(words.also(finding))]
    known = [safe.line(finding.fingerprint[:12]), f"found by {', '.join(filter(None, by))}"]
    page.labelled("id", " · ".join(filter(None, known)), "dim")


def _more(page: Page, number: int) -> None:
    if number > 0:
        page.line(f"… and {number:,} more: --verbose shows them, --markdown FILE and --json FILE keep them.")
    page.blank()


def _warnings(page: Page, decision: Decision, *, verbose: bool) -> None:
    """List warnings by rule; what the base has too is only counted, unless everything is asked for."""
    verdicts = words.warnings(decision)
    if not verdicts:
        return
    counted = () if verbose or not decision.base else tuple(one for one in verdicts if not one.finding.is_new)
    told = tuple(one for one in verdicts if one.finding.is_new) if counted else verdicts
    groups = list(words.by_rule(told).items())
    which = f", {len(told):,} new" if counted else f" from {words.plural(len(groups), 'rule')}"
    page.heading(words.plural(len(verdicts), "warning") + which)
    shown = groups if verbose else groups[:_ROWS]
    for (severity, _, _), group in shown:
        _row(page, severity, group, len(group) if verbose else 1)
    if counted:
        page.line(f"… and {words.plural(len(counted), 'warning')} about what the base has too: --verbose shows them.")
    _more(page, len(told) - sum(len(group) for _, group in shown))


def _row(page: Page, severity: str, group: list[Verdict], named: int) -> None:
    first = group[0].finding
    places = [safe.path(words.place(verdict.finding.location)) for verdict in group[:named]]
    rest = f" and {len(group) - named:,} more" if len(group) > named else ""
    page.entry(
        [(f"  {severity.upper():<8} ", SEVERITY[severity]), (f"{len(group):>5,}x  ", "")],
        [
            (safe.line(first.title, 120), ""),
            (f"  {safe.line(words.rule(first), 120)}", "dim"),
            (f"  {', '.join(places)}{rest}", ""),
        ],
    )


def _others(page: Page, verdicts: tuple[Verdict, ...]) -> None:
    if not verdicts:
        return
    page.heading(f"{words.plural(len(verdicts), 'finding')} below warning")
    for (severity, _, _), group in words.by_rule(verdicts).items():
        _row(page, severity, group, len(group))
    page.blank()


def _fixed(page: Page, decision: Decision, *, verbose: bool) -> None:
    if decision.fixed:
        page.heading(f"Fixed: {words.plural(len(decision.fixed), 'finding')} that only the base has")
        told = [f"{words.place(one.location)} {one.title}" for one in decision.fixed]
        page.names("", [safe.line(each, 200) for each in told], verbose=verbose)
    if gaps := about.gaps(decision):
        page.heading("The base was not looked at in full: what is not known from there counts as introduced")
        for text in gaps:
            page.entry([("  ", "")], [(safe.line(text), "bold yellow")])


def _reminders(page: Page, decision: Decision, *, verbose: bool) -> None:
    if decision.reminders:
        page.heading("To be done soon")
        page.names("", [safe.line(one, 200) for one in decision.reminders], verbose=verbose)


def _next_steps(page: Page) -> None:
    page.heading("What to do next")
    for text in words.NEXT_STEPS:
        page.entry([("  - ", "dim")], [(text, "")])


def _footer(page: Page, decision: Decision) -> None:
    page.blank()
    if effect := about.effect(decision):
        page.entry([("", "")], [(safe.line(effect), "bold")])
        page.blank()
    page.entry([("policy  ", "dim")], [(safe.line(about.policy(decision)), "dim")])
    if feeds := about.feeds(decision):
        page.entry([("feeds   ", "dim")], [(safe.line(feeds), "dim")])
    if base := about.base(decision):
        page.entry([("base    ", "dim")], [(safe.line(base), "dim")])
    page.entry([("judged  ", "dim")], [(safe.line(f"{decision.now} by {decision.tool}"), "dim")])
    if missing := about.missing_walls(decision):
        page.entry([("sandbox ", "dim")], [(f"{missing}: docs/sandbox.md", "dim")])
