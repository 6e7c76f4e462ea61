"""A policy's own tests: findings and circumstances on one side, what must come out on the other."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from secgate.catalog import document
from secgate.catalog.document import Document, Key
from secgate.errors import Exit
from secgate.model import (
    Action,
    Finding,
    Pack,
    Requirement,
    RequirementState,
    conclude,
)
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import Allowance, Judgement, judgement
from secgate.policy.evidence import demand, without_baseline
from secgate.policy.feeds import feed_state
from secgate.policy.fields import FIELDS, suggestion
from secgate.policy.shape import Case, CaseFile, Where
from secgate.policy.written import convert, meant


@dataclass(frozen=True)
class Ready:
    """One case, ready to be run."""

    case: Case
    at: str
    """`tests/a.yaml:12`."""
    findings: tuple[Finding, ...]
    given: Circumstances
    evidence: Mapping[str, str]
    """By the id of a requirement or feed: its state; what is not named is complete."""


@dataclass(frozen=True)
class Result:
    """What came of a case."""

    ready: Ready
    wrong: tuple[str, ...]
    """What is not as expected, in words; empty: the case passes."""
    judgement: Judgement


def read(data: bytes, name: str, pack: Pack) -> tuple[Ready, ...]:
    """Read a file of cases.

    Raises:
        UsageError: it has another shape, or names what there is not; with its place and a remedy.
    """
    loaded = document.parse(data, name)
    held = convert(loaded, CaseFile)
    return tuple(_ready(loaded, held, index, pack) for index in range(len(held.cases)))


def _ready(loaded: Document, held: CaseFile, index: int, pack: Pack) -> Ready:
    case, key = held.cases[index], ("cases", index)
    if case.finding is not None and case.findings is not None:
        raise loaded.error(key, f"case `{case.name}` has `finding` and `findings`", "Keep one of the two.")
    if case.finding is None and case.findings is None:
        raise loaded.error(key, f"case `{case.name}` has no finding", "Write `finding: {…}` or `findings: []`.")
    places: list[Key] = [(*key, "finding")] if case.findings is None else [
        (*key, "findings", number) for number in range(len(case.findings))
    ]  # fmt: skip
    some = (case.finding,) if case.finding is not None else case.findings or ()
    where = case.context or held.defaults.context or Where()
    now = _day(loaded, key if case.now else ("defaults",), case.now or held.defaults.now, case.name)
    _expected(loaded, key, case, pack)
    return Ready(
        case=case,
        at=f"{loaded.name}:{loaded.line(key)}",
        findings=tuple(_finding(loaded, place, one) for place, one in zip(places, some, strict=True)),
        given=Circumstances(now, where.event, where.ref, where.labels, case.baseline),
        evidence=_evidence(loaded, key, case, held, pack),
    )


def _day(loaded: Document, key: Key, now: str, name: str) -> str:
    if not now:
        raise loaded.error(key, f"case `{name}` does not say when it is", 'Write `now: "2026-09-15T00:00:00Z"`.')
    try:
        when = datetime.datetime.fromisoformat(now)
    except ValueError as error:
        remedy = "Write it like 2026-09-15T00:00:00Z."
        raise loaded.error((*key, "now"), f"there is no time `{now}`", remedy) from error
    return (when.astimezone(datetime.UTC) if when.tzinfo else when).date().isoformat()


def _expected(loaded: Document, key: Key, case: Case, pack: Pack) -> None:
    expect, known = case.expect, {*(rule.id for rule in pack.rules), "sla"}
    if expect.decision is None and expect.rules is None and expect.waived_by is None and expect.exit is None:
        raise loaded.error((*key, "expect"), f"case `{case.name}` expects nothing", "Write `decision: block`.")
    for number, name in enumerate(expect.rules or ()):
        if name not in known:
            raise loaded.error((*key, "expect", "rules", number), f"there is no rule `{name}`", meant(name, known))
    for name in case.baseline or {}:
        if name not in known:
            raise loaded.error((*key, "baseline", name), f"there is no rule `{name}`", meant(name, known))


_DEFAULTS: Mapping[str, object] = {
    "tool": "test",
    "category": "sast",
    "severity": "unknown",
    "message": "",
    "rule": {"id": ""},
    "location": {"path": ""},
}
_SETTABLE = FIELDS.keys() - {"severityRank", "title", "tools"}


def _finding(loaded: Document, key: Key, given: Mapping[str, object]) -> Finding:
    """Return a finding with the normaliser's defaults for what a case leaves out."""
    for path, place in _paths(given, "", key):
        if path not in _SETTABLE:
            raise loaded.error(place, f"there is no field `{path}`", suggestion(path))
    values: dict[str, Any] = dict(given)
    if isinstance(values.get("control"), dict):
        values["controlIds"] = values.pop("control").get("ids", [])
    made = {**_DEFAULTS, **values}
    for name in ("rule", "location"):
        if isinstance(made[name], dict):
            made[name] = {**_DEFAULTS[name], **made[name]}  # type: ignore[dict-item]
    try:
        return msgspec.convert(made, Finding)
    except msgspec.ValidationError as error:
        raise loaded.error(key, f"the finding is none: {error}", "Write its fields as a policy names them.") from error


