"""A decision as annotations: the lines by which a step tells the runner what to show beside the code.

They need no token, so they stand where a fork's pull request gets nothing else. GitHub shows ten of each kind for a
step; the last one says how many more there are.
"""

from collections.abc import Sequence

from secgate.model import Decision, Verdict
from secgate.report import safe, words

EACH_MAX = 10
"""How many of one kind GitHub shows for a step."""
MESSAGE_MAX = 4_096
"""How many characters of a message it shows."""

_TITLE = 200
_KEPT = 2
"""So many warnings are left to others of the same step: to `unpublished`, and to what the action says of the clone."""


def render(decision: Decision) -> list[str]:
    """Return the lines for stdout: what was not checked, what blocks, what warns, the most severe first.

    At most `EACH_MAX` errors, and two warnings fewer: GitHub counts all that the action says as one step.
    """
    missing = [
        command("error", "secgate: not checked", f"{words.CATEGORY[state.category]}: {state.reason or 'no evidence'}"
                + (f" → {state.remedy}" if state.remedy else ""))
        for state in decision.incomplete
    ]  # fmt: skip
    errors = _first([*missing, *map(_blocking, words.blockers(decision)[: EACH_MAX + 1])],
                    len(missing) + len(words.blockers(decision)), "error")  # fmt: skip
    warned = words.warnings(decision)
    return errors + _first([_warning(one) for one in warned[:EACH_MAX]], len(warned), "warning", EACH_MAX - _KEPT)


def unpublished(troubles: Sequence[tuple[str, str]]) -> list[str]:
    """Return the one line that says what is not shown on GitHub; none where all is.

    Args:
        troubles: what is not shown, and what to do about it.
    """
    text = "\n".join(f"{message} → {remedy}" if remedy else message for message, remedy in troubles)
    return [command("warning", "secgate: not shown on GitHub", text)] if troubles else []


def _first(lines: Sequence[str], number: int, level: str, most: int = EACH_MAX) -> list[str]:
    """Return as many as may be shown, the last one saying how many are missing."""
    if number <= most:
        return list(lines)
    rest = number - most + 1
    return [*lines[: most - 1], command(level, "secgate", f"and {rest:,} more: see the summary of this step")]


def _blocking(verdict: Verdict) -> str:
    finding = verdict.finding
    text = "\n".join(filter(None, (words.message(finding), f"Fix: {words.fix(finding)}", words.why(verdict))))
    return _at(verdict, "error", text)


def _warning(verdict: Verdict) -> str:
    return _at(verdict, "warning", f"{words.message(verdict.finding)}\nFix: {words.fix(verdict.finding)}".strip())


def _at(verdict: Verdict, level: str, text: str) -> str:
    finding = verdict.finding
    place = finding.location
    title = f"{finding.severity.value.upper()} {finding.title} ({words.rule(finding)})"
    where = {"file": place.path} if place.path else {}
    if place.path and place.known:
        where |= {"line": str(place.line), "endLine": str(place.end_line)}
        # Columns are of use only within one line.
        if place.column and place.line == place.end_line:
            where |= {"col": str(place.column)}
    return command(level, title, text, **where)


def command(level: str, title: str, text: str, **properties: str) -> str:
    """Return one workflow command on one line, from which no text of others can break out.

    Args:
        level: `error`, `warning` or `notice`.
        title: one line.
        text: one or more lines, cut to what GitHub shows.
        properties: `file`, `line`, `endLine`, `col`.
    """
    told = {**{name: safe.visible(value) for name, value in properties.items()}, "title": safe.line(title, _TITLE)}
    named = ",".join(
        f"{name}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}" for name, value in told.items()
    )
    message = safe.cut("\n".join(safe.line(each, MESSAGE_MAX) for each in text.splitlines()), MESSAGE_MAX)
    # The old form of a command counts anywhere in a line, in a path too.
    return f"::{level} {named.replace('##[', '## [')}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
