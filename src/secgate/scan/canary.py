"""Canaries: a known defect rides along with every process that reads the copy, and must be found.

A scanner that starts, ends well and lists its files may still be broken: rules that did not load, a database without
content, a tool that a file of the tree has talked into silence. The canaries lie in one folder of the copy whose name
nobody knows beforehand, and are in no list of what ought to be read; so nothing of them is in a decision.
"""

import secrets
import string
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from secgate.errors import SecgateError
from secgate.globs import matcher
from secgate.model import Canary, Finding, Planted, Report, Run, Status, Task
from secgate.model.native import filled
from secgate.scan import image
from secgate.scan.write import Writer

MISSED = "did not find the canary, a known defect: what it says about the rest is worth nothing"
_ALPHABET = string.ascii_letters + string.digits


def plant(tasks: Iterable[Task], staged: Path, scratch: Path, folder: Callable[[str], Path]) -> tuple[Task, ...]:
    """Write a canary for each task that reads the copy, where its command has one for what it reads.

    An image or a bill cannot take in a canary: where there are some to read, each command for them gets one task more.

    Args:
        tasks: in any order, which is kept.
        staged: the copy of the tree.
        scratch: the folder of the processes' own folders.
        folder: gives a scanner's folder.

    Raises:
        SecgateError: one cannot be written.
    """
    tasks = list(tasks)
    around = word()
    with Writer(staged) as writer:
        planted = [
            msgspec.structs.replace(task, canary=_planted(task, around, folder(task.scanner.id), writer))
            for task in tasks
        ]
    last = {(one.scanner.id, one.name): one for one in tasks if not one.command.reads_copy}
    return (*planted, *(probe(one, scratch, folder) for one in last.values() if one.command.canaries))


def _planted(task: Task, around: str, source: Path, writer: Writer) -> Planted | None:
    if not task.command.reads_copy:
        return None
    usable = next((one for one in task.command.canaries if _fits(one, task)), None)
    return write(usable, around, source, writer) if usable else Planted(around)


def _fits(canary: Canary, task: Task) -> bool:
    """Return whether the task may be expected to find a canary: it reads something, of the canary's kind if it has one.

    The case of a name counts: what a tool takes for another kind makes it load other rules.
    """
    if task.command.target == "files" and not task.files:
        return False
    paths = [path for reads in task.command.reads if reads.kind == canary.kind for path in reads.paths]
    return not canary.kind or any(map(matcher(paths), task.files))


def write(canary: Canary, around: str, source: Path, writer: Writer) -> Planted:
    """Write a canary into a folder of its own below `around`, its free words filled in.

    Args:
        canary: as the manifest has it.
        around: the folder of all canaries, as `word` gives it.
        source: the scanner's folder.
        writer: writes into the copy.

    Raises:
        SecgateError: it cannot be written.
    """
    own = word()
    named, content = _filled(canary, source, own)
    return _put(canary, Planted(around, f"{around}/{own}/{named}", canary.finds), content, writer)


def probe(task: Task, scratch: Path, folder: Callable[[str], Path]) -> Task:
    """Write the canary of a command for images or bills, and return the task that reads nothing else.

    Args:
        task: one of that command.
        scratch: the folder of the processes' own folders.
        folder: gives a scanner's folder.

    Raises:
        SecgateError: it cannot be written.
    """
    canary, own = task.command.canaries[0], word()
    named, content = _filled(canary, folder(task.scanner.id), own)
    path, content = (
        (f"{own}.tar", image.archive(named, content)) if task.command.target == "image" else (named, content)
    )
    scratch.mkdir(exist_ok=True)
    with Writer(scratch) as writer:
        planted = _put(canary, Planted(own, path, canary.finds), content, writer)
    return msgspec.structs.replace(task, files=(), shard=task.shard + 1, canary=planted)


def _filled(canary: Canary, source: Path, name: str) -> tuple[str, bytes]:
    words = {"{name}": name, "{secret}": "".join(secrets.choice(_ALPHABET) for _ in range(36))}
    return filled(canary.named, words), filled((source / canary.file).read_text(encoding="utf-8"), words).encode()


def _put(canary: Canary, planted: Planted, content: bytes, writer: Writer) -> Planted:
    if reason := writer.write(planted.path, content):
        raise SecgateError(f"the canary {canary.file} cannot be written: {reason}")
    return planted


def word() -> str:
    """Return a name that nobody can guess and every language takes for one."""
    return f"c{secrets.token_hex(10)}"


def without_canaries(run: Run, report: Report) -> tuple[Run, Report]:
    """Take everything about canaries out of a report; a finished run that has not found its own is a failed one.

    Found canaries change nothing else: they prove that the tool works, never what it has read.
    """
    canary = run.task.canary
    if canary is None:
        return run, report
    missed = bool(canary.path) and not found(canary, report.findings)
    if missed and run.status is Status.FINISHED:
        run = msgspec.structs.replace(run, status=Status.FAILED, reason=MISSED, remedy=remedy(run.task))
    if not run.task.command.reads_copy:
        return run, Report()
    around = canary.folder
    errors = (one for one in report.errors if around not in one.path and around not in one.message)
    kept = msgspec.structs.replace(
        report,
        findings=tuple(one for one in report.findings if around not in one.location.path),
        errors=tuple(errors),
        covered=tuple(path for path in report.covered if around not in path),
    )
    return run, kept


def found(canary: Planted, findings: Iterable[Finding]) -> bool:
    """Return whether a canary is among the findings: the rule that was meant, in the very file."""
    return any(one.rule.id == canary.finds and canary.path in one.location.path for one in findings)


def remedy(task: Task) -> str:
    """Return what to type where a canary was not found: what is installed has proved its digest, a database is data."""
    return f"secgate tools {'update' if task.command.database else 'install'} {task.scanner.id}"
