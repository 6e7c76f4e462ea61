"""Since when findings have been there, as far as the policy sets a limit: by the history of the branch itself.

A finding is as old as its line is on the branch, a vulnerability not older than its advisory. What the change brings
is of no age. What is older than the history in this clone makes the verdict incomplete: it could be overdue.
"""

from collections.abc import Iterable, Sequence

import msgspec

from secgate import git
from secgate.gate.ground import Ground, Request
from secgate.model import Category, Finding, OnMissing, RequirementState
from secgate.policy.circumstances import Circumstances, days_between
from secgate.policy.clock import day_of, is_public
from secgate.policy.compiled import compiled
from secgate.policy.evidence import demand


def dated(
    findings: Sequence[Finding], base: Iterable[Finding] | None, ground: Ground, request: Request, given: Circumstances
) -> tuple[tuple[Finding, ...], tuple[RequirementState, ...]]:
    """Give the findings that the policy wants to be gone some day their ages.

    Args:
        findings: of the judged tree, each with what it is to the base.
        base: those of the base; None where there is none.
        ground: what is judged, and with what it is compared.
        request: what to judge, and by which policy.
        given: when and where.

    Returns:
        All findings in their order; and the demand for history, where the policy limits ages.
    """
    pack, policy = request.decides.pack, compiled(request.decides.pack, given)
    commit = ground.compared.base.commit if ground.compared and base is not None else ground.tree.commit
    root = git.root_of(request.path.resolve()) if request.path else None
    if not pack.sla.rows or root is None or not commit:
        return tuple(findings), ()
    asked = [one for one in (findings if base is None else base) if not is_public(one, pack.sla.clock)]
    there = [one for one in asked if policy.due_days(policy.completed(one)) is not None]
    with git.opened(root) as repository:
        dates = git.since(repository, commit, _lines(there))
    ages = {one.fingerprint: _age(one, dates, given.now) for one in there}
    cut = {one.fingerprint for one in there if _line(one) in dates.cut}
    told = tuple(
        msgspec.structs.replace(one, age_days=ages[one.fingerprint]) if one.fingerprint in ages else one
        for one in findings
    )
    return told, (_history(len(cut & {one.fingerprint for one in findings})),)


def _lines(findings: Iterable[Finding]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for one in findings:
        path, line = _line(one)
        if path:
            found.setdefault(path, set()).add(line)
    return found


def _line(finding: Finding) -> tuple[str, int]:
    return finding.location.path, finding.location.line if finding.location.known else 1


def _age(finding: Finding, dates: git.Dates, now: str) -> int:
    public = day_of(finding.vuln.published)
    seen = dates.days.get(_line(finding), now)
    return max(days_between(max(seen, public.isoformat() if public else ""), now), 0)


def _history(cut: int) -> RequirementState:
    reason = f"the history of this clone is cut off: since when {cut} findings are there is not known" if cut else ""
    remedy = "git fetch --unshallow, or `fetch-depth: 0` where actions/checkout made the clone" if cut else ""
    return demand("history", Category.GATE, OnMissing.BLOCK, reason, remedy)
