"""The tests that one field can be put to: a word, a list, a comparison, globs, a regular expression."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from secgate import globs
from secgate.model import Severity
from secgate.policy import expression
from secgate.policy.fields import FIELDS, MOST, ORDERS, Field, can_be

Meets = Callable[[Any], bool]

_COMPARISON = re.compile(r"(>=|<=|>|<)\s*(.*)")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": lambda value, limit: bool(value >= limit),
    "<=": lambda value, limit: bool(value <= limit),
    ">": lambda value, limit: bool(value > limit),
    "<": lambda value, limit: bool(value < limit),
}
_WILD = re.compile(r"\*+")
_WILD_BESIDE = 2
"""So many wildcards a glob may have in which `**` is a part of a segment; each more is a power of the path's length."""
_NUMBERS = {"gte": ">=", "lte": "<=", "gt": ">", "lt": "<"}


class MatchError(ValueError):
    """A `match` that cannot be meant. `key` leads to the entry; `remedy` says what would be right."""

    def __init__(self, key: tuple[str | int, ...], message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.key = key
        self.remedy = remedy


def test_of(name: str, wanted: object, unknown_as: Severity) -> Meets:
    """Return what tests a field's value.

    Args:
        name: of a field that exists.
        wanted: the test as a policy writes it.
        unknown_as: the severity as which an unknown one is compared.

    Raises:
        MatchError: the test has a wrong shape, or asks for a word that the field never holds.
    """
    if isinstance(wanted, list | tuple):
        return _one_of(name, wanted)
    if isinstance(wanted, dict):
        return _operators(name, wanted)
    if isinstance(wanted, str) and (found := _COMPARISON.fullmatch(wanted)):
        return _ordered(name, found[1], found[2], unknown_as)
    return _one_of(name, [wanted])


def _one_of(name: str, wanted: Sequence[object]) -> Meets:
    if not wanted:
        raise MatchError((), f"an empty list matches no `{name}`", "List what it may be.")
    for word in wanted:
        _known(name, word)
    allowed = frozenset(wanted)
    if FIELDS[name].kind == "texts":
        return lambda value: not allowed.isdisjoint(value)
    if len(allowed) > 1:
        return lambda value: value in allowed
    only = wanted[0]
    return lambda value: bool(value == only)


def _known(name: str, word: object) -> None:
    """Refuse a word that the field never holds."""
    field = FIELDS[name]
    if not _is_of(field, word):
        raise MatchError((), f"`{name}` cannot be tested with `{_short(word)}`", _HINTS[field.kind])
    if field.words and word not in field.words:
        raise MatchError((), f"`{name}` cannot be `{_short(word)}`", f"One of: {', '.join(field.words)}.")
    if name == "location.path" and isinstance(word, str) and "*" in word:
        raise MatchError((), f"`{_short(word)}` is one file of that very name", f"Write {{glob: '{_short(word)}'}}.")
    if isinstance(word, int | float) and not isinstance(word, bool):
        _within(name, {"gte": word, "lte": word})


def _within(name: str, limits: Mapping[str, float]) -> None:
    """Refuse what no number of a finding meets: the rule would never match, and nobody would be told."""
    if not can_be(name, limits):
        ends = f"lies between 0 and {MOST[name]}" if name in MOST else "is never below 0"
        raise MatchError((), f"no `{name}` can be so", f"It {ends}: correct the number.")


def _is_of(field: Field, word: object) -> bool:
    if field.kind == "flag":
        return isinstance(word, bool)
    if field.kind in {"whole", "number"}:
        return isinstance(word, int | float) and not isinstance(word, bool)
    return isinstance(word, str)


_HINTS = {
    "flag": "Write `true` or `false`, without quotes.",
    "whole": "Write a number, or `{gte: 1}`.",
    "number": "Write a number, or `{gte: 0.1}`.",
    "text": "Write a word, in quotes where YAML would take it for a number, a list of words, or `{glob: …}`.",
    "texts": "Write a word, a list of words, or `{all: […]}`.",
}


def _ordered(name: str, operator: str, word: str, unknown_as: Severity) -> Meets:
    order = ORDERS.get(name)
    if order is None:
        remedy = "Write `{gte: 1}`." if FIELDS[name].kind in {"whole", "number"} else f"Ordered: {', '.join(ORDERS)}."
        raise MatchError((), f"`{name}` has no order of words", remedy)
    if word not in order:
        raise MatchError((), f"`{name}` cannot be compared with `{_short(word)}`", f"One of: {', '.join(order)}.")
    compare, limit = _COMPARE[operator], order.index(word)
    unknown = order.index(unknown_as) if name == "severity" else len(order) - 1
    meeting = frozenset(one for rank, one in enumerate(order) if compare(rank, limit))
    if not meeting:
        raise MatchError((), f"`{name}` is never `{operator}{word}`: that is the last word", f"Write `{word}`.")
    # What is not among the words was made by somebody else: it counts like unknown.
    return lambda value: value in meeting or (value not in order and compare(unknown, limit))


def _operators(name: str, wanted: Mapping[str, object]) -> Meets:
    """Several operators in one test must all hold."""
    kind = FIELDS[name].kind
    possible = _NUMBERS if kind in {"whole", "number"} else _OF_TEXTS if kind == "texts" else _OF_TEXT
    if not wanted:
        raise MatchError((), f"an empty test matches no `{name}`", _HINTS[kind])
    tests: list[Meets] = []
    for operator, value in wanted.items():
        if kind == "flag" or operator not in possible:
            known = _HINTS[kind] if kind == "flag" else f"There is: {', '.join(possible)}."
            raise MatchError((operator,), f"`{name}` cannot be tested with `{_short(operator)}`", known)
        try:
            tests.append(_operator(name, operator, value))
        except MatchError as error:
            raise MatchError((operator, *error.key), str(error), error.remedy) from error
    if possible is _NUMBERS:
        _within(name, {operator: limit for operator, limit in wanted.items() if isinstance(limit, int | float)})
    return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)


