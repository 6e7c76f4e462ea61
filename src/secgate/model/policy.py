"""What a policy demands as a whole: its blocks in the words of the file, and the policy that they make together."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, field

from secgate.model.finding import Category, Severity
from secgate.model.manifest import RuleSet
from secgate.model.rule import DEFAULT, Action, Count, Day, Id, Match, PolicyRule, Text
from secgate.model.value import Value
from secgate.model.vex import VexStatement
from secgate.model.waiver import Waiver, WaiverField

Globs = Annotated[tuple[Text, ...], Meta(min_length=1)]
Duration = Annotated[str, Meta(pattern="^[1-9][0-9]{0,4}[hd]$", examples=["24h"])]
"""Hours or days: `24h`, `14d`."""
Scalar = str | int | float | bool
Option = Literal[
    "policy",
    "only",
    "skip",
    "allow-incomplete",
    "report-only",
    "commit",
    "staged",
    "base",
    "accept",
    "trust-sarif",
    "home",
]


class OnMissing(StrEnum):
    """What missing evidence does, from mildest to strictest."""

    IGNORE = "ignore"
    WARN = "warn"
    BLOCK = "block"


class Applies(Value, frozen=True):
    """When evidence is demanded: where a file meets one of the globs."""

    paths: Globs


class Requirement(Value, frozen=True):
    """Evidence without which the gate is not green."""

    id: Id
    category: Category
    any_of: Annotated[tuple[Id, ...], Meta(min_length=1)]
    """The scanners of which one is enough."""
    applies: Applies | Literal["always", "found"] = "always"
    """`always`; `found`: where a scanner found something to read; or globs: each file that meets one must be read."""


class Feed(Value, frozen=True):
    """Data from elsewhere without which rules cannot be trusted."""

    id: Literal["kev", "epss"]
    max_age: Duration = ""
    on_missing: OnMissing = OnMissing.BLOCK


class Unreadable(Value, frozen=True):
    """Files that somebody has looked at, since no scanner can, and answers for until a day."""

    paths: Globs
    owner: Text
    reason: Text
    expires: Day
    """The last UTC day, `2026-11-25`."""


TARGET_BRANCH = "target-branch"
"""The baseline of a policy that names none: the branch to which the change goes, if it is protected."""


class NewCode(Value, frozen=True):
    """What counts as introduced."""

    basis: Literal["baseline", "diff", "both"] = "baseline"
    baseline_ref: Text = TARGET_BRANCH
    """The name of a branch of the origin, or `target-branch`."""
    on_missing_baseline: Literal["ignore", "all-new", "block"] = "all-new"
    newly_disclosed: Literal["not-introduced", "introduced"] = "not-introduced"


Event = Literal[
    "local", "pull_request", "pull_request_target", "pull_request_review", "merge_group", "push", "schedule",
    "workflow_dispatch", "workflow_run", "workflow_call", "repository_dispatch", "release", "deployment", "create",
    "delete", "issue_comment", "check_run", "check_suite",
]  # fmt: skip
"""What the CI system calls what happened; `local` where none did."""


class Circumstance(Value, frozen=True):
    """When an environment is meant: each list holds if one of its entries does; all that are given must hold."""

    event: Annotated[tuple[Event, ...], Meta(min_length=1)] | None = None
    ref: Globs | None = None
    label: Globs | None = None


class Environment(Value, frozen=True):
    """A name for the circumstances of a run."""

    name: Id
    when: Circumstance


ANYWHERE = (Environment(DEFAULT, Circumstance()),)


class SlaRow(Value, frozen=True):
    """How many days the findings of a kind may live."""

    match: Match
    days: Count


class Sla(Value, frozen=True):
    """How old findings may get: of all rows that match one, the fewest days count."""

    rows: tuple[SlaRow, ...] = ()
    clock: Literal["first-seen", "disclosed", "fix-available"] = "first-seen"
    on_breach: Action = Action.BLOCK
    warn_before_days: Count = 0


class Unused(Value, frozen=True):
    """What becomes of a waiver that nothing needs."""

    after: Duration = "14d"
    action: Literal["ignore", "warn"] = "warn"


class Budget(Value, frozen=True):
    """How many waivers there may be."""

    active: Count | None = None


class WaiverPolicy(Value, frozen=True):
    """What is asked of waivers."""

    files: tuple[Text, ...] = (".secgate/waivers/*.yaml",)
    source: Literal["base"] = field(default="base", name="from")
    approvers: tuple[Text, ...] = ()
    """The teams that may approve; empty: any."""
    require: tuple[WaiverField, ...] = ("owner", "reason", "ticket", "expires", "approvedBy")
    ticket_pattern: str = ""
    min_reason: Count = 0
    max_days: dict[str, Count] = field(default_factory=dict)
    """By severity or category."""
    notify_before_days: tuple[Count, ...] = ()
    unused: Unused = Unused()
    budget: Budget = Budget()


KEV = "kev"
"""The feed of what is known to be exploited, and among what no VEX statement lifts whatever is."""


class VexPolicy(Value, frozen=True):
    """Which statements that something does not affect us are believed."""

    files: tuple[Text, ...] = ()
    statuses: tuple[Literal["not_affected", "fixed"], ...] = ("not_affected", "fixed")
    never_for: tuple[Id, ...] = ()
    """`kev`: whatever is known to be exploited; and the ids of rules."""
    products: tuple[Text, ...] = ()
    """What documents call what is judged here, where they name packages as parts of it."""


class InlinePolicy(Value, frozen=True):
    """What comments in the code may suppress."""

    mode: Literal["allow", "ratchet", "deny"] = "ratchet"
    """`ratchet`: those that stand at the base; `allow`: new ones too; `deny`: none."""
    require_rule: bool = False
    require_reason: bool = False
    never_for: tuple[Category, ...] = (Category.SECRET,)


class SeverityPolicy(Value, frozen=True):
    """How severities are read."""

    unknown_as: Severity = Severity.HIGH
    prefer: tuple[Text, ...] = ()
    """The tools whose word counts where two disagree, first the one that is believed most."""


class Part(Value, frozen=True):
    """A part of the repository, with who owns it and who can reach it."""

    name: Id
    paths: Globs
    exposure: Literal["none", "internal", "internet", "unknown"] = "unknown"
    owners: tuple[Text, ...] = ()


class Children(Value, frozen=True):
    """What a policy that extends this one may do."""

    add_rules: bool = True
    unreadable: bool = False
    """Whether it may list files that need not be read."""
    loosen: Literal["overridable-only", "nothing"] = "overridable-only"
    params: tuple[Text, ...] = ()
    """The parameters that it may set."""


class Layer(Value, frozen=True):
    """One of the files that a policy is made of."""

    name: str
    version: str
    digest: str
    """`sha256:` of its bytes."""
    file: str = ""

    @property
    def title(self) -> str:
        """Return `acme-baseline@3.2.0`."""
        return f"{self.name}@{self.version}"


class Place(Value, frozen=True):
    """Where a rule is defined."""

    layer: str
    at: str


class Pack(Value, frozen=True):
    """A versioned set of rules and requirements, with all that it takes from its parents."""

    name: str
    version: str
    digest: str
    """`sha256:` of the bytes that were loaded, of all layers."""
    rules: tuple[PolicyRule, ...]
    required: tuple[Requirement, ...]
    accept_producers: tuple[str, ...] = ()
    """Names of tools whose foreign SARIF counts as evidence."""
    rule_sets: tuple[RuleSet, ...] = ()
    """Rules from elsewhere that scanners use beside their own."""
    protected_branches: tuple[str, ...] = ()
    """Globs of the branches whose own policy decides about changes to them, beside the default branch."""
    allow_options: tuple[str, ...] = ()
    """Options that loosen and may be given all the same: `skip`, `allow-incomplete`."""
    unreadable: tuple[Unreadable, ...] = ()
    """Files that need not be read."""
    on_missing: OnMissing = OnMissing.BLOCK
    max_age: str = ""
    feeds: tuple[Feed, ...] = ()
    new_code: NewCode = NewCode()
    environments: tuple[Environment, ...] = ANYWHERE
    """The first whose circumstances hold is the one."""
    audited: tuple[str, ...] = ()
    """The environments in which nothing but an error changes the exit code, sorted."""
    sla: Sla = Sla()
    waiver_policy: WaiverPolicy = WaiverPolicy()
    waivers: tuple[Waiver, ...] = ()
    """Sorted by id."""
    vex: VexPolicy = VexPolicy()
    statements: tuple[VexStatement, ...] = ()
    """Sorted by file, then in the order of the file."""
    inline: InlinePolicy = InlinePolicy()
    severity: SeverityPolicy = SeverityPolicy()
    components: tuple[Part, ...] = ()
    """A finding belongs to the first whose paths it meets."""
    params: dict[str, Scalar] = field(default_factory=dict)
    children: Children = Children()
    layers: tuple[Layer, ...] = ()
    """Parents first, this policy last."""
    places: dict[str, Place] = field(default_factory=dict)
    """By the rule's id."""
