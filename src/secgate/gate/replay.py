"""A decision, derived again from what it says that it was made of."""

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from secgate import catalog
from secgate.errors import SecgateError, TrustError
from secgate.gate.ground import local, of_revision
from secgate.gate.shelf import Elsewhere, beside
from secgate.gate.verdict import circumstances, decide, digest
from secgate.model import (
    ALLOW_INCOMPLETE,
    REPORT_ONLY,
    SARIF,
    STAGED,
    Category,
    Decision,
    Pack,
    PolicyRef,
    RequirementState,
)
from secgate.policy import source
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import Allowance
from secgate.policy.evidence import BASELINE_DEMAND, derived
from secgate.policy.load import load
from secgate.policy.source import Authority


def authority_of(decision: Decision, name: str, root: Path, elsewhere: Elsewhere) -> Authority:
    """Return the very policy by which a decision was made.

    Args:
        decision: names it by digest, and where it came from.
        name: the pack or file that the caller names; empty: it is looked for where it came from.
        root: of the repository in which to look.
        elsewhere: how parents are reached.

    Raises:
        TrustError: what is found is another one, or nothing is found.
        SecgateError: what the caller names is not valid.
    """
    ref = decision.policy
    named = iter([source.named(name, *beside(name, elsewhere)).pack]) if name else None
    found = named or _candidates(ref, root, elsewhere)
    for pack in found:
        if (pack.digest, digest(pack.waivers), digest(pack.statements)) == (ref.digest, ref.waivers, ref.vex):
            return Authority(pack, ref.origin, ref.protected, ref.commit)
    raise TrustError(
        f"the policy {ref.name} {ref.version} ({ref.digest[:19]}) is not here as it was when this was decided",
        "Run this in its repository, with the commit fetched and parents in reach, or name it: --policy FILE.",
    )


def _candidates(ref: PolicyRef, root: Path, elsewhere: Elsewhere) -> Iterator[Pack]:
    """Give the policies that may be meant; one that cannot be read is none of them."""
    if ref.protected:
        # Whatever else has the digest: only the branch's own commit may say that it decided.
        with suppress(SecgateError):
            yield of_revision(root, ref.commit, elsewhere).pack
        return
    builtin = f"{ref.name}@{ref.version.partition('.')[0]}"
    if builtin in catalog.packs():
        yield load(builtin)
    with suppress(SecgateError):
        yield of_revision(root, ref.commit, elsewhere).pack
    with suppress(SecgateError):
        yield local(root, elsewhere).pack


def replayed(decision: Decision, decides: Authority, now: str = "") -> Decision:
    """Derive a decision again: the same findings, evidence and feeds, judged by the same policy.

    Args:
        decision: as it was recorded.
        decides: its policy.
        now: another UTC day than that on which it was made; empty: that day.

    Raises:
        UsageError: more waivers are active on that day than the policy allows.
    """
    pack = decides.pack
    if decision.subject.source == STAGED:
        # Of what a commit changes no feed is demanded.
        decides = dataclasses.replace(decides, pack=msgspec.structs.replace(pack, feeds=()))
    allowance = Allowance(decision.fail_on, REPORT_ONLY in decision.allowances, ALLOW_INCOMPLETE in decision.allowances)
    again = decide(
        decision.subject, decides, [one.finding for one in decision.verdicts], decision.evidence,
        _inputs(decision, pack), allowance, given_in(decision, now), decision.left_out, decision.feeds,
    )  # fmt: skip
    return msgspec.structs.replace(
        decision,
        outcome=again.outcome,
        exit=again.exit,
        now=again.now,
        policy=again.policy,
        verdicts=again.verdicts,
        waivers=again.waivers,
        reminders=again.reminders,
        requirements=again.requirements,
        allowances=again.allowances,
    )


def given_in(decision: Decision, now: str = "") -> Circumstances:
    """Return when and where a decision was made; feeds have long completed its findings."""
    given = circumstances(decision.context, now or decision.now)
    counts = dict(decision.comparison.counts) if decision.comparison else {}
    return dataclasses.replace(given, baseline=counts if decision.base else None)


def _inputs(decision: Decision, pack: Pack) -> tuple[RequirementState, ...]:
    """Return what was demanded of evidence; what follows from findings and feeds is derived again later."""
    later = {BASELINE_DEMAND, *(feed.id for feed in pack.feeds)}
    recorded = tuple(one for one in decision.requirements if not (one.id in later and one.category is Category.GATE))
    # Reports of others are demanded by nobody: each speaks for itself.
    if decision.subject.source == SARIF:
        return recorded
    return derived(pack, recorded, decision.evidence, decision.subject)


def differences(decision: Decision, again: Decision) -> tuple[str, ...]:
    """Return in words how a decision differs from what its inputs give; empty where it does not."""
    found = [
        f"{name}: recorded is {_said(getattr(decision, name))}, derived is {_said(getattr(again, name))}"
        for name in ("outcome", "exit", "allowances")
        if getattr(decision, name) != getattr(again, name)
    ]
    derived = {one.finding.fingerprint: one for one in again.verdicts}
    for one in decision.verdicts:
        other = derived.get(one.finding.fingerprint)
        if other is not None and other.action is not one.action:
            found.append(f"{one.finding.fingerprint}: recorded is {one.action}, derived is {other.action}")
        elif other != one:
            found.append(f"{one.finding.fingerprint}: decided on another ground")
    if decision.waivers != again.waivers:
        found.append("the waivers: what became of them")
    if decision.requirements != again.requirements:
        found.append("the requirements: whether they are met")
    return tuple(found) or (() if decision == again else ("something beside verdicts, waivers and requirements",))


def _said(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
