"""The only way into the copy: new regular files below one root, under harmless names, within bounds."""

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from secgate.errors import SecgateError
from secgate.git import refusal
from secgate.scan.folders import Folders

MAX_DEPTH = 100
"""Folders above a file."""
MAX_ENTRIES = 1_000_000
"""Files and folders."""
MAX_BYTES = 8_000_000_000
"""Of all files together; the file that goes beyond it is the last one."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMFILE, errno.ENFILE}


@contextmanager
def empty_copy() -> Iterator[tuple[Path, Path]]:
    """Give an empty folder for what scanners read, and the one around it for everything of one scan."""
    scratch = Path(tempfile.mkdtemp(prefix="secgate-")).resolve()
    try:
        # Scanners may be another user than the gate, who must get through here and see nothing on the way.
        scratch.chmod(0o711)
        # Alone in a folder of that name: a scanner that leaves out some top-level folders is pointed at the folder
        # around the tree, and its adapter knows it by its name.
        folder = scratch / "secgate-staged" / "tree"
        folder.mkdir(parents=True)
        yield folder, scratch
    finally:
        _remove(scratch)


def _remove(folder: Path) -> None:
    """Remove what scanners have left, however deep and whatever they did to its permissions; a link is not followed.

    Two programs that every system has do what Python's own way does not: it stops at a depth of a thousand, and some
    versions change the permissions of what a link points to.
    """
    for argv in (["rm", "-rf"], ["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        if folder.exists():
            program = shutil.which(argv[0], path=os.defpath)
            if program:
                subprocess.run([program, *argv[1:], "--", str(folder)], stderr=subprocess.DEVNULL, check=False)


class Writer:
    """Writes files below the empty folder `root`: 0444, their folders 0755, whatever the umask.

    Raises:
        SecgateError: nothing can be written (a full disk).
    """

    def __init__(self, root: Path) -> None:
        self._folders = Folders(root, make=True)
        self._files = 0
        self._bytes = 0
        self._mask = 0

    def __enter__(self) -> Self:
        self._mask = os.umask(0o022)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.umask(self._mask)
        self._folders.__exit__(kind, error, trace)

    @property
    def full(self) -> str:
        """Return why no further file will be written, or an empty text."""
        if self._files + self._folders.made >= MAX_ENTRIES:
            return f"the tree has more than {MAX_ENTRIES:,} files and folders"
        return f"the tree is larger than {MAX_BYTES // 1_000_000_000} GB" if self._bytes > MAX_BYTES else ""

    def write(self, path: str, content: bytes) -> str:
        """Write one file; return why it was not written, or an empty text.

        Args:
            path: relative. Sorted paths cost the least.
            content: all of it.

        Raises:
            SecgateError: nothing can be written.
        """
        reason = f"lies below {MAX_DEPTH} folders" if path.count("/") > MAX_DEPTH else refusal(path) or self.full
        if reason:
            return reason
        folder, _, name = path.rpartition("/")
        try:
            descriptor = os.open(name, _NEW, 0o444, dir_fd=self._folders.holding(folder))
            try:
                written = os.write(descriptor, content)
                while written < len(content):
                    written += os.write(descriptor, content[written:])
            finally:
                os.close(descriptor)
        except OSError as error:
            return _reason(error)
        self._files += 1
        self._bytes += len(content)
        return ""


def _reason(error: OSError) -> str:
    """Return why one file cannot be written.

    Raises:
        SecgateError: no file can be written.
    """
    if error.errno in _NO_SPACE:
        raise SecgateError(
            f"the copy for the scanners cannot be written: {error.strerror}",
            "Free space in the temporary folder, or point TMPDIR to a larger one.",
        ) from error
    if error.errno in {errno.EEXIST, errno.ENOTDIR, errno.ELOOP}:
        return "the file system of the copy holds something else under this name"
    return f"cannot be written: {error.strerror}"
