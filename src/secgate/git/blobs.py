"""The content of objects, by id: raw, never through a filter, and bounded."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, NamedTuple

from secgate.errors import UsageError
from secgate.git.repository import Repository

LOT = 50
"""How many objects are asked for at once: 50 ids fit into any pipe, so asking never waits for an answer to be read."""
_PIECE = 1 << 20
_DIGITS = 19
"""Of a size, and its line end, at most."""
_KINDS = {kind.encode(): kind for kind in ("blob", "tree", "commit", "tag")}


class Object(NamedTuple):
    """What the repository holds under one id."""

    kind: str
    """`blob`, `tree`, `commit`, `tag`, or `missing`."""
    size: int = 0
    """Bytes."""
    content: bytes = b""
    """Empty where it is missing or larger than was allowed."""


Read = Callable[[Sequence[str]], Iterator[Object]]
"""Gives the objects with these ids, in this order; each answer is to be taken before the next question."""


@contextmanager
def reading(repository: Repository, limit: int) -> Iterator[Read]:
    """Give a reader of objects with at most `limit` bytes: one process of git, however often it is asked.

    Raises:
        UsageError: git cannot read this repository's objects.
    """
    with tempfile.TemporaryFile() as errors, repository.talk("cat-file", "--batch", errors=errors) as process:
        questions, answers = process.stdin, process.stdout
        if questions is None or answers is None:
            raise ValueError("git was started without pipes")

        def read(ids: Sequence[str]) -> Iterator[Object]:
            for start in range(0, len(ids), LOT):
                lot = ids[start : start + LOT]
                try:
                    os.write(questions.fileno(), "".join(f"{one}\n" for one in lot).encode())
                    for _ in lot:
                        yield _answer(answers, limit)
                except (BrokenPipeError, EOFError) as error:
                    errors.seek(0)
                    raise _unreadable(repository, errors.read(_PIECE)) from error

        yield read


def _answer(answers: IO[bytes], limit: int) -> Object:
    """Read one answer: a header, and for an object that is there its content and a newline.

    Raises:
        EOFError: git has ended.
    """
    kind, size = _header(answers.readline())
    if kind == "missing":
        return Object(kind)
    if size <= limit:
        content = answers.read(size + 1)
        if len(content) != size + 1:
            raise EOFError
        return Object(kind, size, content[:-1])
    left = size + 1
    while left:
        piece = answers.read(min(left, _PIECE))
        if not piece:
            raise EOFError
        left -= len(piece)
    return Object(kind, size)


def _header(line: bytes) -> tuple[str, int]:
    """Return kind and size from `<id> <kind> <size>` or `<id> missing`.

    Raises:
        EOFError: the line is not whole.
    """
    words = line.split(b" ")
    if len(words) == 3 and words[0] and len(words[2]) <= _DIGITS and words[2][-1:] == b"\n":
        _, kind, size = words
        if kind in _KINDS and size[:-1].isdigit():
            return _KINDS[kind], int(size)
    if len(words) == 2 and words[0] and words[1] == b"missing\n":
        return "missing", 0
    raise EOFError


def _unreadable(repository: Repository, told: bytes) -> UsageError:
    lines = told.decode(errors="replace").strip().splitlines()
    return UsageError(
        f"{repository.root}: git cannot read the objects: {lines[-1] if lines else 'it ended early'}",
        "Run `git fsck` there; a repository that git can read is needed.",
    )
