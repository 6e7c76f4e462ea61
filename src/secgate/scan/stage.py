"""From the tree to a copy that scanners may read: regular files only, under names that every tool can handle.

Scanners never run in the checkout. The copy holds exactly the files that are to be judged: no links, nothing that is
ignored, no repository metadata; so what a tool walks is what the gate counted.
"""

import errno
import os
import shutil
import stat
from pathlib import Path

from secgate.errors import SecgateError
from secgate.model import LeftOut, Target, Tree

_LFS = b"version https://git-lfs.github.com/spec/"


def stage(tree: Tree, folder: Path) -> Tree:
    """Copy the files of `tree` into the empty `folder`.

    Returns the tree as it is in the copy: a file that could not be read meanwhile has moved to the left-outs.

    Raises:
        SecgateError: the copy cannot be written (a full disk).
    """
    staged: list[Target] = []
    left_out = list(tree.left_out)
    made: set[Path] = set()
    for target in tree.files:
        place = folder / target.path
        reason = _made(place.parent, made) or _copy(f"{tree.root}/{target.stored or target.path}", place)
        if reason:
            left_out.append(LeftOut(target.path, reason, True))
        else:
            staged.append(target)
    return Tree(
        root=tree.root,
        source=tree.source,
        scope=tree.scope,
        commit=tree.commit,
        files=tuple(staged),
        left_out=tuple(sorted(left_out, key=lambda one: (one.path, one.reason))),
    )


def _made(folder: Path, made: set[Path]) -> str:
    """Make a folder of the copy, once; return why it cannot be made, or an empty text."""
    if folder in made:
        return ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return _reason(error)
    made.add(folder)
    return ""


def _reason(error: OSError) -> str:
    """Return why one file cannot be staged.

    Raises:
        SecgateError: no file can be staged.
    """
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}:
        raise SecgateError(
            f"the copy for the scanners cannot be written: {error.strerror}",
            "Free space in the temporary folder, or point TMPDIR to a larger one.",
        ) from error
    return f"cannot be read: {error.strerror}"


def _copy(source: str, place: Path) -> str:
    """Copy one regular file; return why it could not be read, or an empty text."""
    try:
        # Between listing and now it may have become a link or a FIFO: neither is followed or waited for.
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return "is no longer a regular file"
        if opened.read(len(_LFS)) == _LFS:
            return "is a Git LFS pointer: its content is not here"
        opened.seek(0)
        try:
            with place.open("xb") as copy:
                shutil.copyfileobj(opened, copy, 1 << 20)
        except OSError as error:
            return _reason(error)
    return ""
