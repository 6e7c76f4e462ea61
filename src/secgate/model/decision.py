"""What a policy demands, and what was decided."""

from collections.abc import Iterable
from enum import StrEnum

from secgate.errors import Exit, worst
from secgate.model.finding import Category, Finding
from secgate.model.manifest import RuleSet
from secgate.model.run import Evidence, Wall
from secgate.model.tree import LeftOut, Suppression
from secgate.model.value import Number, Value


class Action(StrEnum):
    """What a rule asks for, from mildest to strictest."""

    PASS = "pass"
    INFO = "info"
    WARN = "warn"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """Return 0 (pass) to 3 (block)."""
        return tuple(Action).index(self)


class Scope(StrEnum):
    """Which findings a rule looks at."""

    INTRODUCED = "introduced"
    NEW = "new"
    ALL = "all"


class PolicyRule(Value, frozen=True):
    """One rule: what it matches and what it asks for. Every matching rule counts and the strictest wins."""

    id: str
    match: dict[str, object]
    action: Action
    title: str = ""
    scope: Scope = Scope.ALL
    help: str = ""


class Applies(Value, frozen=True):
    """When evidence is demanded: where a file meets one of the globs."""

    paths: tuple[str, ...]


class Requirement(Value, frozen=True):
    """Evidence without which the gate is not green."""

    id: str
    category: Category
    any_of: tuple[str, ...]
    """The scanners of which one is enough."""
    applies: Applies | str = "always"
    """`always`; `found`: where a scanner found something to read; or globs: each file that meets one must be read."""


class Unreadable(Value, frozen=True):
    """Files that somebody has looked at, since no scanner can, and answers for until a day."""

    paths: tuple[str, ...]
    """Globs."""
    owner: str
    reason: str
    expires: str
    """The last UTC day, `2026-11-25`."""


class Pack(Value, frozen=True):
    """A versioned set of rules and requirements, as it lies in `policies/packs`."""

    name: str
    version: str
    digest: str
    """`sha256:` of the bytes that were loaded."""
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


class RequirementState(Value, frozen=True):
    """Whether one requirement is met."""

    id: str
    category: Category
    met: bool
    applicable: bool = True
    reason: str = ""
    remedy: str = ""


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


class Outcome(StrEnum):
    """What the gate says."""

    PASS = "pass"
    BLOCKED = "blocked"
    INCOMPLETE = "incomplete"


REPORT_ONLY = "--report-only"
ALLOW_INCOMPLETE = "--allow-incomplete"


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
    effect: Effect | None = None
    """None where the judged tree does not change the policy."""

    @property
    def incomplete(self) -> tuple[RequirementState, ...]:
        """Return the requirements that apply and are not met."""
        return tuple(state for state in self.requirements if state.applicable and not state.met)


def conclude(
    verdicts: Iterable[Verdict], requirements: Iterable[RequirementState], fail_on: Action, allowances: Iterable[str]
) -> tuple[Outcome, Exit]:
    """Return what the gate says and the exit code. An allowance changes the exit code, never the outcome.

    The one place where both are made: a decision is held against it again when it is read from a file.
    """
    allowed = frozenset(allowances)
    blocked = any(verdict.action.rank >= fail_on.rank for verdict in verdicts)
    incomplete = any(state.applicable and not state.met for state in requirements)
    codes = []
    if blocked and REPORT_ONLY not in allowed:
        codes.append(Exit.BLOCKED)
    if incomplete and ALLOW_INCOMPLETE not in allowed:
        codes.append(Exit.INCOMPLETE)
    outcome = Outcome.BLOCKED if blocked else Outcome.INCOMPLETE if incomplete else Outcome.PASS
    return outcome, worst(codes)
