"""What the files of a policy look like. The JSON Schemas that editors read are made of these types."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from secgate.catalog.shaped import schema_of
from secgate.model import (
    Adjustment,
    Environment,
    Feed,
    InlinePolicy,
    NewCode,
    OnMissing,
    Part,
    PolicyRule,
    Requirement,
    RuleSet,
    SeverityPolicy,
    Sla,
    Unreadable,
    Value,
    VexPolicy,
    Waiver,
    WaiverPolicy,
)
from secgate.model.policy import Children, Duration, Option, Scalar
from secgate.model.rule import Day, Id, Text, Written

API = "secgate.dev/v1"
Digest = Annotated[str, Meta(pattern="^sha256:[0-9a-f]{64}$", examples=["sha256:<64 hexadecimal digits>"])]


class Metadata(Value, frozen=True):
    """What a policy is called, and who answers for it."""

    name: Id
    version: Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", examples=["1.0.0"])]
    description: str = ""
    owners: tuple[Text, ...] = ()
    review_by: Day = ""


class Requires(Value, frozen=True):
    """Which versions of secgate understand the file."""

    secgate: Text


class Parent(Value, frozen=True):
    """A policy that this one extends: by commit and digest, as a file by digest, or a built-in pack."""

    source: Annotated[str, Meta(pattern="^git\\+(https|file)://", examples=["git+https://example.org/policies"])] = ""
    path: Text = ""
    ref: str = ""
    commit: Annotated[str, Meta(pattern="^([0-9a-f]{40}|[0-9a-f]{64})$", examples=["<40 hexadecimal digits>"])] = ""
    digest: Digest = ""
    file: Text = ""
    pack: Text = ""


class EvidenceBlock(Value, frozen=True):
    """What must have run."""

    max_age: Duration = ""
    on_missing: OnMissing = OnMissing.BLOCK
    required: tuple[Requirement, ...] = ()
    accept_producers: tuple[Text, ...] = ()
    feeds: tuple[Feed, ...] = ()


MAX_PARAMS = 200


class Spec(Value, frozen=True):
    """All that a policy says."""

    requires: Requires | None = None
    extends: tuple[Parent, ...] = ()
    params: Annotated[
        dict[Annotated[str, Meta(pattern="^[A-Za-z_][A-Za-z0-9_]*$")], Scalar], Meta(max_length=MAX_PARAMS)
    ] = msgspec.field(default_factory=dict)
    evidence: EvidenceBlock = EvidenceBlock()
    new_code: NewCode = NewCode()
    environments: tuple[Environment, ...] = ()
    enforcement: dict[Id, Literal["audit", "enforce"]] = msgspec.field(default_factory=dict)
    components: tuple[Part, ...] = ()
    severity: SeverityPolicy = SeverityPolicy()
    adjust: tuple[Adjustment, ...] = ()
    rules: tuple[PolicyRule, ...] = ()
    sla: Sla = Sla()
    waivers: WaiverPolicy = WaiverPolicy()
    vex: VexPolicy = VexPolicy()
    inline_suppressions: InlinePolicy = InlinePolicy()
    children: Children = Children()
    rule_sets: tuple[RuleSet, ...] = ()
    protected_branches: tuple[Text, ...] = ()
    allow_options: tuple[Option, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


class PolicyFile(Value, frozen=True):
    """A policy: rules, what must have run, and what may be let through."""

    api_version: Literal["secgate.dev/v1"]
    kind: Literal["Policy"]
    metadata: Metadata
    spec: Spec


class WaiverFile(Value, frozen=True):
    """A list of waivers."""

    api_version: Literal["secgate.dev/v1"]
    kind: Literal["WaiverList"]
    waivers: tuple[Waiver, ...]


class Where(Value, frozen=True):
    """The circumstances of a run."""

    event: str = "local"
    ref: str = ""
    labels: tuple[str, ...] = ()


class Expected(Value, frozen=True):
    """What must come out."""

    decision: Literal["pass", "info", "warn", "block"] | None = None
    rules: tuple[Text, ...] | None = None
    waived_by: str | None = None
    exit: Literal[0, 1, 3] | None = None


State = Literal["complete", "missing", "partial", "failed", "stale", "empty", "not-applicable"]
Given = Literal["complete"] | dict[str, State]


class Defaults(Value, frozen=True):
    """What every case has that does not say otherwise."""

    now: str = ""
    context: Where | None = None
    evidence: Given | None = None


class Case(Value, frozen=True):
    """Findings and circumstances, and what a policy must say of them."""

    name: Text
    expect: Expected
    finding: dict[str, Written] | None = None
    findings: tuple[dict[str, Written], ...] | None = None
    now: str = ""
    context: Where | None = None
    evidence: Given | None = None
    baseline: dict[str, int] | None = None


class CaseFile(Value, frozen=True):
    """Cases by which a policy is tested."""

    api_version: Literal["secgate.dev/v1"]
    kind: Literal["PolicyTest"]
    cases: Annotated[tuple[Case, ...], Meta(min_length=1)]
    defaults: Defaults = Defaults()


KINDS: dict[str, type[Value]] = {"policy": PolicyFile, "waivers": WaiverFile, "tests": CaseFile}
"""From the name of a schema to the shape that it is of."""


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of file, one of `KINDS`."""
    return {"$id": f"https://secgate.dev/schema/{kind}/v1.json", **schema_of(KINDS[kind])}
