"""What was decided, and on what ground."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import field

from secgate.errors import Exit, worst
from secgate.model.context import LOCAL, Context
from secgate.model.feed import FeedState
from secgate.model.finding import Category, Finding
from secgate.model.policy import OnMissing
from secgate.model.rule import Action, Step
from secgate.model.run import Evidence, Wall
from secgate.model.tree import LeftOut, Suppression
from secgate.model.value import Number, Value
from secgate.model.waiver import WaiverUse


class RequirementState(Value, frozen=True):
    """Whether one requirement is met."""

    id: str
    category: Category
    met: bool
    applicable: bool = True
    reason: str = ""
    remedy: str = ""
    on_missing: OnMissing = OnMissing.BLOCK
    """What it does where it is not met."""

    @property
    def lacking(self) -> bool:
        """Return whether it makes the verdict incomplete."""
        return self.applicable and not self.met and self.on_missing is OnMissing.BLOCK


class Verdict(Value, frozen=True):
    """What was decided about one finding, and by which rules."""

    finding: Finding
    action: Action
    rules: tuple[str, ...] = ()
    """The ids of the rules that matched, sorted."""
    why: str = ""
    """Why it is not judged as its rules say; empty where it is."""
    decided_by: tuple[str, ...] = ()
    """Those of them that asked for the action, sorted."""
    waived_by: tuple[str, ...] = ()
    """The ids of the waivers that lifted one of them, sorted."""
    vex: str = ""
    """Where the statement stands that lifted one of them; empty: none did."""
    exempt: tuple[str, ...] = ()
    """The rules that except it, sorted."""
    below_max: tuple[str, ...] = ()
    """The rules of which so many matches are let through, sorted."""
    due_days: int | None = None
    """The age in days that it may reach; None where nothing limits it."""
    trace: tuple[Step, ...] = ()
    """What each rule and waiver said, rules first, each sorted by id; empty for what neither blocks nor warns."""


class Outcome(StrEnum):
    """What the gate says."""

    PASS = "pass"
    BLOCKED = "blocked"
    INCOMPLETE = "incomplete"


REPORT_ONLY = "--report-only"
ALLOW_INCOMPLETE = "--allow-incomplete"
AUDIT = "audit"
"""The allowance of an environment that the policy only watches."""


class Subject(Value, frozen=True):
    """What was judged."""

    name: str
    """The last segment of the root's path, or of the file."""
    source: str = ""
    commit: str = ""
    scope: str = ""
    files: Number = 0
    included: tuple[str, ...] = ()
    """Those of the files that came in by `--include`: untrusted. Sorted."""


class PolicyRef(Value, frozen=True):
    """By what it was judged."""

    name: str
    version: str
    digest: str
    origin: str = ""
    """Where it comes from, in words."""
    protected: bool = False
    """False where whoever made the change could have written it."""
    layers: tuple[str, ...] = ()
    """What it extends, then itself: `acme-baseline@3.2.0 sha256:…`; empty where it extends nothing."""
    environment: str = ""
    """The one that was chosen; empty where the policy names none."""
    waivers: str = ""
    """`sha256:` of its waivers; empty where it has none."""
    vex: str = ""
    """`sha256:` of its VEX statements; empty where it has none."""
    commit: str = ""
    """The id of the commit of the protected branch that decides; empty where none does."""


class Comparison(Value, frozen=True):
    """What came of the base: scanned in the same way as the judged tree, by the same tools with the same data."""

    committed: str = ""
    """When it was committed, RFC 3339 in UTC: what became known later was *newly disclosed*. Empty: nobody knows."""
    gaps: tuple[Evidence, ...] = ()
    """What was not looked at in full there, so that it counts as introduced. Sorted like evidence."""
    lost: Number = 0
    """How many of its findings lie where the judged tree was not looked at: nobody knows whether they are fixed."""
    counts: dict[str, Number] = field(default_factory=dict)
    """By rule with `max: baseline`: how many of its findings match and are not lifted."""


class Effect(Value, frozen=True):
    """What the judged tree's own policy, which did not decide, would have said."""

    outcome: Outcome = Outcome.INCOMPLETE
    blocking: Number = 0
    """How many findings it would block."""
    error: str = ""
    """Why it cannot be read; empty where it can."""


class Decision(Value, frozen=True):
    """The whole verdict with everything that led to it; the same inputs give the same bytes."""

    outcome: Outcome
    exit: Number
    subject: Subject
    policy: PolicyRef
    now: str
    """The UTC day on which it was judged, `2026-11-25`."""
    tool: str
    """`secgate <version>`."""
    verdicts: tuple[Verdict, ...] = ()
    """One for each finding, strictest first, then by severity, path, line, rule."""
    evidence: tuple[Evidence, ...] = ()
    """Sorted by category, scanner, command."""
    requirements: tuple[RequirementState, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    """Sorted by path, line, tool; obeyed are only those that stand at the base."""
    fail_on: Action = Action.BLOCK
    """The mildest action that blocked."""
    allowances: tuple[str, ...] = ()
    """What the caller allowed beyond the policy (`--allow-incomplete`, `--report-only`), in words."""
    missing_walls: tuple[Wall, ...] = ()
    """Those that this machine did not give to every scanner that was started, sorted."""
    base: str = ""
    """The id of the commit with which the tree was compared; empty: with none, all of it counts as new."""
    comparison: Comparison | None = None
    """None without a base."""
    fixed: tuple[Finding, ...] = ()
    """What the base has and the judged tree, looked at in full there, has not; in canonical order."""
    context: Context = LOCAL
    """On whose behalf it was judged."""
    effect: Effect | None = None
    """None where the judged tree does not change the policy."""
    waivers: tuple[WaiverUse, ...] = ()
    """Sorted by id."""
    feeds: tuple[FeedState, ...] = ()
    """Those of which the policy asks and that were there, sorted by id."""
    reminders: tuple[str, ...] = ()
    """What somebody has to do soon; no verdict depends on it."""

    @property
    def tolerated(self) -> tuple[RequirementState, ...]:
        """Return the requirements that are not met and that the policy lets through."""
        return tuple(state for state in self.requirements if state.applicable and not state.met and not state.lacking)

    @property
    def incomplete(self) -> tuple[RequirementState, ...]:
        """Return the requirements that apply and are not met."""
        return tuple(state for state in self.requirements if state.lacking)


def conclude(
    verdicts: Iterable[Verdict], requirements: Iterable[RequirementState], fail_on: Action, allowances: Iterable[str]
) -> tuple[Outcome, Exit]:
    """Return what the gate says and the exit code. An allowance changes the exit code, never the outcome.

    The one place where both are made: a decision is held against it again when it is read from a file.
    """
    allowed = frozenset(allowances)
    blocked = any(verdict.action.rank >= fail_on.rank for verdict in verdicts)
    incomplete = any(state.lacking for state in requirements)
    codes = []
    if blocked and allowed.isdisjoint({REPORT_ONLY, AUDIT}):
        codes.append(Exit.BLOCKED)
    if incomplete and allowed.isdisjoint({ALLOW_INCOMPLETE, AUDIT}):
        codes.append(Exit.INCOMPLETE)
    outcome = Outcome.BLOCKED if blocked else Outcome.INCOMPLETE if incomplete else Outcome.PASS
    return outcome, worst(codes)
