"""What a scanner found, in the same words whichever scanner it was."""

from enum import StrEnum

from msgspec import field

from secgate.model.value import Number, Value


class Category(StrEnum):
    """What kind of problem a finding is."""

    SAST = "sast"
    SCA = "sca"
    CONTAINER = "container"
    IAC = "iac"
    SECRET = "secret"
    LICENSE = "license"
    DELIVERY = "delivery"
    GATE = "gate"


GATE = "secgate"
"""The tool of the findings that the gate itself makes."""


class Severity(StrEnum):
    """How bad a finding is. `UNKNOWN` is a value of its own and is never treated as harmless."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Return 0 (info) to 4 (critical); unknown ranks as high."""
        return _RANKS[self]


_RANKS = {
    Severity.CRITICAL: 4,
    Severity.HIGH: 3,
    Severity.UNKNOWN: 3,
    Severity.MEDIUM: 2,
    Severity.LOW: 1,
    Severity.INFO: 0,
}


class Confidence(StrEnum):
    """How sure the tool is. `UNKNOWN` counts as high."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


class Novelty(StrEnum):
    """What a finding is to the base with which its tree was compared."""

    INTRODUCED = "introduced"
    """The base does not have it."""
    NEWLY_DISCLOSED = "newly disclosed"
    """The base has it, and nobody could know when it was committed."""
    EXISTING = "existing"


class Ternary(StrEnum):
    """Yes, no, or the tool did not say."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Location(Value, frozen=True):
    """A place in a file of the repository."""

    path: str
    """Relative to the repository root, `/` between segments, never leaving it."""
    line: Number = 1
    """1-based; 1 where the tool named no line (`known` is then false)."""
    end_line: Number = 1
    """1-based, inclusive, never before `line`."""
    column: Number = 0
    """1-based, in characters; 0 where unknown."""
    end_column: Number = 0
    """1-based, exclusive; 0 where unknown."""
    known: bool = True
    """False where the tool named the file only."""


class Related(Value, frozen=True):
    """A further place that belongs to a finding, with what it has to do with it."""

    location: Location
    message: str = ""


class Rule(Value, frozen=True):
    """What the tool says about every finding of one kind."""

    id: str
    """The tool's own id, stable over versions: `B602`, `CKV_AWS_20`, `CVE-2021-23337`."""
    name: str = ""
    title: str = ""
    """One line without a full stop."""
    description: str = ""
    help: str = ""
    """What to do about it, plain text."""
    help_uri: str = ""
    cwe: tuple[str, ...] = ()
    """Sorted, each `CWE-<number>`."""
    tags: tuple[str, ...] = ()
    """Sorted, lower case."""
    varies: bool = False
    """True where the tool rates each finding of this rule on its own; the SARIF rule id then carries the band."""


class Vulnerability(Value, frozen=True):
    """The advisory behind a finding; `id` is empty for findings that are not about one."""

    id: str = ""
    """The CVE where there is one, else the GHSA, else the tool's own id."""
    aliases: tuple[str, ...] = ()
    """Sorted, without `id`."""
    cvss: float = 0.0
    """Base score 0.0 to 10.0; 0.0 where there is none."""
    cvss_vector: str = ""
    cvss_source: str = ""
    """Who scored it: `nvd`, `ghsa`, a distribution."""
    epss: float = 0.0
    epss_known: bool = False
    kev: bool = False
    fix_available: bool = False
    reachable: Ternary = Ternary.UNKNOWN
    published: str = ""
    """RFC 3339 in UTC, or empty."""
    status: str = ""
    """The vendor's word for it: `fixed`, `affected`, `will_not_fix`."""


class Package(Value, frozen=True):
    """The dependency that a finding is about; `name` is empty for findings that are not about one."""

    name: str = ""
    version: str = ""
    purl: str = ""
    ecosystem: str = ""
    """The purl type: `pypi`, `npm`, `deb`."""
    scope: str = "unknown"
    """`runtime`, `dev` or `unknown`."""
    direct: Ternary = Ternary.UNKNOWN
    fixed_versions: tuple[str, ...] = ()


class Secret(Value, frozen=True):
    """What kind of secret a finding is about; never its value."""

    kind: str = ""
    verified: bool = False


class License(Value, frozen=True):
    """The licence that a finding is about."""

    spdx: str = ""


class Component(Value, frozen=True):
    """The part of the repository that owns a finding."""

    name: str = ""
    exposure: str = "unknown"
    owners: tuple[str, ...] = ()


class Sighting(Value, frozen=True):
    """The same problem as another tool reported it."""

    tool: str
    rule_id: str
    severity: Severity
    severity_label: str = ""
    message: str = ""
    location: Location = Location(path="")


class Finding(Value, frozen=True):
    """One problem, in the same words whichever tool found it. Total: every field is always filled.

    Adapters fill what the tool knows; merging adds `line_hash`, `fingerprint` and `also`.
    """

    tool: str
    """The scanner's id, or for foreign SARIF the name of its producer."""
    category: Category
    severity: Severity
    rule: Rule
    message: str
    """What is wrong here, one or more sentences, without values of secrets."""
    location: Location
    confidence: Confidence = Confidence.UNKNOWN
    severity_label: str = ""
    """The tool's own word, as it printed it."""
    fix: str = ""
    """What makes this finding go away, or empty."""
    related: tuple[Related, ...] = ()
    anchor: str = ""
    """What identifies the finding where its line does not: a resource address, a package. Empty: the line's content."""
    line_hash: str = ""
    """GitHub's `primaryLocationLineHash`, with its occurrence count after the colon."""
    fingerprint: str = ""
    """32 hex digits; the same while the problem stays the same, wherever its line moves to."""
    also: tuple[Sighting, ...] = ()
    """What other tools said about the same problem, sorted; each was counted by its tool."""
    vuln: Vulnerability = Vulnerability()
    package: Package = Package()
    secret: Secret = Secret()
    license: License = License()
    control_ids: tuple[str, ...] = ()
    component: Component = Component()
    is_new: bool = True
    newly_disclosed: bool = False
    age_days: Number = 0
    suppressed_inline: bool = False
    suppressed_at_base: bool = False
    """True where a comment suppresses it that stands at the base too: it is honoured."""

    @property
    def novelty(self) -> Novelty:
        """Return what it is to the base; without one it counts as introduced."""
        if not self.is_new:
            return Novelty.EXISTING
        return Novelty.NEWLY_DISCLOSED if self.newly_disclosed else Novelty.INTRODUCED

    @property
    def title(self) -> str:
        """Return the rule's title, or the first line of the message where it has none."""
        return self.rule.title or self.message.partition("\n")[0]

    @property
    def tools(self) -> tuple[str, ...]:
        """Return the ids of all tools that reported it, sorted, without repeats."""
        return tuple(sorted({self.tool, *(sighting.tool for sighting in self.also)}))


class ToolError(Value, frozen=True):
    """Something that a scanner itself says it could not do."""

    message: str
    path: str = ""
    """The file concerned, relative to the root; empty where the whole run is."""


class Report(Value, frozen=True):
    """What an adapter read out of a scanner's native output."""

    findings: tuple[Finding, ...] = ()
    errors: tuple[ToolError, ...] = ()
    covered: tuple[str, ...] = ()
    """The files that the tool says it read, sorted, relative to the root."""
    version: str = ""
    """The tool's version as the report names it; empty where it does not."""
    packages: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """For each file the packages that the tool says it looked up, by the ecosystem's name and version."""
