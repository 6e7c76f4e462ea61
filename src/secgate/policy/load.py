"""From the text of a policy to the policy, strictly: what is not understood is an error, never ignored."""

from pathlib import Path

import msgspec

from secgate.catalog import document
from secgate.model import Pack
from secgate.policy import waiver_files
from secgate.policy.packs import pack
from secgate.policy.parents import Shelf, Spot, resolved
from secgate.policy.whole import whole
from secgate.policy.written import read

BARE = Shelf()
"""No file lies anywhere: a policy that extends only packs needs none."""


def load(name: str, shelf: Shelf = BARE, place: str = "") -> Pack:
    """Load the built-in pack `name@major`, or the policy file at a path that ends in `.yaml` or `.yml`; see `parse`.

    Raises:
        UsageError: there is no such pack or file, or it is not valid; with file, line and remedy.
        TrustError: a parent cannot be had, or is not what it is pinned to be.
    """
    if name.endswith((".yaml", ".yml")):
        return parse(document.read(Path(name), name), name, shelf, place)
    written = pack(name)
    return whole(resolved(written, Spot(path=written.document.name), BARE))


def parse(data: bytes, name: str, shelf: Shelf = BARE, place: str = "") -> Pack:
    """Read and check one policy with all that it extends, and its waivers.

    Args:
        data: the file's bytes.
        name: what to call it in errors.
        shelf: where lies what it names.
        place: its path below the root; by default its name.

    Raises:
        UsageError: it is not valid; with file, line and remedy.
        TrustError: a parent cannot be had, or is not what it is pinned to be.
    """
    made = whole(resolved(read(data, name), Spot(path=place or name), shelf))
    found = waiver_files.read(waivers_of(made, shelf), made)
    return msgspec.structs.replace(made, waivers=tuple(one.waiver for one in found))


def waivers_of(made: Pack, shelf: Shelf) -> dict[str, bytes]:
    """Return the files that hold a policy's waivers, by path."""
    read_in = {path: shelf.read(path) for path in waiver_files.chosen(shelf.paths, made)}
    return {path: data for path, data in read_in.items() if data is not None}
