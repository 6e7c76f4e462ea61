"""What GitHub says about a repository: what the token can read there, and what makes the gate binding on a branch."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from github.Repository import Repository

from secgate.errors import PublishError
from secgate.github.client import asking
from secgate.model import Caller, Condition, ConditionState

_PAGES_MAX = 20
_OURS = re.compile(r"(?i)secgate")
_REQUIRE = "Make the check a required one, or the workflow, in a ruleset: docs/github.md, *What makes it binding*."
_OWNERS = (
    "Make the workflow a required one in a ruleset of the organisation, or require a review of code owners and name "
    "`.github/` in CODEOWNERS."
)


@dataclass(frozen=True)
class Branch:
    """What GitHub says of a branch."""

    name: str
    repository: int
    """The repository's own id."""
    rules: tuple[dict[str, Any], ...] | None
    """Of rulesets that are in force; None where the token cannot see them."""
    checks: frozenset[str] | None
    """Required by the branch's own protection; None where the token cannot see it."""


def reading(repository: Repository) -> tuple[Condition, ...]:
    """Say what the token can read. What it may write shows only when it writes, and is not asked."""
    return (
        _reads(repository, "pull-requests", "pulls", "the changed lines"),
        _reads(repository, "security-events", "code-scanning/alerts", "the alerts", also="no analysis found"),
    )


def _reads(repository: Repository, right: str, path: str, what: str, also: str = "") -> Condition:
    about = f"token: {right}"
    try:
        _get(repository, f"/{path}", f"show {what}", f"{right}: read", per_page=1)
    except PublishError as error:
        if also and error.status == 404 and also in error.message.casefold():
            return Condition(about, ConditionState.OK, f"it reads {what}: there are none yet")
        return Condition(about, ConditionState.UNKNOWN, error.message, error.remedy)
    return Condition(about, ConditionState.OK, f"it reads {what}")


