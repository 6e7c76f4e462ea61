"""What a report folds away: what no scanner saw, what came in from elsewhere, who was told to look away."""

from collections.abc import Callable, Mapping, Sequence

from secgate.model import Decision, Suppression
from secgate.report import about, safe, words
from secgate.report.section import Section, called, fold

_NAMED = 3


def _left_out(decision: Decision) -> Section:
    return fold(
        [called(_reason, reason, [each.path for each in group]) for reason, group in about.left_out(decision).items()],
        words.unseen(decision),
        "reasons are",
    )


def _included(decision: Decision) -> Section:
    names = decision.subject.included
    return fold(
        [called(_reason, "in no commit, so nobody reviewed it", names)] if names else [],
        about.included(decision),
        "reasons are",
    )


def _known(decision: Decision) -> Section:
    names = about.known(decision)
    return fold(
        [called(_reason, "as it was at the base, or listed by the policy", names)] if names else [],
        f"Known unreadable: {words.plural(len(names), 'file')}",
        "reasons are",
    )


def _suppressions(decision: Decision) -> Section:
    return fold(
        [called(_suppression, one) for one in decision.suppressions],
        safe.markdown(about.suppressions(decision), 300),
        "lines are",
    )


def _reminders(decision: Decision) -> Section:
    items = [called(_sentence, one) for one in decision.reminders]
    return fold(items, f"To be done soon: {len(items)}", "reminders are")


def _gaps(decision: Decision) -> Section:
    items = [called(_sentence, one) for one in about.gaps(decision)]
    return fold(items, "Not looked at in full at the base, so that it counts as introduced", "gaps are")


def _sentence(text: str) -> str:
    return f"- {safe.markdown(text, 200)}\n"


def _suppression(one: Suppression) -> str:
    return f"- {safe.code(about.suppression(one), 200)}\n"


def _reason(reason: str, paths: Sequence[str]) -> str:
    rest = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    named = ", ".join(safe.code(path, 160) for path in paths[:_NAMED])
    return f"- {safe.markdown(reason, 200)} · {words.plural(len(paths), 'file')}: {named}{rest}\n"


FOLDS: Mapping[str, Callable[[Decision], Section]] = {
    "left out": _left_out,
    "known": _known,
    "included": _included,
    "suppressions": _suppressions,
    "gaps": _gaps,
    "reminders": _reminders,
}
"""In the order in which they are shown."""
