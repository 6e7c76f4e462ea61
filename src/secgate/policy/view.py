"""A finding as expressions see it: made once a finding, of the fields that some expression names."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from secgate.model import Finding, Pack
from secgate.policy import expression
from secgate.policy.circumstances import Circumstances
from secgate.policy.fields import FIELDS, snake

MAX_TEXT = 100_000
MAX_LIST = 10_000

_WORDS = {"category", "severity", "confidence", "vuln.reachable", "package.direct"}
"""The fields that hold one of the model's own words, which CEL does not know."""
_OUTSIZED = expression.Answer(
    True, f"the finding has a text above {MAX_TEXT:,} characters or a list above {MAX_LIST:,}"
)


class View:
    """Gives each finding one activation, whatever the number of expressions that ask for it."""

    def __init__(self, pack: Pack, given: Circumstances, environment: str) -> None:
        texts = [text for rule in pack.rules for text in (rule.when, *(one.when for one in rule.exempt)) if text]
        self._make = _maker(frozenset().union(*map(expression.words, texts)))
        context = {"event": given.event, "ref": given.ref, "environment": environment, "labels": list(given.labels)}
        self._around: Mapping[str, object] = {"context": context, "params": dict(pack.params)}
        self._last: tuple[Finding | None, Any] = (None, None)

    def asking(self, text: str) -> Callable[[Finding], expression.Answer]:
        """Return what evaluates one expression for a finding."""
        answer = expression.compiled(text)

        def ask(finding: Finding) -> expression.Answer:
            last, activation = self._last
            if last is not finding:
                made = self._make(finding)
                activation = expression.activation({"finding": made, **self._around}) if made is not None else None
                self._last = (finding, activation)
            return _OUTSIZED if activation is None else answer(activation)

        return ask


def _maker(words: frozenset[str]) -> Callable[[Finding], dict[str, Any] | None]:
    """Return what makes a finding's map; None where it would hold more than expressions are let near."""
    # `dyn` can reach a field by a name that is put together.
    named = [name for name in FIELDS if "dyn" in words or words.issuperset(name.split("."))]
    groups: dict[str, list[tuple[str, Callable[[Finding], Any]]]] = {
        group: [] for name in FIELDS if (group := name.rpartition(".")[0]) in words
    }
    for name in named:
        group, _, leaf = name.rpartition(".")
        groups.setdefault(group, []).append((leaf, _reader(name)))
    top = groups.pop("", [])
    nested = list(groups.items())
    unbounded = [_reader(name) for name in named if not FIELDS[name].words and FIELDS[name].kind in {"text", "texts"}]

    def make(finding: Finding) -> dict[str, Any] | None:
        for read in unbounded:
            if _outsized(read(finding)):
                return None
        made: dict[str, Any] = {leaf: read(finding) for leaf, read in top}
        for group, leaves in nested:
            made[group] = {leaf: read(finding) for leaf, read in leaves}
        return made

    return make


def _reader(name: str) -> Callable[[Finding], Any]:
    if name == "vuln.id":
        return attrgetter("vuln.id")
    read = FIELDS[name].read
    if name in _WORDS:
        return attrgetter(f"{snake(name)}._value_")
    if FIELDS[name].kind == "texts":
        return lambda finding: list(read(finding))
    return read


def _outsized(value: object) -> bool:
    if isinstance(value, str):
        return len(value) > MAX_TEXT
    return isinstance(value, list) and (len(value) > MAX_LIST or any(len(one) > MAX_TEXT for one in value))
