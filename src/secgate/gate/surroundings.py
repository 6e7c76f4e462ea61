"""Whether a repository is set up so that its gate cannot be passed by: its workflows, its rules, the token."""

from collections.abc import Iterator
from pathlib import Path

from github.Repository import Repository

from secgate.errors import PublishError
from secgate.github.binding import binding, branch, reading
from secgate.github.callers import callers
from secgate.model import Condition, ConditionState

_OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for it, in this order; the first one counts."""
_MAX_BYTES = 3_000_000
_COVERS = {"", ".github", ".github/workflows"}
"""Patterns that are about the folder of workflows, without slashes and stars around them."""


def surroundings(root: Path, repository: Repository | None, name: str = "") -> tuple[Condition, ...]:
    """Return what is right, what is wrong and what cannot be seen.

    Args:
        root: of the clone whose workflows count.
        repository: whom to ask; None: there is no token, so nothing is seen.
        name: of the branch; empty: the default one.
    """
    found, said = callers(root)
    if not found and not said:
        remedy = "`secgate init` writes one."
        said = (Condition("workflow", ConditionState.WRONG, "no workflow of this clone starts the gate", remedy),)
    if repository is None:
        why = "there is no token: GitHub was not asked"
        remedy = "Set SECGATE_DOCTOR_TOKEN, or GITHUB_TOKEN."
        return (*said, *(Condition(one, ConditionState.UNKNOWN, why, remedy) for one in ("token", "required check")))
    try:
        seen, unseen = branch(repository, name)
    except PublishError as error:
        return (*said, Condition("repository", ConditionState.UNKNOWN, error.message, error.remedy))
    return (*said, *reading(repository), *unseen, *binding(seen, found, _owned(root)))


def _owned(root: Path) -> bool:
    """Return whether CODEOWNERS gives the workflows to somebody: the last line that is about them decides."""
    owners: list[str] = []
    for line in _lines(root):
        pattern, *owners_of = line.split()
        if pattern.strip("/*") in _COVERS:
            owners = owners_of
    return bool(owners)


def _lines(root: Path) -> Iterator[str]:
    for name in _OWNERS:
        place = root / name
        if place.is_file() and not place.is_symlink():
            with place.open("rb") as file:
                text = file.read(_MAX_BYTES).decode(errors="replace")
            yield from (code for line in text.splitlines() if (code := line.partition("#")[0].strip()))
            return
