"""From the tree to a copy that scanners may read: regular files only, under names that every tool can handle.

Scanners never run in the checkout. The copy holds exactly the files that are to be judged: no links, nothing that is
ignored, no repository metadata; so what a tool walks is what the gate counted. What comes from git comes as raw
objects: no attribute of the tree changes a byte.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

import msgspec

from secgate import git
from secgate.model import LeftOut, Link, Notice, Scanner, Target, Tree
from secgate.scan import attributes, disk, hidden
from secgate.scan.folders import Folders
from secgate.scan.inline import Quieter
from secgate.scan.origins import Origins
from secgate.scan.standin import StandIns, moved
from secgate.scan.write import Writer

LOT = 50
"""How many files are read before the next look whether more may be written."""
MAX_AIM = 4_096
"""Bytes of what a link points to: no system has longer paths, and git stores any number of huge ones in nothing."""
_LFS = b"version https://git-lfs.github.com/spec/"


def stage(tree: Tree, folder: Path, scanners: Iterable[Scanner] = ()) -> Tree:
    """Copy the files of `tree` into the empty `folder`, with every line number and length kept.

    Returns the tree as it is in the copy: a file that could not be read has moved to the left-outs, and what told one
    of the `scanners` to look away is listed; what the files hide from reviewers is added to the notices.

    Raises:
        SecgateError: the copy cannot be written (a full disk), or the repository cannot be read any more.
    """
    if not tree.files:
        return tree
    scanners = list(scanners)
    with ExitStack() as stack:
        source = _Source(tree, stack)
        copy = _Copy(
            stack.enter_context(Writer(folder)), Quieter(scanners), StandIns(tree, scanners), Origins(scanners)
        )
        files = [*tree.files, *copy.stand_ins.linked(tree, source.aims(tree.links))]
        for start in range(0, len(files), LOT):
            lot = files[start : start + LOT]
            if reason := copy.writer.full:
                copy.lost.extend(LeftOut(one.original, reason, True) for one in lot)
                continue
            for target, content in source.contents(lot):
                copy.take(target, content)
    return msgspec.structs.replace(
        tree,
        files=tuple(sorted(copy.files, key=attrgetter("path"))),
        left_out=tuple(sorted({*tree.left_out, *copy.lost}, key=attrgetter("path", "reason"))),
        notices=tuple(sorted((*tree.notices, *copy.notices), key=attrgetter("path", "line", "rule"))),
        suppressions=copy.quieter.found,
    )


@dataclass(frozen=True)
class _Copy:
    """The one place through which all content passes, as whole files."""

    writer: Writer
    quieter: Quieter
    stand_ins: StandIns
    origins: Origins
    files: list[Target] = field(default_factory=list)
    """What is in the copy."""
    lost: list[LeftOut] = field(default_factory=list)
    """What is not, or not under its own name."""
    notices: list[Notice] = field(default_factory=list)

    def take(self, target: Target, content: bytes | str) -> None:
        """Write one file, unless there is only a reason why it has no content; and what has to stand for it."""
        if isinstance(content, bytes) and content.startswith(_LFS):
            content = "is a Git LFS pointer: its content is not here"
        if isinstance(content, str):
            self.lost.append(LeftOut(target.original, content, True))
            return
        if not target.stands_for:
            self.notices.extend(hidden.notices(target.path, content))
            self.notices.extend(attributes.notices(target.path, content))
            self.notices.extend(self.origins.notices(target.path, content))
        place = target if target.stands_for else self.stand_ins.place(target)
        content = self.quieter.quiet(place, content)
        if place is not target:
            self.lost.append(moved(target))
        self._write(place, content)
        for one, form in self.stand_ins.forms(place, content):
            if isinstance(form, str):
                self.lost.append(LeftOut(one.original, form, True, read_as=one.path))
            else:
                self._write(one, self.quieter.quiet(one, form))

    def _write(self, target: Target, content: bytes) -> None:
        if reason := self.writer.write(target.path, content):
            self.lost.append(LeftOut(target.original, reason, True))
        else:
            self.files.append(target)


class _Source:
    """Gives content from where each file has it: an object of the repository, or the disk."""

    def __init__(self, tree: Tree, stack: ExitStack) -> None:
        self._folders = stack.enter_context(Folders(tree.root))
        self._read: git.Read | None = None
        if any(one.blob for one in tree.files) or any(one.blob for one in tree.links):
            repository = stack.enter_context(git.opened(Path(tree.root)))
            self._read = stack.enter_context(git.reading(repository, disk.MAX_FILE_BYTES))

    def aims(self, links: Iterable[Link]) -> dict[str, str]:
        """Return what each link points to, by the link's path; one that cannot be read is not there."""
        aims = {link.path: link.to for link in links if link.to}
        stored = [link for link in links if link.blob]
        found = self._read([link.blob for link in stored]) if self._read else iter(())
        short = ((link, blob) for link, blob in zip(stored, found, strict=False) if blob.size <= MAX_AIM)
        return aims | {link.path: disk.told(blob.content) for link, blob in short}

    def contents(self, targets: Sequence[Target]) -> Iterator[tuple[Target, bytes | str]]:
        """Give each file with its content, or with why it cannot be read."""
        blobs = self._read([one.blob for one in targets if one.blob]) if self._read else iter(())
        for target in targets:
            yield target, _content(next(blobs)) if target.blob else disk.read(self._folders, target)


def _content(blob: git.Object) -> bytes | str:
    if blob.kind == "blob":
        return blob.content if blob.size <= disk.MAX_FILE_BYTES else disk.TOO_LARGE
    return git.NEVER_FETCHED if blob.kind == "missing" else f"a {blob.kind} stands where a file should"
