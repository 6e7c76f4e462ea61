"""Where the policy comes from: never from the change that it judges.

| event | whose policy |
|---|---|
| pull request, merge group | that of the target branch's current tip, if the branch is protected |
| push to a protected branch | that of its tip before the push |
| anything else, and a branch that is not protected | that of the default branch's current tip |
| local | that of the working tree, called *unprotected* |

Protected are the default branch and those that its policy lists. What the judged tree says is shown as its effect.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from secgate.errors import TrustError, UsageError
from secgate.globs import matcher
from secgate.model import Context, Event, Pack
from secgate.policy.load import BARE, load, parse
from secgate.policy.parents import Shelf

PATH = ".secgate/policy.yaml"
PACK = "recommended@1"
"""What judges where a branch has no policy."""

Read = Callable[[str], bytes | None]
"""Gives the bytes of the policy file in a commit, by its id; None where it has none."""


@dataclass(frozen=True)
class Authority:
    """A policy, and why it is the one that counts."""

    pack: Pack
    origin: str
    """Where it comes from, in words."""
    protected: bool = False
    """False where whoever made the change could have written it."""
    commit: str = ""
    """The id of the commit that holds it; empty where none does."""
    branch: str = ""
    """The protected branch that decides; empty where none does."""


@dataclass(frozen=True)
class Branches:
    """How branches are looked at."""

    tip: Callable[[str], str]
    """Gives the id of a branch's newest commit, by its name."""
    read: Read
    shelf: Callable[[str], Shelf] = lambda _: BARE
    """Gives where the files lie that the policy of a commit names, by its id."""


def authority(context: Context, branches: Branches) -> Authority:
    """Return the policy of the branch that is trusted, for an event that is not local.

    Raises:
        SecgateError: a branch is not in this clone, or its policy is not valid.
    """
    default = context.default_branch
    if context.event is Event.PUSH and context.branch == default and context.before:
        return _at(context.before, default, branches, " before the push")
    first = branches.tip(default)
    trusted = _at(first, default, branches)
    if context.branch in {"", default} or not matcher(trusted.pack.protected_branches)(context.branch):
        return trusted
    if context.event is Event.PUSH:
        if not context.before:
            return trusted
        return _at(context.before, context.branch, branches, " before the push")
    return _at(branches.tip(context.branch), context.branch, branches)


def _at(commit: str, branch: str, branches: Branches, when: str = "") -> Authority:
    content, where = branches.read(commit), f"`{branch}`{when} at {commit[:12]}"
    if content is None:
        return Authority(load(PACK), f"built in: {where} has no {PATH}", True, commit, branch)
    pack = parse(content, f"{PATH} of {where}", branches.shelf(commit), PATH)
    return Authority(pack, where, True, commit, branch)


def unprotected(content: bytes | None, shelf: Shelf = BARE) -> Authority:
    """Return the policy for a run that nobody else's branch decides about.

    Args:
        content: of the policy file in the working tree; None where there is none.
        shelf: where the files lie that it names.

    Raises:
        SecgateError: it is not valid, or a parent is not what it is pinned to be.
    """
    if content is None:
        return Authority(load(PACK), "built in")
    return Authority(parse(content, PATH, shelf), PATH)


def misnamed(paths: Iterable[str], where: str = "") -> None:
    """Refuse names that somebody took for the policy's: without it another policy would count, and nobody would know.

    Args:
        paths: of a tree without a policy.
        where: it is, in words, with a blank in front.

    Raises:
        UsageError: one of them differs from the policy's in its suffix or in capital letters only.
    """
    for path in paths:
        if path.casefold().removesuffix(".yml").removesuffix(".yaml") == PATH.removesuffix(".yaml"):
            raise UsageError(f"`{path}`{where} is not read as the policy", f"Call it {PATH}.")


def named(name: str, shelf: Shelf = BARE, place: str = "") -> Authority:
    """Return the policy that the caller names.

    Args:
        name: a pack, or the path of a file.
        shelf: where the files lie that it names.
        place: the file's path below the shelf's root.

    Raises:
        SecgateError: there is no such policy, it is not valid, or a parent is not what it is pinned to be.
    """
    return Authority(load(name, shelf, place), "named by --policy")


def hold(decides: Authority, options: Iterable[str]) -> None:
    """Refuse options that loosen, where a protected branch decides and its policy does not list them.

    The workflow that passes them belongs to the change that is judged.

    Args:
        decides: whose policy counts.
        options: the loosening options that were given, as they are written: `--skip`; and the name of a variable that
            says where scanners lie, which a policy calls `home`.

    Raises:
        TrustError: one of them is not allowed.
    """
    if not decides.protected:
        return
    listed = {one: one.removeprefix("--") if one.startswith("--") else "home" for one in options}
    refused = [one for one, name in listed.items() if name not in decides.pack.allow_options]
    if refused:
        raise TrustError(
            f"{', '.join(refused)}: only the policy of the protected branch may allow that ({decides.origin})",
            f"Leave it out, or list `{listed[refused[0]]}` under spec.allowOptions of {PATH} there.",
        )
