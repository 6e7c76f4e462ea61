"""Which rule a result of another tool belongs to, and what its message says in full."""

import re
from typing import TypeVar

from secgate.sarif.shape import Component, Descriptor, Message, Reference, Result, Run
from secgate.sarif.text import cut

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\d{1,4})\}", re.ASCII)
_FILLED_MAX = 4_000

T = TypeVar("T")


class Lookup:
    """Finds rules, messages and taxa of one run, in the driver and its extensions."""

    def __init__(self, run: Run) -> None:
        self._driver = run.tool.driver
        self._extensions = run.tool.extensions or []
        self._taxonomies = run.taxonomies or []
        self._by_id: dict[str, tuple[Component, Descriptor]] = {}
        for component in (self._driver, *self._extensions):
            for rule in component.rules or ():
                self._by_id.setdefault(rule.id, (component, rule))

    def rule(self, result: Result) -> tuple[str, Component, Descriptor]:
        """Return the result's rule id, and the descriptor with the component that holds it.

        The descriptor is an empty one where the run has none. An id wins over an index that leads elsewhere; an id like
        `A/b` belongs to the rule `A` where there is no `A/b`.
        """
        reference = result.rule or Reference()
        index = reference.index if reference.index is not None else result.rule_index
        component = self._component(reference)
        listed = _at(component.rules, index)
        name = result.rule_id or reference.id or (listed.id if listed else "")
        if listed and (name == listed.id or name.startswith(listed.id + "/")):
            return name, component, listed
        known = self._by_id.get(name) or self._by_id.get(name.rpartition("/")[0])
        return (name, *known) if known else (name, component, Descriptor(name))

    def message(self, message: Message | None, component: Component, rule: Descriptor) -> str:
        """Return the message's text with its arguments filled in; empty where there is none."""
        if message is None:
            return ""
        if message.text is not None and not message.arguments:
            return message.text
        name = message.id or ""
        named = (rule.message_strings or {}).get(name) or (component.global_message_strings or {}).get(name, Message())
        return _filled(message.text if message.text is not None else named.text or "", message.arguments or [])

    def weaknesses(self, references: list[Reference]) -> list[str]:
        """Return the ids of those taxa that belong to the CWE."""
        return [taxon for reference in references if (taxon := self._weakness(reference))]

    def _component(self, reference: Reference) -> Component:
        place = reference.tool_component
        return (_at(self._extensions, place.index) if place else None) or self._driver

    def _weakness(self, reference: Reference) -> str:
        place = reference.tool_component
        taxonomy = _at(self._taxonomies, place.index) if place else None
        name = (place.name if place and place.name else "") or (taxonomy.name if taxonomy else "")
        if name.upper() != "CWE":
            return ""
        listed = _at(taxonomy.taxa, reference.index) if taxonomy else None
        return reference.id or (listed.id if listed else "")


def _at(items: list[T] | None, index: int | None) -> T | None:
    return items[index] if items and index is not None and 0 <= index < len(items) else None


def _filled(text: str, arguments: list[str]) -> str:
    """Return the text with its placeholders filled, cut: a few bytes of input must not grow into many."""
    pieces: list[str] = []
    place = length = 0
    for match in _PLACEHOLDER.finditer(text):
        pieces += text[place : match.start()], _filling(match, arguments)
        place, length = match.end(), length + len(pieces[-1]) + len(pieces[-2])
        if length > _FILLED_MAX:
            break
    return cut("".join([*pieces, text[place:]]), _FILLED_MAX)


def _filling(match: re.Match[str], arguments: list[str]) -> str:
    if match[1] is None:
        return match[0][0]
    number = int(match[1])
    return arguments[number] if number < len(arguments) else match[0]
