"""The form of a decision that code scanning gets: what is accepted is left out, and so is whoever did not finish.

Code scanning takes an accepted finding for an open alert, and a run without a finding for the end of its alert. So
waived findings are dropped, and a tool whose evidence is not complete has no run at all: its alerts stay as they are.
"""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from secgate.model import Decision, Evidence, EvidenceState, Finding, Scanner
from secgate.report import sarif_file, words
from secgate.report.groups import accepted
from secgate.sarif import SarifRun, limits

_CONFIDENCE = {"high": 0, "unknown": 1, "medium": 2, "low": 3}


@dataclass(frozen=True)
class Upload:
    """What to upload, and what is not in it."""

    files: tuple[bytes, ...] = ()
    """SARIF, each within the limits."""
    said: tuple[str, ...] = ()
    """What was left out, in sentences."""


def render(
    decision: Decision,
    scanners: Mapping[str, Scanner],
    *,
    results_max: int = limits.RESULTS_KEPT,
    gzip_max: int = limits.GZIP_MAX,
) -> Upload:
    """Return the upload form of a decision; the same decision gives the same bytes.

    Args:
        decision: what to upload.
        scanners: by id.
        results_max: how many findings of a tool are kept: the most severe, then the most certain, then by place.
        gzip_max: how many bytes a file may have when it is compressed.
    """
    number = sum(map(accepted, decision.verdicts))
    said = [f"{words.plural(number, 'accepted finding')} left out"] if number else []
    runs: list[SarifRun] = []
    for run in sarif_file.counting(decision, scanners):
        kept = run.findings
        if lacking := _lacking(run.evidence):
            said.append(f"nothing of {run.tool}, which is {lacking}: its alerts stay as they are")
            continue
        if len(kept) > results_max:
            said.append(f"{len(kept) - results_max:,} of {len(kept):,} findings of {run.tool}, the least severe")
        runs.append(msgspec.structs.replace(run, findings=_first(kept, results_max)))
    files: list[bytes] = []
    for start in range(0, len(runs), limits.RUNS_MAX):
        files += _fitting(runs[start : start + limits.RUNS_MAX], gzip_max, said)
    return Upload(tuple(files), tuple(said))


def _lacking(evidence: Sequence[Evidence]) -> str:
    """Return the first state that is not complete; empty where all are."""
    if not evidence:
        return EvidenceState.UNVERIFIED.value
    return next((one.state.value for one in evidence if not one.complete), "")


def _first(findings: Sequence[Finding], number: int) -> tuple[Finding, ...]:
    """Return the most severe ones in their old order; where that leaves a choice, the first by place."""
    if len(findings) <= number:
        return tuple(findings)
    order = sorted(
        range(len(findings)),
        key=lambda one: (-findings[one].severity.rank, _CONFIDENCE[findings[one].confidence.value], one),
    )
    return tuple(findings[one] for one in sorted(order[:number]))


def _fitting(runs: Sequence[SarifRun], gzip_max: int, said: list[str]) -> list[bytes]:
    """Return the file of some runs, or several where one would be too large; a run that is too large loses findings."""
    data = sarif_file.written(runs)
    if len(gzip.compress(data, mtime=0)) <= gzip_max:
        return [data]
    if len(runs) > 1:
        half = len(runs) // 2
        return [*_fitting(runs[:half], gzip_max, said), *_fitting(runs[half:], gzip_max, said)]
    (run,) = runs
    if not run.findings:
        said.append(f"nothing of {run.tool}: what it says of itself alone is too large")
        return []
    kept = len(run.findings) // 2
    said.append(f"{len(run.findings) - kept:,} findings of {run.tool}, the least severe: the file would be too large")
    return _fitting([msgspec.structs.replace(run, findings=_first(run.findings, kept))], gzip_max, said)
