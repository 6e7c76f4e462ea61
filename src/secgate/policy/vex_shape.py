"""What VEX documents look like: OpenVEX whole, of CycloneDX what it says of vulnerabilities."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from secgate.model.rule import Text

Time = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$",
                           examples=["2026-11-25T12:00:00Z"])]  # fmt: skip
Justification = Literal[
    "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist",
]  # fmt: skip


class _Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A part in which every key is known."""


class Part(_Strict, frozen=True):
    """A piece of software."""

    id: str = field(default="", name="@id")
    identifiers: dict[Literal["purl", "cpe22", "cpe23"], Text] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)


class Product(Part, frozen=True):
    """A piece of software with parts."""

    subcomponents: tuple[Part, ...] = ()


class Named(_Strict, frozen=True):
    """A vulnerability."""

    name: Text
    id: str = field(default="", name="@id")
    description: str = ""
    aliases: tuple[Text, ...] = ()


class Said(_Strict, frozen=True):
    """A statement."""

    vulnerability: Named
    products: Annotated[tuple[Product, ...], Meta(min_length=1)]
    status: Literal["not_affected", "affected", "fixed", "under_investigation"]
    id: str = field(default="", name="@id")
    version: int = 0
    timestamp: Time = ""
    last_updated: Time = ""
    supplier: str = ""
    status_notes: str = ""
    justification: Justification | None = None
    impact_statement: str = ""
    action_statement: str = ""
    action_statement_timestamp: str = ""


class OpenVex(_Strict, frozen=True):
    """A document."""

    context: Annotated[str, Meta(pattern=r"^https://openvex\.dev/ns(/v0\.2\.[0-9]+)?$")] = field(name="@context")
    id: Text = field(name="@id")
    author: Text
    timestamp: Time
    version: int
    statements: Annotated[tuple[Said, ...], Meta(min_length=1)]
    role: str = ""
    last_updated: Time = ""
    tooling: str = ""


class Component(Struct, frozen=True):
    """A component of a bill of materials."""

    ref: str = field(default="", name="bom-ref")
    purl: str = ""
    components: tuple["Component", ...] = ()


class Analysis(_Strict, frozen=True, rename="camel"):
    """What came of looking at a vulnerability."""

    state: Literal["resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive", "not_affected"]
    justification: Literal[
        "code_not_present", "code_not_reachable", "requires_configuration", "requires_dependency",
        "requires_environment", "protected_by_compiler", "protected_at_runtime", "protected_at_perimeter",
        "protected_by_mitigating_control",
    ] | None = None  # fmt: skip
    response: tuple[str, ...] = ()
    detail: str = ""
    first_issued: Time = ""
    last_updated: Time = ""


class Affected(_Strict, frozen=True):
    """What a vulnerability is in."""

    ref: Text
    versions: tuple[dict[str, Any], ...] = ()


class Reference(Struct, frozen=True):
    """Another name of a vulnerability."""

    id: Text


class Vulnerable(Struct, frozen=True):
    """A vulnerability."""

    id: Text
    affects: Annotated[tuple[Affected, ...], Meta(min_length=1)]
    analysis: Analysis | None = None
    references: tuple[Reference, ...] = ()
    updated: Time = ""


class Metadata(Struct, frozen=True):
    """Who made a bill of materials, and when."""

    timestamp: Time = ""
    component: Component = Component()


class CycloneDx(Struct, frozen=True, rename="camel"):
    """A bill of materials, or the vulnerabilities of one."""

    bom_format: Literal["CycloneDX"]
    spec_version: Annotated[str, Meta(pattern=r"^1\.[4-7]$")]
    vulnerabilities: Annotated[tuple[Vulnerable, ...], Meta(min_length=1)]
    metadata: Metadata = Metadata()
    components: tuple[Component, ...] = ()
