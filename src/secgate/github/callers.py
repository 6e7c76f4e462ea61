"""The jobs of a repository's workflows that start the gate, and whether each is made as the gate needs it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secgate.catalog import document
from secgate.errors import UsageError
from secgate.model import Caller, Condition, ConditionState

FOLDER = ".github/workflows"
FILES_MAX = 200
_USES = re.compile(r"(?i)[\w.-]+/secgate(?P<shared>/\.github/workflows/gate\.ya?ml)?@(?P<ref>\S+)", re.ASCII)
_PINNED = re.compile(r"[$.]/.*|[^@]+@(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})", re.ASCII)
"""This repository's own at the same commit, a commit, or an image by its digest."""
_SHARED_CHECK = "The gate"
"""The name of the job in the workflow that others call."""
_NEEDED = {"contents": {"read", "write"}, "pull-requests": {"write"}}
_FULL = {"fetch-depth": 0, "persist-credentials": False}


def callers(root: Path) -> tuple[tuple[Caller, ...], tuple[Condition, ...]]:
    """Return the jobs that start the gate, and what is right and wrong about them, sorted by file.

    Args:
        root: of the repository. Links are not followed.
    """
    found: list[Caller] = []
    said: list[Condition] = []
    folder = root / FOLDER
    names = sorted(one for one in folder.glob("*.y*ml") if one.is_file() and not one.is_symlink())
    for place in names[:FILES_MAX]:
        path = f"{FOLDER}/{place.name}"
        data = document.read(place, path)
        if b"/secgate" not in data.lower():
            continue
        try:
            workflow = document.parse(data, path).value
        except UsageError as error:
            said.append(Condition("workflow", ConditionState.UNKNOWN, error.message, error.remedy))
            continue
        for name, job in _jobs(workflow):
            if caller := _caller(path, name, job):
                found.append(caller)
                said += _conditions(f"{path}, {name}: ", workflow, job)
    return tuple(found), tuple(said)


def _jobs(workflow: object) -> Iterator[tuple[str, dict[str, Any]]]:
    jobs = workflow.get("jobs") if isinstance(workflow, dict) else None
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        if isinstance(job, dict):
            yield str(name), job


def _steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    steps = job.get("steps")
    return [one for one in steps if isinstance(one, dict)] if isinstance(steps, list) else []


def _match(one: dict[str, Any]) -> re.Match[str] | None:
    return _USES.fullmatch(str(one.get("uses", "")))


def _caller(path: str, name: str, job: dict[str, Any]) -> Caller | None:
    check = str(job.get("name") or name)
    if (match := _match(job)) and match["shared"]:
        return Caller(path, f"{check} / {_SHARED_CHECK}")
    return Caller(path, check) if any(_match(step) for step in _steps(job)) else None


def _conditions(where: str, workflow: object, job: dict[str, Any]) -> Iterator[Condition]:
    yield _events(where, workflow)
    yield _pins(where, [str(one["uses"]) for one in (job, *_steps(job)) if "uses" in one])
    yield _permissions(where, job.get("permissions", workflow.get("permissions") if isinstance(workflow, dict) else 0))
    if "uses" not in job:
        yield _before(where, _steps(job))


def _events(where: str, workflow: object) -> Condition:
    said = workflow.get("on") if isinstance(workflow, dict) else None
    events = {str(one) for one in said} if isinstance(said, list | dict) else {str(said)}
    if "pull_request_target" in events:
        why, remedy = "a job on pull_request_target has secrets that a change must not meet", "Use `pull_request`."
    elif "pull_request" in events:
        return Condition("event", ConditionState.OK, f"{where}judges every pull request")
    else:
        why, remedy = "no pull request is judged", "Add `pull_request:` to its `on`."
    return Condition("event", ConditionState.WRONG, where + why, remedy)


def _pins(where: str, used: list[str]) -> Condition:
    loose = [one for one in used if not _PINNED.fullmatch(one)]
    if loose:
        why = f"{where}{', '.join(loose[:5])}: a tag or a branch can be moved"
        return Condition("pin", ConditionState.WRONG, why, "Name each action by its full commit id, 40 hex digits.")
    return Condition("pin", ConditionState.OK, f"{where}each action is named by its commit")


def _permissions(where: str, given: object) -> Condition:
    remedy = "Give the job `permissions: {contents: read, pull-requests: write}`."
    if given is None or given == 0:
        why = "no `permissions` are given, so the repository's settings decide"
        return Condition("permissions", ConditionState.UNKNOWN, where + why, remedy)
    if given == "write-all":
        return Condition("permissions", ConditionState.WRONG, f"{where}the token may do anything", remedy)
    rights = given if isinstance(given, dict) else {}
    lacking = [name for name, enough in _NEEDED.items() if str(rights.get(name)) not in enough]
    if lacking:
        why = f"{where}the token has too few rights: {' and '.join(lacking)}"
        return Condition("permissions", ConditionState.WRONG, why, remedy)
    return Condition("permissions", ConditionState.OK, f"{where}the token may read the policy and write the comment")


def _before(where: str, steps: list[dict[str, Any]]) -> Condition:
    """Say whether the gate has a job of its own, and all of the history, and no token in the clone."""
    at = next(number for number, step in enumerate(steps) if _match(step))
    others = [one for one in steps[:at] if not str(one.get("uses", "")).startswith("actions/checkout@")]
    checkouts = [one for one in steps[:at] if one not in others]
    if others:
        why, remedy = "something else runs before the gate and can lead it astray", "Give the gate a job of its own."
    elif not checkouts:
        why, remedy = "nothing is checked out before the gate", "Put actions/checkout before it."
    else:
        given = checkouts[-1].get("with")
        values = given if isinstance(given, dict) else {}
        lacking = [name for name, value in _FULL.items() if str(values.get(name)).lower() != str(value).lower()]
        if not lacking:
            return Condition("job", ConditionState.OK, f"{where}the gate has a job of its own, and the history")
        why = f"actions/checkout lacks {' and '.join(lacking)}"
        remedy = "Give it `with: {fetch-depth: 0, persist-credentials: false}`."
    return Condition("job", ConditionState.WRONG, where + why, remedy)