def branch(repository: Repository, name: str) -> tuple[Branch, tuple[Condition, ...]]:
    """Return what GitHub says of a branch, and what the token cannot see of it.

    Args:
        repository: where it lies.
        name: of the branch; empty: the default one.

    Raises:
        PublishError: GitHub does not show the repository at all.
    """
    about = _get(repository, "", "show the repository", "contents: read")
    name = name or str(about.get("default_branch", ""))
    path, unseen = quote(name, safe=""), []

    def seen(what: str, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        try:
            return ask()
        except PublishError as error:
            unseen.append(Condition(what, ConditionState.UNKNOWN, error.message, error.remedy))
            return None

    rules = seen("rules", lambda: _rules(repository, f"/rules/branches/{path}"))
    said = seen("branch", lambda: _get(repository, f"/branches/{path}", f"show {name}", "contents: read"))
    own = about.get("id")
    return Branch(name, own if isinstance(own, int) else 0, rules, _checks(said)), tuple(unseen)


def _rules(repository: Repository, path: str) -> tuple[dict[str, Any], ...]:
    found: list[dict[str, Any]] = []
    for page in range(1, _PAGES_MAX + 1):
        some = _get(repository, path, "show the rules of the branch", "contents: read", per_page=100, page=page)
        found += [one for one in some if isinstance(one, dict)] if isinstance(some, list) else []
        if not isinstance(some, list) or len(some) < 100:
            break
    return tuple(found)


def _get(repository: Repository, path: str, to: str, permission: str, **asked: int) -> Any:  # noqa: ANN401 - JSON
    with asking(to, permission):
        _, answer = repository.requester.requestJsonAndCheck("GET", f"{repository.url}{path}", parameters=asked)
    return answer if answer is not None else {}


def _checks(said: object) -> frozenset[str] | None:
    """Return what a branch's own protection requires; None where it is there and not shown."""
    if not isinstance(said, dict):
        return None
    if said.get("protected") is False:
        return frozenset()
    protection = said.get("protection")
    required = protection.get("required_status_checks") if isinstance(protection, dict) else None
    if not isinstance(required, dict):
        return None
    if required.get("enforcement_level") == "off":
        return frozenset()
    return frozenset(str(one) for one in required.get("contexts") or ())


def binding(found: Branch, callers: Iterable[Caller], owned: bool) -> tuple[Condition, ...]:
    """Say whether a change can be merged without the gate, and whether it can rewrite the gate's workflow.

    Args:
        found: the branch.
        callers: the jobs that start the gate.
        owned: whether CODEOWNERS names the folder of workflows.
    """
    callers = tuple(callers)
    if _workflow(found, callers):
        why = f"a ruleset requires the gate's workflow on {found.name}"
        return tuple(Condition(one, ConditionState.OK, why) for one in ("required check", "own workflow"))
    names = {one.check for one in callers}
    required = {name for one in _parameters(found, "required_status_checks")
                for name in _texts(one, "required_status_checks", "context")}  # fmt: skip
    met = sorted(names & (required | (found.checks or frozenset())))
    blind = found.rules is None or found.checks is None
    return (
        _check(found, names, met, blind=blind),
        _own(found, owned=owned, met=bool(met)),
    )


def _check(found: Branch, names: set[str], met: list[str], *, blind: bool) -> Condition:
    about = "required check"
    if met:
        return Condition(about, ConditionState.OK, f"{found.name} requires `{met[0]}`")
    if _parameters(found, "workflows"):
        why = f"{found.name} requires a workflow of another place: whether it starts the gate is not to be seen"
        return Condition(about, ConditionState.UNKNOWN, why, "Look at it, and call it secgate.")
    if blind:
        why = f"whether {found.name} requires the gate is not to be seen with this token"
        return Condition(about, ConditionState.UNKNOWN, why, "Look at Settings, Rules, or use a token that sees more.")
    wanted = " or ".join(f"`{one}`" for one in sorted(names)) or "any check of the gate"
    why = f"{found.name} does not require {wanted}: the gate is advisory"
    return Condition(about, ConditionState.WRONG, why, _REQUIRE)


def _own(found: Branch, *, owned: bool, met: bool) -> Condition:
    about = "own workflow"
    reviewed = any(one.get("require_code_owner_review") is True for one in _parameters(found, "pull_request"))
    if reviewed and owned:
        return Condition(about, ConditionState.OK, "code owners review a change to `.github/`")
    if found.rules is None or (_parameters(found, "workflows") and not met):
        why = "whether a pull request can rewrite the gate's workflow is not to be seen"
        return Condition(about, ConditionState.UNKNOWN, why, _OWNERS)
    if owned and found.checks is None:
        why = "whether code owners have to review a change to `.github/` is not to be seen"
        return Condition(about, ConditionState.UNKNOWN, why, _OWNERS)
    why = "a pull request can rewrite the workflow that judges it"
    return Condition(about, ConditionState.WRONG, why, _OWNERS)


def _workflow(found: Branch, callers: Iterable[Caller]) -> bool:
    """Return whether a ruleset requires a workflow that starts the gate: one of these, or one that is called so."""
    here = {one.path for one in callers}
    for one in _parameters(found, "workflows"):
        for each in _items(one, "workflows"):
            path = str(each.get("path", ""))
            if path in here if each.get("repository_id") == found.repository else _OURS.search(path):
                return True
    return False


def _parameters(found: Branch, kind: str) -> list[dict[str, Any]]:
    some = [one.get("parameters") for one in found.rules or () if one.get("type") == kind]
    return [one for one in some if isinstance(one, dict)]


def _items(of: dict[str, Any], key: str) -> list[dict[str, Any]]:
    some = of.get(key)
    return [one for one in some if isinstance(one, dict)] if isinstance(some, list) else []


def _texts(of: dict[str, Any], key: str, name: str) -> list[str]:
    return [str(one[name]) for one in _items(of, key) if name in one]
