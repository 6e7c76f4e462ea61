"""What VEX statements lift: every rule about a finding that does not affect us, as far as the policy believes them.

A statement is about a finding if it names the vulnerability, by any name, and the package. Of several the
latest counts; where they are of the same time, the one that lifts nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from packageurl import PackageURL

from secgate.model import KEV, Finding, PolicyRule
from secgate.model.vex import VexStatement
from secgate.policy.compiled import Compiled

_LIFTING = ("not_affected", "fixed")


@dataclass(frozen=True)
class Stated:
    """What a statement does to one finding."""

    at: str
    """Where it stands; empty: there is none."""
    why: str
    """What it says; where it lifts nothing, why."""
    lifts: Callable[[PolicyRule], bool]


def stating(policy: Compiled) -> Callable[[Finding], Stated | None]:
    """Return what says which statement counts for a finding; None where there is none about it."""
    by_name: dict[str, list[VexStatement]] = {}
    for one in policy.pack.statements:
        for name in one.vulnerability:
            by_name.setdefault(name, []).append(one)

    def stated(finding: Finding) -> Stated | None:
        names = (finding.vuln.id, *finding.vuln.aliases) if by_name and finding.vuln.id else ()
        about = [one for name in names for one in by_name.get(name, ()) if _names(one, finding.package.purl)]
        return _stated(about, finding, policy) if about else None

    return stated


def _stated(about: Iterable[VexStatement], finding: Finding, policy: Compiled) -> Stated:
    vex, now = policy.pack.vex, policy.given.now
    meant = [one for one in about if not one.products or _holds(one, vex.products)]
    known = [one for one in meant if one.timestamp[:10] <= now]
    if not known:
        first = min(meant or about, key=lambda one: (one.timestamp, one.at))
        why = f"it begins on {first.timestamp[:10]}" if meant else f"it is about {', '.join(first.products)}, not us"
        return Stated(first.at, why, lambda _: False)
    latest = max(known, key=lambda one: (one.timestamp, one.status not in _LIFTING, one.at))
    if why := _unbelieved(latest, finding, policy):
        return Stated(latest.at, why, lambda _: False)
    label = f" ({latest.justification or latest.note})" if latest.justification or latest.note else ""
    return Stated(
        latest.at, f"{latest.status}{label}", lambda rule: rule.waivable and rule.id not in vex.never_for
    )  # fmt: skip


def _unbelieved(one: VexStatement, finding: Finding, policy: Compiled) -> str:
    vex = policy.pack.vex
    if one.status not in _LIFTING:
        return f"it says {one.status}"
    if one.status not in vex.statuses:
        return f"it says {one.status}, and the policy believes only {', '.join(vex.statuses) or 'nothing'}"
    if KEV in vex.never_for and finding.vuln.kev:
        return "the vulnerability is known to be exploited: no statement lifts that"
    return ""


def _names(one: VexStatement, purl: str) -> bool:
    return any(covers(package, purl) for package in one.packages)


def _holds(one: VexStatement, products: Iterable[str]) -> bool:
    return any(ours == name or covers(ours, name) for ours in products for name in one.products)


@cache
def covers(stated: str, purl: str) -> bool:
    """Return whether a package URL means a package: the same, in the version and with the qualifiers that it names."""
    said, found = _parsed(stated), _parsed(purl)
    if said is None or found is None:
        return False
    same = (said.type, said.namespace, said.name) == (found.type, found.namespace, found.name)
    return same and said.version in {None, found.version} and _within(said.qualifiers, found.qualifiers)


def _within(said: Mapping[str, str] | str, found: Mapping[str, str] | str) -> bool:
    return isinstance(said, Mapping) and isinstance(found, Mapping) and said.items() <= found.items()


@cache
def _parsed(text: str) -> PackageURL | None:
    try:
        return PackageURL.from_string(text)
    except ValueError:
        return None
