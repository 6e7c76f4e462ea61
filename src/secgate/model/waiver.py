"""Who accepted what, for how long, and why."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta

from secgate.model.finding import Severity
from secgate.model.rule import Count, Day, Match, Text
from secgate.model.value import Value

WaiverId = Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", examples=["W-2026-0042"])]


class WaiverKind(StrEnum):
    """Why a finding is let through."""

    RISK_ACCEPTED = "risk-accepted"
    FALSE_POSITIVE = "false-positive"
    NOT_AFFECTED = "not-affected"
    MITIGATED = "mitigated"
    DEFERRED = "deferred"


class Approval(Value, frozen=True):
    """Who agreed to a waiver, for whom, and when."""

    who: Text
    on: Day
    team: str = ""
    evidence: str = ""


class Premise(Value, frozen=True):
    """What ends a waiver before its day: it was accepted on the ground that this is not so."""

    kev: bool = False
    severity_above: Severity | None = None
    fix_available: bool = False
    reachable: bool = False


class Waiver(Value, frozen=True):
    """A finding that is let through although rules refuse it."""

    id: WaiverId
    type: WaiverKind
    match: Match
    rules: Annotated[tuple[Text, ...], Meta(min_length=1)]
    """Those that it lifts, by id."""
    created: Day
    reason: str = ""
    owner: str = ""
    ticket: str = ""
    expires: Day = ""
    """The last day, in UTC."""
    requested_by: str = ""
    environments: tuple[Text, ...] = ()
    """Those in which it counts; empty: in all."""
    compensating_controls: tuple[Text, ...] = ()
    expires_when: Premise = Premise()
    approved_by: tuple[Approval, ...] = ()
    expected_matches: Count = 1
    """Where more findings match than that, none is covered."""


class WaiverUse(Value, frozen=True):
    """What became of a waiver in one decision."""

    id: str
    state: str
    """`active`, `expired` or `not yet`."""
    expires: str
    matches: int = 0
    """How many findings it is about."""
    lifted: int = 0
    """How many of them it lets through, wholly or in part."""
    reason: str = ""


WaiverField = Literal["owner", "reason", "ticket", "expires", "approvedBy"]
