"""From raw output to findings and evidence: nothing a scanner says, or fails to say, is taken on trust.

A run is worth *ok* only when the tool finished, its report is one document of the known shape, it complained about
nothing, its stderr holds nothing unknown, and every file that it ought to have read was read.
"""

import posixpath
import re
from collections.abc import Collection, Iterable
from types import ModuleType

import msgspec

from secgate.errors import ReportError
from secgate.model import (
    Evidence,
    EvidenceState,
    Finding,
    Location,
    Related,
    Report,
    Run,
    Scanner,
    Skip,
    Status,
    Task,
    ToolError,
    Value,
)
from secgate.scan.canary import without_canaries
from secgate.scan.places import Places

MAX_ERRORS = 20
MAX_ERROR_CHARACTERS = 1_000
_QUOTED = re.compile(r"(`)[^`]*(`)|(?<=cause=)(\")(?:\\.|[^\"\\])*(\"|$)", re.DOTALL)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\s*")
_STATES = {
    Status.FAILED: EvidenceState.FAILED,
    Status.TIMED_OUT: EvidenceState.TIMED_OUT,
    Status.MISSING: EvidenceState.MISSING,
}
_STATE_ORDER = (
    EvidenceState.MISSING,
    EvidenceState.FAILED,
    EvidenceState.TIMED_OUT,
    EvidenceState.STALE,
    EvidenceState.PARTIAL,
    EvidenceState.UNVERIFIED,
    EvidenceState.OK,
    EvidenceState.NOT_APPLICABLE,
)


class Normalised(Value, frozen=True):
    """What one run gave."""

    findings: tuple[Finding, ...]
    evidence: Evidence


def normalise(run: Run, adapter: ModuleType, places: Places, scratch: str = "") -> Normalised:
    """Read a run's output.

    Args:
        run: what came of a task.
        adapter: the scanner's adapter.
        places: the copy that was scanned; absolute paths below it become relative to it.
        scratch: the folder that holds everything of this scan; its name, another one each time, is left out too.

    Returns:
        Findings with paths in the copy and lines of at least 1, in the adapter's order, and what the run is worth as
        evidence, about the tree. Findings of a failed run are kept: they are true, there may only be more.
    """
    try:
        report: Report = adapter.report(run.output) if run.output else Report()
        refused = "" if run.output or run.status is not Status.FINISHED else "the report is empty"
    except ReportError as error:
        report, refused = Report(), str(error)
    complaints = [ToolError(line) for line in _unknown_lines(run.stderr, run.task.command.harmless)]
    report = msgspec.structs.replace(report, errors=(*report.errors, *complaints))
    read_run, report = without_canaries(run, report)
    run = run if refused else read_run
    root = str(places.root)
    errors: list[ToolError] = []
    findings = tuple(_placed(finding, root, errors) for finding in report.findings)
    errors += report.errors
    errors = [_local(error, root, scratch) for error in errors]
    covered = {_relative(path, root) for path in report.covered}
    return Normalised(findings, _evidence(run, refused, errors, covered, places))


def adopted(
    scanner: Scanner, adapter: ModuleType, raw: bytes, root: str
) -> tuple[tuple[Finding, ...], tuple[Evidence, ...]]:
    """Read a native report that somebody else made: as strictly, but nothing proves that it is whole.

    Returns the findings in the adapter's order, and evidence for each category that they are of, sorted; for each that
    the scanner knows where there are none.

    Raises:
        ReportError: it is not a report of this scanner.
    """
    report: Report = adapter.report(raw)
    errors: list[ToolError] = []
    findings = tuple(_placed(finding, root, errors) for finding in report.findings)
    errors = [_local(error, root) for error in (*errors, *report.errors)]
    if not findings and not report.covered:
        errors.append(ToolError("the report names nothing that was read"))
    state = EvidenceState.PARTIAL if errors else EvidenceState.UNVERIFIED
    lines = _lines(errors)
    known = {finding.category for finding in findings} or {one.category for one in scanner.commands.values()}
    evidence = tuple(
        Evidence(
            scanner=scanner.id,
            category=category,
            state=state,
            label=scanner.evidence or scanner.id,
            reason=f"complained: {lines[0]}" if lines else "nothing proves that this report is whole",
            version=report.version,
            errors=lines,
        )
        for category in sorted(known)
    )
    return findings, evidence


def _lines(errors: Iterable[ToolError]) -> tuple[str, ...]:
    lines = {f"{error.path}: {error.message}" if error.path else error.message for error in errors}
    return tuple(sorted(lines)[:MAX_ERRORS])


def _evidence(run: Run, refused: str, errors: list[ToolError], covered: set[str], places: Places) -> Evidence:
    task = run.task
    errors = _asked(task, errors)
    unread = _unread(task, errors, covered) if task.command.reads_copy else set()
    excused = places.excused(unread, covered)
    unread = {places.original(path) for path in unread - excused}
    errors = [error for error in errors if error.path not in excused]
    errors = [ToolError(places.text(error.message), places.original(error.path)) for error in errors]
    state, reason = _judge(run, refused, errors, unread)
    return Evidence(
        scanner=task.scanner.id,
        category=task.command.category,
        command=task.name,
        state=state,
        label=run.label or task.scanner.id,
        reason=reason,
        remedy=_remedy(run, state, unread),
        version=task.scanner.version,
        expected=len(task.files) + len(task.lost),
        unread=tuple(sorted(unread)),
        errors=_lines(errors),
        database=run.database,
    )


