"""What has proved itself: scanners of images and bills that found their canaries with the very data that they have now.

The canary of such a scanner is a process of its own, so it is looked for once for each tool and digest of its database,
and not with every scan. Where nothing can be kept it is looked for again.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from secgate.model import EvidenceState, Run, Task
from secgate.provision import place, receipt
from secgate.scan.normalise import normalise
from secgate.scan.places import Places
from secgate.scan.run import Bench


def unproved(tasks: Iterable[Task], bench: Bench) -> tuple[Task, ...]:
    """Return the tasks without those that would look for nothing but a canary that was found before.

    Args:
        tasks: in any order, which is kept.
        bench: with what they would work.
    """
    return tuple(one for one in tasks if not (_is_probe(one) and _read(one) == _digest(one, bench)))


def keep(runs: Sequence[Run], bench: Bench) -> None:
    """Remember which canaries were found by processes that looked for nothing else.

    Args:
        runs: all of a scan.
        bench: with what they worked.
    """
    for one in runs:
        adapter = bench.adapter(one.task.scanner.id)
        if _is_probe(one.task) and (digest := _digest(one.task, bench)):
            result = normalise(one, adapter, Places(bench.staged), str(bench.scratch))
            if result.evidence.state is EvidenceState.OK:
                with contextlib.suppress(OSError):
                    _place(one.task).parent.mkdir(parents=True, exist_ok=True)
                    receipt.write_whole(_place(one.task), digest.encode())


def _is_probe(task: Task) -> bool:
    return task.canary is not None and not task.command.reads_copy


def _place(task: Task) -> Path:
    return place.home() / "canaries" / f"{task.scanner.id}-{task.name}"


def _read(task: Task) -> str:
    try:
        return _place(task).read_text("ascii")
    except (OSError, ValueError):
        return "not yet"


def _digest(task: Task, bench: Bench) -> str:
    """Return what changes with the tool, its data, its command or its canary; empty where its data is missing."""
    found = bench.databases.get((task.scanner.id, task.command.database))
    if task.command.database and not found:
        return ""
    canary = bench.folder(task.scanner.id) / task.command.canaries[0].file
    parts = (place.pins(task.scanner), found[1].digest if found else "", task.name)
    return hashlib.sha256(msgspec.json.encode((*parts, task.command)) + canary.read_bytes()).hexdigest()
