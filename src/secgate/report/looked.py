"""What was looked at and what was not, for a person at a terminal."""

from collections.abc import Mapping

from secgate.model import Decision, Evidence, EvidenceState
from secgate.report import about, safe, words
from secgate.report.page import NAMED, Page

_STATE = {EvidenceState.OK: "green", EvidenceState.NOT_APPLICABLE: "dim"}


def write(page: Page, decision: Decision, seconds: Mapping[str, float], *, verbose: bool) -> None:
    """Write what was checked, what was not, and what was left out, in this order.

    Args:
        page: where to.
        decision: what to show.
        seconds: wall time by `scanner/command`, as far as it is known.
        verbose: show every path.
    """
    _evidence(page, decision, seconds, verbose=verbose)
    _incomplete(page, decision)
    _left_out(page, decision, verbose=verbose)
    _known(page, decision, verbose=verbose)
    _included(page, decision, verbose=verbose)
    _suppressions(page, decision, verbose=verbose)


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
                page.labelled("fix", safe.line(each.remedy), "green")


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
    page.names("not read", [safe.path(each) for each in evidence.unread], verbose=verbose)
    shown = evidence.errors if verbose else evidence.errors[:NAMED]
    for error in shown:
        page.labelled("it says", safe.line(error), "dim")
    if len(evidence.errors) > len(shown):
        page.labelled("", f"and {words.plural(len(evidence.errors) - len(shown), 'more line')}")


def _incomplete(page: Page, decision: Decision) -> None:
    if not decision.incomplete:
        return
    page.heading("What was not checked, and how to change that")
    for state in decision.incomplete:
        name = f"{words.CATEGORY[state.category]}: "
        page.entry([("  ", "")], [(name, "bold yellow"), (safe.line(state.reason or "no evidence"), "")])
        if state.remedy:
            page.labelled("fix", safe.line(state.remedy), "green")


def _left_out(page: Page, decision: Decision, *, verbose: bool) -> None:
    if not decision.left_out:
        return
    page.heading(f"Left out: {words.unseen(decision)}")
    for reason, group in about.left_out(decision).items():
        page.entry([(f"{len(group):>8,}  ", "")], [(safe.line(reason, 200), "")])
        page.names("", [safe.path(each.path) for each in group], verbose=verbose)


def _known(page: Page, decision: Decision, *, verbose: bool) -> None:
    if names := about.known(decision):
        page.heading(f"Known unreadable: {words.plural(len(names), 'file')} as before, or listed by the policy")
        page.names("", [safe.path(name) for name in names], verbose=verbose)


def _included(page: Page, decision: Decision, *, verbose: bool) -> None:
    if names := decision.subject.included:
        page.heading(about.included(decision))
        page.names("", [safe.path(name) for name in names], verbose=verbose)


def _suppressions(page: Page, decision: Decision, *, verbose: bool) -> None:
    if decision.suppressions:
        page.heading(about.suppressions(decision))
        page.names("", [safe.line(about.suppression(one), 200) for one in decision.suppressions], verbose=verbose)
