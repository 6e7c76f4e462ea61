"""A decision as SARIF 2.1.0: one run for each scanner that had a part in it."""

import io
from collections.abc import Iterable, Mapping

import msgspec

from secgate import __version__
from secgate.model import GATE, Category, Decision, Evidence, EvidenceState, Finding, Scanner, Verdict
from secgate.report.groups import accepted
from secgate.sarif import SarifRun, Suppressed, write


def render(decision: Decision, scanners: Mapping[str, Scanner]) -> bytes:
    """Return the SARIF file of a decision; the same decision gives the same bytes.

    A scanner that did not finish has a run that says so, never an empty one that would close its open alerts.
    """
    return written(runs(decision, scanners))


def written(some: Iterable[SarifRun]) -> bytes:
    """Return a SARIF file of some runs."""
    stream = io.BytesIO()
    write(some, stream)
    return stream.getvalue()


def counting(decision: Decision, scanners: Mapping[str, Scanner]) -> tuple[SarifRun, ...]:
    """Return the runs of a decision with only what counts: nothing that is accepted, nothing that is fixed."""
    return tuple(_counting(run, decision) for run in runs(decision, scanners))


def _counting(run: SarifRun, decision: Decision) -> SarifRun:
    away = {one.fingerprint for one in run.suppressed}
    kept = tuple(one for one in run.findings if one.fingerprint not in away)
    evidence = run.evidence or _own(run, decision)
    return msgspec.structs.replace(run, findings=kept, fixed=(), suppressed=(), evidence=evidence)


def _own(run: SarifRun, decision: Decision) -> tuple[Evidence, ...]:
    """Return the evidence of the gate's own look at the tree, which no scanner's run is: without it, it would fail."""
    if run.tool != GATE or not decision.subject.files:
        return ()
    return (Evidence(GATE, Category.GATE, EvidenceState.OK, expected=decision.subject.files),)


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
            made=decision.now,
            commit=decision.subject.commit if decision.subject.source == "commit" else "",
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


def _suppressed(verdict: Verdict, decision: Decision) -> Suppressed:
    reasons = {one.id: one.reason for one in decision.waivers}
    told = [f"{name}: {reasons[name]}" if reasons.get(name) else name for name in verdict.waived_by]
    said = "; ".join(told) or verdict.why
    return Suppressed(verdict.finding.fingerprint, said, in_source=not (verdict.waived_by or verdict.vex))


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
