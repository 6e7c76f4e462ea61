"""On what ground a tree is judged: whose policy counts, what exactly is judged, and what it is compared with."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from secgate import git
from secgate.catalog import document
from secgate.errors import SecgateError, TrustError, UsageError
from secgate.gate.shelf import NOWHERE, Elsewhere, beside, of_commit, of_folder
from secgate.model import LOCAL, TARGET_BRANCH, Context, Event, Pack, Tree
from secgate.policy import source
from secgate.policy.evaluate import Allowance
from secgate.policy.parents import Shelf
from secgate.policy.source import Authority, Branches
from secgate.provision import place
from secgate.scan.detect import WORKING_TREE, Origin, detect
from secgate.scan.plan import Wish
from secgate.scan.since import Since, since


@dataclass(frozen=True)
class Request:
    """What to judge, and how."""

    path: Path | None
    """The folder to scan; None: no tree, only the images and bills of materials of `wish`."""
    wish: Wish
    decides: Authority
    """The policy that counts, as `authority` gives it."""
    allowance: Allowance
    now: str
    """The UTC day, `2026-11-25`."""
    jobs: int
    """How many scanners may run at once."""
    origin: Origin = WORKING_TREE
    """Whose content at `path` is judged."""
    base: str = ""
    """The revision to compare with; empty: what the event names, if it names one."""
    context: Context = LOCAL
    """On whose behalf."""
    tip: Callable[[git.Repository, str], str] = git.tip
    """Gives the newest commit of a branch, as far as the clone holds it."""


@dataclass(frozen=True)
class Ground:
    """What is settled before anything is read."""

    tree: Tree
    compared: Since | None
    """None where there is nothing to compare with: all of the tree counts as new."""
    committed: str = ""
    """When what it is compared with was committed, RFC 3339 in UTC; empty: nobody knows."""


def settle(request: Request) -> Ground:
    """List what is judged, and find what it is compared with.

    Raises:
        HistoryError: the clone does not hold what it is to be compared with.
        UsageError: there is nothing that could be judged.
        TrustError: a proposed change is checked out in a job that has the repository's secrets.
    """
    if request.path is None:
        return Ground(Tree(root="", source="no tree"), None)
    root, origin = git.root_of(request.path.resolve()), request.origin
    if root and request.context.checkout:
        _hold(root, request.context)
    if request.base and not root:
        raise UsageError(f"{request.path}: --base needs a git repository", "Leave it out, or scan a repository.")
    if request.context.commit and not (origin.index or origin.commit):
        origin = Origin(commit=request.context.commit, include=origin.include)
    tree = detect(request.path, origin)
    if root and origin.changed:
        with git.opened(root) as repository:
            held = git.staged(repository)
            if held is None:
                return Ground(tree, None)
            return Ground(tree, since(tree, held[1]), git.committed(repository, held[1].commit))
    base = _base(root, request, tree) if root else ""
    if not (root and base):
        return Ground(tree, None)
    with git.opened(root) as repository:
        return Ground(tree, since(tree, git.snapshot(repository, base)), git.committed(repository, base))


def _hold(root: Path, context: Context) -> None:
    """Refuse a checkout of a proposed change where the job has more to lose than a verdict."""
    with git.opened(root) as repository:
        head = repository.resolve("HEAD")
    if head != context.checkout:
        raise TrustError(
            f"this job runs on {context.name}, with the repository's own token and secrets, and has checked out "
            f"{head[:12]}, which is not {context.checkout[:12]} but what somebody proposes",
            "Judge it in a job on pull_request, and let another on workflow_run report: docs/github.md.",
        )


def authority(
    root: Path, context: Context, name: str, loosening: tuple[str, ...], elsewhere: Elsewhere = NOWHERE
) -> Authority:
    """Return the policy that counts.

    Args:
        root: of the repository; of the tree where there is none.
        context: on whose behalf.
        name: the pack or file that the caller names; empty: none.
        loosening: the options given that make the gate milder.
        elsewhere: how parents are reached that lie in other repositories.

    Raises:
        TrustError: an option loosens what a protected branch decides, the scanners lie in the tree, or a parent is not
            what it is pinned to be.
        HistoryError: the clone does not hold that branch.
        UsageError: the policy is not valid.
    """
    if context.event is Event.LOCAL:
        return source.named(name, *beside(name, elsewhere)) if name else local(root, elsewhere)
    with git.opened(root) as repository:
        branches = Branches(
            lambda branch: git.tip(repository, branch),
            _reader(repository),
            lambda commit: of_commit(repository, commit, elsewhere),
        )
        decides = source.authority(context, branches)
    hold(root, decides, loosening)
    if not name:
        return decides
    # What the tree is compared with is the branch's to say, whatever policy it allows.
    return replace(source.named(name, *beside(name, elsewhere)), commit=decides.commit, branch=decides.branch)


def local(root: Path, elsewhere: Elsewhere = NOWHERE) -> Authority:
    """Return the policy of a working tree, which is nobody's word.

    Raises:
        SecgateError: it is not valid, or a parent is not what it is pinned to be.
    """
    return source.unprotected(_local(root), of_folder(root, elsewhere))


def of_revision(root: Path, commit: str, elsewhere: Elsewhere = NOWHERE) -> Authority:
    """Return the policy that a commit holds.

    Raises:
        SecgateError: the clone does not hold the commit, or its policy is not valid.
    """
    with git.opened(root) as repository:
        return source.unprotected(_reader(repository)(commit), of_commit(repository, commit, elsewhere))


def hold(root: Path, decides: Authority, loosening: tuple[str, ...]) -> None:
    """Refuse what a protected branch has to allow, and scanners from the tree, which nobody can allow.

    Raises:
        TrustError: an option loosens what a protected branch decides, or the change could have put the scanners there.
    """
    if found := place.below(root.resolve()):
        raise TrustError(
            f"{found}: lies in the tree that is judged, and the scanners would be taken from there",
            "Let SECGATE_HOME, XDG_CACHE_HOME and HOME name a folder outside of the checkout.",
        )
    source.hold(decides, (*loosening, *filter(None, [place.moved_by()])))


def _local(root: Path) -> bytes | None:
    """Return the policy file of the working tree; None where there is none."""
    file = root / source.PATH
    if os.path.lexists(file):
        return document.read(file, source.PATH)
    source.misnamed(f"{file.parent.name}/{one.name}" for one in file.parent.glob("*.y*ml"))
    return None


def _reader(repository: git.Repository) -> Callable[[str], bytes | None]:
    def read(revision: str) -> bytes | None:
        commit = git.known(repository, revision, "the commit whose policy decides")
        held = git.snapshot(repository, commit)
        found = git.content(repository, held, source.PATH)
        if found is None:
            source.misnamed(held.entries, f" at {commit[:12]}")
        return found

    return read


def _base(root: Path, request: Request, tree: Tree) -> str:
    """Return the id of the commit with which the tree is compared; empty where there is none."""
    context, decides = request.context, request.decides
    with git.opened(root) as repository:
        if request.base:
            return git.merge_base(repository, tree.commit, repository.resolve(request.base))
        if context.event in {Event.LOCAL, Event.OTHER} or not tree.commit:
            return ""
        branch = compared_with(decides)
        if context.event is Event.PUSH and context.branch == branch:
            # Its tip is what was pushed: nothing would be new.
            return context.before
        # What another branch holds was never reviewed: a protected one only is compared with, or what its policy names.
        is_target = context.event is Event.PULL_REQUEST and context.branch == branch
        # Against the merge base of a merge, what others merged meanwhile would look like part of the change.
        parent = git.merged_into(repository, tree.commit) if is_target and tree.commit == context.commit else ""
        return parent or git.merge_base(repository, tree.commit, request.tip(repository, branch))


def compared_with(decides: Authority) -> str:
    """Return the branch with which a change is compared."""
    named = decides.pack.new_code.baseline_ref
    return decides.branch if named == TARGET_BRANCH else named


def own_policy(decides: Authority, content: bytes | None, shelf: Shelf) -> Pack | str | None:
    """Return the judged tree's own policy, where it is another one than that which counts.

    Args:
        decides: the policy that counts.
        content: of the policy file in the judged tree; None where it has none.
        shelf: where the files lie that it names.

    Returns:
        The policy; why it cannot be read; or None where the tree changes nothing.
    """
    if not decides.protected:
        return None
    try:
        own = source.unprotected(content, shelf).pack
    except SecgateError as error:
        return error.message
    pack = decides.pack
    same = (own.digest, own.waivers, own.statements) == (pack.digest, pack.waivers, pack.statements)
    return None if same else own
