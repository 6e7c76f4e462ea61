"""One finding as one SARIF result, built with sarif-om's objects."""

import sarif_om
from msgspec import UNSET

from secgate.model import Component, Finding, License, Location, Novelty, Package, Related, Rule, Secret, Vulnerability
from secgate.sarif.rules import LEVELS, UNNAMED, rule_id
from secgate.sarif.run import ABSENT, OwnResult, SarifRun, Suppressed, stand_in
from secgate.sarif.text import first, line, plain
from secgate.sarif.uri import ROOT, decode, encode

LINE_HASH = "primaryLocationLineHash"
"""The only fingerprint that GitHub uses."""

FINGERPRINT = "secgate/v1"

_BIGGEST = 2**31 - 1

# Compared by value: the encoder leaves out a default only where it is the very same object.
_NO_VULN = Vulnerability()
_NO_PACKAGE = Package()
_NO_SECRET = Secret()
_NO_LICENSE = License()
_NO_COMPONENT = Component()


class Results:
    """Builds the results of one run; remembers the URI of each path.

    Args:
        run: what they are of.
        rules: by SARIF rule id the place in the run's list and the `Rule` that is kept there.
    """

    def __init__(self, run: SarifRun, rules: dict[str, tuple[int, Rule]]) -> None:
        self._tool = run.tool
        self._is_compared = bool(run.base)
        self._suppressed = {one.fingerprint: [_suppression(one)] for one in run.suppressed if one.fingerprint}
        self._rules = rules
        self._uris: dict[str, tuple[str, bool]] = {}

    def result(self, finding: Finding, *, absent: bool = False) -> sarif_om.Result:
        """Return the result, complete: `secgate.sarif.read` makes the same finding out of it.

        Args:
            finding: the finding.
            absent: whether only the base has it.
        """
        name = rule_id(finding)
        index, rule = self._rules[name]
        text = plain(finding.message)
        if not text.strip():
            text = first(plain(finding.rule.title), name, UNNAMED)
        return sarif_om.Result(
            rule_id=name,
            rule_index=index,
            level=LEVELS[finding.severity],
            message=sarif_om.Message(text=text),
            locations=[sarif_om.Location(physical_location=self._physical(finding.location))],
            related_locations=self._related(finding.related),
            partial_fingerprints=_fingerprints(finding),
            baseline_state=ABSENT if absent else self._state(finding),
            suppressions=None if absent else self._suppressed.get(finding.fingerprint),
            properties={"secgate": self._own(finding, rule, text)},
        )

    def _state(self, finding: Finding) -> str | None:
        """Return what it is to the base; what is newly disclosed the base has too."""
        if not self._is_compared:
            return None
        return "new" if finding.novelty is Novelty.INTRODUCED else "unchanged"

    def _own(self, finding: Finding, rule: Rule, text: str) -> OwnResult:
        related = finding.related
        return OwnResult(
            category=finding.category,
            severity=finding.severity,
            tool=UNSET if finding.tool == self._tool else finding.tool,
            rule=UNSET if finding.rule is rule or finding.rule == rule else finding.rule,
            message=UNSET if finding.message == text else finding.message,
            location=UNSET if self._exact(finding.location) else finding.location,
            related=UNSET if all(map(self._told, related)) else related,
            line_hash=finding.line_hash if finding.line_hash == stand_in(finding.fingerprint) else UNSET,
            known=finding.location.known or not self._exact(finding.location),
            confidence=finding.confidence,
            severity_label=finding.severity_label,
            fix=finding.fix,
            anchor=finding.anchor,
            also=finding.also,
            vuln=UNSET if finding.vuln == _NO_VULN else finding.vuln,
            package=UNSET if finding.package == _NO_PACKAGE else finding.package,
            secret=UNSET if finding.secret == _NO_SECRET else finding.secret,
            license=UNSET if finding.license == _NO_LICENSE else finding.license,
            control_ids=finding.control_ids,
            component=UNSET if finding.component == _NO_COMPONENT else finding.component,
            is_new=finding.is_new,
            newly_disclosed=finding.newly_disclosed,
            age_days=finding.age_days,
            suppressed_inline=finding.suppressed_inline,
            suppressed_at_base=finding.suppressed_at_base,
        )

    def _uri(self, path: str) -> tuple[str, bool]:
        """Return the URI, and whether it gives the path back."""
        known = self._uris.get(path)
        if known is None:
            uri = encode(path)
            known = self._uris[path] = uri, decode(uri) == path
        return known

    def _exact(self, place: Location) -> bool:
        """Return whether the standard can say this place, apart from `known`."""
        return self._uri(place.path)[1] and 1 <= place.line <= place.end_line <= _BIGGEST and _columns(place)

    def _told(self, related: Related) -> bool:
        text = related.message
        return self._exact(related.location) and related.location.known and plain(text) == text

    def _physical(self, place: Location) -> sarif_om.PhysicalLocation:
        start = min(max(place.line, 1), _BIGGEST)
        region = sarif_om.Region(start_line=start, end_line=min(max(place.end_line, start), _BIGGEST))
        if place.column and _columns(place):
            region.start_column = place.column
            region.end_column = place.end_column or None
        uri = self._uri(place.path)[0]
        return sarif_om.PhysicalLocation(
            artifact_location=sarif_om.ArtifactLocation(uri=uri, uri_base_id=ROOT), region=region
        )

    def _related(self, related: tuple[Related, ...]) -> list[sarif_om.Location] | None:
        return [
            sarif_om.Location(
                id=number,
                physical_location=self._physical(item.location),
                message=sarif_om.Message(text=plain(item.message)) if item.message else None,
            )
            for number, item in enumerate(related, 1)
        ] or None


def _suppression(one: Suppressed) -> dict[str, str]:
    # sarif-om's object is of a draft in which `status` had another name.
    kind = "inSource" if one.in_source else "external"
    return {"kind": kind, "status": "accepted", "justification": line(one.justification, 1000)}


def _columns(place: Location) -> bool:
    """Return whether the columns are ones that SARIF can say: none, a start, or a start and an end after it."""
    if not place.column:
        return not place.end_column
    lowest = place.column if place.line == place.end_line else 1
    return 1 <= place.column <= _BIGGEST and (not place.end_column or lowest <= place.end_column <= _BIGGEST)


def _fingerprints(finding: Finding) -> dict[str, str] | None:
    prints = {LINE_HASH: finding.line_hash or stand_in(finding.fingerprint), FINGERPRINT: finding.fingerprint}
    return {name: value for name, value in prints.items() if value} or None
