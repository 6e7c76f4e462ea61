"""The stories that secgate tells: from a tree to a decision, from a report to a decision. The rooms meet here."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secgate import __version__, catalog
from secgate.errors import UsageError
from secgate.model import (
    Decision,
    Evidence,
    EvidenceState,
    Finding,
    LeftOut,
    Pack,
    PolicyRef,
    ReportError,
    RequirementState,
    RuleSet,
    Run,
    Scanner,
    Subject,
    Task,
    Tree,
    Wall,
    conclude,
)
from secgate.policy.evaluate import Allowance, judge
from secgate.policy.evidence import aged, requirements, unverified
from secgate.policy.load import load
from secgate.provision import databases, place, present, rules
from secgate.report.sarif_file import run_of
from secgate.sarif import SarifRun, read, snippets
from secgate.scan.canary import plant
from secgate.scan.detect import WORKING_TREE, Origin, detect
from secgate.scan.duplicates import deduplicate
from secgate.scan.mask import Mask, masked
from secgate.scan.merge import identify
from secgate.scan.normalise import Normalised, adopted, combined, normalise, skipped
from secgate.scan.places import Places, places
from secgate.scan.plan import Wish, longest_first, plan
from secgate.scan.run import Bench, Watcher, run
from secgate.scan.secrets import lines_of, secrets
from secgate.scan.stage import stage
from secgate.scan.trial import trials, tried
from secgate.scan.write import empty_copy

MAX_REPORT_BYTES = 500_000_000


@dataclass(frozen=True)
class Trust:
    """Whose word counts when reports are judged that secgate did not make in this run."""

    producers: frozenset[str] = frozenset()
    """Tools whose finished reports count as evidence."""
    files: bool = False
    """True where the files are secgate's own and nobody else could write to them: what they say counts."""


@dataclass(frozen=True)
class Request:
    """What to judge, and how."""

    path: Path | None
    """The folder to scan; None: no tree, only the images and bills of materials of `wish`."""
    wish: Wish
    policy: str
    """A built-in pack, `recommended@1`."""
    allowance: Allowance
    now: str
    """The UTC day, `2026-11-25`."""
    jobs: int
    """How many scanners may run at once."""
    origin: Origin = WORKING_TREE
    """Whose content at `path` is judged."""


def check(request: Request, watcher: Watcher) -> Decision:
    """Scan a tree and judge it.

    Raises:
        SecgateError: there is nothing that could be judged (no such folder, no such pack, a full disk). A scanner that
            fails is no error: it is evidence, and part of the decision.
    """
    pack = load(request.policy)
    scanners = catalog.scanners()
    tree = detect(request.path, request.origin) if request.path else Tree(root="", source="no tree")
    with empty_copy() as (folder, scratch):
        staged = stage(tree, folder, scanners.values())
        tasks, skips = plan(staged, folder, scanners, request.wish)
        tasks = plant(tasks, folder, scratch / "tasks", catalog.folder)
        bench = bench_of(folder, scratch / "tasks", scanners, pack.rule_sets)
        runs = run(longest_first(tasks), bench, request.jobs, watcher)
        copy = places(folder, staged.files)
        results = [normalise(one, catalog.adapter(one.task.scanner.id), copy, str(scratch)) for one in runs]
        found = [finding for result in results for finding in copy.told(result.findings)]
        # A secret may stand in a file in another spelling than in what stands for it.
        in_copy = [finding for result in results for finding in result.findings]
        mask = Mask(secrets(in_copy, lines_of(Places(folder))) | secrets(found, lines_of(copy)))
        results = [masked(result, mask) for result in results]
        findings = deduplicate(identify(masked(tuple(found), mask), copy, mask), catalog.equivalents())
    evidence = combined([*(result.evidence for result in results), *(skipped(skip) for skip in skips)])
    evidence = aged(evidence, _max_ages(scanners), request.now)
    demands = requirements(pack, evidence, staged, _read([one.task for one in runs], results, copy))
    subject = Subject(
        name=Path(tree.root).name or "images",
        source=tree.source,
        commit=tree.commit,
        scope=tree.scope,
        files=len({one.original for one in staged.files}),
        included=tuple(one.path for one in tree.files if one.included),
    )
    decision = _decision(subject, pack, findings, evidence, demands, request.allowance, request.now, staged.left_out)
    return msgspec.structs.replace(
        decision, suppressions=masked(staged.suppressions, mask), missing_walls=_missing_walls(runs)
    )


def examine(jobs: int, watcher: Watcher) -> tuple[Evidence, ...]:
    """Let every scanner look for its canaries, known defects, and at nothing else.

    Returns one value for each command that has canaries, sorted by scanner and command: *ok* where it found them all.

    Raises:
        SecgateError: there is no room for the canaries.
    """
    scanners = catalog.scanners()
    with empty_copy() as (folder, scratch):
        planned = {one.task.id: one for one in trials(scanners, folder, scratch / "tasks", catalog.folder)}
        bench = bench_of(folder, scratch / "tasks", scanners)
        runs = run(longest_first([one.task for one in planned.values()]), bench, jobs, watcher)
        return tuple(
            tried(planned[one.task.id], one, catalog.adapter(one.task.scanner.id), folder, str(scratch)) for one in runs
        )


