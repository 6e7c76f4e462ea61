"""Waivers as they are written: read strictly. One that cannot be meant is an error; one that has expired is not."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from secgate.catalog import document
from secgate.catalog.document import Document, Key
from secgate.errors import UsageError
from secgate.model import SLA, Pack, Waiver
from secgate.policy import expression
from secgate.policy.match import MatchError, told
from secgate.policy.shape import WaiverFile
from secgate.policy.waivers import is_wide, matching
from secgate.policy.written import check_match, convert, meant


@dataclass(frozen=True)
class Listed:
    """A waiver, and where it stands."""

    waiver: Waiver
    document: Document
    index: int

    def error(self, key: Key, message: str, remedy: str = "") -> UsageError:
        """Return the error about a part of it."""
        return self.document.error(("waivers", self.index, *key), f"waiver `{self.waiver.id}`: {message}", remedy)


def read(files: Mapping[str, bytes], pack: Pack) -> tuple[Listed, ...]:
    """Read the files of waivers, and hold each against the policy.

    Args:
        files: by name.
        pack: the policy whose rules they lift.

    Returns:
        All waivers, sorted by id.

    Raises:
        UsageError: one has another shape, names what there is not, or is too broad; with its place and a remedy.
    """
    found: list[Listed] = []
    for name, data in sorted(files.items()):
        loaded = document.parse(data, name)
        held = convert(loaded, WaiverFile)
        found += [Listed(waiver, loaded, index) for index, waiver in enumerate(held.waivers)]
    found.sort(key=lambda one: one.waiver.id)
    _once(found)
    for one in found:
        _complete(one, pack)
        _about(one, pack)
        _narrow(one)
        _days(one)
    return tuple(found)


def _once(found: Iterable[Listed]) -> None:
    counted = Counter[str]()
    for one in found:
        counted[one.waiver.id] += 1
        if counted[one.waiver.id] > 1:
            raise one.error((), "the id is there twice", "Give each waiver its own.")


def _complete(one: Listed, pack: Pack) -> None:
    asked, waiver = pack.waiver_policy, one.waiver
    held: Mapping[str, object] = {
        "owner": waiver.owner, "reason": waiver.reason, "ticket": waiver.ticket, "expires": waiver.expires,
        "approvedBy": waiver.approved_by,
    }  # fmt: skip
    for name, value in held.items():
        if not value and name in asked.require:
            raise one.error((), f"`{name}` is missing", f"Add it: the policy wants {', '.join(asked.require)}.")
    if len(waiver.reason.strip()) < asked.min_reason:
        message = f"the reason has {len(waiver.reason.strip())} characters, {asked.min_reason} are wanted"
        raise one.error(("reason",), message, "Say why this can be accepted.")
    if waiver.ticket and asked.ticket_pattern and not expression.regex(asked.ticket_pattern)(waiver.ticket):
        message = f"the ticket `{waiver.ticket}` does not match `{asked.ticket_pattern}`"
        raise one.error(("ticket",), message, "Name a ticket of your tracker.")


def _about(one: Listed, pack: Pack) -> None:
    rules = {rule.id: rule for rule in pack.rules}
    for index, name in enumerate(one.waiver.rules):
        if name == "*":
            raise one.error(("rules", index), "`*` is no rule: a waiver names what it lifts", "List the rules.")
        if name != SLA and name not in rules:
            raise one.error(("rules", index), f"there is no rule `{name}`", meant(name, [*rules, SLA]))
        if name != SLA and not rules[name].waivable:
            raise one.error(("rules", index), f"rule `{name}` cannot be waived", rules[name].help or "Fix it.")
    known = [environment.name for environment in pack.environments]
    for index, name in enumerate(one.waiver.environments):
        if name not in known:
            raise one.error(("environments", index), f"there is no environment `{name}`", meant(name, known))


_ENOUGH = (("fingerprint",), ("vuln.id", "package.purl"), ("rule.id", "location.path"))
_PRINT = re.compile(r"[0-9a-f]{32}")
_REMEDY = "Name a fingerprint, or vuln.id and package.purl, or rule.id and location.path."


def _narrow(one: Listed) -> None:
    """Refuse a waiver that could lift what nobody has looked at."""
    match = one.waiver.match
    for key in ("anyOf", "allOf", "not"):
        if key in match:
            raise one.error(("match", key), f"`{key}` is not for waivers: all of a `match` holds", "Write two waivers.")
    check_match(one.document, ("waivers", one.index, "match"), match, f"waiver `{one.waiver.id}`")
    if not any(match.keys() >= set(names) for names in _ENOUGH):
        raise one.error(("match",), "it is too broad", _REMEDY)
    for name in {name for names in _ENOUGH for name in names} & match.keys():
        _sure(one, name, match[name])
    try:
        matching(one.waiver)
    except MatchError as error:
        raise one.error(("match", *error.key), str(error), error.remedy) from error


def _sure(one: Listed, name: str, wanted: object) -> None:
    operators = set(wanted) if isinstance(wanted, dict) else set()
    words = _words(wanted)
    if operators - {"glob", "any"} or (operators and name == "package.purl"):
        raise one.error(("match", name), f"`{told(wanted)}` is too broad", "Write a word, a list of words, or a glob.")
    for word in words:
        if is_wide(word):
            raise one.error(("match", name), f"`{word}` meets everything", _REMEDY)
        if name == "fingerprint" and not operators and not _PRINT.fullmatch(word):
            remedy = "Write all of its 32 digits; `secgate waive` writes such a waiver."
            raise one.error(("match", name), f"`{word}` is no whole fingerprint", remedy)
        if name == "package.purl" and "*" in word and not _in_version(word):
            raise one.error(
                ("match", name),
                f"`{word}` leaves more than the version open",
                "A purl may end in `*` within its version.",
            )


def _words(wanted: object) -> list[str]:
    if isinstance(wanted, dict):
        return [word for inner in wanted.values() for word in _words(inner)]
    return [str(word) for word in wanted] if isinstance(wanted, list | tuple) else [str(wanted)]


def _in_version(purl: str) -> bool:
    name, at, version = purl.rpartition("@")
    return bool(at) and "*" not in name and version.endswith("*") and version.count("*") == 1


def _days(one: Listed) -> None:
    waiver = one.waiver
    if waiver.expires and waiver.expires < waiver.created:
        raise one.error(("expires",), f"it expires on {waiver.expires}, before it was made", "Check both days.")
