"""From findings and evidence to a decision: where the policy's answers are put together."""

from collections.abc import Iterable

from secgate import __version__
from secgate.model import Decision, Evidence, Finding, LeftOut, PolicyRef, RequirementState, Subject, conclude
from secgate.policy.evaluate import Allowance, judge
from secgate.policy.source import Authority


def decide(
    subject: Subject,
    decides: Authority,
    findings: Iterable[Finding],
    evidence: tuple[Evidence, ...],
    demands: tuple[RequirementState, ...],
    allowance: Allowance,
    now: str,
    left_out: tuple[LeftOut, ...] = (),
) -> Decision:
    """Judge findings and evidence.

    Args:
        subject: what they are about.
        decides: the policy that counts.
        findings: identified.
        evidence: what the runs are worth.
        demands: the state of each requirement.
        allowance: what the caller makes milder or stricter.
        now: the UTC day.
        left_out: what no scanner saw.
    """
    pack = decides.pack
    verdicts = judge(findings, pack)
    outcome, code = conclude(verdicts, demands, allowance.fail_on, allowance.words)
    return Decision(
        outcome=outcome,
        exit=int(code),
        subject=subject,
        policy=PolicyRef(pack.name, pack.version, pack.digest, decides.origin, decides.protected),
        now=now,
        tool=f"secgate {__version__}",
        verdicts=verdicts,
        evidence=evidence,
        requirements=demands,
        left_out=left_out,
        fail_on=allowance.fail_on,
        allowances=allowance.words,
    )
