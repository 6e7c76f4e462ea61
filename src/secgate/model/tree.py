"""What is to be judged: files, images and bills of materials."""

from secgate.model.value import Number, Value

STAGED = "staged changes"
"""The source of a tree that is only what the next commit changes."""
SARIF = "SARIF"
"""The source where there is no tree, only reports."""


class Target(Value, frozen=True):
    """One file that can be scanned."""

    path: str
    """Its name in the repository: UTF-8, relative; other bytes escaped as `\\xNN`."""
    size: int = 0
    """Bytes on the disk; 0 where its content comes from git."""
    stored: str = ""
    """Its name on disk where that is not UTF-8 (surrogate-escaped); empty where it is `path`."""
    blob: str = ""
    """The id of its content in git; empty where it is read from the disk."""
    included: bool = False
    """True where it came in by `--include`: no commit holds it, so nobody reviewed it."""
    stands_for: str = ""
    """The path of the file of the tree whose content this is, under another name or in another form; empty: its own."""
    lines: tuple[int, ...] = ()
    """For each of its lines, the line of the file that it stands for, counted from 1; empty: they are the same."""
    instead: bool = False
    """True where a scanner that reads all of these for one file need not read the file itself."""
    linked: bool = False
    """True where only a link gives it this name: that it was there before does not mean that it was read so."""

    in_place: bool = False
    """True where the copy has it among the tree's own files: under a link's own name, or beside what it stands for."""

    @property
    def original(self) -> str:
        """Return the path of the file of the tree whose content this is."""
        return self.stands_for or self.path

    def line(self, line: int) -> int:
        """Return the line of the original for one of its own, counted from 1; beyond the end it is the last one."""
        return self.lines[min(max(line, 1), len(self.lines)) - 1] if self.lines else line


class Link(Value, frozen=True):
    """A symbolic link of the tree; it is never followed."""

    path: str
    """As a target has it."""
    to: str = ""
    """What it points to, as it is told; empty where that lies in `blob`."""
    blob: str = ""
    """The id in git of what it points to; empty where it was read from the disk."""


class LeftOut(Value, frozen=True):
    """A file of the tree that no scanner gets to see, and why."""

    path: str
    reason: str
    matters: bool = False
    """True where it has content that ought to have been judged; evidence that wanted it is then partial."""
    folder: bool = False
    """True where it stands for files that nobody has seen the names of: all evidence may have wanted them."""
    blob: str = ""
    """The id in git of what is left out; empty where only the disk has it."""
    read_as: str = ""
    """The name under which its content would have been read, where only a form of it is missing; empty: its own."""


class Notice(Value, frozen=True):
    """What the gate itself finds wrong with a tree."""

    path: str
    rule: str
    message: str
    line: Number = 0
    """Counted from 1; 0 where it is about the whole file."""
    more: Number = 0
    """How many of the same file are not told."""
    other: str = ""
    """The path of a file or folder that has its part in it."""


class Suppression(Value, frozen=True):
    """A line of the tree that tells a scanner to look away; obeyed only where the base has it too."""

    path: str
    line: Number
    """Counted from 1."""
    tool: str
    rule: str = ""
    """The rules that it names, as it names them; empty where it means all."""
    reason: str = ""
    stands: bool = False
    """True where the base has it too."""


class Tree(Value, frozen=True):
    """What is to be judged: the files below one root."""

    root: str
    """Absolute path of the repository, or of the folder where there is none."""
    source: str = "working tree"
    """Where the content comes from: `working tree`, `index`, `STAGED`, `commit`, or `folder` (no git
    repository)."""
    scope: str = ""
    """The folder below the root to which a narrowed scan is held; empty for all of it."""
    commit: str = ""
    """The id of the commit that is judged, otherwise of HEAD's; empty where there is none."""
    files: tuple[Target, ...] = ()
    """Sorted by path; after staging with what stands for others."""
    links: tuple[Link, ...] = ()
    """Sorted by path; each is left out as well."""
    left_out: tuple[LeftOut, ...] = ()
    """Sorted by path."""
    notices: tuple[Notice, ...] = ()
    """Sorted by path, line, rule."""
    suppressions: tuple[Suppression, ...] = ()
    """Sorted by path, line, tool."""
