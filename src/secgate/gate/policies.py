"""What can be said of a policy by itself: is it valid, does it do what its cases say."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from secgate import catalog
from secgate.catalog import document
from secgate.errors import UsageError
from secgate.gate.shelf import Elsewhere, beside, root_around
from secgate.model import Pack
from secgate.policy import cases
from secgate.policy.cases import Result
from secgate.policy.lint import Warned, warnings
from secgate.policy.load import BARE, with_files
from secgate.policy.merge import Merged
from secgate.policy.packs import pack
from secgate.policy.parents import Shelf, Spot, resolved
from secgate.policy.source import PATH
from secgate.policy.waiver_files import Listed
from secgate.policy.waivers import within_budget
from secgate.policy.whole import whole
from secgate.policy.written import Written, read


@dataclass(frozen=True)
class Opened:
    """A policy with all that it extends."""

    written: Written
    merged: Merged
    pack: Pack
    shelf: Shelf
    waivers: tuple[Listed, ...]
    folder: Path
    """Where its cases lie if nobody says otherwise; it need not exist."""
    root: Path = Path()
    """Of the repository that it speaks of."""


def opened(name: str, elsewhere: Elsewhere) -> Opened:
    """Return a policy: a file, a built-in pack, or the one of this folder.

    Raises:
        SecgateError: it is not valid, or a parent is not what it is pinned to be.
    """
    if name and not name.endswith((".yaml", ".yml")):
        written = pack(name)
        merged = resolved(written, Spot(path=written.document.name), BARE)
        return Opened(written, merged, whole(merged), BARE, (), catalog.packs()[name].parent / "cases")
    name = name or PATH
    shelf, place = beside(name, elsewhere)
    written = read(document.read(Path(name), name), name)
    merged = resolved(written, Spot(path=place), shelf)
    made, found = with_files(whole(merged), shelf)
    return Opened(written, merged, made, shelf, found, Path(name).parent / "tests", root_around(name))


def tried(one: Opened, places: Sequence[Path]) -> tuple[Result, ...]:
    """Run a policy's cases.

    Args:
        one: the policy.
        places: files and folders of cases; none: where they lie if nobody says otherwise.

    Raises:
        UsageError: there are no cases, or they are not valid.
    """
    files = [file for place in places or (one.folder,) for file in _files(place)]
    ready = [case for file in files for case in cases.read(document.read(file, str(file)), str(file), one.pack)]
    if not ready:
        where = ", ".join(map(str, places or (one.folder,)))
        raise UsageError(f"there are no cases in {where}", "Write some: a policy without tests is a guess.")
    return tuple(cases.run(case, one.pack) for case in ready)


def _files(place: Path) -> list[Path]:
    return sorted(place.glob("**/*.yaml")) if place.is_dir() else [place] if place.suffix else []


def linted(one: Opened, now: str) -> tuple[Warned, ...]:
    """Return what is valid in a policy and probably not meant.

    Raises:
        UsageError: more waivers are active than it allows, or its cases are not valid.
    """
    within_budget(one.pack, now)
    results = tried(one, ()) if _files(one.folder) else ()
    return warnings(one.written, one.pack, one.waivers, sorted(one.shelf.paths("")), results, now)
