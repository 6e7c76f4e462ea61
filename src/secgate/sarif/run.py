"""What one SARIF run says, as values: the shape in which the rest of the house sees SARIF."""

from msgspec import UNSET, UnsetType

from secgate.model import (
    Category,
    Component,
    Confidence,
    Evidence,
    Finding,
    License,
    Location,
    Number,
    Package,
    Related,
    RequirementState,
    Rule,
    Secret,
    Severity,
    Sighting,
    Value,
    Vulnerability,
)

ABSENT = "absent"
"""The `baselineState` of what only the base has."""
FORMAT = 1
"""The version of what stands under the `secgate` properties of our files."""


class Suppressed(Value, frozen=True):
    """A finding that does not count, since somebody has accepted it."""

    fingerprint: str
    justification: str
    """Who or what accepts it, and why."""
    in_source: bool = False
    """True where a comment in the code does; otherwise it is a waiver."""


class SarifRun(Value, frozen=True):
    """One scanner's findings and evidence; in a file, one SARIF run."""

    tool: str
    """The scanner's id; for foreign SARIF the name of its producer. Unique within a file."""
    title: str = ""
    """The driver's name, which must never change: GitHub knows alerts by it. Empty: the id is used."""
    version: str = ""
    homepage: str = ""
    label: str = ""
    """What its evidence is called where the bare id would say too much."""
    findings: tuple[Finding, ...] = ()
    """In the order in which they are written and were read."""
    evidence: tuple[Evidence, ...] = ()
    made: str = ""
    """When the tool ran, RFC 3339 or a UTC day; of several times the earliest. Empty: nobody says."""
    commit: str = ""
    """The id of the commit that it ran on; empty: nobody says."""
    requirements: tuple[RequirementState, ...] = ()
    """What the decision demanded that this run was part of; empty where there was none."""
    base: str = ""
    """The id of the commit with which the tree was compared; empty: with none."""
    fixed: tuple[Finding, ...] = ()
    """What only the base has; in a file after the findings, as absent."""
    suppressed: tuple[Suppressed, ...] = ()
    """Sorted by fingerprint."""


def stand_in(fingerprint: str) -> str:
    """Return what GitHub gets for a line hash where the file is not at hand: it knows alerts by nothing else."""
    return f"secgate-{fingerprint[:16]}:1" if fingerprint else ""


class OwnRun(Value, frozen=True):
    """What a run of ours carries beyond the standard: everything of `SarifRun` but findings, its own and the base's."""

    format: int
    run: SarifRun


class OwnResult(Value, frozen=True):
    """What a result of ours carries beyond the standard: every field of a finding that has no home there.

    A field that is `UNSET` has the value that the standard part of the result says, or says nothing.
    """

    category: Category
    severity: Severity
    tool: str | UnsetType = UNSET
    rule: Rule | UnsetType = UNSET
    message: str | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    related: tuple[Related, ...] | UnsetType = UNSET
    line_hash: str | UnsetType = UNSET
    known: bool = True
    confidence: Confidence = Confidence.UNKNOWN
    severity_label: str = ""
    fix: str = ""
    anchor: str = ""
    also: tuple[Sighting, ...] = ()
    vuln: Vulnerability | UnsetType = UNSET
    package: Package | UnsetType = UNSET
    secret: Secret | UnsetType = UNSET
    license: License | UnsetType = UNSET
    control_ids: tuple[str, ...] = ()
    component: Component | UnsetType = UNSET
    is_new: bool = True
    newly_disclosed: bool = False
    age_days: Number = 0
    suppressed_inline: bool = False
    suppressed_at_base: bool = False
