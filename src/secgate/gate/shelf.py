"""Where the files lie that a policy names: in the judged repository, in mirrors, in the cache, or on the network."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from secgate import git
from secgate.catalog import document
from secgate.errors import SecgateError, TrustError
from secgate.policy.parents import Shelf, Spot
from secgate.provision import place


@dataclass(frozen=True)
class Elsewhere:
    """How parents are reached that lie in other repositories. Whatever it gives, the digest decides."""

    mirrors: Mapping[str, Path] = field(default_factory=dict)
    """From the beginning of a source to the folder where that lies on this machine."""
    offline: bool = False

    def fetch(self, spot: Spot, digest: str) -> bytes:
        """Return a parent's bytes: from a mirror, else from the cache, else from its source.

        Raises:
            TrustError: it cannot be had.
        """
        url = spot.source.removeprefix("git+")
        kept = place.home() / "policies" / digest.removeprefix("sha256:")
        for prefix, folder in sorted(self.mirrors.items(), key=lambda one: -len(one[0])):
            if url.startswith(prefix.removeprefix("git+")):
                data = _mirrored(folder / url.removeprefix(prefix.removeprefix("git+")).lstrip("/"), spot)
                _keep(kept, data, digest)
                return data
        if kept.is_file() and f"sha256:{hashlib.sha256(data := kept.read_bytes()).hexdigest()}" == digest:
            return data
        if self.offline:
            raise TrustError(f"{spot}: is neither in a mirror nor in the cache", "Leave out --offline, or --mirror it.")
        try:
            data = git.fetched(url, spot.commit, spot.path)
        except TrustError as error:
            raise TrustError(f"{spot}: {error.message}", error.remedy) from error
        _keep(kept, data, digest)
        return data

    def digest(self, spot: Spot) -> str:
        """Return the digest of a parent's bytes, which are kept under it.

        Raises:
            TrustError: it cannot be had.
        """
        data = self.fetch(spot, "")
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        _keep(place.home() / "policies" / digest.removeprefix("sha256:"), data, digest)
        return digest

    def commit(self, source: str, ref: str) -> str:
        """Return the id of the commit that a branch or a tag of a source is now: in a mirror, else at the source.

        Raises:
            TrustError: nobody can say.
        """
        url = source.removeprefix("git+")
        for prefix, folder in sorted(self.mirrors.items(), key=lambda one: -len(one[0])):
            if url.startswith(prefix.removeprefix("git+")):
                return _tip(folder / url.removeprefix(prefix.removeprefix("git+")).lstrip("/"), ref)
        if self.offline:
            raise TrustError(f"{url}: is not in a mirror", "Leave out --offline, or --mirror it.")
        return git.tip_of(url, ref)


NOWHERE = Elsewhere()


def _tip(folder: Path, ref: str) -> str:
    """Return the commit of a branch or a tag of a mirror, which must be a repository."""
    root = git.root_of(folder.resolve()) if folder.is_dir() else None
    if root == folder.resolve():
        with git.opened(folder.resolve()) as repository:
            names = (f"refs/tags/{ref}", f"refs/heads/{ref}", f"refs/remotes/origin/{ref}", ref)
            if found := next(filter(None, map(repository.find, names)), ""):
                return found
    raise TrustError(f"{folder}: the mirror is no repository with `{ref}`", "Check --mirror, or write the commit.")


def _mirrored(folder: Path, spot: Spot) -> bytes:
    """Return a file of a mirror: of the commit, where the mirror is a repository that holds it."""
    try:
        root = git.root_of(folder.resolve()) if folder.is_dir() else None
        if root == folder.resolve():
            with git.opened(folder.resolve()) as repository:
                if commit := repository.find(spot.commit):
                    held = git.contents(repository, git.snapshot(repository, commit), [spot.path])
                    if spot.path in held:
                        return held[spot.path]
        return document.read(folder / spot.path, str(spot))
    except SecgateError as error:
        raise TrustError(f"{spot}: is not in the mirror {folder}", "Check --mirror, and the path.") from error


def _keep(kept: Path, data: bytes, digest: str) -> None:
    """Put a file that is what it should be into the cache; where it cannot be kept it is fetched again."""
    if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
        return
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
            file.write(data)
        Path(file.name).replace(kept)
    except OSError:
        return


def of_folder(root: Path, elsewhere: Elsewhere = NOWHERE) -> Shelf:
    """Return the shelf of a working tree; a link counts as no file."""
    return Shelf(_reader(root), lambda folder: _below(root, folder), elsewhere.fetch)


def _reader(root: Path) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        found = root / path
        whole = found.resolve() == root.resolve() / path
        return document.read(found, path) if whole and found.is_file() else None

    return read


def _below(root: Path, folder: str) -> Iterable[str]:
    for base, folders, files in os.walk(root / folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(files):
            found = Path(base, name)
            if stat.S_ISREG(found.lstat().st_mode):
                yield found.relative_to(root).as_posix()


def root_around(name: str) -> Path:
    """Return the root of what a policy file on this machine speaks of.

    It is the repository's; where there is none, the folder that holds `.secgate`, or the file.
    """
    file = Path(name).absolute()
    around = file.parent.parent if file.parent.name == ".secgate" else file.parent
    return (git.root_of(file.parent.resolve()) or around).resolve()


def beside(name: str, elsewhere: Elsewhere = NOWHERE) -> tuple[Shelf, str]:
    """Return the shelf for a policy file on this machine, and the file's path below its root; see `root_around`."""
    file, root = Path(name).absolute(), root_around(name)
    resolved = file.parent.resolve() / file.name
    below = resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else file.name
    return of_folder(root, elsewhere), below


def of_tree(read: Callable[[str], bytes | None], paths: Iterable[str]) -> Shelf:
    """Return the shelf of a tree that is judged. Its word is nobody's: nothing is fetched for it."""

    def below(folder: str) -> Iterable[str]:
        return [path for path in paths if not folder or path.startswith(f"{folder}/")]

    return Shelf(read, below, Elsewhere(offline=True).fetch)


def of_commit(repository: git.Repository, commit: str, elsewhere: Elsewhere = NOWHERE) -> Shelf:
    """Return the shelf of a commit."""
    held = git.snapshot(repository, commit)

    def read(path: str) -> bytes | None:
        return git.content(repository, held, path)

    def paths(folder: str) -> Iterable[str]:
        return [path for path in held.entries if held.blob(path) and (not folder or path.startswith(f"{folder}/"))]

    return Shelf(read, paths, elsewhere.fetch)