def _operator(name: str, operator: str, value: object) -> Meets:
    if operator in _NUMBERS:
        return _number(name, _NUMBERS[operator], value)
    words = _words(name, operator, value)
    if operator == "glob":
        meets = globs.matcher([glob_of(word) for word in words])
        return _of_any(name, meets)
    if operator == "regex":
        return _of_any(name, _regex(words[0]))
    for word in words:
        _known(name, word)
    wanted = frozenset(words)
    return wanted.issubset if operator == "all" else lambda found: not wanted.isdisjoint(found)


_OF_TEXT = ("glob", "regex")
_OF_TEXTS = ("any", "all", "glob", "regex")


def _number(name: str, operator: str, limit: object) -> Meets:
    if not _is_of(FIELDS[name], limit):
        raise MatchError((), f"`{name}` cannot be tested with `{_short(limit)}`", _HINTS[FIELDS[name].kind])
    compare = _COMPARE[operator]
    return lambda value: compare(value, limit)


def _words(name: str, operator: str, value: object) -> list[str]:
    several = value if isinstance(value, list | tuple) and operator != "regex" else [value]
    if not several:
        raise MatchError((), f"an empty list matches no `{name}`", "List what it may be.")
    for index, word in enumerate(several):
        if not isinstance(word, str) or not word:
            raise MatchError((index,), f"`{operator}` takes text, not `{_short(word)}`", "Put it in quotes.")
    return list(several)


def glob_of(text: str) -> str:
    """Return a glob, once it is clear that it means what it seems to mean.

    Raises:
        MatchError: it holds a bracket or a brace, or so many wildcards that some paths would take hours.
    """
    if found := re.search(r"[\[\]{}]", text):
        raise MatchError((), f"the glob `{_short(text)}` holds `{found[0]}`", "Only `*`, `?` and `**` are special.")
    if len(_WILD.findall(text)) > _WILD_BESIDE and any("**" in part and part != "**" for part in text.split("/")):
        said = f"the glob `{_short(text)}` has many wildcards, and `**` beside other signs"
        raise MatchError((), said, "Let `**` stand alone between slashes.")
    return text


def _regex(pattern: str) -> Meets:
    try:
        return expression.regex(pattern)
    except expression.ExpressionError as error:
        raise MatchError((), f"the regular expression is refused: {error}", error.remedy) from error


def _of_any(name: str, meets: Callable[[str], bool]) -> Meets:
    """Return what holds for a list if it does for one of its texts."""
    # The same paths and names come again and again.
    known = cache(meets)
    if FIELDS[name].kind == "texts":
        return lambda value: any(known(one) for one in value)
    return known


def _short(word: object) -> str:
    text = str(word).lower() if isinstance(word, bool) else str(word)
    return text if len(text) <= 80 else f"{text[:79]}…"
