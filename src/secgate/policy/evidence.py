"""Whether enough was looked at to give a verdict at all. *Not scanned* is never *clean*."""

import datetime
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from secgate.globs import matcher
from secgate.model import (
    STAGED,
    Applies,
    Category,
    Evidence,
    EvidenceState,
    OnMissing,
    Pack,
    Requirement,
    RequirementState,
    Subject,
    Tree,
    Verdict,
)
from secgate.policy.circumstances import Circumstances, days, days_between
from secgate.policy.clock import day_of
from secgate.policy.knobs import hours

BASELINE_DEMAND = "baseline"
"""The demand for something to compare with."""

Read = Mapping[tuple[str, str], frozenset[str]]
"""By scanner and category: the files that it has certainly read."""


_READ = {EvidenceState.OK, EvidenceState.PARTIAL, EvidenceState.STALE}
_LOOKED = {*_READ, EvidenceState.NOT_APPLICABLE}
"""What a scanner is worth of which is known what it reads and what not."""


def aged(evidence: Iterable[Evidence], max_age_days: Mapping[tuple[str, str], int], now: str) -> tuple[Evidence, ...]:
    """Mark evidence whose database is older than its scanner allows as *stale*.

    Args:
        evidence: any number.
        max_age_days: by scanner and database id.
        now: the UTC day, `2026-11-25`.
    """
    return tuple(_aged(one, max_age_days, datetime.date.fromisoformat(now)) for one in evidence)


def _aged(one: Evidence, max_age_days: Mapping[tuple[str, str], int], today: datetime.date) -> Evidence:
    if one.database is None or one.state is not EvidenceState.OK:
        return one
    limit = max_age_days.get((one.scanner, one.database.id), 0)
    age = (today - datetime.date.fromisoformat(one.database.updated[:10])).days
    if age <= limit:
        return one
    return msgspec.structs.replace(
        one,
        state=EvidenceState.STALE,
        reason=f"its database is {age} days old, {limit} are allowed",
        remedy=f"secgate tools update {one.scanner}",
    )


def listed(pack: Pack, now: str) -> Callable[[str], bool]:
    """Return the test whether the policy says of a path, on this day, that it need not be read."""
    return matcher([glob for one in pack.unreadable if now <= one.expires for glob in one.paths])


def requirements(
    pack: Pack, evidence: Sequence[Evidence], tree: Tree, read: Read, known: Callable[[str], bool]
) -> tuple[RequirementState, ...]:
    """Say of each requirement whether it is met, in the pack's order, then of those that every verdict has.

    Args:
        pack: the policy.
        evidence: what the runs are worth.
        tree: what was to be judged.
        read: which files each scanner has read.
        known: whether a file of the tree need not be read.
    """
    states = [_state(requirement, evidence, tree, read, known) for requirement in pack.required]
    states = [msgspec.structs.replace(state, on_missing=pack.on_missing) for state in states]
    return (*states, _something(evidence, tree), _whole(tree))


def derived(
    pack: Pack, recorded: Sequence[RequirementState], evidence: Sequence[Evidence], subject: Subject
) -> tuple[RequirementState, ...]:
    """Return what a decision records of the requirements on a tree, with all in it that its evidence says derived anew.

    What needs the tree itself, which files are covered, stays as it is recorded; where that says nothing it is unmet.

    Args:
        pack: the policy.
        recorded: by the decision, in its order.
        evidence: of the decision.
        subject: what it is about.
    """
    tree = Tree(root="", source=subject.source, scope=subject.scope)
    made = {one.id: one for one in requirements(pack, evidence, tree, {}, lambda _: False)}
    theirs = {one.id: one for one in recorded}
    for one in pack.required:
        if isinstance(one.applies, Applies):
            silent = _unmet(one, "the decision says nothing about it", "")
            made[one.id] = msgspec.structs.replace(theirs.get(one.id, silent), on_missing=pack.on_missing)
    if "anything" in theirs and theirs["anything"].met is made["anything"].met:
        made["anything"] = theirs["anything"]
    if subject.source == STAGED:
        # Of a part of a tree less is demanded.
        made = {name: one for name, one in made.items() if name in theirs and name != "anything"}
    added = (one for name, one in made.items() if name not in theirs)
    return (*(made.get(one.id, one) for one in recorded), *added)


def demand(name: str, category: Category, on_missing: OnMissing, reason: str, remedy: str = "") -> RequirementState:
    """Return the state of a demand: met where there is no reason why not."""
    return RequirementState(name, category, not reason, reason=reason, remedy=remedy, on_missing=on_missing)


def without_baseline(pack: Pack, given: Circumstances, verdicts: Sequence[Verdict]) -> list[RequirementState]:
    """Return the demand for something to compare with, if the policy has it; without findings there is none."""
    if given.baseline is not None or not verdicts or pack.new_code.on_missing_baseline != "block":
        return []
    return [demand(BASELINE_DEMAND, Category.GATE, OnMissing.BLOCK, "there is nothing to compare the findings with")]


