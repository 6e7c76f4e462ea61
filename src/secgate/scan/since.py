"""What has changed in a tree since the commit that it is compared with."""

import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from secgate import git
from secgate.model import Target, Tree
from secgate.scan import disk
from secgate.scan.folders import Folders

Contents = Callable[[Iterable[str]], Mapping[str, bytes]]
"""Gives the base's content of files, by path; those that it does not have are not there."""


class Since:
    """A tree and the commit that it is compared with.

    Args:
        base: what the commit holds.
        tree: as it was detected.
        read: gives the base's content.
    """

    def __init__(self, base: git.Snapshot, tree: Tree, read: Contents) -> None:
        self.base = base
        self.read = read
        self._tree = tree
        self._targets = {one.path: one for one in tree.files}
        self._ids = {one.path: one.blob for one in tree.left_out if one.blob}
        self._ids |= {one.path: one.blob for one in tree.links if one.blob}
        self._here = {*self._targets, *(one.path for one in tree.left_out)}

    def same(self, path: str) -> bool:
        """Return whether the base has this very file: byte by byte, or the same commit of a submodule.

        What cannot be read here, in the working tree, is never the same.
        """
        entry = self.base.entries.get(path)
        if entry is None:
            return False
        target = self._targets.get(path)
        if target is None:
            return entry.blob == self._ids.get(path)
        return stat.S_ISREG(entry.mode) and entry.blob == (target.blob or self._hashed(target))

    def _hashed(self, target: Target) -> str:
        with Folders(self._tree.root) as folders:
            content = disk.read(folders, target)
        return "" if isinstance(content, str) else git.object_id("blob", content, like=self.base.commit)

    def same_folder(self, folder: str) -> bool:
        """Return whether nothing below a folder was added, removed or changed; empty: below the root."""
        return not self.changed(lambda path: path.startswith(f"{folder}/" if folder else ""))

    def changed(self, meets: Callable[[str], bool]) -> list[str]:
        """Return the paths that were added, removed or changed, sorted.

        Args:
            meets: whether a path is asked about.
        """
        below = f"{self._tree.scope}/" if self._tree.scope else ""
        asked = {path for path in (*self._here, *self.base.entries) if path.startswith(below) and meets(path)}
        return sorted(path for path in asked if not (self.has(path) and self.same(path)))

    def has(self, path: str) -> bool:
        """Return whether the judged tree has something of this name."""
        return path in self._here


def since(tree: Tree, base: git.Snapshot) -> Since:
    """Return what compares a tree with a commit of its repository.

    Args:
        tree: as it was detected.
        base: the commit.
    """

    def read(paths: Iterable[str]) -> Mapping[str, bytes]:
        paths = list(paths)
        if not paths:
            return {}
        with git.opened(Path(tree.root)) as repository:
            return git.contents(repository, base, paths)

    return Since(base, tree, read)
