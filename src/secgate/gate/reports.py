"""From reports that somebody already has to a decision, or to SARIF."""

import dataclasses
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secgate import catalog
from secgate.errors import UsageError
from secgate.gate.verdict import circumstances, decide
from secgate.model import (
    LOCAL,
    SARIF,
    Context,
    Decision,
    Evidence,
    EvidenceState,
    Finding,
    InlinePolicy,
    Pack,
    ReportError,
    Subject,
)
from secgate.policy.evaluate import Allowance
from secgate.policy.evidence import outdated, unverified
from secgate.policy.source import Authority
from secgate.report.sarif_file import run_of
from secgate.sarif import SarifRun, read, snippets
from secgate.scan.mask import Mask, masked
from secgate.scan.merge import identify
from secgate.scan.normalise import adopted
from secgate.scan.places import Places
from secgate.scan.secrets import lines_of, secrets
from secgate.scan.worth import combined

MAX_REPORT_BYTES = 500_000_000


@dataclass(frozen=True)
class Trust:
    """Whose word counts when reports are judged that secgate did not make in this run."""

    producers: frozenset[str] = frozenset()
    """Tools whose finished reports count as evidence."""
    files: bool = False
    """True where the files are secgate's own and nobody else could write to them: what they say counts."""


def evaluate(
    files: Sequence[Path], decides: Authority, allowance: Allowance, now: str, trust: Trust, context: Context = LOCAL
) -> Decision:
    """Judge SARIF that somebody already has.

    Args:
        files: SARIF 2.1.0 files, of secgate or of any other tool.
        decides: the policy that counts.
        allowance: what the caller makes milder or stricter.
        now: the UTC day.
        trust: whose word counts.
        context: on whose behalf.

    Raises:
        UsageError: a file cannot be read or is not SARIF.
    """
    pack = msgspec.structs.replace(
        decides.pack, accept_producers=(*decides.pack.accept_producers, *sorted(trust.producers))
    )
    read_in = [_sarif(path, trust, pack.inline) for path in files]
    runs = tuple(run for some, _ in read_in for run in some)
    quoted = {finding: text for _, texts in read_in for finding, text in texts.items()}
    found = [finding for run in runs for finding in run.findings]
    runs = masked(runs, Mask(secrets(found, lambda finding: quoted.get(finding, ""))))
    findings = identify((finding for one in runs for finding in one.findings), None)
    evidence = tuple(evidence for one in runs for evidence in _dated(one, pack, context, now))
    subject = Subject(name=", ".join(path.name for path in files), source=SARIF)
    carried = {state for one in runs for state in one.requirements}
    demands = (*unverified(pack, evidence), *sorted(carried, key=lambda state: state.id))
    bases = {run.base for run in runs}
    base = next(iter(bases)) if len(bases) == 1 else ""
    given = dataclasses.replace(circumstances(context, now), baseline={} if base else None)
    decision = decide(subject, decides, findings, evidence, demands, allowance, given)
    return msgspec.structs.replace(decision, base=base, fixed=tuple(one for run in runs for one in run.fixed if base))


def _dated(one: SarifRun, pack: Pack, context: Context, now: str) -> tuple[Evidence, ...]:
    """Return a run's evidence, *stale* where the run is too old or about something else."""
    why = outdated(pack, one.made, one.commit, context.commit, now)
    usable = {EvidenceState.OK, EvidenceState.UNVERIFIED}
    return tuple(
        msgspec.structs.replace(each, state=EvidenceState.STALE, reason=f"the report {why}", remedy="Make it anew.")
        if why and each.state in usable else each
        for each in one.evidence
    )  # fmt: skip


def _sarif(path: Path, trust: Trust, asked: InlinePolicy) -> tuple[tuple[SarifRun, ...], dict[Finding, str]]:
    """Return a file's runs, and the source text that it quotes for a finding; ours quotes none."""
    try:
        data = read_file(path)
        runs = read(data, trusted=trust.files, asked=asked)
        return runs, {} if trust.files else dict(snippets(data, runs))
    except ReportError as error:
        raise UsageError(f"{path}: {error}", "Give a SARIF 2.1.0 file with at least one run.") from error


def convert(scanner: str, files: Sequence[Path], root: Path) -> SarifRun:
    """Turn native reports of one scanner into one SARIF run, as strictly as a scan.

    Args:
        scanner: its id.
        files: reports in the scanner's own format, of one scan.
        root: the folder that was scanned: absolute paths below it become relative, and its files give the line hashes.

    Raises:
        UsageError: no such scanner, or a file is not a whole report of it.
    """
    manifest, adapter = catalog.scanner(scanner), catalog.adapter(scanner)
    findings: list[Finding] = []
    evidence: list[Evidence] = []
    for path in files:
        try:
            found, worth = adopted(manifest, adapter, read_file(path), str(root.resolve()))
        except ReportError as error:
            raise UsageError(f"{path}: is not a whole report of {manifest.title}: {error}") from error
        findings += found
        evidence += worth
    copy = Places(root)
    mask = Mask(secrets(findings, lines_of(copy)))
    found, worth = masked((tuple(findings), tuple(evidence)), mask)
    return run_of(scanner, manifest, identify(found, copy, mask), combined(worth))


def read_file(path: Path, remedy: str = "Check the path and its permissions.") -> bytes:
    """Return a file's bytes; `-` is standard input.

    Args:
        path: the file.
        remedy: what to do where it cannot be read.

    Raises:
        UsageError: it cannot be read, or is larger than `MAX_REPORT_BYTES`.
    """
    try:
        data = sys.stdin.buffer.read(MAX_REPORT_BYTES + 1) if str(path) == "-" else _bounded(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", remedy) from error
    if len(data) > MAX_REPORT_BYTES:
        raise UsageError(f"{path}: is larger than {MAX_REPORT_BYTES // 1_000_000} MB")
    return data


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_REPORT_BYTES + 1)
