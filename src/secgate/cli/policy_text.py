"""What `secgate policy` prints for people."""

import json
from collections.abc import Iterable, Sequence

from secgate.gate.locks import Pin
from secgate.model import Action, Pack, PolicyRule
from secgate.policy.cases import Result
from secgate.policy.compare import Difference
from secgate.policy.lint import Warned
from secgate.report import safe

LIMIT = 2_000


def warnings(name: str, found: Sequence[Warned]) -> str:
    """Return the warnings about a policy, and that it is valid."""
    lines = [f"{name}: valid, {_many(len(found), 'warning')}"]
    for one in found:
        lines.append(f"{one.at}: {one.message}")
        lines += [f"  → {one.remedy}"] if one.remedy else []
    return _text(lines)


def results(found: Sequence[Result], *, as_json: bool) -> str:
    """Return what came of cases."""
    if as_json:
        told = [
            {"name": one.ready.case.name, "at": one.ready.at, "passed": not one.wrong, "wrong": list(one.wrong)}
            for one in found
        ]
        return json.dumps(told, indent=2) + "\n"
    lines = []
    for one in found:
        lines.append(f"{'✗' if one.wrong else '✓'} {one.ready.case.name}")
        if one.wrong:
            lines += [f"    {one.ready.at}", *(f"    {wrong}" for wrong in one.wrong)]
    failed = sum(bool(one.wrong) for one in found)
    lines.append(f"{_many(len(found), 'case')}, {failed} failed" if failed else f"{_many(len(found), 'case')} passed")
    return _text(lines)


def differences(found: Sequence[Difference], *, as_json: bool) -> str:
    """Return how two policies differ."""
    if as_json:
        return json.dumps([vars(one) for one in found], indent=2) + "\n"
    if not found:
        return "no difference\n"
    width = max(len(one.how) for one in found)
    return "".join(f"{one.how:<{width}}  {safe.line(f'{one.what}: {one.old} → {one.new}', LIMIT)}\n" for one in found)


def pins(name: str, found: Sequence[Pin], *, as_json: bool, check: bool) -> str:
    """Return what a policy's parents are pinned to."""
    if as_json:
        return json.dumps([vars(one) for one in found], indent=2) + "\n"
    lines = []
    for one in found:
        state = "pinned already" if not one.changed else "would be pinned" if check else "pinned"
        lines += [f"{one.parent}: {state}", *([f"  {one.commit}"] if one.commit else []), f"  {one.digest}"]
    return _text(lines or [f"{name}: extends nothing that needs a pin"])


def shown(pack: Pack) -> str:
    """Return a policy as it is once all that it extends is in."""
    lines = [f"{pack.name} {pack.version} · {pack.digest}"]
    lines += [f"  extends {one.title} · {one.file}" for one in pack.layers[:-1]]
    lines += ["", "environments", *(f"  {one}" for one in _environments(pack))]
    lines += ["", "evidence", *(f"  {one}" for one in _evidence(pack))]
    lines += ["", "rules"]
    for rule in pack.rules:
        lines.append(f"  {rule.id} · {_action(rule)} · {rule.scope}{_knobs(rule)}")
        lines += [f"    {rule.title}"] if rule.title else []
        lines.append(f"    {pack.places[rule.id].layer}, {pack.places[rule.id].at}")
    if pack.sla.rows:
        rows = ", ".join(f"{row.days} days" for row in pack.sla.rows)
        lines += ["", f"sla: {rows}, then {pack.sla.on_breach}"]
    lines += ["", f"waivers: {len(pack.waivers)}"]
    lines += [f"  {one.id} · {', '.join(one.rules)} · until {one.expires or 'for ever'}" for one in pack.waivers]
    if pack.vex.files:
        lines += ["", f"VEX statements: {len(pack.statements)}"]
        lines += [
            f"  {one.vulnerability[0]} · {one.status} · {', '.join(one.packages)} · {one.at}" for one in pack.statements
        ]
    return _text(lines)


def _environments(pack: Pack) -> Iterable[str]:
    for one in pack.environments:
        yield f"{one.name}{' · audit: never changes the exit code' if one.name in pack.audited else ''}"


def _evidence(pack: Pack) -> Iterable[str]:
    for one in pack.required:
        yield f"{one.id} · {one.category} · {' or '.join(one.any_of)}"
    for feed in pack.feeds:
        yield f"{feed.id} · feed{f', at most {feed.max_age} old' if feed.max_age else ''} · missing: {feed.on_missing}"
    yield f"where it is missing: {pack.on_missing}"


def _action(rule: PolicyRule) -> str:
    if isinstance(rule.action, Action):
        return rule.action.value
    return ", ".join(f"{name}: {action}" for name, action in rule.action.items())


def _knobs(rule: PolicyRule) -> str:
    told = [
        f"max {rule.max}" if rule.max is not None else "",
        f"from {rule.effective_from}" if rule.effective_from else "",
        "locked" if rule.locked else "",
        "" if rule.waivable else "not waivable",
    ]
    return "".join(f" · {one}" for one in told if one)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _text(lines: Iterable[str]) -> str:
    made = ((len(line) - len(line.lstrip()), line) for line in lines)
    return "".join(f"{' ' * indent}{safe.line(line, LIMIT)}\n" for indent, line in made)
