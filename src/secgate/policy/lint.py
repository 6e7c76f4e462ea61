"""What is valid in a policy and probably not meant. A warning changes no verdict."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from secgate import catalog
from secgate.catalog.document import Key
from secgate.catalog.meant import did_you_mean
from secgate.globs import matcher
from secgate.model import GATE, SLA, Action, Pack, Part, PolicyRule, Waiver
from secgate.model.rule import Match
from secgate.policy.cases import Result
from secgate.policy.circumstances import days_between, wider
from secgate.policy.match import told
from secgate.policy.waiver_files import Listed
from secgate.policy.waivers import state, unapproved
from secgate.policy.written import Written

NEAR_DAYS = 60


@dataclass(frozen=True)
class Warned:
    """Something to look at."""

    at: str
    """`org/policy.yaml:61`."""
    message: str
    remedy: str = ""


def warnings(
    written: Written, pack: Pack, listed: Sequence[Listed], paths: Sequence[str], results: Sequence[Result], now: str
) -> tuple[Warned, ...]:
    """Return what is worth a look, sorted by place.

    Args:
        written: the policy's own file.
        pack: the policy, with all that it extends.
        listed: its waivers.
        paths: of the files of the repository; none where there is no repository to look at.
        results: of its cases; without any nothing is said about them.
        now: the UTC day.
    """
    found = [
        *_rules(written),
        *_evidence(written, pack),
        *_globs(written, paths),
        *_components(written),
        *_review(written, now),
        *_uninformed(written, pack),
        *_strangers(written, pack),
        *_waivers(listed, pack, now),
        *_fired(pack, results),
    ]
    return tuple(sorted(found, key=lambda one: (one.at.rpartition(":")[0], _line(one.at), one.message)))


def _line(at: str) -> int:
    line = at.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


_FED = {"kev": ("vuln.kev",), "epss": ("vuln.epss", "vuln.epssKnown")}
"""By feed: the fields that it fills."""


def _uninformed(written: Written, pack: Pack) -> Iterable[Warned]:
    """Yield the rules that ask what only a feed knows, where the policy asks for no such feed."""
    spec = written.file.spec
    asking: list[tuple[Key, Match, str, str]] = [
        (("rules", index), rule.match, rule.when, f"rule `{rule.id}`") for index, rule in enumerate(spec.rules)
    ]
    asking += [(("sla", "rows", index), row.match, "", "the row") for index, row in enumerate(spec.sla.rows)]
    there = {feed.id for feed in pack.feeds}
    for key, match, when, whose in asking:
        text = f"{told(match)} {when}"
        for feed, fields in _FED.items():
            named = next((name for name in fields if re.search(rf"\b{re.escape(name)}\b", text)), "")
            if named and feed not in there:
                message = f"{whose} asks for {named}, and the policy for no feed `{feed}`"
                yield Warned(written.at(key), message, f"Add {{id: {feed}, maxAge: 72h}} to evidence.feeds.")


def _rules(written: Written) -> Iterable[Warned]:
    for index, rule in enumerate(written.file.spec.rules):
        at = written.at(("rules", index))
        if not rule.title:
            yield Warned(at, f"rule `{rule.id}` has no title", "Say in a line what it refuses: reports print it.")
        if not rule.help and _blocks(rule):
            yield Warned(at, f"rule `{rule.id}` blocks and has no help", "Say what to do about it.")
        if not rule.match:
            yield Warned(
                at, f"rule `{rule.id}` has only `when`", "Add a `match`: it is faster, and tools understand it."
            )


def _blocks(rule: PolicyRule) -> bool:
    return rule.action is Action.BLOCK or (isinstance(rule.action, dict) and Action.BLOCK in rule.action.values())


def _evidence(written: Written, pack: Pack) -> Iterable[Warned]:
    if not pack.required:
        yield Warned(written.at(("evidence",)), "no evidence is required: whatever did not run is not missed",
                     "List under evidence.required what must have run.")  # fmt: skip
    for index, one in enumerate(written.file.spec.evidence.required):
        unknown = [name for name in one.any_of if name not in catalog.scanners()]
        if unknown:
            at = written.at(("evidence", "required", index))
            remedy = _meant(unknown[0], catalog.scanners(), "Its evidence comes from SARIF only.")
            yield Warned(at, f"`{', '.join(unknown)}` is no scanner of secgate", remedy)


def _strangers(written: Written, pack: Pack) -> Iterable[Warned]:
    """Yield the tools and components that are named and that there are not: what is about them alone never matches."""
    spec, tools, parts = (
        written.file.spec,
        (GATE, *catalog.scanners(), *pack.accept_producers),
        [part.name for part in pack.components],
    )
    named: list[tuple[Key, str, str]] = [(("severity", "prefer"), "tool", name) for name in spec.severity.prefer]
    for index, rule in enumerate(spec.rules):
        for match in (rule.match, *(one.match for one in rule.exempt)):
            named += ((("rules", index), *found) for found in _names(match))
    for index, row in enumerate(spec.sla.rows):
        named += ((("sla", "rows", index), *found) for found in _names(row.match))
    for key, field, name in dict.fromkeys(named):
        if field == "component.name" and name not in parts:
            remedy = _meant(name, parts, "Define it under components, unless a policy that extends this one does.")
            yield Warned(written.at(key), f"there is no component `{name}`", remedy)
        if field != "component.name" and name not in tools:
            remedy = _meant(name, tools, "Only SARIF of its own names it.")
            yield Warned(written.at(key), f"`{name}` is no scanner of secgate", remedy)


def _names(match: object) -> Iterable[tuple[str, str]]:
    """Yield the field and the name of every tool and component that a match names in full."""
    if isinstance(match, list | tuple):
        for one in match:
            yield from _names(one)
    for field, wanted in match.items() if isinstance(match, Mapping) else ():
        if field in {"tool", "tools", "component.name"}:
            yield from ((field, name) for name in (wanted if isinstance(wanted, list | tuple) else [wanted])
                        if name and isinstance(name, str))  # fmt: skip
        else:
            yield from _names(wanted)


def _meant(name: str, known: Iterable[str], otherwise: str) -> str:
    return f"{did_you_mean(name, known)} {otherwise}".lstrip()


def _globs(written: Written, paths: Sequence[str]) -> Iterable[Warned]:
    """Yield the globs of components that meet no file, where there are files."""
    for index, part in enumerate(written.file.spec.components if paths else ()):
        for number, glob in enumerate(part.paths):
            if not any(map(matcher([glob]), paths)):
                at = written.at(("components", index, "paths", number))
                yield Warned(at, f"the glob `{glob}` meets no file", "Correct it, or remove it.")


def _components(written: Written) -> Iterable[Warned]:
    parts: Sequence[Part] = written.file.spec.components
    for index, later in enumerate(parts):
        for earlier in parts[:index]:
            hidden = [glob for glob in later.paths if wider(earlier.paths, [glob])]
            if hidden:
                message = f"`{hidden[0]}` of `{later.name}` is never met: `{earlier.name}` comes first"
                yield Warned(written.at(("components", index)), message, "Put the narrower one first.")


def _review(written: Written, now: str) -> Iterable[Warned]:
    review = written.file.metadata.review_by
    if review and days_between(now, review) <= NEAR_DAYS:
        at = f"{written.document.name}:{written.document.line(('metadata', 'reviewBy'))}"
        yield Warned(at, f"the policy is to be reviewed by {review}", "Review it, and set a new day.")


def _waivers(listed: Sequence[Listed], pack: Pack, now: str) -> Iterable[Warned]:
    asked = pack.waiver_policy
    notice = max(asked.notify_before_days, default=30)
    for one in listed:
        waiver, at = one.waiver, f"{one.document.name}:{one.document.line(('waivers', one.index))}"
        refused = next(filter(None, (unapproved(waiver, rule, asked, now) for rule in _lifted(waiver, pack))), "")
        if refused and state(waiver, now) == "active":
            yield Warned(at, f"waiver `{waiver.id}` does not count: {refused}", "Correct it, or remove it.")
        if state(waiver, now) == "expired":
            yield Warned(at, f"waiver `{waiver.id}` expired on {waiver.expires}", "Remove it.")
        elif waiver.expires and days_between(now, waiver.expires) <= notice:
            left = days_between(now, waiver.expires)
            message = f"waiver `{waiver.id}` expires in {left} days, on {waiver.expires}"
            yield Warned(at, message, "Fix what it is about.")


def _lifted(waiver: Waiver, pack: Pack) -> Iterable[PolicyRule]:
    """Yield the rules that a waiver names, that about age too."""
    return (rule for rule in (*pack.rules, PolicyRule(SLA, pack.sla.on_breach)) if rule.id in waiver.rules)


def _fired(pack: Pack, results: Sequence[Result]) -> Iterable[Warned]:
    if not results:
        return
    matched = [{rule for one in result.judgement.verdicts for rule in one.rules} for result in results]
    for rule in pack.rules:
        count = sum(rule.id in one for one in matched)
        at = pack.places[rule.id].at
        if count == 0:
            yield Warned(at, f"no case makes rule `{rule.id}` fire", "Add one that does.")
        elif count == len(matched):
            yield Warned(at, f"every case makes rule `{rule.id}` fire", "Add one that does not.")
