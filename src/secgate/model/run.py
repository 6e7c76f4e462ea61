"""What was planned, what was run, and what the result is worth as evidence."""

from enum import StrEnum

from msgspec import field

from secgate.model.finding import Category
from secgate.model.manifest import Command, Scanner
from secgate.model.value import Number, Value


class Planted(Value, frozen=True):
    """Where the canaries of a process lie, and which of them it must find."""

    folder: str
    """A name that nobody could guess: whatever holds it is about a canary. In the copy it is the folder of them all."""
    path: str = ""
    """The process's own canary, relative to the copy; an image or a bill relative to the processes' own folders. Empty:
    it has none."""
    finds: str = ""
    """The native id of the rule that must report it."""


class Lockfile(Value, frozen=True):
    """What the gate itself read in a lockfile."""

    format: str
    packages: frozenset[tuple[str, str]] | None
    """Names and versions; None where it does not look like its format."""


class Task(Value, frozen=True):
    """One process to start."""

    scanner: Scanner
    name: str
    """The command's name in the manifest."""
    command: Command
    files: tuple[str, ...] = ()
    """The files that this process ought to read, relative to the root, sorted; for an image or a bill its path."""
    silent: tuple[str, ...] = ()
    """Those of `files` whose reading the tool proves only by not complaining."""
    whole: tuple[str, ...] = ()
    """Those of `files` that stand for their folder."""
    shard: int = 0
    lost: tuple[str, ...] = ()
    """Files that it ought to have read but that are left out of the tree."""
    lockfiles: dict[str, Lockfile] = field(default_factory=dict)
    """Those of `files` whose packages the tool must list."""
    canary: Planted | None = None
    """None where no canaries lie in what it reads."""
    at_base: bool = False
    """True where it reads what the judged tree is compared with."""

    @property
    def id(self) -> str:
        """Return `scanner/command/shard`, unique within a plan; that of the base begins with `base/`."""
        return f"{'base/' if self.at_base else ''}{self.scanner.id}/{self.name}/{self.shard}"


class Skip(Value, frozen=True):
    """A command that is not started, and why."""

    scanner: str
    command: str
    category: Category
    reason: str
    applicable: bool = False
    """True where there was something to read and it is not read: the evidence is then missing."""


class Wall(StrEnum):
    """What a scanner could not do, because something stood in its way."""

    FILES = "files"
    """See any file but the staged copy, its own and the system's programs."""
    GATE = "gate"
    """See or touch the gate's own process."""
    NETWORK = "network"
    """Reach any network."""


class Status(StrEnum):
    """How a process ended."""

    FINISHED = "finished"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    MISSING = "missing"


class DatabaseState(Value, frozen=True):
    """Which data a scanner judged with."""

    id: str
    digest: str
    updated: str
    """RFC 3339 in UTC, as its metadata says."""


class Run(Value, frozen=True):
    """What came of a task."""

    task: Task
    status: Status
    reason: str = ""
    """Why it is not finished, in words; empty when it is."""
    remedy: str = ""
    """What to type about it, or empty."""
    output: bytes = b""
    stderr: str = ""
    """The tool's own words, decoded."""
    exit_code: int = 0
    seconds: float = 0.0
    """Wall time; never part of a decision."""
    label: str = ""
    """What the evidence is called: the scanner's id, or a closer word from its adapter."""
    database: DatabaseState | None = None
    walls: frozenset[Wall] | None = None
    """Those that stood around the process; None where none was started."""


class EvidenceState(StrEnum):
    """What a run is worth."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    MISSING = "missing"
    STALE = "stale"
    UNVERIFIED = "unverified"
    NOT_APPLICABLE = "not-applicable"


class Evidence(Value, frozen=True):
    """Whether one scanner looked at everything that it should have looked at, for one category."""

    scanner: str
    category: Category
    state: EvidenceState
    command: str = ""
    label: str = ""
    reason: str = ""
    remedy: str = ""
    version: str = ""
    expected: Number = 0
    """How many files ought to have been read."""
    unread: tuple[str, ...] = ()
    """Those that were not, sorted."""
    errors: tuple[str, ...] = ()
    """What the tool itself complained about: at most 20 lines."""
    database: DatabaseState | None = None
    known: tuple[str, ...] = ()
    """Files that were not read and need not be: they are as they were at the base, or the policy lists them. Sorted."""

    @property
    def complete(self) -> bool:
        """Return whether nothing is missing: it was read in full, or there was nothing to read."""
        return self.state in {EvidenceState.OK, EvidenceState.NOT_APPLICABLE}
