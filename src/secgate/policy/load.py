"""From the text of a policy to the policy, strictly: what is not understood is an error, never ignored."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from secgate.catalog import document
from secgate.globs import matcher
from secgate.model import Pack
from secgate.policy import vex_files, waiver_files
from secgate.policy.packs import pack
from secgate.policy.parents import Shelf, Spot, resolved
from secgate.policy.waiver_files import Listed
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
    """Read and check one policy with all that it extends, its waivers and its VEX statements.

    Args:
        data: the file's bytes.
        name: what to call it in errors.
        shelf: where lies what it names.
        place: its path below the root; by default its name.

    Raises:
        UsageError: it is not valid; with file, line and remedy.
        TrustError: a parent cannot be had, or is not what it is pinned to be.
    """
    made, _ = with_files(whole(resolved(read(data, name), Spot(path=place or name), shelf)), shelf)
    return made


def with_files(made: Pack, shelf: Shelf) -> tuple[Pack, tuple[Listed, ...]]:
    """Return a policy with its waivers and VEX statements, and each waiver with its place.

    Raises:
        UsageError: a file of them is not valid; with its place and a remedy.
    """
    found = waiver_files.read(held(made.waiver_policy.files, shelf), made)
    statements = vex_files.read(held(made.vex.files, shelf))
    return msgspec.structs.replace(made, waivers=tuple(one.waiver for one in found), statements=statements), found


def held(globs: Iterable[str], shelf: Shelf) -> dict[str, bytes]:
    """Return the files that meet one of the globs, by path."""
    read_in = {path: shelf.read(path) for path in chosen(shelf.paths, globs)}
    return {path: data for path, data in read_in.items() if data is not None}


def chosen(paths: Callable[[str], Iterable[str]], globs: Iterable[str]) -> list[str]:
    """Return the paths that meet one of the globs, sorted.

    Args:
        paths: gives those of all files below a folder.
        globs: relative to the root.
    """
    found: set[str] = set()
    for glob in globs:
        fixed = re.split(r"[*?]", glob)[0]
        folder = fixed.rpartition("/")[0]
        found.update(filter(matcher([glob]), paths(folder)))
    return sorted(found)
