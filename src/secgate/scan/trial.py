"""Trials: scanners that read their canaries and nothing else, to learn whether they still work here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import msgspec

from secgate.model import Evidence, EvidenceState, Planted, Run, Scanner, Status, Task
from secgate.scan import canary
from secgate.scan.normalise import normalise
from secgate.scan.places import Places
from secgate.scan.write import Writer

_ENDED_BADLY = {EvidenceState.FAILED, EvidenceState.TIMED_OUT, EvidenceState.MISSING}


@dataclass(frozen=True)
class Trial:
    """A process that reads canaries and nothing else."""

    task: Task
    canaries: tuple[Planted, ...]
    """All that it must find; of an image or a bill the task knows its canary itself."""


def trials(
    scanners: Mapping[str, Scanner], staged: Path, scratch: Path, folder: Callable[[str], Path]
) -> tuple[Trial, ...]:
    """Write every canary, and return one trial for each command that has any.

    Args:
        scanners: by id.
        staged: an empty folder, for the canaries of trees.
        scratch: the folder of the processes' own folders.
        folder: gives a scanner's folder.

    Raises:
        SecgateError: a canary cannot be written.
    """
    around = canary.word()
    tasks = [
        Task(scanner, name, command)
        for scanner in scanners.values()
        for name, command in sorted(scanner.commands.items())
        if command.canaries
    ]
    with Writer(staged) as writer:
        return tuple(
            Trial(canary.probe(task, scratch, folder), ())
            if not task.command.reads_copy
            else _trial(task, around, folder(task.scanner.id), writer)
            for task in tasks
        )


def _trial(task: Task, around: str, source: Path, writer: Writer) -> Trial:
    planted = tuple(canary.write(one, around, source, writer) for one in task.command.canaries)
    files = tuple(sorted(one.path for one in planted))
    return Trial(msgspec.structs.replace(task, files=files, silent=files), planted)


def tried(trial: Trial, run: Run, adapter: ModuleType, root: Path, scratch: str) -> Evidence:
    """Return what a trial's run proves: *ok* where every canary was found, whatever else the tool said.

    Args:
        trial: what was tried.
        run: what came of its task.
        adapter: the scanner's adapter.
        root: the folder that was scanned.
        scratch: the folder that holds everything of this trial.
    """
    result = normalise(run, adapter, Places(root), scratch)
    if run.status is not Status.FINISHED or result.evidence.state in _ENDED_BADLY:
        return result.evidence
    missed = [one.finds for one in trial.canaries if not canary.found(one, result.findings)]
    return msgspec.structs.replace(
        result.evidence,
        state=EvidenceState.FAILED if missed else EvidenceState.OK,
        reason=f"did not find {len(missed)} of {len(trial.canaries)} canaries: {', '.join(missed)}" if missed else "",
        remedy=canary.remedy(trial.task) if missed else "",
        unread=(),
    )
