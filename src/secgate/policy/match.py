"""`match`: from a map of field and test to one function of a finding. All entries must hold.

`anyOf` and `allOf` hold lists of further maps, `not` one map.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from secgate.model import Clause, Finding, Severity
from secgate.policy.fields import FIELDS, suggestion
from secgate.policy.fieldtest import MatchError, Meets, test_of

__all__ = ["Condition", "Conditions", "MatchError", "Matcher", "conditions", "matcher"]

Matcher = Callable[[Finding], bool]


@dataclass(frozen=True)
class Condition:
    """One entry of a `match`: whether it holds, and how that is told."""

    path: str
    test: str
    holds: Matcher
    read: Callable[[Finding], object]

    def clause(self, finding: Finding) -> Clause:
        """Return what it says of a finding."""
        return Clause(self.path, self.test, self.holds(finding), told(self.read(finding)))


@dataclass(frozen=True)
class Conditions:
    """A compiled `match`."""

    entries: tuple[Condition, ...]
    holds: Matcher
    categories: frozenset[str] | None = None
    """Those of the findings that can hold; None: any."""
    beyond: Matcher | None = None
    """What is left to ask of a finding of these categories; None: nothing."""


def matcher(match: Mapping[str, object], unknown_as: Severity = Severity.HIGH) -> Matcher:
    """Compile a `match` to one function; see `conditions`."""
    return conditions(match, unknown_as).holds


def conditions(match: Mapping[str, object], unknown_as: Severity = Severity.HIGH) -> Conditions:
    """Compile a `match`.

    Args:
        match: from the dotted name of a field to its test.
        unknown_as: the severity as which an unknown one is compared.

    Raises:
        MatchError: an unknown field, an unknown word, or a test of the wrong shape.
    """
    if not match:
        raise MatchError((), "an empty match would match everything", 'Write `severity: ">=info"` if you mean that.')
    entries = tuple(_entry(key, wanted, unknown_as) for key, wanted in match.items())
    categories = _categories(match)
    further = [one.holds for one in entries if categories is None or one.path != "category"]
    holds = _all([one.holds for one in entries])
    return Conditions(entries, holds, categories, _all(further) if further else None)


def _categories(match: Mapping[str, object]) -> frozenset[str] | None:
    """Return the categories that a match names outright: most findings need not be asked then."""
    wanted = match.get("category")
    if isinstance(wanted, str):
        return frozenset([wanted])
    return frozenset(map(str, wanted)) if isinstance(wanted, list | tuple) else None


def _entry(key: str, wanted: object, unknown_as: Severity) -> Condition:
    if key in {"anyOf", "allOf", "not"}:
        return _combined(key, wanted, unknown_as)
    if key not in FIELDS:
        raise MatchError((key,), f"there is no field `{key}`", suggestion(key))
    try:
        meets = test_of(key, wanted, unknown_as)
    except MatchError as error:
        raise MatchError((key, *error.key), str(error), error.remedy) from error
    read = FIELDS[key].read
    return Condition(key, told(wanted), _of_field(read, meets), read)


def _of_field(read: Callable[[Finding], object], meets: Meets) -> Matcher:
    return lambda finding: meets(read(finding))


def _combined(key: str, wanted: object, unknown_as: Severity) -> Condition:
    several = [wanted] if key == "not" else wanted
    if not isinstance(several, list | tuple) or not several or not all(isinstance(one, dict) for one in several):
        remedy = "Write `not: {…}`." if key == "not" else f"Write `{key}: [{{…}}, {{…}}]`."
        raise MatchError((key,), f"`{key}` takes {'a map' if key == 'not' else 'a list of maps'}", remedy)
    inner: list[Matcher] = []
    for index, one in enumerate(several):
        try:
            inner.append(matcher(one, unknown_as))
        except MatchError as error:
            place = (key,) if key == "not" else (key, index)
            raise MatchError((*place, *error.key), str(error), error.remedy) from error
    return Condition(key, told(wanted), _COMBINE[key](inner), lambda _: "")


def _all(inner: Sequence[Matcher]) -> Matcher:
    """Return the conjunction; written out for the few that a rule usually has, since this is where time is spent."""
    if len(inner) == 1:
        return inner[0]
    first, second, *rest = inner
    if not rest:
        return lambda finding: first(finding) and second(finding)
    if len(rest) == 1:
        third = rest[0]
        return lambda finding: first(finding) and second(finding) and third(finding)
    return lambda finding: first(finding) and second(finding) and all(one(finding) for one in rest)


def _any(inner: Sequence[Matcher]) -> Matcher:
    return lambda finding: any(one(finding) for one in inner)


def _not(inner: Sequence[Matcher]) -> Matcher:
    refused = inner[0]
    return lambda finding: not refused(finding)


_COMBINE: Mapping[str, Callable[[Sequence[Matcher]], Matcher]] = {"anyOf": _any, "allOf": _all, "not": _not}


def told(value: object) -> str:
    """Return a value of a policy or a finding in the words of a policy, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(told, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {told(inner)}' for key, inner in value.items())}}}"
    return str(value)
