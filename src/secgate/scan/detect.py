"""From a path to the tree that is to be judged: which files there are, and which of them nobody will get to see."""

import os
import stat
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import msgspec

from secgate import git
from secgate.errors import UsageError
from secgate.git import SUBMODULE, Entry
from secgate.model import STAGED, LeftOut, Link, Target, Tree
from secgate.scan import disk, merging, misleading
from secgate.scan.disk import LINK, told
from secgate.scan.folders import Folders


@dataclass(frozen=True)
class Origin:
    """Whose content is to be judged; the working tree's where nothing else is said."""

    index: bool = False
    """What the next commit would hold."""
    changed: bool = False
    """Of that, only the files that differ from HEAD's."""
    commit: str = ""
    """A revision; empty: no commit."""
    include: tuple[Path, ...] = ()
    """Files and folders to read from the disk too, whatever git says about them."""


WORKING_TREE = Origin()


def detect(path: Path, origin: Origin = WORKING_TREE) -> Tree:
    """List what is to be judged at `path`: a repository, a folder of one, or a folder without one.

    Returns the tree with files, left-outs and notices sorted by path; for a folder inside a repository the tree is
    narrowed to it (but for what is included), while root and paths stay the repository's.

    Raises:
        UsageError: there is no such folder, commit or included path, or it cannot be listed.
    """
    if not path.is_dir():
        what = "is not a folder" if path.exists() else "there is no such folder"
        raise UsageError(f"{path}: {what}", "Give the folder of a repository, or a folder below it.")
    path = path.resolve()
    root = git.root_of(path)
    if root is None and (origin.index or origin.commit):
        option = "--staged" if origin.index else "--commit"
        raise UsageError(f"{path}: {option} needs a git repository", "Leave it out, or scan a repository.")
    source, commit, entries = _listed(root, origin) if root else ("folder", "", disk.walk(path))
    root = root or path
    scope = told(os.fsencode(path.relative_to(root).as_posix())) if path != root else ""
    entries = [one for one in entries if not scope or told(one.name).startswith(scope + "/")]
    tree = _sort_out(Tree(str(root), source, scope, commit), entries)
    return _with_included(tree, [_below(root, one) for one in origin.include])


def only(tree: Tree, paths: Collection[str]) -> Tree:
    """Return what a tree has under some names."""
    return msgspec.structs.replace(
        tree,
        files=tuple(one for one in tree.files if one.path in paths),
        links=tuple(one for one in tree.links if one.path in paths),
        left_out=tuple(one for one in tree.left_out if one.path in paths),
        notices=tuple(one for one in tree.notices if one.path in paths),
    )


def _listed(root: Path, origin: Origin) -> tuple[str, str, list[Entry]]:
    """Return what the content is, the commit that is judged or on which it stands, and the names."""
    with git.opened(root) as repository:
        if origin.commit:
            commit = repository.resolve(origin.commit)
            return "commit", commit, git.commit(repository, commit)
        if origin.index:
            entries, since = git.index(repository), git.staged(repository) if origin.changed else None
            source = STAGED if origin.changed else "index"
            return source, repository.head(), [one for one in entries if since is None or one.name in since[0]]
        return "working tree", repository.head(), git.working_tree(repository)


def _sort_out(tree: Tree, entries: Iterable[Entry]) -> Tree:
    """Return the tree with each entry where it belongs."""
    files: dict[str, Target] = {}
    links: list[Link] = []
    left_out: list[LeftOut] = []
    with Folders(tree.root) as folders:
        for entry in entries:
            path = told(entry.name)
            found = _taken(folders, entry, path) if path not in files else _twice(path)
            if isinstance(found, Target):
                files[path] = found
            elif isinstance(found, Link):
                links.append(found)
                left_out.append(LeftOut(path, LINK))
            elif found is not None:
                left_out.append(found)
    return _filled(tree, files.values(), links, left_out)


def _twice(path: str) -> LeftOut:
    return LeftOut(path, "another file has this name too", True)


def _taken(folders: Folders, entry: Entry, path: str) -> Target | Link | LeftOut | None:
    if reason := git.refusal(path):
        return LeftOut(path, reason, True, stat.S_ISDIR(entry.mode))
    return _from_git(entry, path) if entry.blob else disk.look(folders, entry, path)


def _from_git(entry: Entry, path: str) -> Target | Link | LeftOut:
    """Return what an entry of the index or of a commit stands for."""
    if entry.absent:
        return LeftOut(path, entry.absent, True, stat.S_ISDIR(entry.mode), entry.blob)
    if entry.mode == SUBMODULE:
        return LeftOut(path, "a submodule: its files are in another repository", True, folder=True, blob=entry.blob)
    if stat.S_ISLNK(entry.mode):
        return Link(path, blob=entry.blob)
    if not stat.S_ISREG(entry.mode):
        return LeftOut(path, "its mode is one that git does not know", True, blob=entry.blob)
    return Target(path, blob=entry.blob)


def _filled(tree: Tree, files: Iterable[Target], links: Iterable[Link], left_out: Iterable[LeftOut]) -> Tree:
    taken = tuple(sorted(files, key=attrgetter("path")))
    lost = tuple(sorted(left_out, key=attrgetter("path", "reason")))
    names = sorted((*(one.path for one in taken), *(one.path for one in lost)))
    linked = tuple(sorted(links, key=attrgetter("path")))
    notices = sorted((*merging.notices(names), *misleading.notices(names)), key=attrgetter("path", "line", "rule"))
    return msgspec.structs.replace(tree, files=taken, links=linked, left_out=lost, notices=tuple(notices))


def _below(root: Path, path: Path) -> str:
    """Return an included path relative to the root; empty for the root itself.

    Raises:
        UsageError: it is not there, or not below the root.
    """
    try:
        found = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"--include {path}: there is no such file or folder", "Name one that exists.") from error
    if not found.is_relative_to(root):
        raise UsageError(f"--include {path}: lies outside of {root}", "Name a file or a folder below it.")
    return "" if found == root else found.relative_to(root).as_posix()


def _with_included(tree: Tree, included: Sequence[str]) -> Tree:
    """Return the tree with what lies on the disk at the included paths, under names that the tree does not have yet.

    Where it has the name, what git holds counts: nothing that was made later may take its place.
    """
    names = {one for path in included for one in _on_disk(Path(tree.root), path)}
    known = {one.path for one in tree.files} | {one.path for one in tree.left_out}
    new = [Entry(one) for one in sorted(names) if told(one) not in known]
    if not new:
        return tree
    more = _sort_out(Tree(tree.root), new)
    marked = (msgspec.structs.replace(one, included=True) for one in more.files)
    return _filled(tree, (*tree.files, *marked), (*tree.links, *more.links), (*tree.left_out, *more.left_out))


def _on_disk(root: Path, path: str) -> list[bytes]:
    return [one.name for one in disk.walk(root, path)] if (root / path).is_dir() else [os.fsencode(path)]
