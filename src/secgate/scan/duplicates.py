"""The same problem, seen by two tools, becomes one finding that names both. Nothing is lost and nothing is doubled.

Two findings are the same problem only when they come from different tools, lie in the same file and agree on what is
wrong: the same advisory for the same package; rules that are listed as equivalent, on overlapping lines; weaknesses
of the same family (CWE) on overlapping lines; secrets on the same line. The worse rated one stays, and carries the
others as sightings; each finding is matched once at most, so the counts of each tool can always be added up again.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

import msgspec

from secgate.model import Category, Finding, Sighting

# Tools file one weakness under neighbouring entries: these are the families in which they were seen to differ.
_FAMILIES = (
    {"CWE-77", "CWE-78", "CWE-88"},
    {"CWE-94", "CWE-95", "CWE-470"},
    {"CWE-20", "CWE-502"},
    {"CWE-611", "CWE-776", "CWE-827"},
    {"CWE-326", "CWE-327", "CWE-328", "CWE-916", "CWE-1240"},
    {"CWE-89", "CWE-564", "CWE-915", "CWE-943"},
    {"CWE-259", "CWE-321", "CWE-798"},
    {"CWE-295", "CWE-297"},
    {"CWE-605", "CWE-668"},
    {"CWE-330", "CWE-338", "CWE-1241"},
    {"CWE-377", "CWE-378", "CWE-379"},
    {"CWE-79", "CWE-80", "CWE-116"},
    {"CWE-22", "CWE-23", "CWE-36", "CWE-73"},
    {"CWE-215", "CWE-489"},
)
_FAMILY = {cwe: f"family of {min(family)}" for family in _FAMILIES for cwe in family}

Meaning = tuple[str, ...]
_Lots = dict[tuple[str, ...], deque[int]]
"""By the tools that saw them: the places of findings among those that are kept."""
Equivalents = Mapping[tuple[str, str], str]
"""From tool and rule id to the name of the group of rules that say the same."""


def deduplicate(findings: Iterable[Finding], equivalents: Equivalents) -> tuple[Finding, ...]:
    """Fold together what several tools say about one problem.

    Args:
        findings: identified, in canonical order.
        equivalents: which rules of different tools say the same about a resource.

    Returns:
        The findings that remain, in the same order; the tools' reports that were folded in are in `also`.
    """
    kept: list[Finding] = []
    places: dict[tuple[str, Meaning], _Lots] = {}
    for finding in findings:
        meanings = [(finding.location.path, meaning) for meaning in _meanings(finding, equivalents)]
        found = (_twin(kept, places[key], finding) for key in meanings if key in places)
        twin = next((at for at in found if at is not None), None)
        if twin is None:
            for key in meanings:
                places.setdefault(key, {}).setdefault(finding.tools, deque()).append(len(kept))
            kept.append(finding)
        else:
            kept[twin] = _folded(kept[twin], finding)
    return tuple(kept)


def _twin(kept: Sequence[Finding], lots: _Lots, finding: Finding) -> int | None:
    """Return the first of those kept that is the same problem."""
    for tools, lot in list(lots.items()):
        # Whatever was passed is never met again; whatever another tool saw meanwhile belongs elsewhere.
        while lot and (kept[lot[0]].tools != tools or _is_past(kept[lot[0]], finding)):
            at = lot.popleft()
            if not _is_past(kept[at], finding):
                lots.setdefault(kept[at].tools, deque()).append(at)
    others = (lot for tools, lot in lots.items() if finding.tool not in tools)
    found = (next((at for at in lot if _same(kept[at], finding)), None) for lot in others)
    return min((at for at in found if at is not None), default=None)


def _is_past(one: Finding, finding: Finding) -> bool:
    """Return whether one ends before the line that is looked at; lines only ascend."""
    return bool(not one.vuln.id and one.location.known and one.location.end_line < finding.location.line)


def _meanings(finding: Finding, equivalents: Equivalents) -> Iterable[Meaning]:
    if finding.vuln.id:
        package = finding.package.purl.partition("?")[0] or f"{finding.package.name}@{finding.package.version}"
        return [("vulnerability", name, package) for name in (finding.vuln.id, *finding.vuln.aliases)]
    if finding.category is Category.SECRET:
        return [("secret",)]
    if group := equivalents.get((finding.tool, finding.rule.id)):
        return [("equivalent", group)]
    if finding.category is Category.SAST:
        return sorted({("weakness", _FAMILY.get(cwe, cwe)) for cwe in finding.rule.cwe})
    return []


def _same(one: Finding, other: Finding) -> bool:
    if other.tool in one.tools or one.category is not other.category:
        return False
    if _standing(one) != _standing(other):
        return False
    if one.vuln.id:
        return True
    if not (one.location.known and other.location.known):
        return one.anchor == other.anchor or not (one.anchor and other.anchor)
    return one.location.line <= other.location.end_line and other.location.line <= one.location.end_line


def _standing(one: Finding) -> tuple[object, ...]:
    """Return what decides apart from the problem: what no comment suppresses must not vanish in what one does."""
    return one.suppressed_at_base, one.suppressed_inline, one.novelty


def _folded(one: Finding, other: Finding) -> Finding:
    first, second = sorted((one, other), key=lambda finding: (-finding.severity.rank, finding.tool))
    sightings = sorted((*first.also, *second.also, _sighting(second)), key=attrgetter("tool", "rule_id"))
    return msgspec.structs.replace(first, also=tuple(sightings))


def _sighting(finding: Finding) -> Sighting:
    return Sighting(
        tool=finding.tool,
        rule_id=finding.rule.id,
        severity=finding.severity,
        severity_label=finding.severity_label,
        message=finding.message,
        location=finding.location,
    )
