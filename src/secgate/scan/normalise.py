"""From raw output to findings and evidence: nothing a scanner says, or fails to say, is taken on trust.

A run is worth *ok* only when the tool finished, its report is one document of the known shape, it complained about
nothing, its stderr holds nothing unknown, and every file that it ought to have read was read.
"""

import posixpath
import re
from collections.abc import Collection, Iterable
from types import ModuleType
from typing import Protocol

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
    Status,
    Task,
    ToolError,
    Value,
)
from secgate.scan import stderr
from secgate.scan.canary import without_canaries
from secgate.scan.locked import unchecked
from secgate.scan.places import Places
from secgate.scan.worth import MAX_ERRORS, gap

_QUOTED = re.compile(r"(`)[^`]*(`)|(?<=cause=)(\")(?:\\.|[^\"\\])*(\"|$)", re.DOTALL)
_STATES = {
    Status.FAILED: EvidenceState.FAILED,
    Status.TIMED_OUT: EvidenceState.TIMED_OUT,
    Status.MISSING: EvidenceState.MISSING,
}


class Known(Protocol):
    """Says what need not be read."""

    def __call__(self, path: str, /, *, whole: bool) -> bool:
        """Return whether a file of the tree, or the `whole` of its folder, is known and need not be read."""


def _nothing(_path: str, /, *, whole: bool) -> bool:  # noqa: ARG001 - called like any other
    return False


class Normalised(Value, frozen=True):
    """What one run gave."""

    findings: tuple[Finding, ...]
    evidence: Evidence


def normalise(run: Run, adapter: ModuleType, places: Places, scratch: str = "", known: Known = _nothing) -> Normalised:
    """Read a run's output.

    Args:
        run: what came of a task.
        adapter: the scanner's adapter.
        places: the copy that was scanned; absolute paths below it become relative to it.
        scratch: the folder that holds everything of this scan; its name, another one each time, is left out too.
        known: says which files of the copy need not be read; those that were not are listed.

    Returns:
        Findings with paths in the copy and lines of at least 1, in the adapter's order, and what the run is worth as
        evidence, about the tree. Findings of a failed run are kept: they are true, there may only be more.
    """
    try:
        report: Report = adapter.report(run.output) if run.output else Report()
        refused = "" if run.output or run.status is not Status.FINISHED else "the report is empty"
    except ReportError as error:
        report, refused = Report(), str(error)
    complaints = stderr.complaints(run, str(places.root))
    report = msgspec.structs.replace(report, errors=(*report.errors, *complaints))
    read_run, report = without_canaries(run, report)
    run = run if refused else read_run
    root = str(places.root)
    errors: list[ToolError] = []
    findings = tuple(_placed(finding, root, errors) for finding in report.findings)
    errors += report.errors
    errors = [_local(error, root, scratch) for error in errors]
    covered = {_relative(path, root) for path in report.covered}
    errors += unchecked(run.task, {_relative(path, root): packages for path, packages in report.packages.items()})
    asked = _asked(run.task, errors)
    unread = _unread(run.task, asked, covered)
    excused = places.excused(unread, covered)
    gaps = {places.original(path) for path in unread - excused}
    judged = {path: known(path, whole=path in run.task.whole) for path in unread - excused}
    let_be = gaps - {places.original(path) for path, need_not in judged.items() if not need_not}
    told = [ToolError(places.text(one.message), places.original(one.path)) for one in asked if one.path not in excused]
    told = [one for one in told if one.path not in let_be]
    return Normalised(findings, _evidence(run, refused, told, gaps - let_be, let_be))


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


def _evidence(run: Run, refused: str, errors: list[ToolError], unread: set[str], let_be: set[str]) -> Evidence:
    task = run.task
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
        known=tuple(sorted(let_be)),
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
    if not task.command.reads_copy:
        return set()
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
        return EvidenceState.PARTIAL, gap(unread, len(run.task.files) + len(run.task.lost))
    if errors:
        return EvidenceState.PARTIAL, f"complained: {_lines(errors)[0]}"
    return EvidenceState.OK, ""


def _remedy(run: Run, state: EvidenceState, unread: Collection[str]) -> str:
    if state is EvidenceState.OK or run.remedy:
        return run.remedy
    if state is EvidenceState.TIMED_OUT:
        return f"secgate scan --timeout {run.task.command.timeout_s * 2}"
    if unread:
        return "mend the files that are named, fetch their content, or take them out"
    return f"secgate scan --only {run.task.scanner.id} --verbose shows all that it said"


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
