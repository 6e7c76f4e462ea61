"""What an attack is: the files of a hostile change, and what they do to the tool that they are aimed at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Effect(StrEnum):
    """What the attack does to the tool by itself."""

    HIDES = "hides"
    """A finding that the innocent file has is no longer reported."""
    RUNS = "runs"
    """The file `@CANARY@` appears: code of the tree ran, or the tool wrote where the tree told it to."""
    LEAKS = "leaks"
    """The value of an environment variable is printed."""
    READS = "reads"
    """A file outside of the tree is read, and what stands in it is printed."""
    BREAKS = "breaks"
    """There is no report at all."""


@dataclass(frozen=True)
class Attack:
    """One way to weaken or own the gate.

    `@CANARY@` in a file stands for a path that only somebody who runs the tree's code, or obeys it, writes to;
    `@OUTSIDE@` for a folder outside of the tree; `@UP@` for enough `..` to come from anywhere to the root of all files.
    """

    id: str
    tool: str
    how: str
    """The mechanism, in one sentence."""
    files: Mapping[str, str | bytes]
    """By path, relative to the attack's own folder in the common yard, or to the top of its own yard."""
    hides: tuple[str, str]
    """Rule and path of a finding that the gate must still report, or say by name that the file was not read."""
    effect: Effect = Effect.HIDES
    yard: str = ""
    """The tree that it lies in. Empty: the common one. What acts on a whole run needs one of its own."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links, by path."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables set for the tool and for the gate."""
    words: tuple[str, ...] = ()
    """What a person would type after the tool's name, where it is not what `yard.BARE` says."""
    slow: bool = False
    """Its yard takes long: `make test-slow` runs it."""
    missing: str = ""
    """What secgate lacks to withstand it; empty: it withstands."""

    @property
    def place(self) -> str:
        """Return the folder of the attack's files in its yard, with a slash, or nothing for the top."""
        return "" if self.yard else f"{self.id}/"
