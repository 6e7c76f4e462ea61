"""A decision as SARIF 2.1.0: one run for each scanner that had a part in it."""

import io
from collections.abc import Mapping

import msgspec

from secgate import __version__
from secgate.model import GATE, Decision, Evidence, Finding, Scanner
from secgate.sarif import SarifRun, write


def render(decision: Decision, scanners: Mapping[str, Scanner]) -> bytes:
    """Return the SARIF file of a decision; the same decision gives the same bytes.

    A scanner that did not finish has a run that says so, never an empty one that would close its open alerts.
    """
    stream = io.BytesIO()
    write(runs(decision, scanners), stream)
    return stream.getvalue()


def runs(decision: Decision, scanners: Mapping[str, Scanner]) -> tuple[SarifRun, ...]:
    """Return the runs of a decision, sorted by tool, findings in canonical order."""
    findings: dict[str, list[Finding]] = {}
    evidence: dict[str, list[Evidence]] = {}
    for verdict in decision.verdicts:
        findings.setdefault(verdict.finding.tool, []).append(verdict.finding)
    for one in decision.evidence:
        evidence.setdefault(one.scanner, []).append(one)
    return tuple(
        msgspec.structs.replace(
            run_of(tool, scanners.get(tool), tuple(findings.get(tool, ())), tuple(evidence.get(tool, ()))),
            made=decision.now,
            commit=decision.subject.commit if decision.subject.source == "commit" else "",
            requirements=decision.requirements,
        )
        for tool in sorted(findings.keys() | evidence.keys() | _gate(decision))
    )


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
