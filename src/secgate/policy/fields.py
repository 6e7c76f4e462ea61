"""The fields of a finding that a policy can name, how to read each of them, and what it holds."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Literal

from secgate.catalog.meant import did_you_mean
from secgate.model import Category, Confidence, Finding, Severity, Ternary

Kind = Literal["text", "texts", "whole", "number", "flag"]
Getter = Callable[[Finding], Any]


@dataclass(frozen=True)
class Field:
    """One field: what it holds, how it is read, and the only words that it can hold, if they are few."""

    kind: Kind
    read: Getter
    words: tuple[str, ...] = ()


_KINDS: Mapping[Kind, str] = {
    "text": "category severity confidence title fingerprint tool rule.id rule.name location.path vuln.reachable "
    "vuln.published package.name package.version package.purl package.ecosystem package.scope package.direct "
    "secret.kind license.spdx component.name component.exposure",
    "texts": "tools rule.cwe rule.tags vuln.id vuln.aliases package.fixedVersions control.ids component.owners",
    "whole": "severityRank location.line location.endLine ageDays",
    "number": "vuln.cvss vuln.epss",
    "flag": "vuln.epssKnown vuln.kev vuln.fixAvailable secret.verified isNew newlyDisclosed suppressedInline",
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "category": tuple(Category),
    "severity": tuple(Severity),
    "confidence": tuple(Confidence),
    "vuln.reachable": tuple(Ternary),
    "package.scope": ("runtime", "dev", "unknown"),
    "package.direct": tuple(Ternary),
    "component.exposure": ("internet", "internal", "none", "unknown"),
}
_READ: Mapping[str, Getter] = {
    "severityRank": lambda finding: finding.severity.rank,
    "control.ids": lambda finding: finding.control_ids,
    # A vulnerability is meant by any of its names.
    "vuln.id": lambda finding: (finding.vuln.id, *finding.vuln.aliases),
}


def snake(name: str) -> str:
    """Return `location.end_line` for `location.endLine`."""
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _field(name: str, kind: Kind) -> Field:
    return Field(kind, _READ.get(name) or attrgetter(snake(name)), _WORDS.get(name, ()))


FIELDS: Mapping[str, Field] = MappingProxyType(
    {name: _field(name, kind) for kind, names in _KINDS.items() for name in names.split()}
)
"""From the dotted name, as written in a policy, to the field."""

ORDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "severity": ("info", "low", "medium", "high", "critical"),
        "confidence": ("low", "medium", "high"),
        "component.exposure": ("none", "internal", "internet"),
    }
)
"""The fields whose words have an order, lowest first. `unknown` counts as the policy says, or as the highest."""

MOST: Mapping[str, float] = MappingProxyType({"severityRank": 4, "vuln.cvss": 10, "vuln.epss": 1})
"""The numbers that have an upper end; none is below zero."""


def can_be(name: str, limits: Mapping[str, float]) -> bool:
    """Return whether a number of a finding can ever lie within limits, such as `{"gt": 0.5, "lte": 1}`."""
    least = max([(0, False), *((limit, operator == "gt") for operator, limit in limits.items() if operator[0] == "g")])
    ends = ((limit, operator == "lte") for operator, limit in limits.items() if operator[0] == "l")
    most = min([(MOST.get(name, math.inf), True), *ends])
    return least[0] < most[0] or (least[0] == most[0] and not least[1] and most[1])


def suggestion(name: str) -> str:
    """Return the hint for a field that does not exist."""
    return did_you_mean(name, FIELDS) or f"Fields: {', '.join(sorted(FIELDS))}."
