"""What git says and what a tree holds: objects, listings and names, and the copy that is written of them."""

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, cast
from unittest.mock import patch

from secgate import catalog
from secgate.errors import UsageError
from secgate.git import Entry, Object, Repository, index, listing, reading, refusal, working_tree
from secgate.model import Link, Target, Tree
from secgate.scan import detect, stage

LIMIT = 64
"""Bytes of an object that are read."""
ENTRIES = 100
"""Names of a commit that are taken; more files in each execution would only make it slow."""
SEPARATOR = b"\n--\n"
_WIDTH = 20
_SCANNERS = tuple(catalog.scanners().values())
_CONTENTS = (
    *(b"", b"app.py", b"../app.py", b"d", b"d/../l", b"/etc/passwd", b"main.tf", b"Dockerfile", b"package-lock.json"),
    *(b"x()  # nosec\n#trivy:ignore:A\n", b"version https://git-lfs.github.com/spec/v1\n", b"FROM a\r\nUSER root\r\n"),
)
"""Of files, and what links point to."""


def tree(data: bytes) -> None:
    """Read what the first line says: `objects`, `index`, `files`, or else trees of a commit, which are staged."""
    kind, _, rest = data.partition(b"\n")
    _KINDS.get(kind, _commit)(rest)


def _objects(data: bytes) -> None:
    """Answers of `git cat-file --batch`, whatever they are: each is given whole or not at all."""
    try:
        with reading(_git(answers=data), LIMIT) as read:
            for found in read(["1" * 40] * 60):
                assert len(found.content) == (found.size if found.size <= LIMIT else 0)
                assert found.kind != "missing" or not found.size
    except UsageError as error:
        _assert_told(error)


def _index(data: bytes) -> None:
    """A listing of the index."""
    _listed(lambda: index(_git(tracked=data)))


def _files(data: bytes) -> None:
    """A listing of the tracked files, and one of the others."""
    tracked, _, others = data.partition(SEPARATOR)
    _listed(lambda: working_tree(_git(tracked, others)))


def _listed(read: Any) -> None:
    try:
        entries = read()
    except UsageError as error:
        _assert_told(error)
        return
    names = [one.name for one in entries]
    assert names == sorted(set(names))
    with _root() as root:
        _sorted_out(root, entries)


def _commit(data: bytes) -> None:
    """Tree objects that name each other by the last byte of an id; the first one is the commit's."""
    objects = [Object("tree", len(one), one) for one in data.split(SEPARATOR)]
    objects += [Object("missing"), Object("blob", 1, b"x")]

    def read(ids: Sequence[str]) -> Iterator[Object]:
        return (objects[int(one[-2:], 16) % len(objects)] for one in ids)

    with patch.object(listing, "MAX_ENTRIES", ENTRIES):
        found = listing._walk(Entry(b"", listing._FOLDER, "00"), read, _WIDTH)
    assert len(found) <= 2 * ENTRIES + len(data)
    assert all(len(one.name) <= listing.MAX_PATH_BYTES + 2 for one in found)
    with _root() as root:
        tree = _sorted_out(root, sorted(found, key=lambda one: one.name))
        assert len(tree.files) + len(tree.left_out) == len(found), "a name was lost"
        _staged(root / "copy", tree)


def _sorted_out(root: Path, entries: Sequence[Entry]) -> Tree:
    tree = detect._sort_out(Tree(str(root)), entries)
    paths = [one.path for one in tree.files]
    assert paths == sorted(set(paths))
    assert not any(map(refusal, paths))
    assert not {".", "..", "", ".git"} & {part for path in paths for part in path.split("/")}
    assert all(one.reason for one in tree.left_out)
    assert {one.path for one in (*tree.notices, *tree.links)} <= {one.path for one in (*tree.files, *tree.left_out)}
    return tree


def _staged(copy: Path, tree: Tree) -> None:
    """Stage a tree: the copy holds what it says, and what it does not hold has a reason."""
    with patch.object(stage, "_Source", _Blobs):
        staged = stage.stage(tree, copy, _SCANNERS)
    there = [Path(folder, name) for folder, _, names in os.walk(copy) for name in names]
    assert not any(place.is_symlink() for place in there)
    assert sorted(place.relative_to(copy).as_posix() for place in there) == [one.path for one in staged.files]
    told = {one.original for one in staged.files} | {one.path for one in staged.left_out}
    assert {one.path for one in (*tree.files, *tree.left_out)} <= told, "a file was lost"
    assert {one.path for one in staged.suppressions} <= {one.original for one in staged.files}


class _Blobs:
    """Gives content in place of a repository: which one, the last byte of an id says."""

    def __init__(self, *_: object) -> None:
        pass

    def aims(self, links: Iterable[Link]) -> dict[str, str]:
        return {link.path: _CONTENTS[int(link.blob[-2:], 16) % len(_CONTENTS)].decode() for link in links}

    def contents(self, targets: Iterable[Target]) -> Iterator[tuple[Target, bytes | str]]:
        for target in targets:
            number = int(target.blob[-2:], 16)
            yield target, _CONTENTS[number % len(_CONTENTS)] if number < 250 else "cannot be read"


@contextmanager
def _root() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="secgate-fuzz-"))
    (root / "copy").mkdir()
    try:
        yield root
    finally:
        shutil.rmtree(root)


def _assert_told(error: UsageError) -> None:
    assert error.message
    assert error.remedy


def _git(tracked: bytes = b"", others: bytes = b"", answers: bytes = b"") -> Repository:
    """Return a repository for which git says these things."""

    def run(*words: str) -> Any:
        said = others if "--others" in words else tracked
        return subprocess.CompletedProcess(words, 0, stdout=said, stderr=b"")

    @contextmanager
    def talk(*_: str, errors: IO[bytes]) -> Iterator[Any]:
        errors.write(answers)
        with Path(os.devnull).open("wb") as questions:
            yield SimpleNamespace(stdin=questions, stdout=io.BytesIO(answers))

    return cast("Repository", SimpleNamespace(root=Path("/src"), run=run, talk=talk))


_KINDS = {b"objects": _objects, b"index": _index, b"files": _files}
