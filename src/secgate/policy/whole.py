"""What a policy must satisfy once all its layers are together."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec

from secgate.catalog.document import Key
from secgate.model import DEFAULT, KEV, SLA, Circumstance, Pack, Part, Place, Requirement, Sla, WaiverPolicy
from secgate.model.manifest import RuleSet
from secgate.model.policy import (
    ANYWHERE,
    Children,
    Feed,
    InlinePolicy,
    NewCode,
    OnMissing,
    SeverityPolicy,
    Unreadable,
    VexPolicy,
)
from secgate.policy import sound
from secgate.policy.circumstances import covers
from secgate.policy.expression import Types
from secgate.policy.merge import Merged
from secgate.policy.written import Written, meant, unique

T = TypeVar("T")


def whole(merged: Merged) -> Pack:
    """Return the policy that layers make together.

    Raises:
        UsageError: they contradict each other, or there is no rule at all; with the place and a remedy.
    """
    last = merged.layers[-1]
    blocks = _blocks(merged)
    pack = _pack(merged, blocks)
    if not pack.rules:
        raise last.error(("rules",), "the policy has no rule, so nothing could block", "Add one, or extend a pack.")
    types = Types(pack.params)
    for written in merged.layers:
        sound.check_expressions(written, types)
    _environments(merged)
    _names(merged, pack)
    _never(merged, [KEV, SLA, *(rule.id for rule in pack.rules)])
    for part, listed in (("required", pack.required), ("feeds", pack.feeds)):
        unique(last.document, ("spec", "evidence", part), [one.id for one in listed])
    unique(last.document, ("spec", "components"), [one.name for one in pack.components], "component")
    return pack


def _blocks(merged: Merged) -> dict[str, Any]:
    """Return the knobs as they would stand in one file below `spec`."""
    blocks: dict[str, Any] = {}
    for path, found in merged.knobs.items():
        inner = blocks
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
        inner[path[-1]] = found.value
    return blocks


def _pack(merged: Merged, blocks: Mapping[str, Any]) -> Pack:
    last, root = merged.layers[-1], merged.root
    evidence = blocks.get("evidence", {})
    enforcement = blocks.get("enforcement", {})
    return Pack(
        name=last.file.metadata.name,
        version=last.file.metadata.version,
        digest=_digest(merged),
        rules=tuple(held.rule for _, held in sorted(merged.rules.items())),
        required=_of(evidence.get("required", []), tuple[Requirement, ...]),
        accept_producers=tuple(evidence.get("acceptProducers", [])),
        rule_sets=_of(blocks.get("ruleSets", []), tuple[RuleSet, ...]),
        protected_branches=tuple(blocks.get("protectedBranches", [])),
        allow_options=tuple(blocks.get("allowOptions", [])),
        unreadable=_of(blocks.get("unreadable", []), tuple[Unreadable, ...]),
        on_missing=OnMissing(evidence.get("onMissing", "block")),
        max_age=evidence.get("maxAge", ""),
        feeds=_of(evidence.get("feeds", []), tuple[Feed, ...]),
        new_code=_of(blocks.get("newCode", {}), NewCode),
        environments=merged.settled.file.spec.environments or ANYWHERE,
        audited=tuple(sorted(name for name, mode in enforcement.items() if mode == "audit")),
        sla=_of(blocks.get("sla", {}), Sla),
        waiver_policy=_of(blocks.get("waivers", {}), WaiverPolicy),
        vex=_of(blocks.get("vex", {}), VexPolicy),
        inline=_of(blocks.get("inlineSuppressions", {}), InlinePolicy),
        severity=_of(blocks.get("severity", {}), SeverityPolicy),
        components=_of(blocks.get("components", []), tuple[Part, ...]),
        params=blocks.get("params", {}),
        children=root.file.spec.children if root else Children(),
        layers=tuple(written.layer for written in merged.layers),
        places={name: Place(held.layer, held.at) for name, held in sorted(merged.rules.items())},
    )


def _of(value: object, kind: type[T]) -> T:
    return msgspec.convert(value, kind)


def _digest(merged: Merged) -> str:
    """Return one digest over the bytes of all layers; that of the file where there is but one."""
    digests = [written.digest for written in merged.layers]
    if len(digests) == 1:
        return digests[0]
    return f"sha256:{hashlib.sha256(chr(10).join(digests).encode()).hexdigest()}"


def _environments(merged: Merged) -> None:
    """Refuse environments that can never be chosen, and a list that chooses none."""
    root = merged.settled
    named = root.file.spec.environments
    for index, later in enumerate(named):
        for earlier in named[:index]:
            if covers(earlier.when, later.when):
                message = f"the environment `{later.name}` is never chosen: `{earlier.name}` comes first and covers it"
                raise root.error(("environments", index), message, "Put it above, or remove it.")
    if named and named[-1].when != Circumstance():
        message = f"the last environment, `{named[-1].name}`, does not hold for every run"
        raise root.error(("environments", len(named) - 1, "when"), message, "End with one that has `when: {}`.")


def _never(merged: Merged, known: Collection[str]) -> None:
    """Refuse what no VEX statement is to lift and what there is not."""
    for written in merged.layers:
        for index, name in enumerate(written.file.spec.vex.never_for):
            if name not in known:
                message = f"`{name}` is neither `{KEV}` nor a rule"
                raise written.error(("vex", "neverFor", index), message, meant(name, known))


def _names(merged: Merged, pack: Pack) -> None:
    """Refuse names of environments that there are not, and actions that leave one out."""
    known = [one.name for one in pack.environments]
    for written in merged.layers:
        for name in written.file.spec.enforcement:
            if name not in known:
                raise written.error(("enforcement", name), *_unknown("environment", name, known))
        for index, rule in enumerate(written.file.spec.rules):
            _actions(written, ("rules", index, "action"), rule.action, known, partial=False)
        for index, adjusted in enumerate(written.file.spec.adjust):
            _actions(written, ("adjust", index, "action"), adjusted.action, known, partial=True)


def _actions(written: Written, key: Key, action: object, known: list[str], *, partial: bool) -> None:
    if not isinstance(action, dict):
        return
    for name in action:
        if name != DEFAULT and name not in known:
            raise written.error((*key, name), *_unknown("environment", name, known))
    missing = [name for name in known if name not in action]
    if missing and DEFAULT not in action and not partial:
        raise written.error(
            key, f"it says nothing for {', '.join(missing)}", "Name each environment, or add `default`."
        )


def _unknown(what: str, name: str, known: list[str]) -> tuple[str, str]:
    return f"there is no {what} `{name}`", meant(name, known)
