"""A decision as SARIF 2.1.0: one run for each scanner that had a part in it."""

import io
from collections.abc import Iterable, Mapping

import msgspec

from secgate import __version__
from secgate.model import GATE, Action, Decision, Evidence, Finding, Scanner, Verdict
from secgate.sarif import SarifRun, Suppressed, write


def render(decision: Decision, scanners: Mapping[str, Scanner]) -> bytes:
    """Return the SARIF file of a decision; the same decision gives the same bytes.

    A scanner that did not finish has a run that says so, never an empty one that would close its open alerts.
    """
    stream = io.BytesIO()
    write(runs(decision, scanners), stream)
    return stream.getvalue()


def upload(decision: Decision, scanners: Mapping[str, Scanner]) -> bytes:
    """Return the form of the SARIF file that code scanning takes: only what counts.

    GitHub reads neither `suppressions` nor `baselineState`: what is waived or fixed would be an open alert there.
    """
    stream = io.BytesIO()
    write(map(_counting, runs(decision, scanners)), stream)
    return stream.getvalue()


def _counting(run: SarifRun) -> SarifRun:
    away = {one.fingerprint for one in run.suppressed}
    kept = tuple(one for one in run.findings if one.fingerprint not in away)
    return msgspec.structs.replace(run, findings=kept, fixed=(), suppressed=())


def runs(decision: Decision, scanners: Mapping[str, Scanner]) -> tuple[SarifRun, ...]:
    """Return the runs of a decision, sorted by tool, findings in canonical order."""
    findings = _by_tool(verdict.finding for verdict in decision.verdicts)
    fixed = _by_tool(decision.fixed)
    evidence: dict[str, list[Evidence]] = {}
    for one in decision.evidence:
        evidence.setdefault(one.scanner, []).append(one)
    suppressed = {one.finding.fingerprint: _suppressed(one, decision) for one in decision.verdicts if accepted(one)}
    return tuple(
        msgspec.structs.replace(
            run_of(tool, scanners.get(tool), tuple(findings.get(tool, ())), tuple(evidence.get(tool, ()))),
            requirements=decision.requirements,
            base=decision.base,
            fixed=tuple(sorted(fixed.get(tool, ()), key=_order)),
            suppressed=_of(findings.get(tool, ()), suppressed),
        )
        for tool in sorted(findings.keys() | fixed.keys() | evidence.keys() | _gate(decision))
    )


def _by_tool(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.tool, []).append(one)
    return found


def _of(findings: Iterable[Finding], suppressed: Mapping[str, Suppressed]) -> tuple[Suppressed, ...]:
    prints = sorted(one.fingerprint for one in findings)
    return tuple(suppressed[name] for name in prints if name in suppressed)


def accepted(verdict: Verdict) -> bool:
    """Return whether somebody has accepted a finding: all rules that match it are lifted."""
    finding = verdict.finding
    by_comment = bool(verdict.why) and (finding.suppressed_at_base or finding.suppressed_inline)
    lifted = bool(verdict.waived_by) or by_comment
    return lifted and verdict.action is Action.PASS and not verdict.decided_by


def _suppressed(verdict: Verdict, decision: Decision) -> Suppressed:
    reasons = {one.id: one.reason for one in decision.waivers}
    told = [f"{name}: {reasons[name]}" if reasons.get(name) else name for name in verdict.waived_by]
    said = "; ".join(told) or verdict.why or "suppressed by a comment"
    return Suppressed(verdict.finding.fingerprint, said, in_source=not verdict.waived_by)


def _gate(decision: Decision) -> set[str]:
    """Return the gate's own name, if it looked at a tree: its alerts are to be closed where it finds nothing more."""
    return {GATE} if decision.subject.files else set()


def run_of(
    tool: str, scanner: Scanner | None, findings: tuple[Finding, ...], evidence: tuple[Evidence, ...]
) -> SarifRun:
    """Return one run; the findings are put in canonical order: path, line, column, rule, fingerprint."""
    label = next((one.label for one in evidence if one.label), tool)
    ordered = sorted(findings, key=_order)
    if scanner is None:
        version = __version__ if tool == GATE else ""
        return SarifRun(tool=tool, title=tool, version=version, label=label, findings=tuple(ordered), evidence=evidence)
    return SarifRun(
        tool=tool,
        title=scanner.title,
        version=scanner.version,
        homepage=scanner.homepage,
        label=label,
        findings=tuple(ordered),
        evidence=evidence,
    )


def _order(finding: Finding) -> tuple[str | int, ...]:
    place = finding.location
    return (place.path, place.line, place.column, finding.rule.id, finding.fingerprint, finding.message)
