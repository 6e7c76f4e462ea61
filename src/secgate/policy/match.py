"""`match`: from a map of field and test to one function of a finding. All entries must hold."""

import re
from collections.abc import Callable, Mapping

from secgate.model import Finding, Severity
from secgate.policy.fields import FIELDS, WORDS, suggestion

Test = Callable[[object], bool]
Matcher = Callable[[Finding], bool]

_ORDERS: Mapping[str, Mapping[str, int]] = {
    "severity": {severity.value: severity.rank for severity in Severity},
    "confidence": {"low": 0, "medium": 1, "high": 2, "unknown": 2},
}
_COMPARISON = re.compile(r"(>=|<=|>|<)\s*([a-z]+)")
_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    ">=": lambda value, limit: value >= limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    "<": lambda value, limit: value < limit,
}


class MatchError(ValueError):
    """A `match` that cannot be meant. `field` says which entry; `remedy` what would be right."""

    def __init__(self, field: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.remedy = remedy


def matcher(match: Mapping[str, object]) -> Matcher:
    """Compile a `match`.

    Raises:
        MatchError: an unknown field, an unknown word of an ordered field, or a test of the wrong shape.
    """
    if not match:
        raise MatchError("", "an empty match would match everything", 'Write `severity: ">=info"` if you mean that.')
    tests = [(FIELDS[field], test) for field, test in ((field, _test(field, match[field])) for field in match)]
    return lambda finding: all(test(read(finding)) for read, test in tests)


def _test(field: str, wanted: object) -> Test:
    if field not in FIELDS:
        raise MatchError(field, f"there is no field `{field}`", suggestion(field))
    if isinstance(wanted, list):
        return _one_of(field, wanted)
    if isinstance(wanted, str) and (found := _COMPARISON.fullmatch(wanted)):
        return _compared(field, found[1], found[2])
    if isinstance(wanted, dict) or wanted is None:
        raise MatchError(field, f"`{field}` cannot be tested with a {type(wanted).__name__}", "Use a word or a list.")
    return _one_of(field, [wanted])


def _one_of(field: str, wanted: list[object]) -> Test:
    if not wanted:
        raise MatchError(field, f"an empty list matches no `{field}`", "List what it may be.")
    for word in wanted:
        if isinstance(word, list | dict) or word is None:
            raise MatchError(field, f"`{field}` cannot be tested with a {type(word).__name__}", "List plain words.")
        if field in WORDS and word not in WORDS[field]:
            raise MatchError(field, f"`{field}` cannot be `{word}`", f"One of: {', '.join(WORDS[field])}.")
    allowed = frozenset(wanted)
    return lambda value: not allowed.isdisjoint(value) if isinstance(value, tuple) else value in allowed


def _compared(field: str, operator: str, word: str) -> Test:
    order = _ORDERS.get(field)
    if order is None:
        raise MatchError(field, f"`{field}` has no order", f"Ordered fields: {', '.join(_ORDERS)}.")
    if word not in order or word == "unknown":
        raise MatchError(field, f"`{field}` cannot be compared with `{word}`", f"One of: {', '.join(order)}.")
    limit, compare = order[word], _COMPARE[operator]
    return lambda value: compare(order[str(value)], limit)
