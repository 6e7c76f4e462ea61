"""A policy bundle: whose policy counts, found out where there is a network and a token, and used where there is a tree.

The two never meet in one process. What is written down is what was asked: the tips of branches, single files at their
commits, parents by their digests. Used again, the same question gets the same answer, and any other one is refused.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from secgate import git
from secgate.errors import HistoryError, TrustError
from secgate.gate.ground import compared_with
from secgate.gate.shelf import NOWHERE, Elsewhere
from secgate.model import Bundle, Context, Event, Held, Resolved
from secgate.policy import source
from secgate.policy.parents import Shelf, Spot
from secgate.policy.source import Authority, Branches

MAX_BYTES = 50_000_000
NAME = "bundle.json"
RESOLVED = "resolved.json"
T = TypeVar("T")
_MOUNT = "Check out the event's commit (actions/checkout without `ref`) in the job of the gate, and nothing else."
_REMEDY = "Give the file that `secgate resolve` wrote in this run, unchanged."


@dataclass
class _Record:
    """Writes down what is asked of a server."""

    origin: git.Origin
    elsewhere: Elsewhere
    tips: dict[str, str] = field(default_factory=dict)
    commits: dict[str, Held] = field(default_factory=dict)
    parents: dict[str, bytes] = field(default_factory=dict)

    def tip(self, branch: str) -> str:
        self.tips[branch] = self.origin.tip(branch)
        return self.tips[branch]

    def policy(self, commit: str) -> bytes | None:
        found = self.shelf(commit).read(source.PATH)
        if found is None:
            source.misnamed(self.origin.held(commit).entries, f" at {commit[:12]}")
        return found

    def shelf(self, commit: str) -> Shelf:
        held = self.commits.setdefault(commit, Held())

        def read(path: str) -> bytes | None:
            held.files[path] = self.origin.read(commit, path)
            return held.files[path]

        def paths(folder: str) -> Iterable[str]:
            there = self.origin.held(commit)
            files = (one for one in there.entries if there.blob(one))
            held.below[folder] = tuple(one for one in files if not folder or one.startswith(f"{folder}/"))
            return held.below[folder]

        return Shelf(read, paths, self._fetched)

    def _fetched(self, spot: Spot, digest: str) -> bytes:
        data = self.elsewhere.fetch(spot, digest)
        self.parents[digest] = data
        return data


def resolve(context: Context, url: str, token: str = "", elsewhere: Elsewhere = NOWHERE) -> tuple[Bundle, Resolved]:
    """Find out what is to be judged, and by whose policy, without any tree.

    Args:
        context: the event.
        url: of the repository on its server.
        token: that may read it; empty: none is needed.
        elsewhere: how parents are reached that lie in other repositories.

    Raises:
        TrustError: the event is not about a commit, or a parent is not what it is pinned to be.
        HistoryError: the server does not give a branch or a commit.
        UsageError: the policy is not valid.
    """
    if context.event is Event.LOCAL or not context.commit:
        raise TrustError(
            f"the event `{context.name}` does not say which commit is to be judged",
            "Run the gate on pull_request, merge_group or push: others have secrets that a change must not meet.",
        )
    with git.asked(url, token) as origin:
        tree, parents = origin.commit(context.commit)
        record = _Record(origin, elsewhere)
        decides = source.authority(context, Branches(record.tip, record.policy, record.shelf))
        branch = compared_with(decides)
        if branch not in record.tips:
            record.tip(branch)
    bundle = Bundle(context, tree, record.tips, record.commits, record.parents)
    return bundle, Resolved(context.commit, _base(context, decides, parents), decides.pack.digest)


def _base(context: Context, decides: Authority, parents: tuple[str, ...]) -> str:
    """Return the commit that will be compared with, as far as it is known without the history."""
    if context.event is Event.PUSH and context.branch == compared_with(decides):
        return context.before
    merged = context.event is Event.PULL_REQUEST and context.branch == compared_with(decides) and len(parents) == 2
    return parents[0] if merged else ""


def load(data: bytes) -> Bundle:
    """Read a bundle back.

    Raises:
        TrustError: it is too large or not a bundle.
    """
    if len(data) > MAX_BYTES:
        raise TrustError(f"the bundle is larger than {MAX_BYTES:,} bytes", _REMEDY)
    try:
        return msgspec.json.decode(data, type=Bundle)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TrustError(f"the bundle cannot be read: {error}", _REMEDY) from error


def decided(bundle: Bundle) -> Authority:
    """Return the policy of a bundle, derived from its files as it was when they were fetched.

    Raises:
        SecgateError: as `source.authority`; TrustError too where the bundle lacks something.
    """
    return source.authority(
        bundle.context,
        Branches(
            lambda branch: _told(bundle.tips, branch),
            lambda commit: _told(_told(bundle.commits, commit).files, source.PATH),
            lambda commit: _shelf(bundle, commit),
        ),
    )


def _shelf(bundle: Bundle, commit: str) -> Shelf:
    held = _told(bundle.commits, commit)

    def fetch(_spot: Spot, digest: str) -> bytes:
        data = _told(bundle.parents, digest)
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
            raise TrustError(f"the bundle holds another file than {digest}", _REMEDY)
        return data

    return Shelf(lambda path: _told(held.files, path), lambda folder: _told(held.below, folder), fetch)


def _told(answers: Mapping[str, T], asked: str) -> T:
    if asked not in answers:
        raise TrustError(f"the bundle says nothing about `{asked}`", _REMEDY)
    return answers[asked]


def prove(root: Path | None, bundle: Bundle) -> Path:
    """Hold what is mounted against what the server has, and return the root.

    Args:
        root: of the repository; None where there is none.
        bundle: what it ought to be.

    Raises:
        TrustError: it is not the repository whose HEAD is the event's commit, with the server's tree.
    """
    wanted = bundle.context.commit
    if root is None:
        raise TrustError("there is no repository where the event's commit ought to be", _MOUNT)
    with git.opened(root) as repository:
        found = repository.head()
        tree = repository.run("rev-parse", "--verify", "--quiet", f"{found}^{{tree}}").stdout.decode().strip()
    if found != wanted:
        raise TrustError(f"HEAD is {found[:12] or 'nothing'}, the event is about {wanted[:12]}", _MOUNT)
    if tree != bundle.tree:
        raise TrustError(f"the tree of {wanted[:12]} is {tree[:12] or 'missing'}, not {bundle.tree[:12]}", _MOUNT)
    return root


def tip_of(bundle: Bundle) -> Callable[[git.Repository, str], str]:
    """Return what gives a branch's newest commit as the server had it.

    It raises HistoryError where the clone does not hold it.
    """

    def tip(repository: git.Repository, branch: str) -> str:
        commit = _told(bundle.tips, branch)
        try:
            return git.known(repository, commit, f"the newest commit of `{branch}`")
        except HistoryError as error:
            raise HistoryError(error.message, "Give actions/checkout `fetch-depth: 0`.") from error

    return tip
