"""The report for a person at a terminal: the verdict, what is wrong, where, why it blocks, how to fix it.

The verdict stands first and again last, because terminals scroll. Blocked and incomplete are equally loud. Every
meaning has a word; colour only repeats it. All text of others passes through `safe`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from secgate.model import Action, Decision, Evidence, EvidenceState, Verdict
from secgate.report import about, safe, words
from secgate.report.page import Page

LIMIT = 40
"""How many blocking findings are shown in full."""

_ROWS = 10
_NAMED = 3
_NARROWEST = 40
_WORD = {"BLOCKED": "bold white on red", "INCOMPLETE": "bold black on yellow", "PASS": "bold black on green"}
_RULE = {"BLOCKED": "red", "INCOMPLETE": "yellow", "PASS": "green"}
_SEVERITY = {
    "critical": "bold bright_red",
    "high": "bright_red",
    "unknown": "magenta",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
}
_STATE = {EvidenceState.OK: "green", EvidenceState.NOT_APPLICABLE: "dim"}
_DEEP = 12


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
        _findings(page, decision, len(decision.verdicts) if verbose else limit, verbose=verbose)
        _evidence(page, decision, seconds, verbose=verbose)
        _incomplete(page, decision)
        _left_out(page, decision, verbose=verbose)
        _known(page, decision, verbose=verbose)
        _included(page, decision, verbose=verbose)
        _suppressions(page, decision, verbose=verbose)
        if words.nothing_known(decision):
            _next_steps(page)
        _footer(page, decision)
        _banner(page, decision)
    text = safe.commands(page.text())
    return safe.ascii_only(text) if ascii_only else text


def _findings(page: Page, decision: Decision, limit: int, *, verbose: bool) -> None:
    _blocking(page, words.blockers(decision), limit)
    _warnings(page, words.warnings(decision), verbose=verbose)
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


def _blocking(page: Page, verdicts: tuple[Verdict, ...], limit: int) -> None:
    if not verdicts:
        return
    page.heading(f"{words.plural(len(verdicts), 'finding')} to fix before this can pass")
    for path, group in words.by_file(verdicts[:limit]).items():
        page.line(safe.path(path) or "no file", "bold underline")
        for verdict in group:
            _finding(page, verdict)
        page.blank()
    _more(page, len(verdicts) - limit)


def _finding(page: Page, verdict: Verdict) -> None:
    finding = verdict.finding
    severity = finding.severity.value
    title = safe.line(finding.title, 200)
    where = [each for each in (words.lines(finding.location), safe.line(words.subject(finding), 100)) if each]
    what = [safe.line(words.rule(finding), 160), safe.line(words.message(finding))]
    page.entry(
        [(f"  {severity.upper():<10}", _SEVERITY[severity])],
        [(" · ".join(where), ""), ("  " if where else "", ""), (title, "bold")],
    )
    page.entry([(" " * _DEEP, "")], [("  ".join(each for each in what if each), "dim")])
    known = f"{words.why(verdict)} · id {finding.fingerprint[:12]}" if finding.fingerprint else words.why(verdict)
    _labelled(page, "why", safe.line(known))
    fix, address = words.fix(finding), safe.url(finding.rule.help_uri)
    if address and fix == f"See {address}":
        page.address([(f"{'fix':>{_DEEP - 2}}  ", "dim")], "See ", address, "green")
    else:
        _labelled(page, "fix", safe.line(fix), "green")
    if others := words.also(finding):
        _labelled(page, "also", safe.line(others.removeprefix("also ")))


def _labelled(page: Page, label: str, text: str, style: str = "") -> None:
    page.entry([(f"{label:>{_DEEP - 2}}  ", "dim")], [(text, style)])


def _more(page: Page, number: int) -> None:
    if number > 0:
        page.line(f"… and {number:,} more: --verbose shows them, --markdown FILE and --json FILE keep them.")
    page.blank()


def _warnings(page: Page, verdicts: tuple[Verdict, ...], *, verbose: bool) -> None:
    if not verdicts:
        return
    groups = list(words.by_rule(verdicts).items())
    page.heading(f"{words.plural(len(verdicts), 'warning')} from {words.plural(len(groups), 'rule')}")
    shown = groups if verbose else groups[:_ROWS]
    for (severity, _, _), group in shown:
        _row(page, severity, group, len(group) if verbose else 1)
    _more(page, len(verdicts) - sum(len(group) for _, group in shown))


def _row(page: Page, severity: str, group: list[Verdict], named: int) -> None:
    first = group[0].finding
    places = [safe.path(words.place(verdict.finding.location)) for verdict in group[:named]]
    rest = f" and {len(group) - named:,} more" if len(group) > named else ""
    page.entry(
        [(f"  {severity.upper():<8} ", _SEVERITY[severity]), (f"{len(group):>5,}x  ", "")],
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


def _evidence(page: Page, decision: Decision, seconds: Mapping[str, float], *, verbose: bool) -> None:
    page.heading("What was checked")
    if not decision.evidence:
        page.line("Nothing: no scanner ran.")
        return
    page.table(
        ("Checked", "By", "State", "Files read", "Database", "Time"),
        [_evidence_row(each, seconds) for each in decision.evidence],
    )
    told = {state.remedy for state in decision.incomplete}
    for each in decision.evidence:
        if not each.complete and not words.told(decision, each):
            _gap(page, each, verbose=verbose)
            if each.remedy and each.remedy not in told:
                _labelled(page, "fix", safe.line(each.remedy), "green")


def _evidence_row(evidence: Evidence, seconds: Mapping[str, float]) -> list[tuple[str, str]]:
    took = seconds.get(f"{evidence.scanner}/{evidence.command}")
    return [
        (words.CATEGORY[evidence.category], ""),
        (safe.line(words.tool(evidence), 100), ""),
        (evidence.state.value, _STATE.get(evidence.state, "bold yellow")),
        (words.read(evidence), ""),
        (safe.line(words.database(evidence), 10), ""),
        ("" if took is None else f"{took:.1f} s", ""),
    ]


def _gap(page: Page, evidence: Evidence, *, verbose: bool) -> None:
    """Say why one scanner's evidence is not complete, in its own words where it had any."""
    page.blank()
    reason = evidence.reason or "it did not say why"
    page.entry([], [(f"{safe.line(words.tool(evidence), 100)}: ", "bold"), (safe.line(reason), "")])
    _list(page, "not read", [safe.path(each) for each in evidence.unread], verbose=verbose)
    shown = evidence.errors if verbose else evidence.errors[:_NAMED]
    for error in shown:
        _labelled(page, "it says", safe.line(error), "dim")
    if len(evidence.errors) > len(shown):
        _labelled(page, "", f"and {words.plural(len(evidence.errors) - len(shown), 'more line')}")


