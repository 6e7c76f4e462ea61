"""The way to a file below one root, by descriptors: no link on the way is ever followed."""

import os
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Self

from secgate.errors import UsageError

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Folders:
    """Opens the folders on the way to each path, one below the other, and keeps them open for the next path.

    Cheap where the paths come sorted: then each folder is opened once.

    Raises:
        UsageError: the root cannot be opened.
    """

    def __init__(self, root: Path | str, *, make: bool = False) -> None:
        try:
            self._open = [os.open(root, _OPEN)]
        except OSError as error:
            raise UsageError(f"{root}: cannot be opened: {error.strerror}", "Check its permissions.") from error
        self._names: list[str] = []
        self._make = make
        self._last = ""
        self.made = 0
        """How many folders were made."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(0)
        os.close(self._open.pop())

    def holding(self, folder: str) -> int:
        """Return the descriptor of a folder below the root; it is valid until the next call.

        Args:
            folder: relative; empty for the root itself.

        Raises:
            OSError: it is not there, or a link or a file is in its way.
        """
        if folder == self._last:
            return self._open[-1]
        names = folder.split("/") if folder else []
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self._names, names, strict=False)))
        self._close(shared)
        for name in names[shared:]:
            self._enter(name)
        self._last = folder
        return self._open[-1]

    def _enter(self, name: str) -> None:
        if self._make:
            with suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=self._open[-1])
                self.made += 1
        self._open.append(os.open(name, _OPEN, dir_fd=self._open[-1]))
        self._names.append(name)

    def _close(self, depth: int) -> None:
        self._last = "/".join(self._names[:depth])
        del self._names[depth:]
        while len(self._open) > depth + 1:
            os.close(self._open.pop())