def _missing_walls(runs: Iterable[Run]) -> tuple[Wall, ...]:
    return tuple(wall for wall in Wall if any(one.walls is not None and wall not in one.walls for one in runs))


def bench_of(staged: Path, scratch: Path, scanners: Mapping[str, Scanner], rule_sets: Iterable[RuleSet] = ()) -> Bench:
    """Return where the scanners will work, with what is installed on this machine."""
    tools = {name: found for name, scanner in scanners.items() if (found := present.installed(scanner))}
    data = {
        (scanner.id, database.id): (place.database_folder(scanner, database), state)
        for scanner in scanners.values()
        for database in scanner.databases
        if (state := databases.state(scanner, database))
    }
    return Bench(staged, scratch, tools, data, catalog.adapter, catalog.folder, rules.contents(rule_sets))


def _max_ages(scanners: Mapping[str, Scanner]) -> dict[tuple[str, str], int]:
    return {
        (scanner.id, database.id): database.max_age_days
        for scanner in scanners.values()
        for database in scanner.databases
    }


def _read(tasks: Sequence[Task], results: Sequence[Normalised], copy: Places) -> dict[tuple[str, str], frozenset[str]]:
    """Return, by scanner and category, the files of the tree that were certainly read."""
    read: dict[tuple[str, str], set[str]] = {}
    for task, result in zip(tasks, results, strict=True):
        if result.evidence.state in {EvidenceState.OK, EvidenceState.PARTIAL}:
            seen = set(map(copy.original, task.files)) - set(result.evidence.unread)
            read.setdefault((task.scanner.id, task.command.category), set()).update(seen)
    return {key: frozenset(paths) for key, paths in read.items()}


def _decision(
    subject: Subject,
    pack: Pack,
    findings: Iterable[Finding],
    evidence: tuple[Evidence, ...],
    demands: tuple[RequirementState, ...],
    allowance: Allowance,
    now: str,
    left_out: tuple[LeftOut, ...] = (),
) -> Decision:
    verdicts = judge(findings, pack)
    outcome, code = conclude(verdicts, demands, allowance.fail_on, allowance.words)
    return Decision(
        outcome=outcome,
        exit=int(code),
        subject=subject,
        policy=PolicyRef(pack.name, pack.version, pack.digest),
        now=now,
        tool=f"secgate {__version__}",
        verdicts=verdicts,
        evidence=evidence,
        requirements=demands,
        left_out=left_out,
        fail_on=allowance.fail_on,
        allowances=allowance.words,
    )


def evaluate(files: Sequence[Path], policy: str, allowance: Allowance, now: str, trust: Trust) -> Decision:
    """Judge SARIF that somebody already has.

    Args:
        files: SARIF 2.1.0 files, of secgate or of any other tool.
        policy: a built-in pack.
        allowance: what the caller makes milder or stricter.
        now: the UTC day.
        trust: whose word counts.

    Raises:
        UsageError: a file cannot be read or is not SARIF.
    """
    pack = load(policy)
    pack = msgspec.structs.replace(pack, accept_producers=(*pack.accept_producers, *sorted(trust.producers)))
    read_in = [_sarif(path, trusted=trust.files) for path in files]
    runs = tuple(run for some, _ in read_in for run in some)
    quoted = {finding: text for _, texts in read_in for finding, text in texts.items()}
    found = [finding for run in runs for finding in run.findings]
    runs = masked(runs, Mask(secrets(found, lambda finding: quoted.get(finding, ""))))
    findings = identify((finding for one in runs for finding in one.findings), None)
    evidence = tuple(evidence for one in runs for evidence in one.evidence)
    subject = Subject(name=", ".join(path.name for path in files), source="SARIF")
    carried = {state for one in runs for state in one.requirements}
    demands = (*unverified(pack, evidence), *sorted(carried, key=lambda state: state.id))
    return _decision(subject, pack, findings, evidence, demands, allowance, now)


def _sarif(path: Path, *, trusted: bool) -> tuple[tuple[SarifRun, ...], dict[Finding, str]]:
    """Return a file's runs, and the source text that it quotes for a finding; ours quotes none."""
    try:
        data = read_file(path)
        runs = read(data, trusted=trusted)
        return runs, {} if trusted else dict(snippets(data, runs))
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


def read_file(path: Path) -> bytes:
    """Return a file's bytes; `-` is standard input.

    Raises:
        UsageError: it cannot be read, or is larger than `MAX_REPORT_BYTES`.
    """
    try:
        data = sys.stdin.buffer.read(MAX_REPORT_BYTES + 1) if str(path) == "-" else _bounded(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", "Check the path and its permissions.") from error
    if len(data) > MAX_REPORT_BYTES:
        raise UsageError(f"{path}: is larger than {MAX_REPORT_BYTES // 1_000_000} MB")
    return data


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_REPORT_BYTES + 1)
