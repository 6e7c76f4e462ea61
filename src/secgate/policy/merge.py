"""From the layers of a policy to the policy: what each adds, and the strictest of what they set.

A layer is held against what it extends. Layers that do not extend each other are only joined.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from secgate.catalog.document import Key
from secgate.policy.adjust import Held, adjusted
from secgate.policy.knobs import KNOBS, MAPS, SAME, knob_of
from secgate.policy.match import told
from secgate.policy.written import Written, meant


@dataclass(frozen=True)
class Set:
    """A value that some layer has set, and which."""

    value: Any
    by: str
    """`acme-baseline@3.2.0 (org/policy.yaml:14)`."""


@dataclass(frozen=True)
class Merged:
    """What some layers make together."""

    knobs: Mapping[tuple[str, ...], Set] = field(default_factory=dict)
    rules: Mapping[str, Held] = field(default_factory=dict)
    layers: tuple[Written, ...] = ()
    """Parents first."""

    @property
    def settled(self) -> Written:
        """Return the layer whose environments count: the last that names some."""
        return next((one for one in reversed(self.layers) if one.file.spec.environments), self.layers[-1])

    @property
    def root(self) -> Written | None:
        """Return the layer that environments and `children` belong to: the first that is not built in."""
        return next((one for one in self.layers if not one.built_in), None)


def joined(parents: Iterable[Merged], child: Written) -> Merged:
    """Return what several parents of one child make together: all their rules, the stricter of what they set.

    Raises:
        UsageError: two of them define the same rule, or set what has no order to different values.
    """
    together = Merged()
    for number, one in enumerate(parents):
        together = _joined(together, one, child, number)
    return together


def _joined(one: Merged, other: Merged, child: Written, number: int) -> Merged:
    key: Key = ("extends", number)
    knobs = dict(one.knobs)
    for path, new in other.knobs.items():
        old, knob = knobs.get(path), knob_of(path)
        if old is None:
            knobs[path] = new
            continue
        if knob is SAME and old.value != new.value:
            message = f"{'.'.join(path)} is {told(old.value)} in {old.by} and {told(new.value)} in {new.by}"
            raise child.error(key, message, "Extend parents that agree.")
        knobs[path] = Set(knob.join(old.value, new.value), f"{old.by} and {new.by}" if old != new else old.by)
    for name, rule in other.rules.items():
        if name in one.rules and one.rules[name] != rule:
            message = f"rule `{name}` is defined by {one.rules[name].layer} and by {rule.layer}"
            raise child.error(key, message, "Extend one of the two.")
    known = {layer.digest for layer in one.layers}
    layers = (*one.layers, *(layer for layer in other.layers if layer.digest not in known))
    return Merged(knobs, {**one.rules, **other.rules}, layers)


def extended(parent: Merged, child: Written) -> Merged:
    """Return what a child makes of its parents.

    Raises:
        UsageError: it loosens what they set; with the place, and the parent's value.
    """
    _hold_to_root(parent, child)
    knobs = dict(parent.knobs)
    if child.file.spec.environments:
        # Other environments than those that the packs below were enforced in.
        knobs = {path: value for path, value in knobs.items() if path[0] != "enforcement"}
    for path, value in _settings(child):
        knobs[path] = _turned(parent, child, path, value)
    return Merged(knobs, _rules(parent, child), (*parent.layers, child))


def _settings(written: Written) -> Iterable[tuple[tuple[str, ...], Any]]:
    """Yield every knob that a file sets, with its value as it is written."""
    spec: Any = written.document.value
    for name in KNOBS:
        found: Any = spec["spec"]
        path = tuple(name.split("."))
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        if found is None:
            continue
        if name in MAPS:
            yield from (((*path, inner), value) for inner, value in found.items())
        else:
            yield path, found


def _turned(parent: Merged, child: Written, path: tuple[str, ...], value: object) -> Set:
    own = Set(value, f"{child.layer.title} ({child.at(path)})")
    knob, old = knob_of(path), parent.knobs.get(path)
    if path[0] == "params":
        _may_set(parent, child, path)
    if not parent.layers:
        return own
    if old is None and _binds(parent, path):
        old = Set(knob.default, "the default of what it extends")
    if old is None:
        return own
    if knob.looser(old.value, value):
        name, was = ".".join(path), told(old.value)
        how = "differs from" if knob is SAME else "is looser than"
        raise child.error(
            path, f"{name}: {told(value)} {how} {was}, which {old.by} sets", f"Leave it out, or keep {was}."
        )
    return Set(knob.join(old.value, value), own.by)


def _binds(parent: Merged, path: tuple[str, ...]) -> bool:
    """Return whether a default that no parent writes holds all the same."""
    if path == ("sla", "onBreach"):
        return ("sla", "rows") in parent.knobs
    if path[0] == "enforcement":
        return parent.root is not None
    return knob_of(path).default is not None


def _may_set(parent: Merged, child: Written, path: tuple[str, ...]) -> None:
    old, root = parent.knobs.get(path), parent.root
    if old is not None and path[1] not in (root.file.spec.children.params if root else ()):
        raise child.error(
            path, f"the parameter `{path[1]}` is {told(old.value)}, which {old.by} sets",
            f"Leave it out, or have `{path[1]}` listed there under spec.children.params.",
        )  # fmt: skip


def _hold_to_root(parent: Merged, child: Written) -> None:
    """Refuse what only the topmost policy may say, and rules and unreadable files where it wants none."""
    root, spec = parent.root, child.document.value
    if root is None:
        return
    whose = f"{root.layer.title} ({root.document.name})"
    for name in ("environments", "children"):
        if isinstance(spec, dict) and name in spec["spec"]:
            raise child.error((name,), f"`{name}` belongs to {whose}, which this extends", "Remove it.")
    if child.file.spec.rules and not root.file.spec.children.add_rules:
        raise child.error(("rules",), f"{whose} lets no policy that extends it add rules", "Remove them.")
    if child.file.spec.unreadable and not root.file.spec.children.unreadable:
        raise child.error(
            ("unreadable",), f"{whose} lets no policy that extends it list files that need not be read",
            "Remove them, or have `unreadable: true` said there under spec.children.",
        )  # fmt: skip


def _rules(parent: Merged, child: Written) -> dict[str, Held]:
    rules = dict(parent.rules)
    root = parent.root
    loosen = root is None or root.file.spec.children.loosen == "overridable-only"
    for index, adjustment in enumerate(child.file.spec.adjust):
        if adjustment.rule not in rules:
            raise child.error(
                ("adjust", index, "rule"), f"no parent has a rule `{adjustment.rule}`", meant(adjustment.rule, rules)
            )
        old = rules[adjustment.rule]
        rules[adjustment.rule] = Held(adjusted(old, child, index, loosen=loosen), old.layer, old.at)
    for index, rule in enumerate(child.file.spec.rules):
        if rule.id in rules:
            old = rules[rule.id]
            raise child.error(
                ("rules", index), f"rule `{rule.id}` is defined by {old.layer} ({old.at})",
                "Give it another id; what a parent's rule may change goes under `adjust`.",
            )  # fmt: skip
        rules[rule.id] = Held(rule, child.layer.title, child.at(("rules", index)))
    return rules
