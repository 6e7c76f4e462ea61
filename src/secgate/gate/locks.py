"""From the names of a policy's parents to their pins: which commit a ref is now, and the digest of the file there."""

import hashlib
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secgate.catalog import document
from secgate.catalog.document import Document
from secgate.errors import TrustError
from secgate.gate.shelf import Elsewhere, beside
from secgate.policy import pins
from secgate.policy.load import parse
from secgate.policy.parents import Shelf, Spot


@dataclass(frozen=True)
class Pin:
    """A parent, and what it is pinned to."""

    parent: str
    """`https://example.org/policies org/policy.yaml v3.2.0`, or a file."""
    commit: str
    """Empty for a file."""
    digest: str
    changed: bool
    """Whether it was pinned to something else, or to nothing."""


def locked(name: str, elsewhere: Elsewhere) -> tuple[bytes, tuple[Pin, ...]]:
    """Return a policy file's bytes with every parent pinned, and the pins; built-in packs need none.

    Args:
        name: the file's path.
        elsewhere: how parents are reached that lie in other repositories.

    Raises:
        UsageError: a parent says neither by `ref` nor by `commit` what is meant, or the policy is not valid with it.
        TrustError: a parent cannot be had.
    """
    data = document.read(Path(name), name)
    loaded = document.parse(data, name)
    shelf, place = beside(name, elsewhere)
    found: list[Pin] = []
    wanted: dict[int, dict[str, str]] = {}
    for index, parent in enumerate(pins.parents(loaded)):
        pin = _pin(loaded, index, parent, shelf, place, elsewhere)
        if pin:
            found.append(pin)
            wanted[index] = {key: value for key, value in (("commit", pin.commit), ("digest", pin.digest)) if value}
    made = pins.pinned(data, name, wanted)
    parse(made, name, shelf, place)
    return made, tuple(found)


def _pin(
    loaded: Document, index: int, parent: dict[str, Any], shelf: Shelf, place: str, elsewhere: Elsewhere
) -> Pin | None:
    source, path, ref = (str(parent.get(key, "")) for key in ("source", "path", "ref"))
    if source:
        commit = elsewhere.commit(source, ref) if ref else str(parent.get("commit", ""))
        if not commit or not path:
            missing = "`path` is missing" if commit else "neither `ref` nor `commit` says what is meant"
            raise loaded.error(("spec", "extends", index), missing, "Write `path: policy.yaml` and `ref: v1.0.0`.")
        digest = elsewhere.digest(Spot(source, commit, path))
        about = " ".join(filter(None, (source.removeprefix("git+"), path, ref)))
        return Pin(about, commit, digest, (commit, digest) != (parent.get("commit"), parent.get("digest")))
    if not parent.get("file"):
        return None
    file = posixpath.normpath(posixpath.join(posixpath.dirname(place), str(parent["file"])))
    data = shelf.read(file)
    if data is None:
        line = loaded.line(("spec", "extends", index))
        raise TrustError(f"{loaded.name}:{line}: the parent {file} is not in this repository", "Check the path.")
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return Pin(file, "", digest, digest != parent.get("digest"))