def _asked(task: Task, errors: list[ToolError]) -> list[ToolError]:
    """Leave out complaints about files of the tree that nobody asked the tool to read.

    A tool that walks a tree guesses what a file is, and complains about those that it guessed wrong; what it ought to
    read is `reads`'s to say. A complaint without a file, or about one elsewhere, stays.
    """
    if task.command.target != "tree":
        return errors
    asked = {"", *task.files, *task.lost}
    return [error for error in errors if error.path in asked or error.path.startswith(("/", "../"))]


def _unread(task: Task, errors: Iterable[ToolError], covered: set[str]) -> set[str]:
    """Return what ought to have been read and was not: `listed` files by absence, `silent` ones by complaint."""
    complained = {error.path for error in errors if error.path}
    silent = set(task.silent)
    listed = set(task.files) - silent
    return (listed - covered) | ((listed | silent) & complained) | set(task.lost)


def _judge(run: Run, refused: str, errors: list[ToolError], unread: set[str]) -> tuple[EvidenceState, str]:
    if run.status is not Status.FINISHED:
        return _STATES[run.status], run.reason
    if refused:
        return EvidenceState.FAILED, f"wrote a report that cannot be read: {refused}"
    if unread:
        return EvidenceState.PARTIAL, _gap(unread, len(run.task.files) + len(run.task.lost))
    if errors:
        return EvidenceState.PARTIAL, f"complained: {_lines(errors)[0]}"
    return EvidenceState.OK, ""


def _gap(unread: Collection[str], total: int) -> str:
    first = ", ".join(sorted(unread)[:3])
    more = f" and {len(unread) - 3} more" if len(unread) > 3 else ""
    return f"did not read {len(unread)} of {total} files: {first}{more}"


def _remedy(run: Run, state: EvidenceState, unread: Collection[str]) -> str:
    if state is EvidenceState.OK or run.remedy:
        return run.remedy
    if state is EvidenceState.TIMED_OUT:
        return f"secgate scan --timeout {run.task.command.timeout_s * 2}"
    if unread:
        return "mend the files that are named, fetch their content, or take them out"
    return f"secgate scan --only {run.task.scanner.id} --verbose shows all that it said"


def _unknown_lines(stderr: str, harmless: Iterable[str]) -> list[str]:
    known = re.compile("|".join(f"(?:{pattern})" for pattern in harmless)) if harmless else None
    lines = (line.strip() for line in stderr.splitlines())
    return [_TIME.sub("", line) for line in lines if line and not (known and known.fullmatch(line))]


def _placed(finding: Finding, root: str, errors: list[ToolError]) -> Finding:
    location = _location(finding.location, root, errors)
    related = tuple(Related(_location(one.location, root, errors), one.message) for one in finding.related)
    if (location, related) == (finding.location, finding.related):
        return finding
    return msgspec.structs.replace(finding, location=location, related=related)


def _location(location: Location, root: str, errors: list[ToolError]) -> Location:
    path = _relative(location.path, root)
    if path.startswith(("../", "/")) or path in {"", ".", ".."}:
        errors.append(ToolError(f"names a place outside the tree: {location.path or 'nothing'}"))
        path = path.lstrip("./") or "unknown"
    line = max(location.line, 1)
    return msgspec.structs.replace(location, path=path, line=line, end_line=max(location.end_line, line))


def _local(error: ToolError, root: str, scratch: str = "") -> ToolError:
    """Return what a tool complained about without the folders in which it ran, which are others each time."""
    message = error.message
    for folder in filter(None, (root, scratch)):
        message = message.replace(f"{folder}/", "")
    # A tool that cannot read a line likes to quote it, and the line may hold a secret.
    message = _QUOTED.sub(r"\1…\2", message)
    return ToolError(message, _relative(error.path, root))


def _relative(path: str, root: str) -> str:
    """Return a path relative to the root, as short as it can be; one that leads out of it begins with `../` or `/`."""
    if not path:
        return ""
    path = posixpath.normpath(path)
    return path[len(root) + 1 :] if root and path.startswith(root + "/") else path


def skipped(skip: Skip) -> Evidence:
    """Return the evidence of a command that was not started."""
    state = EvidenceState.MISSING if skip.applicable else EvidenceState.NOT_APPLICABLE
    reason = f"was {skip.reason}" if skip.applicable else skip.reason
    remedy = "scan without --only and --skip" if skip.applicable else ""
    return Evidence(skip.scanner, skip.category, state, skip.command, label=skip.scanner, reason=reason, remedy=remedy)


def combined(parts: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Join the evidence of the processes of one command: it is worth what the least of them is worth.

    What a tool said is cut here: later than a secret is hidden, of which half would be left.

    Returns one value for each scanner and command, sorted by category, scanner and command.
    """
    groups: dict[tuple[str, str, str], list[Evidence]] = {}
    for part in parts:
        groups.setdefault((part.category, part.scanner, part.command), []).append(part)
    return tuple(_cut(_joined(groups[key])) for key in sorted(groups))


def _cut(evidence: Evidence) -> Evidence:
    errors = tuple(line[:MAX_ERROR_CHARACTERS] for line in evidence.errors)
    return msgspec.structs.replace(evidence, reason=evidence.reason[:MAX_ERROR_CHARACTERS], errors=errors)


def _joined(parts: list[Evidence]) -> Evidence:
    if len(parts) == 1:
        return parts[0]
    least = min(parts, key=lambda part: (_STATE_ORDER.index(part.state), part.reason))
    expected = sum(part.expected for part in parts)
    unread = {path for part in parts for path in part.unread}
    errors = {line for part in parts for line in part.errors}
    partial = least.state is EvidenceState.PARTIAL
    return msgspec.structs.replace(
        least,
        label=max((part.label for part in parts), key=len),
        reason=_gap(unread, expected) if partial and unread else least.reason,
        expected=expected,
        unread=tuple(sorted(unread)),
        errors=tuple(sorted(errors))[:MAX_ERRORS],
    )
