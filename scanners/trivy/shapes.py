"""What the adapter relies on in Trivy's JSON; names are Trivy's own, and what is not listed is ignored."""

from msgspec import Struct, field

from secgate.model import Number


class Names(Struct):
    """What a package is called across ecosystems, and within one report."""

    PURL: str = ""
    UID: str = ""


class Lines(Struct):
    """A range of lines, 1-based and inclusive; 0 where Trivy names none."""

    StartLine: Number = 0
    EndLine: Number = 0


class Package(Struct):
    """One package of a lockfile or an image."""

    ID: str = ""
    Name: str = ""
    Version: str = ""
    Identifier: Names = field(default_factory=Names)
    Dev: bool = False
    Indirect: bool = False
    Relationship: str = ""
    Locations: list[Lines] | None = None


class Vulnerability(Struct):
    """A known vulnerability of one package."""

    VulnerabilityID: str
    PkgName: str
    InstalledVersion: str = ""
    FixedVersion: str = ""
    PkgID: str = ""
    PkgPath: str = ""
    PkgIdentifier: Names = field(default_factory=Names)
    VendorIDs: list[str] | None = None
    Status: str = ""
    Severity: str = ""
    SeveritySource: str = ""
    CVSS: dict[str, dict[str, float | str]] | None = None
    CweIDs: list[str] | None = None
    Title: str = ""
    Description: str = ""
    PrimaryURL: str = ""
    PublishedDate: str = ""


class Occurrence(Struct):
    """A place from which a Terraform module with a finding is called."""

    Filename: str = ""
    Location: Lines = field(default_factory=Lines)


class Cause(Lines):
    """Where a misconfiguration is."""

    Resource: str = ""
    Occurrences: list[Occurrence] | None = None


class Misconfiguration(Struct):
    """The outcome of one check on one resource."""

    ID: str
    Status: str = "FAIL"
    Severity: str = ""
    Title: str = ""
    Description: str = ""
    Message: str = ""
    Resolution: str = ""
    PrimaryURL: str = ""
    CauseMetadata: Cause = field(default_factory=Cause)


class Secret(Lines, kw_only=True):
    """A secret in a file. Neither `Match` nor `Code` is read: they quote the text around it."""

    RuleID: str
    Severity: str = ""
    Title: str = ""


class License(Struct):
    """The licence of a package or of a file."""

    Name: str
    Severity: str = ""
    Category: str = ""
    PkgName: str = ""
    FilePath: str = ""
    Confidence: float = 0.0
    Link: str = ""


class _Modified(Struct, tag_field="Type"):
    """A finding that an ignore file or a VEX document took out of the report."""


class ModifiedVulnerability(_Modified, tag="vulnerability"):
    """See `_Modified`."""

    Finding: Vulnerability


class ModifiedMisconfiguration(_Modified, tag="misconfiguration"):
    """See `_Modified`."""

    Finding: Misconfiguration


class ModifiedSecret(_Modified, tag="secret"):
    """See `_Modified`."""

    Finding: Secret


class ModifiedLicense(_Modified, tag="license"):
    """See `_Modified`."""

    Finding: License


Modified = ModifiedVulnerability | ModifiedMisconfiguration | ModifiedSecret | ModifiedLicense


class Result(Struct):
    """What one scanner of Trivy says about one file, one ecosystem or one operating system."""

    Target: str
    Class: str = ""
    Type: str = ""
    Packages: list[Package] | None = None
    Vulnerabilities: list[Vulnerability] | None = None
    Misconfigurations: list[Misconfiguration] | None = None
    Secrets: list[Secret] | None = None
    Licenses: list[License] | None = None
    ExperimentalModifiedFindings: list[Modified] | None = None


class Workload(Struct):
    """What a cluster runs, and the results about it."""

    Kind: str
    Name: str
    Namespace: str = ""
    Results: list[Result] | None = None


class System(Struct):
    """The operating system of an image."""

    Family: str = ""
    Name: str = ""
    EOSL: bool = False
    """True where its distribution has ended its support."""


class Subject(Struct):
    """What was looked at."""

    OS: System | None = None
    RepoTags: list[str] | None = None


class Program(Struct):
    """Who looked."""

    Version: str = ""


class Artifact(Struct):
    """A whole report; the last four are what `trivy k8s` writes, today's first."""

    SchemaVersion: int = 0
    ArtifactName: str = ""
    ArtifactType: str = ""
    Trivy: Program = field(default_factory=Program)
    Metadata: Subject = field(default_factory=Subject)
    Results: list[Result] | None = None
    ClusterName: str | None = None
    Resources: list[Workload] | None = None
    Vulnerabilities: list[Workload] | None = None
    Misconfigurations: list[Workload] | None = None
