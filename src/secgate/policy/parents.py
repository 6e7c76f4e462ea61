"""What a policy extends: each parent pinned, fetched, held against its digest, and put together.

A parent that cannot be had or has other bytes is never left out: it is a matter of trust (exit code 4).
"""

import hashlib
import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from secgate.catalog.document import Key
from secgate.errors import TrustError, UsageError
from secgate.policy import sound
from secgate.policy.merge import Merged, extended, joined
from secgate.policy.packs import pack
from secgate.policy.shape import Parent
from secgate.policy.written import Written, read

MAX_DEPTH = 3
"""So many parents may stand above a policy."""


@dataclass(frozen=True)
class Spot:
    """Where a policy file lies."""

    source: str = ""
    """`git+https://…`; empty: the repository that is judged."""
    commit: str = ""
    path: str = ""

    def __str__(self) -> str:
        """Return how it is called in errors."""
        return f"{self.source.removeprefix('git+')}@{self.commit[:12]}/{self.path}" if self.source else self.path


Fetch = Callable[[Spot, str], bytes]
"""Gives the bytes of a file somewhere else, by its spot and digest; raises TrustError where it cannot be had."""


def _nowhere(spot: Spot, _digest: str) -> bytes:
    raise TrustError(f"{spot}: cannot be fetched", "Say where it lies on this machine: --mirror PREFIX=DIR.")


@dataclass(frozen=True)
class Shelf:
    """Where the files lie that a policy names."""

    read: Callable[[str], bytes | None] = lambda _: None
    """Gives the bytes of a file of the judged repository, by its path below the root; None where there is none."""
    paths: Callable[[str], Iterable[str]] = lambda _: ()
    """Gives the paths of all files below a folder of that repository; of an empty text: of all."""
    fetch: Fetch = _nowhere


def resolved(written: Written, spot: Spot, shelf: Shelf, above: tuple[Written, ...] = ()) -> Merged:
    """Return what a policy makes together with all that it extends.

    Args:
        written: the policy.
        spot: where it lies.
        shelf: where its parents lie.
        above: the policies that lead here, each extending the next.

    Raises:
        UsageError: a file is not valid, the chain is a cycle or too long, or one loosens another.
        TrustError: a parent cannot be had, or has another digest.
    """
    sound.check(written)
    chain = (*above, written)
    parents = []
    for index, parent in enumerate(written.file.spec.extends):
        key: Key = ("extends", index)
        found, place = _parent(parent, written, key, spot, shelf)
        if found.digest in {one.digest for one in chain}:
            raise written.error(key, f"it extends itself: {found.document.name} leads back here", "Break the cycle.")
        if len(chain) > MAX_DEPTH:
            raise written.error(key, f"more than {MAX_DEPTH} policies stand above the first", "Extend fewer.")
        parents.append(resolved(found, place, shelf, chain))
    return extended(joined(parents, written), written)


def _parent(parent: Parent, child: Written, key: Key, spot: Spot, shelf: Shelf) -> tuple[Written, Spot]:
    if parent.pack:
        return _pack(parent.pack, child, key)
    place = Spot(parent.source, parent.commit, parent.path) if parent.source else _beside(parent, child, key, spot)
    if place == spot:
        raise child.error(key, f"it extends itself: {place} leads back here", "Break the cycle.")
    data = shelf.fetch(place, parent.digest) if place.source else shelf.read(place.path)
    at = f"{child.document.name}:{child.document.line(('spec', *key))}"
    if data is None:
        raise TrustError(f"{at}: the parent {place} is not in this repository", "Check the path.")
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if digest != parent.digest:
        raise TrustError(
            f"{at}: the parent {place} has the digest {digest}, not {parent.digest}",
            "If the new text was reviewed, write its digest; if nobody changed it, find out who did.",
        )
    return read(data, str(place)), place


def _pack(name: str, child: Written, key: Key) -> tuple[Written, Spot]:
    try:
        found = pack(name)
    except UsageError as error:
        raise child.error((*key, "pack"), error.message, error.remedy) from error
    return found, Spot(path=found.document.name)


def _beside(parent: Parent, child: Written, key: Key, spot: Spot) -> Spot:
    """Return the spot of a file that is named relative to the one that names it."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(spot.path), parent.file))
    if path.startswith(("../", "/")) or path == "..":
        raise child.error((*key, "file"), f"`{parent.file}` leaves the repository", "Write a path inside it.")
    return Spot(spot.source, spot.commit, path)
