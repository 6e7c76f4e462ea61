"""Everything true of one scanner, as its folder declares it."""

from typing import Annotated

from msgspec import Meta, field

from secgate.model.finding import Category
from secgate.model.value import Value


class Reads(Value, frozen=True):
    """Files that a scanner's command ought to read."""

    kind: str
    """A language or format: `python`, `terraform`, `npm-lock`."""
    paths: tuple[str, ...]
    """Globs: `*` and `?` within a segment, `**` across."""
    containing: str = ""
    """A regular expression that the file's first 64 KiB must meet; empty: any content."""
    lockfile: str = ""
    """The format of `secgate.scan.lockfiles.FORMATS` in which the gate reads the file too: each package in it must be
    among those that the tool lists for the file. Empty: it does not."""
    proof: str = "listed"
    """`listed`: the tool names every file that it read. `errors`: it names only those that it could not.
    `never`: it does not read them as what they are, so they are always named as not read."""
    whole: bool = False
    """Whether such a file stands for its folder: what the tool says of the folder is said of it, and what it says of it
    may come from anything in there."""


class Canary(Value, frozen=True):
    """A known defect that rides along with what a command reads, and that it must find."""

    file: str
    """In the scanner's folder: the content. `{name}` is filled with a free identifier, `{secret}` with 36 letters and
    digits, both other ones each time."""
    named: str = field(name="as")
    """What it is called in the copy, or in the image that is made of it; `{name}` is filled in here too."""
    finds: str
    """The native id of the rule that must report it."""
    kind: str = ""
    """The kind of `reads` of which the process must read a file for this canary to be usable; empty: any."""


class Command(Value, frozen=True):
    """One way to start a scanner."""

    category: Category
    target: str
    """What it is pointed at: `files`, `tree`, `image` or `sbom`."""
    argv: tuple[str, ...]
    """The report goes to standard output."""
    finished: tuple[int, ...]
    """The exit codes that mean that the tool did its work; any other is a failed run."""
    directory: str = "{work}"
    """Where it is started: by default an empty folder of its own."""
    reads: tuple[Reads, ...] = ()
    canaries: tuple[Canary, ...] = ()
    """Each process gets the first that is usable."""
    harmless: tuple[str, ...] = ()
    """Regular expressions for whole lines of stderr that say nothing about the result."""
    about: str = ""
    """A regular expression for the beginning of a line of stderr, behind its time, that names what it is about: a file
    or folder of the copy as the group `path`. It must not match what a tree could write. Empty: absolute paths do."""
    environment: dict[str, str] = field(default_factory=dict)
    timeout_s: int = 600
    database: str = ""
    """The id of the database that it cannot do without; empty: none."""
    split_above: int = 0
    """Above so many files the work is split over the cores (`target: files` only); 0: never."""
    seconds: tuple[float, float] = (1.0, 0.0)
    """Rough cost to start and for each file, to start the longest first."""

    @property
    def reads_copy(self) -> bool:
        """Return whether it reads the staged copy of the tree; an image or a bill of materials lies outside of it."""
        return self.target in {"files", "tree"}


class Source(Value, frozen=True):
    """One place from which a tool can be installed, pinned by digest."""

    kind: str
    """`archive`, `index` or `module`."""
    executable: str
    """The program below the installation's folder."""
    channel: str = "official"
    """`official`, or `third-party` for a repackaging."""
    url: str = ""
    """archive: where it lies."""
    sha256: str = ""
    """archive: its digest."""
    lock: str = ""
    """index: the hash-locked requirements file in the scanner's folder; module: the folder with go.mod and go.sum."""
    package: str = ""
    """module: the package to build."""
    platforms: tuple[str, ...] = ()
    """`linux-x86_64`, …; empty: any."""
    pythons: tuple[str, ...] = ()
    """index: the versions of Python to run it with, `3.14`, best first; the last choice is the one of secgate."""
    build: dict[str, str] = field(default_factory=dict)
    """module: `flags` and `environment` of the build, each one string split like a shell does."""


class Database(Value, frozen=True):
    """Data that a scanner needs beside itself."""

    id: str
    title: str
    metadata: str
    """The JSON file in it, with `UpdatedAt`."""
    content: str
    """The file whose digest identifies it."""
    update: tuple[str, ...]
    """The command that fetches it into `{database}`."""
    max_age_days: int


class RuleSet(Value, frozen=True):
    """Rules from elsewhere that a policy adds to a scanner's own, pinned by digest."""

    scanner: str
    name: Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._/-]{0,80}$")]
    """What they are called where they come from: `p/python`."""
    url: Annotated[str, Meta(pattern="^https://")]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Marker(Value, frozen=True):
    """How a line of the tree tells a scanner to look away."""

    text: str
    """What every file with such a line holds, in lower case: quick to look for."""
    pattern: str
    """A regular expression for the marker in whole files, in any case, linear in time. The groups `rule` and `reason`
    are recorded. Where the tool has no switch to ignore it, the last byte of the group `off` becomes a `-`."""
    beside: str = ""
    """What such a file holds as well, in lower case; where that is missing, `text` is not looked for."""


class Scanner(Value, frozen=True):
    """Everything true of one tool, as its folder says it."""

    id: str
    title: str
    homepage: str
    licence: str
    version: str
    sources: tuple[Source, ...]
    commands: dict[str, Command]
    databases: tuple[Database, ...] = ()
    markers: tuple[Marker, ...] = ()
    configuration: tuple[str, ...] = ()
    """Globs of the files by which a tree would configure the tool."""
    evidence: str = ""
    """What its evidence is called where the bare id would say too much."""
