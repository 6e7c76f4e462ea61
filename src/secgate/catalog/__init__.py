"""Finds, loads and validates `scanners/` and `policies/`: the only place that knows where the content lies.

A manifest is a command line and an adapter is code, so both are read from the installed program, never from the
tree being judged or from the working directory.
"""

import importlib
import sys
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Annotated

from msgspec import Meta

from secgate.catalog import document
from secgate.catalog.shaped import shaped
from secgate.errors import ContentError, SecgateError, UsageError
from secgate.model import Scanner, Value
from secgate.model.manifest import Name

_ADAPTERS = "secgate_scanners"
_SHIPPED = "This file ships with secgate: please report it."


def root() -> Path:
    """Return the folder that holds `scanners/` and `policies/`: inside the package, or the checkout around it."""
    packaged = Path(str(files("secgate"))) / "_content"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3]


def folder(scanner: str) -> Path:
    """Return the folder of one scanner."""
    return root() / "scanners" / scanner


@cache
def scanners() -> Mapping[str, Scanner]:
    """Return every scanner by id, in order of id.

    Raises:
        ContentError: a manifest is broken; one bad folder stops the program, because a scanner that quietly
            disappears would make the gate greener.
    """
    found = {path.parent.name: path for path in sorted((root() / "scanners").glob("*/scanner.yaml"))}
    if not found:
        raise ContentError(f"no scanners below {root()}", "Install secgate-ci again.")
    return {name: load_scanner(path) for name, path in found.items()}


def scanner(name: str) -> Scanner:
    """Return the scanner called `name`.

    Raises:
        UsageError: there is none of that name.
    """
    known = scanners()
    if name not in known:
        raise UsageError(f"there is no scanner `{name}`", f"Known: {', '.join(known)}.")
    return known[name]


def load_scanner(path: Path) -> Scanner:
    """Load and validate one manifest.

    Raises:
        ContentError: with the file, the line and what is wrong there.
    """
    try:
        result = shaped(document.load(path), Scanner)
    except SecgateError as error:
        raise ContentError(error.message, error.remedy or _SHIPPED) from error
    if result.id != path.parent.name:
        raise ContentError(f"{path}: the id `{result.id}` differs from the folder's name")
    return result


@cache
def adapter(scanner: str) -> ModuleType:
    """Return the adapter of a scanner: a module with `report(raw: bytes) -> Report`, and perhaps `prepare`.

    Each folder is a package below one that exists only in memory, so that a longer adapter can keep a module beside
    itself (`from .shapes import …`) and nothing on the import path can take its place.

    Raises:
        ContentError: there is none, or it has no `report`.
    """
    path = folder(scanner) / "adapter.py"
    if not path.is_file():
        raise ContentError(f"{path}: there is no adapter")
    parent = sys.modules.setdefault(_ADAPTERS, ModuleType(_ADAPTERS))
    parent.__path__ = [str(root() / "scanners")]
    module = importlib.import_module(f"{_ADAPTERS}.{scanner}.adapter")
    if not hasattr(module, "report"):
        raise ContentError(f"{path}: has no function `report`")
    return module


@cache
def packs() -> Mapping[str, Path]:
    """Return the file of every built-in pack by `name@major`, in order of name."""
    found = sorted((root() / "policies" / "packs").glob("*/[0-9]*.yaml"))
    return {f"{path.parent.name}@{path.stem}": path for path in found}


@cache
def equivalents() -> Mapping[tuple[str, str], str]:
    """Return, by tool and rule id, the name of the group of rules that say the same about a resource."""
    loaded = document.load(root() / "policies" / "equivalents.yaml")
    groups = shaped(loaded, list[_Group])
    return {(tool, rule): group.id for group in groups for tool, rules in group.rules.items() for rule in rules}


class _Group(Value, frozen=True):
    """Rules of different tools that say the same thing about the same resource."""

    id: Name
    means: Annotated[str, Meta(min_length=5)]
    rules: Annotated[dict[str, Annotated[tuple[str, ...], Meta(min_length=1)]], Meta(min_length=2)]
