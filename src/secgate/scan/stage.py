"""From the tree to a copy that scanners may read: regular files only, under names that every tool can handle.

Scanners never run in the checkout. The copy holds exactly the files that are to be judged: no links, nothing that is
ignored, no repository metadata; so what a tool walks is what the gate counted. What comes from git comes as raw
objects: no attribute of the tree changes a byte.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path

import msgspec

from secgate import git
from secgate.model import LeftOut, Scanner, Target, Tree
from secgate.scan import disk
from secgate.scan.folders import Folders
from secgate.scan.inline import Quieter
from secgate.scan.write import Writer

LOT = 50
"""How many files are read before the next look whether more may be written."""
_LFS = b"version https://git-lfs.github.com/spec/"


def stage(tree: Tree, folder: Path, scanners: Iterable[Scanner] = ()) -> Tree:
    """Copy the files of `tree` into the empty `folder`, with every line number and length kept.

    Returns the tree as it is in the copy: a file that could not be read has moved to the left-outs, and what told one
    of the `scanners` to look away is listed.

    Raises:
        SecgateError: the copy cannot be written (a full disk), or the repository cannot be read any more.
    """
    if not tree.files:
        return tree
    lost: dict[str, str] = {}
    quieter = Quieter(scanners)
    with ExitStack() as stack:
        writer = stack.enter_context(Writer(folder))
        source = _Source(tree, stack)
        for start in range(0, len(tree.files), LOT):
            lot = tree.files[start : start + LOT]
            if reason := writer.full:
                lost |= {one.path: reason for one in lot}
                continue
            for target, content in source.contents(lot):
                if reason := content if isinstance(content, str) else _put(writer, quieter, target, content):
                    lost[target.path] = reason
    left_out = [*tree.left_out, *(LeftOut(path, reason, True) for path, reason in lost.items())]
    return msgspec.structs.replace(
        tree,
        files=tuple(one for one in tree.files if one.path not in lost),
        left_out=tuple(sorted(left_out, key=attrgetter("path", "reason"))),
        suppressions=quieter.found,
    )


def _put(writer: Writer, quieter: Quieter, target: Target, content: bytes) -> str:
    """Write one file; return why it was not written. The one place through which all content passes, as whole files."""
    if content.startswith(_LFS):
        return "is a Git LFS pointer: its content is not here"
    return writer.write(target.path, quieter.quiet(target.path, content))


class _Source:
    """Gives content from where each file has it: an object of the repository, or the disk."""

    def __init__(self, tree: Tree, stack: ExitStack) -> None:
        self._folders = stack.enter_context(Folders(tree.root))
        self._read: git.Read | None = None
        if any(one.blob for one in tree.files):
            repository = stack.enter_context(git.opened(Path(tree.root)))
            self._read = stack.enter_context(git.reading(repository, disk.MAX_FILE_BYTES))

    def contents(self, targets: Sequence[Target]) -> Iterator[tuple[Target, bytes | str]]:
        """Give each file with its content, or with why it cannot be read."""
        blobs = self._read([one.blob for one in targets if one.blob]) if self._read else iter(())
        for target in targets:
            yield target, _content(next(blobs)) if target.blob else disk.read(self._folders, target)


def _content(blob: git.Object) -> bytes | str:
    if blob.kind == "blob":
        return blob.content if blob.size <= disk.MAX_FILE_BYTES else disk.TOO_LARGE
    return git.NEVER_FETCHED if blob.kind == "missing" else f"a {blob.kind} stands where a file should"