def _list(page: Page, label: str, names: list[str], *, verbose: bool) -> None:
    if not names:
        return
    shown = names if verbose else names[:_NAMED]
    rest = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    _labelled(page, label, f"{', '.join(shown)}{rest}")


def _incomplete(page: Page, decision: Decision) -> None:
    if not decision.incomplete:
        return
    page.heading("What was not checked, and how to change that")
    for state in decision.incomplete:
        name = f"{words.CATEGORY[state.category]}: "
        page.entry([("  ", "")], [(name, "bold yellow"), (safe.line(state.reason or "no evidence"), "")])
        if state.remedy:
            _labelled(page, "fix", safe.line(state.remedy), "green")


def _left_out(page: Page, decision: Decision, *, verbose: bool) -> None:
    if not decision.left_out:
        return
    page.heading(f"Left out: {words.plural(len(decision.left_out), 'file')} that no scanner saw as they are")
    for reason, group in about.left_out(decision).items():
        page.entry([(f"{len(group):>8,}  ", "")], [(safe.line(reason, 200), "")])
        _list(page, "", [safe.path(each.path) for each in group], verbose=verbose)


def _known(page: Page, decision: Decision, *, verbose: bool) -> None:
    if names := about.known(decision):
        page.heading(f"Known unreadable: {words.plural(len(names), 'file')} as before, or listed by the policy")
        _list(page, "", [safe.path(name) for name in names], verbose=verbose)


def _included(page: Page, decision: Decision, *, verbose: bool) -> None:
    if names := decision.subject.included:
        page.heading(about.included(decision))
        _list(page, "", [safe.path(name) for name in names], verbose=verbose)


def _suppressions(page: Page, decision: Decision, *, verbose: bool) -> None:
    if decision.suppressions:
        page.heading(about.suppressions(decision))
        _list(page, "", [safe.line(about.suppression(one), 200) for one in decision.suppressions], verbose=verbose)


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
