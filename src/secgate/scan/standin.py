"""Stand-ins: what scanners would not read as it is, they read under another name or in another form.

A stand-in is one more file of the copy, in a folder that the tree does not have; only what stands for a link, or for a
call of a module, lies where that is, since what lies beside it decides what it means. What scanners find in it is told
of the file that it stands for, by that file's own lines (see `scan.places`).
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from secgate.globs import matcher
from secgate.model import LeftOut, Scanner, Target, Tree
from secgate.scan import cloudformation, dockerfile, encoding, kubernetes, modules, source, workflows
from secgate.scan.form import Form, Maker

CONFIGURATION = "configures a scanner: its content is judged, and no scanner obeys it"
MAX_LINKS = 40
"""Of one chain; Linux follows no more."""
_FOLDER = "stand-ins"
_NEUTRAL = "of-"
_BESIDE = "stand-in-of-"
_ALL = "**"
_CHART = "Chart.yaml"
_BRACES = b"{{"


INFRASTRUCTURE: tuple[Maker, ...] = (
    encoding.forms, kubernetes.forms, cloudformation.forms, dockerfile.forms, workflows.forms, modules.forms
)  # fmt: skip
_INFRASTRUCTURE = (".yaml", ".yml", ".json", ".template", ".tf", ".tofu", ".bicep")
MAKERS: tuple[Maker, ...] = (source.forms,)


class StandIns:
    """Says what the copy of a tree is to hold beside its files, or in place of them."""

    def __init__(self, tree: Tree, scanners: Iterable[Scanner]) -> None:
        scanners = list(scanners)
        self._folder = _free([*(one.path for one in tree.files), *(one.path for one in tree.left_out)])
        self._taken: set[str] = set()
        self._charts = {posixpath.dirname(one.path) for one in tree.files if posixpath.basename(one.path) == _CHART}
        self._configures = matcher([glob.lower() for one in scanners for glob in one.configuration])
        reads = {reads for one in scanners for command in one.commands.values() for reads in command.reads}
        self._reads = [matcher([glob.lower() for glob in one.paths]) for one in reads if _ALL not in one.paths]
        # What is known by its name and proved by errors alone is read folder by folder.
        together = [glob.lower() for one in reads if one.proof == "errors" and not one.containing for glob in one.paths]
        self._together = matcher(together)

    def place(self, target: Target) -> Target:
        """Return where a file goes: its own place, or a neutral one where a scanner would take it for orders."""
        if not self._configures(target.path.lower()):
            return target
        folder, _, name = target.path.rpartition("/")
        return _standing(target, posixpath.join(self._folder, folder, _NEUTRAL + name))

    def forms(self, target: Target, content: bytes) -> Iterator[tuple[Target, bytes | str]]:
        """Give the other forms that scanners need of a file, each with its content or with why it has none."""
        for maker in self._makers(target.path, content):
            for form in maker(target.path, content):
                path = self._new(self._place_of(target, form), form.suffix)
                one = _standing(target, path, form.lines, instead=form.instead)
                yield msgspec.structs.replace(one, in_place=form.beside), form.content

    def _place_of(self, target: Target, form: Form) -> str:
        folder, _, name = target.path.rpartition("/")
        if form.beside:
            return posixpath.join(folder, _BESIDE + name)
        inside = target.path.startswith(f"{self._folder}/")
        return target.path if inside else posixpath.join(self._folder, target.path)

    def _makers(self, path: str, content: bytes) -> tuple[Maker, ...]:
        lower = path.lower()
        if not (lower.endswith(_INFRASTRUCTURE) or "file" in lower):
            return MAKERS
        return () if self._is_charts(path) and _BRACES in content else INFRASTRUCTURE + MAKERS

    def _is_charts(self, path: str) -> bool:
        """Return whether a file is a chart's template: the chart is read, not the file itself."""
        folder, found, _ = f"/{path}".partition("/templates/")
        return bool(found) and folder.strip("/") in self._charts

    def _new(self, path: str, suffix: str) -> str:
        """Return a name that no other stand-in has: a link may have the one that a form would get."""
        while path + suffix in self._taken:
            path += "-"
        self._taken.add(path + suffix)
        return path + suffix

    def linked(self, tree: Tree, aims: Mapping[str, str]) -> list[Target]:
        """Return what has to be read under a link's name: no scanner reads it under its own, or it is part of a whole.

        Args:
            tree: with its links.
            aims: what each link points to, by the link's path.
        """
        files = {one.path: one for one in tree.files}
        found = [(link.path, aim) for link in tree.links if (aim := files.get(_end(link.path, aims)))]
        wholes = self._wholes([*files, *(path for path, _ in found)]) if found else frozenset()
        return [
            self._linked(path, aim, new=new)
            for path, aim in found
            if (new := self._is_new(path.lower(), aim.path.lower())) or not wholes.isdisjoint(_folders(path))
        ]

    def _is_new(self, path: str, aim: str) -> bool:
        return any(meets(path) and not meets(aim) for meets in self._reads)

    def _wholes(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the folders whose files decide about each other: a slash at the end stands for all that lies below."""
        together = [path for path in paths if self._together(path.lower())]
        return frozenset(posixpath.dirname(path) + "/" * path.endswith(_CHART) for path in together)

    def _linked(self, path: str, aim: Target, *, new: bool) -> Target:
        place = self.place(msgspec.structs.replace(aim, path=path)).path
        target = _standing(aim, place if place == path else self._new(place, ""), linked=new)
        return msgspec.structs.replace(target, in_place=place == path)


def _folders(path: str) -> Iterator[str]:
    """Give the folder of a path, then each one above it with a slash at the end."""
    yield posixpath.dirname(path)
    while path:
        path = posixpath.dirname(path)
        yield f"{path}/"


def _standing(
    target: Target, path: str, lines: tuple[int, ...] = (), *, instead: bool = False, linked: bool = False
) -> Target:
    return msgspec.structs.replace(
        target,
        path=path,
        stored=target.stored or target.path,
        stands_for=target.original,
        lines=lines,
        instead=instead,
        in_place=False,
        linked=linked or target.linked,
    )


def _end(path: str, aims: Mapping[str, str]) -> str:
    """Return where a chain of links ends, folders that are links included: perhaps at what the tree does not have."""
    for _ in range(MAX_LINKS):
        link = path
        while link and link not in aims:
            link = link.rpartition("/")[0]
        if not link:
            break
        path = posixpath.normpath(posixpath.join(posixpath.dirname(link), aims[link], path[len(link) + 1 :]))
    return path


def _free(paths: Iterable[str]) -> str:
    """Return a name that nothing at the root of the tree has, on any file system."""
    taken = {path.partition("/")[0].lower() for path in paths}
    return next(name for count in range(len(taken) + 1) if (name := f"{_FOLDER}{count or ''}") not in taken)


def moved(target: Target) -> LeftOut:
    """Return what is said about a file that is only in the copy under a neutral name."""
    return LeftOut(target.original, CONFIGURATION)
