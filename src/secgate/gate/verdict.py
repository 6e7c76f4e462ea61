"""From findings and evidence to a decision: where the policy's answers are put together."""

import dataclasses
import hashlib
from collections.abc import Iterable

import msgspec

from secgate import __version__
from secgate.gate import feeds
from secgate.model import (
    ANYWHERE,
    Context,
    Decision,
    Evidence,
    FeedState,
    Finding,
    LeftOut,
    PolicyRef,
    RequirementState,
    Subject,
    Value,
    conclude,
)
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import Allowance, judgement
from secgate.policy.evidence import without_baseline
from secgate.policy.feeds import feed_states
from secgate.policy.reminders import reminders
from secgate.policy.source import Authority
from secgate.policy.waivers import within_budget


def decide(
    subject: Subject,
    decides: Authority,
    findings: Iterable[Finding],
    evidence: tuple[Evidence, ...],
    demands: tuple[RequirementState, ...],
    allowance: Allowance,
    given: Circumstances,
    left_out: tuple[LeftOut, ...] = (),
    recorded: tuple[FeedState, ...] | None = None,
) -> Decision:
    """Judge findings and evidence, with the feeds of this machine of which the policy asks.

    Args:
        subject: what they are about.
        decides: the policy that counts.
        findings: identified.
        evidence: what the runs are worth.
        demands: the state of each requirement.
        allowance: what the caller makes milder or stricter.
        given: when and where that is.
        left_out: what no scanner saw.
        recorded: the feeds that the findings are already completed by; None: they are not.

    Raises:
        UsageError: more waivers are active than the policy allows.
    """
    pack = decides.pack
    within_budget(pack, given.now)
    if recorded is None and not given.feeds:
        given = dataclasses.replace(given, feeds=feeds.known(pack))
    used = tuple(one.state for one in given.feeds) if recorded is None else recorded
    policy = compiled(pack, given)
    if policy.environment in pack.audited:
        allowance = dataclasses.replace(allowance, audit=True)
    found = judgement(findings, policy)
    demands = (*demands, *feed_states(pack.feeds, used, given.now), *without_baseline(pack, given, found.verdicts))
    outcome, code = conclude(found.verdicts, demands, allowance.fail_on, allowance.words)
    return Decision(
        outcome=outcome,
        exit=int(code),
        subject=subject,
        policy=_reference(decides, policy.environment),
        now=given.now,
        tool=f"secgate {__version__}",
        verdicts=found.verdicts,
        waivers=found.waivers,
        feeds=used,
        reminders=reminders(found.verdicts, found.waivers, policy),
        evidence=evidence,
        requirements=demands,
        left_out=left_out,
        fail_on=allowance.fail_on,
        allowances=allowance.words,
    )


def circumstances(context: Context, now: str) -> Circumstances:
    """Return when and where a verdict is given, as policies speak of it."""
    return Circumstances(now, context.name, context.ref, context.labels)


def _reference(decides: Authority, environment: str) -> PolicyRef:
    pack = decides.pack
    return PolicyRef(
        name=pack.name,
        version=pack.version,
        digest=pack.digest,
        origin=decides.origin,
        protected=decides.protected,
        layers=tuple(f"{one.title} {one.digest}" for one in pack.layers) if len(pack.layers) > 1 else (),
        environment=environment if pack.environments != ANYWHERE else "",
        waivers=digest(pack.waivers),
        vex=digest(pack.statements),
        commit=decides.commit,
    )


def digest(values: tuple[Value, ...]) -> str:
    """Return `sha256:` of a policy's waivers or statements; empty where there are none."""
    data = msgspec.json.encode(values, order="sorted")
    return f"sha256:{hashlib.sha256(data).hexdigest()}" if values else ""
