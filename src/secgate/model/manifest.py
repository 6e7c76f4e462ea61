"""Everything true of one scanner, as its folder declares it."""

from typing import Annotated, Literal

from msgspec import Meta, field

from secgate.model.finding import Category
from secgate.model.rule import Text
from secgate.model.value import Value

Words = Annotated[tuple[Text, ...], Meta(min_length=1)]
Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]*$")]
Kind = Annotated[str, Meta(pattern="^[a-z][a-z0-9+#-]*$")]
Url = Annotated[str, Meta(pattern="^https://")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Lockfile = Literal[
    "", "bun", "bundler", "cargo", "cocoapods", "composer", "conan", "dotnet", "go", "gradle", "maven", "mix", "npm",
    "nuget", "nuget-config", "nuget-props", "pipenv", "pnpm", "poetry", "pub", "pylock", "requirements", "sbt", "swift",
    "uv", "yarn",
]  # fmt: skip
"""The formats of `secgate.scan.lockfiles.FORMATS`."""
Plain = Annotated[str, Meta(min_length=4, pattern="^[^A-Z]+$")]
Positive = Annotated[int, Meta(ge=1)]


class Reads(Value, frozen=True):
    """Files that a scanner's command ought to read."""

    kind: Kind
    """A language or format: `python`, `terraform`, `npm-lock`."""
    paths: Words
    """Globs: `*` and `?` within a segment, `**` across."""
    containing: Text = ""
    """A regular expression that the file's first 64 KiB must meet; empty: any content."""
    lockfile: Lockfile = ""
    """The format in which the gate reads the file too: each package in it must be among those that the tool lists for
    the file. Empty: it does not."""
    proof: Literal["listed", "errors", "never"] = "listed"
    """`listed`: the tool names every file that it read. `errors`: it names only those that it could not.
    `never`: it does not read them as what they are, so they are always named as not read."""
    whole: bool = False
    """Whether such a file stands for its folder: what the tool says of the folder is said of it, and what it says of it
    may come from anything in there."""

    def __post_init__(self) -> None:
        """Refuse what would be two ways to know the file."""
        if self.containing and self.lockfile:
            raise ValueError("`containing` and `lockfile` exclude each other")


class Canary(Value, frozen=True):
    """A known defect that rides along with what a command reads, and that it must find."""

    file: Annotated[str, Meta(pattern="^canary/[A-Za-z0-9._-]+$")]
    """In the scanner's folder: the content. `{name}` is filled with a free identifier, `{secret}` with 36 letters and
    digits, both other ones each time."""
    named: Annotated[str, Meta(pattern="^[A-Za-z0-9._{}/-]+$")] = field(name="as")
    """What it is called in the copy, or in the image that is made of it; `{name}` is filled in here too."""
    finds: Text
    """The native id of the rule that must report it."""
    kind: Kind = ""
    """The kind of `reads` of which the process must read a file for this canary to be usable; empty: any."""


class Command(Value, frozen=True):
    """One way to start a scanner."""

    category: Category
    target: Literal["files", "tree", "image", "sbom"]
    """What it is pointed at."""
    argv: Words
    """The report goes to standard output."""
    finished: Annotated[tuple[Annotated[int, Meta(ge=0, le=255)], ...], Meta(min_length=1)]
    """The exit codes that mean that the tool did its work; any other is a failed run."""
    directory: Literal["{work}", "/"] = "{work}"
    """Where it is started: by default an empty folder of its own."""
    reads: Annotated[tuple[Reads, ...], Meta(min_length=1)] = ()
    canaries: Annotated[tuple[Canary, ...], Meta(min_length=1)] = ()
    """Each process gets the first that is usable."""
    harmless: tuple[Text, ...] = ()
    """Regular expressions for whole lines of stderr that say nothing about the result."""
    about: Annotated[str, Meta(pattern=r"\(\?P<path>")] = ""
    """A regular expression for the beginning of a line of stderr, behind its time, that names what it is about: a file
    or folder of the copy as the group `path`. It must not match what a tree could write. Empty: absolute paths do."""
    environment: dict[str, str] = field(default_factory=dict)
    timeout_s: Annotated[int, Meta(ge=1, le=3600)] = 600
    database: str = ""
    """The id of the database that it cannot do without; empty: none."""
    split_above: Positive = 0
    """Above so many files the work is split over the cores (`target: files` only); 0: never."""
    seconds: tuple[Annotated[float, Meta(ge=0)], Annotated[float, Meta(ge=0)]] = (1.0, 0.0)
    """Rough cost to start and for each file, to start the longest first."""

    @property
    def reads_copy(self) -> bool:
        """Return whether it reads the staged copy of the tree; an image or a bill of materials lies outside of it."""
        return self.target in {"files", "tree"}


class Source(Value, frozen=True):
    """One place from which a tool can be installed, pinned by digest."""

    kind: Literal["archive", "index", "module"]
    executable: Annotated[str, Meta(pattern="^[A-Za-z0-9._/-]+$")]
    """The program below the installation's folder."""
    channel: Literal["official", "third-party"] = "official"
    """`official`, or `third-party` for a repackaging."""
    url: Url = ""
    """archive: where it lies."""
    sha256: Sha256 = ""
    """archive: its digest."""
    lock: str = ""
    """index: the hash-locked requirements file in the scanner's folder; module: the folder with go.mod and go.sum."""
    package: str = ""
    """module: the package to build."""
    platforms: tuple[Text, ...] = ()
    """`linux-x86_64`, …; empty: any."""
    pythons: tuple[Annotated[str, Meta(pattern=r"^3\.[1-9][0-9]$")], ...] = ()
    """index: the versions of Python to run it with, `3.14`, best first; the last choice is the one of secgate."""
    build: dict[Literal["flags", "environment"], str] = field(default_factory=dict)
    """module: `flags` and `environment` of the build, each one string split like a shell does."""

    def __post_init__(self) -> None:
        """Refuse one that could not be installed, or not by its digest."""
        needed = {"archive": ("url", "sha256"), "index": ("lock",), "module": ("lock", "package")}[self.kind]
        if missing := [f"`{name}`" for name in needed if not getattr(self, name)]:
            raise ValueError(f"a source of the kind `{self.kind}` needs {', '.join(missing)}")


class Database(Value, frozen=True):
    """Data that a scanner needs beside itself."""

    id: Name
    title: Text
    metadata: Text
    """The JSON file in it, with `UpdatedAt`."""
    content: Text
    """The file whose digest identifies it."""
    update: Words
    """The command that fetches it into `{database}`."""
    max_age_days: Positive


class RuleSet(Value, frozen=True):
    """Rules from elsewhere that a policy adds to a scanner's own, pinned by digest."""

    scanner: str
    name: Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._/-]{0,80}$")]
    """What they are called where they come from: `p/python`."""
    url: Url
    sha256: Sha256


