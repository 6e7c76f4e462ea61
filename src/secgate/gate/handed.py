"""What one start of the gate hands to another: files that anybody could have written, held against the job."""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secgate.errors import Exit, ReportError, SecgateError, TrustError, UsageError, worst
from secgate.github import payload
from secgate.github.job import Job
from secgate.model import Decision, Finding, Resolved
from secgate.report import document
from secgate.sarif import read

DECISION = "decision.json"
FILES_MAX = 21
"""The decision, and as many SARIF files as one upload has runs."""

TOTAL_MAX = 2 * document.MAX_BYTES
"""How many bytes all files together may have."""

_SARIF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.sarif", re.ASCII)
_LOG = "The log of the scan says what to do."
_WRITER = "Find out who wrote it: nothing but the scan may write into its folder."
_STARTED = "Look at what the container runtime says in the log of the scan."
_CODES: Mapping[int, tuple[str, str]] = {
    2: ("its options or the policy are not valid (exit code 2)", _LOG),
    3: ("part of the history or of the tools is not there (exit code 3)", "Check out with `fetch-depth: 0`. " + _LOG),
    4: ("something is not what it was promised to be (exit code 4)", _LOG),
    5: ("an internal error ended it (exit code 5)", _LOG),
    125: ("its container could not be started (exit code 125)", _STARTED),
    126: ("its container could not run it (exit code 126)", _STARTED),
    127: ("its container has no such program (exit code 127)", _STARTED),
    130: ("it was interrupted (exit code 130)", "Run the job again."),
    137: (
        "it was killed (exit code 137): out of memory, or the job was cancelled",
        "Give it more memory, or --jobs 1.",
    ),
    143: ("it was ended (exit code 143): the job was cancelled or took too long", "Run the job again."),
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "cancelled": ("the job was cancelled", "Run the job again."),
    "skipped": ("it was not started", "Look at the steps before it."),
    "failure": ("it failed", _LOG),
}


@dataclass(frozen=True)
class Handed:
    """A decision that belongs to the job, or why there is none."""

    decision: Decision | None
    exit: int
    """The gate's exit code; never 0 or 1 without a decision."""
    reason: str = ""
    remedy: str = ""


def handed(folder: Path, job: Job, resolved: Resolved, ended: str) -> Handed:
    """Return the decision in a folder that holds `decision.json` and `*.sarif` and nothing else.

    Args:
        folder: may be missing.
        job: what the decision must be about.
        resolved: what else it must agree with.
        ended: how the scan ended: its exit code, or the runner's word for its step; empty where nobody says.

    Raises:
        UsageError: it is a file.
    """
    if folder.is_file():
        raise UsageError(f"{folder}: is no folder", "Give the folder that holds it: nothing else may lie there.")
    if lacking := _lacking(folder, ended):
        return lacking
    try:
        decision = _read(folder)
        _hold(decision, job, resolved, ended)
    except TrustError as error:
        return Handed(None, Exit.TRUST, error.message, error.remedy)
    except SecgateError as error:
        return Handed(None, worst([_code(ended), Exit.INCOMPLETE]), error.message, error.remedy)
    return Handed(decision, decision.exit)


def _lacking(folder: Path, ended: str) -> Handed | None:
    """Return why there is no decision at all; None where there is a file that may be one."""
    if (folder / DECISION).is_symlink() or (folder / DECISION).exists():
        return None
    number = int(ended) if ended.isascii() and ended.isdigit() and len(ended) < 4 else -1
    why, remedy = _CODES.get(number) or _WORDS.get(ended) or (f"it ended with {ended or 'nothing'}", _LOG)
    return Handed(None, worst([_code(ended), Exit.INCOMPLETE]), f"The scan gave no decision: {why}.", remedy)


def _code(ended: str) -> Exit:
    """Return what the scan's exit code says, where there is no decision to say it."""
    return {"2": Exit.USAGE, "4": Exit.TRUST, "5": Exit.INTERNAL}.get(ended, Exit.INCOMPLETE)


def _read(folder: Path) -> Decision:
    names = sorted(os.listdir(folder))  # noqa: PTH208 - names, not paths
    others = [name for name in names if name != DECISION and not _SARIF.fullmatch(name)]
    heavy = sum((folder / name).lstat().st_size for name in names[: FILES_MAX + 1]) > TOTAL_MAX
    if others or heavy or len(names) > FILES_MAX:
        what = f"holds {others[0]!a}" if others else f"holds more than {FILES_MAX} files, or too much in them"
        raise TrustError(f"the scan's folder {what}", f"Let it hold {DECISION} and *.sarif, and nothing else.")
    decision = document.load(_bytes(folder / DECISION))
    known = Counter(_key(one.finding) for one in decision.verdicts)
    for name in names:
        if name != DECISION and (Counter(_findings(folder / name)) - known):
            raise TrustError(f"{name} holds findings that the decision does not", _WRITER)
    return decision


def _findings(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield what tells apart the findings of a SARIF file of ours."""
    try:
        runs = read(_bytes(path), trusted=True)
    except ReportError as error:
        raise UsageError(f"{path.name}: {error}", "Give the files that `secgate scan` wrote, unchanged.") from error
    yield from (_key(finding) for run in runs for finding in run.findings)


def _key(finding: Finding) -> tuple[str, ...]:
    place = finding.location
    return finding.tool, finding.rule.id, place.path, str(place.line), finding.severity.value, finding.fingerprint


def _bytes(path: Path) -> bytes:
    """Return the bytes of a regular file that is no link and not too large."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise TrustError(f"{path.name} cannot be read: {error.strerror}", _WRITER) from error
    try:
        if not _plain(descriptor):
            raise TrustError(f"{path.name} is no regular file of a sensible size", _WRITER)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read(document.MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def _plain(descriptor: int) -> bool:
    about = os.fstat(descriptor)
    return stat.S_ISREG(about.st_mode) and about.st_size <= document.MAX_BYTES


def _hold(decision: Decision, job: Job, resolved: Resolved, ended: str) -> None:
    """Refuse a decision that is about something else than the job."""
    about = decision.subject
    if not job.commit and not job.reports:
        raise TrustError("the event does not say which commit the job is about", payload.REMEDY)
    for what, found, wanted in (
        ("is about", f"{about.source} {about.commit}", job.commit and f"commit {job.commit}"),
        ("is about", f"{about.source} {about.commit}", resolved.commit and f"commit {resolved.commit}"),
        ("compares with", decision.base, resolved.base),
        ("is made by policy", decision.policy.digest, resolved.policy),
    ):
        if wanted and found != wanted:
            raise TrustError(
                f"the decision {what} {found or 'nothing'}, this job {what.split()[0]} {wanted}",
                "Let nothing else write into the scan's folder, and publish in the run that scanned.",
            )
    agrees = {"": True, "success": decision.exit == 0, "failure": decision.exit != 0}
    if not agrees.get(ended, ended == str(decision.exit)):
        raise TrustError(
            f"the scan ended with {ended}, its decision says {decision.exit}", "Do not believe the decision: run again."
        )


def resolved(data: bytes) -> Resolved:
    """Return what *resolve* wrote.

    Raises:
        UsageError: it is not of that shape.
    """
    try:
        return msgspec.json.decode(data, type=Resolved)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"--resolved: {error}", 'Write {"commit": "…", "base": "…", "policy": "sha256:…"}.') from error
