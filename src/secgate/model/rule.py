"""What a policy's rules are made of, in the words of the file."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from secgate.model.value import Value

Id = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]*$", examples=["lower-case-words"])]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-25"])]
"""A day in UTC: `2026-11-25`."""
Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0)]
Written = str | int | float | bool | list[Any] | dict[str, Any]
Match = Annotated[dict[str, Written], Meta(min_length=1)]
"""From a field's dotted name to its test; `anyOf`, `allOf` and `not` hold further ones."""
Expression = Annotated[str, Meta(min_length=1, max_length=10_000)]
"""CEL over `finding`, `context` and `params`."""

BASELINE = "baseline"
DEFAULT = "default"
"""The environment of a policy that names none, and in an `action` what holds for those that are not named."""
SLA = "sla"
"""The rule that speaks where a finding is overdue."""


class Action(StrEnum):
    """What a rule asks for, from mildest to strictest."""

    PASS = "pass"
    INFO = "info"
    WARN = "warn"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """Return 0 (pass) to 3 (block)."""
        return _RANKS[self]


_RANKS = {action: rank for rank, action in enumerate(Action)}


class Scope(StrEnum):
    """Which findings a rule looks at."""

    INTRODUCED = "introduced"
    NEW = "new"
    ALL = "all"


Actions = Action | Annotated[dict[str, Action], Meta(min_length=1)]
"""One action, or one for each environment; `default` stands for those that are not named."""
Limit = Count | Literal["baseline"]


class Exemption(Value, frozen=True):
    """What a rule does not mean, and why."""

    reason: Text
    match: Match = field(default_factory=dict)
    when: Expression = ""


class WaiverLimits(Value, frozen=True):
    """What a rule asks of a waiver beyond what the policy asks of all."""

    max_days: Count | None = None
    require_approvers: Count = 1


class WaiverChange(Value, frozen=True):
    """What a policy asks otherwise of the waivers of a rule that it extends; what it leaves out stays."""

    max_days: Count | None = None
    require_approvers: Count | None = None


class PolicyRule(Value, frozen=True):
    """One rule: what it matches and what it asks for. Every matching rule counts and the strictest wins."""

    id: Id
    action: Actions
    match: Match = field(default_factory=dict)
    when: Expression = ""
    title: str = ""
    scope: Scope = Scope.ALL
    exempt: tuple[Exemption, ...] = field(default=(), name="except")
    max: Limit | None = None
    """So many matches that no waiver lifts are let through; `baseline`: as many as there were. None: not one."""
    effective_from: Day = ""
    """Before that day, in UTC, it can only warn."""
    waivable: bool = True
    locked: bool = False
    """True where no child may loosen or exempt it."""
    overridable: tuple[Literal["action", "max", "scope", "waivable", "effectiveFrom", "waiver", "except"], ...] = ()
    """The knobs that a child may loosen too."""
    waiver: WaiverLimits = WaiverLimits()
    controls: tuple[Text, ...] = ()
    help: str = ""


class Adjustment(Value, frozen=True):
    """What a child changes of a parent's rule: knobs only, never what it matches."""

    rule: Id
    action: Actions | None = None
    max: Limit | None = None
    scope: Scope | None = None
    waivable: bool | None = None
    effective_from: Day = ""
    waiver: WaiverChange | None = None
    exempt: tuple[Exemption, ...] = field(default=(), name="except")


class Clause(Value, frozen=True):
    """One condition, and whether it held."""

    path: str
    """The field; `when` for an expression; `scope`, `anyOf`, `allOf` or `not`."""
    test: str
    ok: bool
    value: str = ""
    """What the finding has there."""


class Step(Value, frozen=True):
    """What became of one finding under one rule, or of one waiver or VEX statement on it."""

    rule: str = ""
    """Empty where it is about a waiver or a VEX statement."""
    waiver: str = ""
    vex: str = ""
    """Where the statement stands: `.secgate/vex/a.json:12`."""
    result: str = ""
    """A rule: `block`, `warn`, `info`, `pass`, `no`, `exempt`, `waived` or `below max`; a waiver: `applied` or not."""
    why: str = ""
    layer: str = ""
    """The policy that defines the rule: `acme-baseline@3.2.0`."""
    at: str = ""
    """Where: `org/policy.yaml:61`."""
    title: str = ""
    """What the rule refuses, in its policy's words, and what to do about it: of one that blocks or warns."""
    help: str = ""
    clauses: tuple[Clause, ...] = ()