def outdated(pack: Pack, made: str, commit: str, judged: str, now: str) -> str:
    """Return why a report that somebody already has is too old for the policy, or is about another commit; or nothing.

    Args:
        pack: the policy.
        made: when the report was made, RFC 3339 or a day; empty: it does not say.
        commit: what it is about; empty: it does not say.
        judged: the commit that is judged; empty: nobody knows.
        now: the UTC day.
    """
    if not pack.max_age:
        return ""
    day = day_of(made)
    if day is None:
        return f"does not say when it was made, and the policy wants at most {pack.max_age}"
    age = days_between(day.isoformat(), now)
    if age * 24 > hours(pack.max_age):
        return f"is {days(age)} old, {pack.max_age} are allowed"
    if commit and judged and commit != judged:
        return f"is about commit {commit[:12]}, and {judged[:12]} is judged"
    return ""


def unverified(pack: Pack, evidence: Sequence[Evidence]) -> tuple[RequirementState, ...]:
    """Say of each foreign report whether it counts: it must have finished, and the policy must accept its producer."""
    return tuple(_producer(pack, one) for one in evidence)


def _producer(pack: Pack, one: Evidence) -> RequirementState:
    accepted = one.state is EvidenceState.UNVERIFIED and one.scanner in pack.accept_producers
    reason = one.reason or "nothing proves that this report is whole, and the policy does not accept its producer"
    # The name is the file's own word: quoted, so that nothing happens to whoever copies the line.
    remedy = f"--accept {shlex.quote(one.scanner)}" if one.state is EvidenceState.UNVERIFIED else one.remedy
    met = accepted or one.complete
    return RequirementState(one.scanner, one.category, met, reason="" if met else reason, remedy="" if met else remedy)


def _state(
    requirement: Requirement, evidence: Sequence[Evidence], tree: Tree, read: Read, known: Callable[[str], bool]
) -> RequirementState:
    own = [one for one in evidence if one.scanner in requirement.any_of and one.category is requirement.category]
    if isinstance(requirement.applies, Applies):
        never = any(one.state not in _LOOKED for one in own)
        named = {path for one in evidence for path in one.known}
        let_be = named.__contains__ if never else known
        return _every_file(requirement, requirement.applies, tree, read, let_be)
    found = [one for one in own if one.state is not EvidenceState.NOT_APPLICABLE]
    if not found and requirement.applies == "found":
        return RequirementState(requirement.id, requirement.category, met=True, applicable=False)
    if any(_all_ok(found, scanner) for scanner in requirement.any_of):
        return RequirementState(requirement.id, requirement.category, met=True)
    lacking = next((one for one in found if one.state is not EvidenceState.OK), None)
    if lacking is None:
        return _unmet(requirement, f"nothing was read by {' or '.join(requirement.any_of)}", "")
    return _unmet(requirement, f"{lacking.label or lacking.scanner} {lacking.reason}", lacking.remedy)


def _all_ok(found: Iterable[Evidence], scanner: str) -> bool:
    states = [one.state for one in found if one.scanner == scanner]
    return bool(states) and all(state is EvidenceState.OK for state in states)


def _every_file(
    requirement: Requirement, applies: Applies, tree: Tree, read: Read, let_be: Callable[[str], bool]
) -> RequirementState:
    meets = matcher(applies.paths)
    names = [(target.path, target.original) for target in tree.files]
    names += [(one.read_as or one.path, one.path) for one in tree.left_out if one.matters]
    files = sorted({original for path, original in names if meets(path)})
    if not files:
        return RequirementState(requirement.id, requirement.category, met=True, applicable=False)
    seen = frozenset().union(
        *(read.get((scanner, requirement.category), frozenset()) for scanner in requirement.any_of)
    )
    unread = [path for path in files if path not in seen]
    new = [path for path in unread if not let_be(path)]
    if not new:
        told = f"nothing reads {_kinds(unread)}, as before" if unread else ""
        return RequirementState(requirement.id, requirement.category, met=True, reason=told)
    return _unmet(requirement, f"not covered by {' or '.join(requirement.any_of)}: {_kinds(new)}", "")


def _kinds(paths: Sequence[str]) -> str:
    kinds = sorted(Counter(map(_kind, paths)).items())
    return ", ".join(f"{kind} ({count} {'file' if count == 1 else 'files'})" for kind, count in kinds)


def _kind(path: str) -> str:
    """Return what files of this kind are called: `*.lua`, or `no suffix`."""
    suffix = PurePosixPath(path).suffix
    return f"*{suffix}" if suffix else "no suffix"


def _unmet(requirement: Requirement, reason: str, remedy: str) -> RequirementState:
    return RequirementState(requirement.id, requirement.category, met=False, reason=reason, remedy=remedy)


def _something(evidence: Iterable[Evidence], tree: Tree) -> RequirementState:
    met = any(one.state in _READ and one.expected > len(one.unread) for one in evidence)
    # A commit that only removes files has nothing in it that could be read.
    met = met or (tree.source == STAGED and not tree.files and not tree.left_out)
    reason = "no scanner has read anything" if tree.files else "there is no file to scan"
    return RequirementState("anything", Category.GATE, met, reason="" if met else reason)


def _whole(tree: Tree) -> RequirementState:
    reason = f"only {tree.scope}/ was judged, which is no verdict on the repository" if tree.scope else ""
    remedy = "secgate scan, without a folder" if tree.scope else ""
    return RequirementState("whole-repository", Category.GATE, not tree.scope, reason=reason, remedy=remedy)
