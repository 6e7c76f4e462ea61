"""What was looked at and what was not, in Markdown: gaps as loud as what blocks."""

from collections.abc import Callable, Sequence

from secgate.model import Decision, Evidence, RequirementState
from secgate.report import safe, words
from secgate.report.listed import BREAK
from secgate.report.section import Section, called, fold

_NAMED = 3
_MESSAGE = 600


def incomplete(decision: Decision) -> Section:
    """Return what the policy demands and nobody looked at, with what to do about it."""
    return Section(
        [called(_unmet, state) for state in decision.incomplete],
        "### What was not checked\n\n",
        "\n",
        "gaps are",
    )


def _unmet(state: RequirementState) -> str:
    reason = safe.markdown(state.reason or "no evidence", _MESSAGE)
    remedy = f"{BREAK}  **How to change that:** {safe.markdown(state.remedy, _MESSAGE)}" if state.remedy else ""
    return f"- **{words.CATEGORY[state.category].capitalize()}**: {reason}{remedy}\n"


def evidence(decision: Decision) -> Section:
    """Return the table of what was checked; folded away where nothing is missing."""
    if not decision.evidence:
        return Section([lambda: "Nothing: no scanner ran.\n"], "### What was checked\n\n", "\n", "checks are")
    kept = [
        (name, edge, cell)
        for name, edge, cell in _COLUMNS
        if name not in _OPTIONAL or any(cell(each) for each in decision.evidence)
    ]
    head = f"| {' | '.join(name for name, _, _ in kept)} |\n| {' | '.join(edge for _, edge, _ in kept)} |\n"
    cells = [cell for _, _, cell in kept]
    rows = [called(_row, each, cells) for each in decision.evidence]
    if decision.incomplete or not all(each.complete for each in decision.evidence):
        return Section(rows, f"### What was checked\n\n{head}", "\n", "checks are")
    whole = fold(rows, f"What was checked: {words.plural(len(rows), 'check')}, nothing is missing", "checks are")
    return Section(rows, whole.head + head, whole.foot, whole.noun)


def _row(each: Evidence, cells: Sequence[Callable[[Evidence], str]]) -> str:
    return f"| {' | '.join(cell(each) for cell in cells)} |\n"


def _state(each: Evidence) -> str:
    return each.state.value if each.complete else f"**{each.state.value}**"


def _why_not(each: Evidence) -> str:
    if each.complete:
        return ""
    parts = [safe.markdown(each.reason or "it did not say why", 300)]
    parts += [safe.markdown(error, 200) for error in each.errors[:_NAMED]]
    if len(each.errors) > _NAMED:
        parts.append(f"and {words.plural(len(each.errors) - _NAMED, 'more line')}")
    return "<br>".join(parts)


_COLUMNS: Sequence[tuple[str, str, Callable[[Evidence], str]]] = (
    ("Checked", ":--", lambda each: words.CATEGORY[each.category]),
    ("By", ":--", lambda each: safe.markdown(words.tool(each), 160)),
    ("State", ":--", _state),
    ("Files read", "--:", words.read),
    ("Database", ":--", lambda each: safe.markdown(words.database(each), 10)),
    ("Why not complete", ":--", _why_not),
)
_OPTIONAL = {"Database", "Why not complete"}
"""Columns that are left out where they would be empty."""
