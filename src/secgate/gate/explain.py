"""Why one finding of a decision got its verdict. What the decision does not say its policy does, where that is here."""

from pathlib import Path

from secgate.errors import TrustError, UsageError
from secgate.gate.replay import authority_of, given_in
from secgate.gate.shelf import Elsewhere
from secgate.model import Decision, Finding, Verdict
from secgate.policy.compiled import compiled
from secgate.policy.explain import Explanation, explained
from secgate.report import words

_SHORTEST = 4


def chosen(decision: Decision, name: str) -> Verdict:
    """Return the verdict on the finding whose fingerprint begins with a name.

    Raises:
        UsageError: there is none, or there are several.
    """
    if len(name) < _SHORTEST:
        raise UsageError(f"`{name}` is too short for a fingerprint", f"Give at least {_SHORTEST} of its digits.")
    found = [one for one in decision.verdicts if one.finding.fingerprint.startswith(name.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(_told(one.finding) for one in found[:5])
        raise UsageError(f"{len(found)} fingerprints begin with `{name}`: {told}", "Give more of its digits.")
    if gone := next((one for one in decision.fixed if one.fingerprint.startswith(name.lower())), None):
        raise UsageError(f"{_told(gone)} is fixed: only the base has it", "There is nothing to do about it.")
    raise UsageError(f"no finding has a fingerprint that begins with `{name}`",
                     "`secgate report DECISION --verbose` lists them: `id` is how it begins.")  # fmt: skip


def _told(finding: Finding) -> str:
    return f"{finding.fingerprint[:12]} ({words.place(finding.location)})"


def explain(decision: Decision, verdict: Verdict, name: str, root: Path, elsewhere: Elsewhere) -> Explanation:
    """Explain a verdict: by all of its policy where that is here, otherwise by what the decision says.

    Args:
        decision: that it is of.
        verdict: one of its own.
        name: the pack or file that the caller names; empty: it is looked for where it came from.
        root: of the repository in which to look.
        elsewhere: how parents are reached.

    Raises:
        TrustError: what the caller names is another policy.
    """
    try:
        decides = authority_of(decision, name, root, elsewhere)
    except TrustError:
        if name:
            raise
        return Explanation(verdict, verdict.trace, ())
    policy = compiled(decides.pack, given_in(decision))
    findings = [one.finding for one in decision.verdicts]
    return explained(findings, verdict.finding.fingerprint, policy, decision.fail_on)
