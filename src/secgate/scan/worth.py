"""What the runs of one command are worth together, and what one is worth that was never started."""

from collections.abc import Callable, Collection, Iterable

import msgspec

from secgate.model import Evidence, EvidenceState, Finding, LeftOut, Skip

MAX_ERRORS = 20
MAX_ERROR_CHARACTERS = 1_000
_STATE_ORDER = (
    EvidenceState.MISSING,
    EvidenceState.FAILED,
    EvidenceState.TIMED_OUT,
    EvidenceState.STALE,
    EvidenceState.PARTIAL,
    EvidenceState.UNVERIFIED,
    EvidenceState.OK,
    EvidenceState.NOT_APPLICABLE,
)


def skipped(skip: Skip) -> Evidence:
    """Return the evidence of a command that was not started."""
    state = EvidenceState.MISSING if skip.applicable else EvidenceState.NOT_APPLICABLE
    reason = f"was {skip.reason}" if skip.applicable else skip.reason
    remedy = "scan without --only and --skip" if skip.applicable else ""
    return Evidence(skip.scanner, skip.category, state, skip.command, label=skip.scanner, reason=reason, remedy=remedy)


def combined(parts: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Join the evidence of the processes of one command: it is worth what the least of them is worth.

    What a tool said is cut here: later than a secret is hidden, of which half would be left.

    Returns one value for each scanner and command, sorted by category, scanner and command.
    """
    groups: dict[tuple[str, str, str], list[Evidence]] = {}
    for part in parts:
        groups.setdefault((part.category, part.scanner, part.command), []).append(part)
    return tuple(_cut(_joined(groups[key])) for key in sorted(groups))


def _cut(evidence: Evidence) -> Evidence:
    errors = tuple(line[:MAX_ERROR_CHARACTERS] for line in evidence.errors)
    return msgspec.structs.replace(evidence, reason=evidence.reason[:MAX_ERROR_CHARACTERS], errors=errors)


def _joined(parts: list[Evidence]) -> Evidence:
    if len(parts) == 1:
        return parts[0]
    least = min(parts, key=lambda part: (_STATE_ORDER.index(part.state), part.reason))
    expected = sum(part.expected for part in parts)
    unread = {path for part in parts for path in part.unread}
    errors = {line for part in parts for line in part.errors}
    partial = least.state is EvidenceState.PARTIAL
    return msgspec.structs.replace(
        least,
        label=max((part.label for part in parts), key=len),
        reason=gap(unread, expected) if partial and unread else least.reason,
        expected=expected,
        unread=tuple(sorted(unread)),
        errors=tuple(sorted(errors))[:MAX_ERRORS],
        known=tuple(sorted({path for part in parts for path in part.known})),
    )


def looking(evidence: Iterable[Evidence], left_out: Iterable[LeftOut]) -> Callable[[Finding], bool]:
    """Return what says whether a finding's scanner would have seen it, were it still there.

    Args:
        evidence: of all runs on a tree.
        left_out: what no scanner got to see of it.
    """
    worth: dict[str, list[Evidence]] = {}
    for one in evidence:
        worth.setdefault(one.scanner, []).append(one)
    lost = [one for one in left_out if one.matters]
    files, folders = {one.path for one in lost}, tuple(f"{one.path}/" for one in lost if one.folder)

    def looked(finding: Finding) -> bool:
        path = finding.location.path
        if path in files or path.startswith(folders):
            return False
        own = worth.get(finding.tool, [])
        about = [one for one in own if one.category is finding.category] or own
        return all(_saw(one, path) for one in about)

    return looked


def _saw(one: Evidence, path: str) -> bool:
    if path in one.known or path in one.unread:
        return False
    return one.complete or one.state is EvidenceState.STALE or (one.state is EvidenceState.PARTIAL and bool(one.unread))


def gap(unread: Collection[str], total: int) -> str:
    """Return how many of the files were not read, and which."""
    first = ", ".join(sorted(unread)[:3])
    more = f" and {len(unread) - 3} more" if len(unread) > 3 else ""
    return f"did not read {len(unread)} of {total} files: {first}{more}"
