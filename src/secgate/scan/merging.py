"""Names that some file systems cannot tell apart: whoever checks such a tree out there gets another one."""

import unicodedata
from collections.abc import Iterable

from secgate.model import Notice

RULE = "names-that-merge"


def notices(paths: Iterable[str]) -> tuple[Notice, ...]:
    """Return a notice for each path that is equal to an earlier one, or to a folder, but for case and composition.

    Args:
        paths: of all that the tree holds (files, links, submodules), sorted.
    """
    paths = list(paths)
    holders = _folders(paths)
    first: dict[str, str] = {}
    found = []
    for path in paths:
        name = folded(path)
        other = first.get(name) or holders.get(name)
        if other:
            message = f"A file system that does not tell case or composed letters apart merges it with `{other}`."
            found.append(Notice(path, RULE, message, other=other))
        first.setdefault(name, path)
    return tuple(found)


def folded(path: str) -> str:
    """Return what is left of a path where neither case nor the composition of letters counts."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _folders(paths: Iterable[str]) -> dict[str, str]:
    """Return the folders above the paths, by folded name."""
    found: dict[str, str] = {}
    new = {path.rpartition("/")[0] for path in paths}
    while new := new - {""}:
        found |= {folded(folder): folder for folder in sorted(new, reverse=True)}
        new = {folder.rpartition("/")[0] for folder in new}
    return found