def _paths(value: Mapping[str, object], prefix: str, key: Key) -> Iterable[tuple[str, Key]]:
    for name, inner in value.items():
        path = f"{prefix}{name}"
        if isinstance(inner, dict):
            yield from _paths(inner, f"{path}.", (*key, name))
        else:
            yield path, (*key, name)


def _evidence(loaded: Document, key: Key, case: Case, held: CaseFile, pack: Pack) -> Mapping[str, str]:
    given = case.evidence if case.evidence is not None else held.defaults.evidence
    place: Key = (*key, "evidence") if case.evidence is not None else ("defaults", "evidence")
    if not isinstance(given, dict):
        return {}
    required = {one.id: one for one in pack.required}
    known = [*required, *(feed.id for feed in pack.feeds)]
    for name, state in given.items():
        if name not in known:
            raise loaded.error((*place, name), f"the policy asks for no evidence `{name}`", meant(name, known))
        always = name in required and required[name].applies == "always"
        if state == "not-applicable" and (always or name not in required):
            raise loaded.error((*place, name), f"`{name}` always applies", "Write `missing`, or leave it out.")
    return given


def run(ready: Ready, pack: Pack) -> Result:
    """Judge a case and hold the outcome against what it expects."""
    policy = compiled(pack, ready.given)
    found = judgement(ready.findings, policy)
    demands = [_state(one, ready.evidence.get(one.id, "complete"), pack) for one in pack.required]
    demands += [feed_state(feed, ready.evidence.get(feed.id, "complete")) for feed in pack.feeds]
    demands += without_baseline(pack, ready.given, found.verdicts)
    audit = Allowance(audit=policy.environment in pack.audited)
    _, code = conclude(found.verdicts, demands, audit.fail_on, audit.words)
    return Result(ready, tuple(_wrong(ready.case, found, code)), found)


def _state(one: Requirement, state: str, pack: Pack) -> RequirementState:
    met = state in {"complete", "not-applicable"}
    return demand(one.id, one.category, pack.on_missing, "" if met else f"it is {state}")


def _wrong(case: Case, found: Judgement, code: Exit) -> Iterable[str]:
    expect, verdicts = case.expect, found.verdicts
    decision = max((one.action for one in verdicts), key=lambda action: action.rank, default=Action.PASS)
    rules = sorted({rule for one in verdicts for rule in one.rules})
    waived = sorted({waiver for one in verdicts for waiver in one.waived_by})
    if expect.decision is not None and decision != expect.decision:
        yield f"decision: {decision}, not {expect.decision}"
    if expect.rules is not None and rules != sorted(set(expect.rules)):
        yield f"rules: {_list(rules)}, not {_list(sorted(set(expect.rules)))}"
    if expect.waived_by is not None and waived != [expect.waived_by]:
        yield f"waivedBy: {_list(waived)}, not {expect.waived_by}"
    if expect.exit is not None and code != expect.exit:
        yield f"exit: {int(code)}, not {expect.exit}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