class Marker(Value, frozen=True):
    """How a line of the tree tells a scanner to look away."""

    text: Plain
    """What every file with such a line holds, in lower case: quick to look for."""
    pattern: Annotated[str, Meta(min_length=4)]
    """A regular expression for the marker in whole files, in any case, linear in time. The groups `rule` and `reason`
    are recorded. Where the tool has no switch to ignore it, the last byte of the group `off` becomes a `-`."""
    beside: Plain = ""
    """What such a file holds as well, in lower case; where that is missing, `text` is not looked for."""


class Scanner(Value, frozen=True):
    """Everything true of one tool, as its folder says it."""

    id: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{1,30}$")]
    title: Annotated[str, Meta(min_length=2)]
    homepage: Url
    licence: Annotated[str, Meta(min_length=2)]
    """An SPDX expression."""
    version: Annotated[str, Meta(pattern="^[0-9][0-9A-Za-z.+-]*$")]
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]
    commands: Annotated[dict[Name, Command], Meta(min_length=1)]
    databases: tuple[Database, ...] = ()
    markers: tuple[Marker, ...] = ()
    configuration: tuple[Text, ...] = ()
    """Globs of the files by which a tree would configure the tool."""
    evidence: str = ""
    """What its evidence is called where the bare id would say too much."""
