"""One policy file as it is written: read strictly, with the place of everything in it."""

import datetime
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from secgate import __version__
from secgate.catalog import document
from secgate.catalog.document import Document, Key
from secgate.catalog.meant import did_you_mean
from secgate.catalog.shaped import shaped
from secgate.errors import UsageError
from secgate.model import Layer, Severity, Value
from secgate.policy.expression import ExpressionError, Types
from secgate.policy.fieldtest import glob_of
from secgate.policy.match import MatchError, conditions
from secgate.policy.shape import PolicyFile

T = TypeVar("T", bound=Value)


@dataclass(frozen=True)
class Written:
    """A policy file: its text's places, what it says, and its digest."""

    document: Document
    file: PolicyFile
    digest: str
    """`sha256:` of its bytes."""
    built_in: bool = False
    """True where it ships with secgate."""

    @property
    def layer(self) -> Layer:
        """Return how it is named in a decision."""
        return Layer(self.file.metadata.name, self.file.metadata.version, self.digest, self.document.name)

    def error(self, key: Key, message: str, remedy: str = "") -> UsageError:
        """Return the error that says `message` about the value at `spec.key`."""
        return self.document.error(("spec", *key), message, remedy)

    def at(self, key: Key) -> str:
        """Return `org/policy.yaml:61` for the value at `spec.key`."""
        return f"{self.document.name}:{self.document.line(('spec', *key))}"


def read(data: bytes, name: str, *, built_in: bool = False) -> Written:
    """Read a policy file.

    Args:
        data: its bytes.
        name: what to call it in errors.
        built_in: whether it ships with secgate.

    Raises:
        UsageError: it is not valid as far as that can be said of one file; with its place and a remedy.
    """
    loaded = document.parse(data, name)
    _understood(loaded)
    _verifiable(loaded)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return Written(loaded, convert(loaded, PolicyFile), digest, built_in)


def convert(loaded: Document, type_: type[T]) -> T:
    """Return a document as what it is meant to be.

    Raises:
        UsageError: it has another shape, or names a day that is none.
    """
    result = shaped(loaded, type_)
    for key, value in _leaves(loaded.value, ()):
        if key[-1:] in _DAYS and "params" not in key:
            check_day(loaded, key, value)
    return result


_DAYS = {("effectiveFrom",), ("expires",), ("created",), ("on",), ("reviewBy",)}


def _leaves(value: object, key: Key) -> Iterable[tuple[Key, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*key, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*key, index))
    else:
        yield key, value


def check_day(loaded: Document, key: Key, value: object) -> None:
    """Refuse a day that is in no calendar."""
    try:
        datetime.date.fromisoformat(str(value))
    except ValueError as error:
        raise loaded.error(key, f"there is no day `{value}`", "Write YYYY-MM-DD.") from error


def _understood(loaded: Document) -> None:
    """Refuse a file that asks for another version, before its keys are looked at: they may be that version's."""
    found: object = loaded.value
    for part in ("spec", "requires", "secgate"):
        found = found.get(part) if isinstance(found, dict) else None
    if not isinstance(found, str):
        return
    key = ("spec", "requires", "secgate")
    try:
        wanted = SpecifierSet(found)
    except InvalidSpecifier as error:
        raise loaded.error(key, f"`{found}` is no range of versions", 'Write it like ">=0.1,<2".') from error
    # A pre-release counts as the release that it becomes.
    if not wanted.contains(Version(__version__).base_version):
        raise loaded.error(key, f"it needs secgate {found}, and this is {__version__}", "Install such a version.")


_UNVERIFIED = (
    ("waivers", "from", "head-approved", "approvals of a head"),
    ("vex", "issuers", None, "issuers of VEX documents"),
    ("vex", "trust", None, "issuers of VEX documents"),
)
"""By its place: what would need signatures or reviews that this version cannot verify."""


def _verifiable(loaded: Document) -> None:
    """Refuse, by name, what must not be believed before it can be verified."""
    spec: object = loaded.value.get("spec") if isinstance(loaded.value, dict) else None
    for block, name, word, what in _UNVERIFIED:
        inner = spec.get(block) if isinstance(spec, dict) else None
        if isinstance(inner, dict) and name in inner and word in {None, str(inner[name])}:
            message = f"{block}.{name}{f' cannot be `{word}`' if word else ''}: {what} cannot be verified yet"
            remedy = "Remove it: what stands on the protected branch counts, and its review is the approval."
            raise loaded.error(("spec", block, name), message, remedy)


def unique(loaded: Document, key: Key, names: Sequence[str], what: str = "id") -> None:
    """Refuse a name that stands in a list twice."""
    for index, name in enumerate(names):
        if name in names[:index]:
            raise loaded.error((*key, index), f"the {what} `{name}` is defined twice", "Rename one of the two.")


def check_match(loaded: Document, key: Key, match: dict[str, Any], whose: str) -> None:
    """Refuse a `match` that cannot be meant."""
    try:
        conditions(match, Severity.HIGH)
    except MatchError as error:
        raise loaded.error((*key, *error.key), f"{whose}: {error}", error.remedy) from error


def check_when(loaded: Document, key: Key, when: str, types: Types, whose: str) -> None:
    """Refuse an expression that cannot be meant."""
    try:
        types.check(when)
    except ExpressionError as error:
        raise loaded.error(key, f"{whose}: `when`: {error}", error.remedy) from error


def check_globs(loaded: Document, key: Key, globs: Sequence[str]) -> None:
    """Refuse globs that cannot mean what they seem to mean."""
    for index, glob in enumerate(globs):
        try:
            glob_of(glob)
        except MatchError as error:
            raise loaded.error((*key, index), str(error), error.remedy) from error
        if glob.startswith("/") or ".." in glob.split("/") or re.search(r"[\x00-\x1f]", glob):
            raise loaded.error((*key, index), f"the glob `{glob}` leaves the root", "Write it relative to the root.")


def meant(name: str, known: Iterable[str]) -> str:
    """Return the hint for a name that there is not."""
    return did_you_mean(name, known) or f"There is: {', '.join(sorted(known))}."
