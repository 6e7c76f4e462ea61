"""What somebody has to do soon: waivers that end or are of no use, findings that come due. No verdict depends on it."""

from collections.abc import Iterable, Sequence

from secgate.model import Verdict, Waiver, WaiverUse
from secgate.policy.circumstances import days, days_between
from secgate.policy.compiled import Compiled
from secgate.policy.knobs import hours


def reminders(verdicts: Sequence[Verdict], uses: Iterable[WaiverUse], policy: Compiled) -> tuple[str, ...]:
    """Return one line for each, waivers by id first.

    Args:
        verdicts: of all findings.
        uses: what became of each of the policy's waivers.
        policy: that judged.
    """
    by_id = {one.id: one for one in uses}
    told = [_of_waiver(waiver, by_id[waiver.id], policy) for waiver in policy.pack.waivers if waiver.id in by_id]
    return tuple(filter(None, (*told, _of_ages(verdicts, policy.pack.sla.warn_before_days))))


def _of_waiver(waiver: Waiver, use: WaiverUse, policy: Compiled) -> str:
    now, asked = policy.given.now, policy.pack.waiver_policy
    name = f"waiver {waiver.id}"
    if use.state == "expired" and use.matches:
        return f"{name} expired {days(days_between(waiver.expires, now))} ago, and {_findings(use.matches)} needed it"
    if use.state != "active" or (waiver.environments and policy.environment not in waiver.environments):
        return ""
    left = days_between(now, waiver.expires) if waiver.expires else None
    if left is not None and left <= max(asked.notify_before_days, default=-1):
        return f"{name} expires in {days(left)}, on {waiver.expires}"
    age = days_between(waiver.created, now)
    if asked.unused.action == "warn" and not use.lifted and age * 24 > hours(asked.unused.after):
        return f"{name} is {days(age)} old and lifts nothing: remove it"
    return ""


def _of_ages(verdicts: Iterable[Verdict], before: int) -> str:
    left = [one.due_days - one.finding.age_days for one in verdicts if one.due_days is not None]
    soon = [one for one in left if 0 <= one < before]
    if not soon:
        return ""
    become = "becomes" if len(soon) == 1 else "become"
    return f"{_findings(len(soon))} {become} too old within {days(before)}, the first in {days(min(soon) + 1)}"


def _findings(count: int) -> str:
    return f"{count} finding{'' if count == 1 else 's'}"
