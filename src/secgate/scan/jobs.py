"""Which jobs of a CI system run the gate, and on which files they stand.

Read from the base: what the change makes of them does not count. Whatever a job names that is a path of the tree (a
script, a local action, a workflow that it calls, the file of `make` or `npm`) is followed, and what that names in turn.
"""

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from secgate.globs import matcher
from secgate.scan.documents import Kind, Node, UnreadableError, pieces

PLACES = (
    ".github/workflows/**", ".github/actions/**", "**/action.yml", "**/action.yaml", ".gitlab-ci.yml", ".circleci/**",
    ".pre-commit-config.yaml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "**/Jenkinsfile",
)  # fmt: skip
_PLACES = matcher(PLACES)
is_workflow = matcher([".github/workflows/*.yml", ".github/workflows/*.yaml"])
_GATE = "secgate"
_MAX_STEPS = 8
"""So many files may lie between a workflow and what calls the gate."""
_MAX_CHARACTERS = 200_000
"""Of a file that is looked into for what it names."""
_MAX_FOLDERS = 20
"""In which a file may look for what it names."""
_WORD = re.compile(r"[\w.@+/-]+")
_FOLDER = re.compile(r"\$(?:\{\{[^{}]*\}\}|\{\w+\}|\w+)/")
"""A variable in front of a path: the workspace, the action's own folder."""
_ACTION = ("action.yml", "action.yaml")
_READS = {
    "make": ("Makefile", "makefile", "GNUmakefile"), "just": ("justfile", "Justfile"), "rake": ("Rakefile",),
    "task": ("Taskfile.yml", "Taskfile.yaml"), "tox": ("tox.ini",), "nox": ("noxfile.py",), "invoke": ("tasks.py",),
    "npm": ("package.json",), "yarn": ("package.json",), "pnpm": ("package.json",), "bun": ("package.json",),
    "mvn": ("pom.xml",), "gradle": ("build.gradle", "build.gradle.kts"), "pre-commit": (".pre-commit-config.yaml",),
}  # fmt: skip
"""What a program reads although nobody names it."""
_COMPUTED = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)

Contents = Callable[[Iterable[str]], Mapping[str, bytes]]
"""Gives the content of files, by path; those that there are not are left out."""


@dataclass(frozen=True)
class Job:
    """A job of a workflow of GitHub; in other files the whole file, without a name."""

    path: str
    id: str = ""
    name: str = ""
    """Of its check, as it is written; a `*` where nobody knows before it runs."""
    text: str = ""


@dataclass(frozen=True)
class Gate:
    """What runs the gate."""

    files: frozenset[str] = frozenset()
    """Paths that its jobs name, whether they are there or not, and the files of the jobs themselves."""
    folders: tuple[str, ...] = ()
    """Local actions: all that lies below counts, each with a slash at the end."""
    jobs: tuple[Job, ...] = ()

    def stands_on(self, path: str) -> bool:
        """Return whether a change of this file can change what the gate does."""
        return path in self.files or path.startswith(self.folders)

    def namesakes(self, path: str, text: str, before: str) -> list[str]:
        """Return the names of a workflow's new jobs that a required check cannot tell from one that runs the gate.

        Args:
            path: of a workflow.
            text: all of it.
            before: all of it at the base; empty where it is new.
        """
        names = {one.name for one in self.jobs} - {""}
        if not names or not is_workflow(path):
            return []
        old = {job.name for job in _jobs(path, before)} | {one.name for one in self.jobs if one.path == path}
        new = {job.name for job in _jobs(path, text)} - old - {""}
        return sorted(one for one in new if any(_same(one, name) for name in names))


def gate(paths: Collection[str], read: Contents) -> Gate:
    """Return what runs the gate.

    Args:
        paths: of all files.
        read: gives their content.
    """
    held = _Held(paths, read)
    held.follow(filter(_PLACES, paths))
    leading = held.leading()
    files = {path for path in leading if _PLACES(path)}
    jobs = [job for path in sorted(files) for job in held.chosen(path, leading)]
    folders, seen = set[str](), set[str]()
    following = [name for job in jobs for name in held.named(job.path, job.text)]
    while following:
        path = following.pop()
        if path in seen:
            continue
        seen.add(path)
        if posixpath.basename(path) in _ACTION and "/" in path and path in held.texts:
            folders.add(f"{posixpath.dirname(path)}/")
        following += held.named(path, held.texts.get(path, ""))
    return Gate(frozenset(files | seen), tuple(sorted(folders)), tuple(jobs))


class _Held:
    """Files with what they name, read as far as something leads to them."""

    def __init__(self, paths: Collection[str], read: Contents) -> None:
        self.texts: dict[str, str] = {}
        self._paths = frozenset(paths)
        self._folders = {folder for path in paths for folder in _above(path)}
        self._read = read

    def follow(self, first: Iterable[str]) -> None:
        """Read files, then those that they name, and so on."""
        asked = sorted(first)
        for _ in range(_MAX_STEPS):
            found = self._read(asked) if asked else {}
            self.texts |= {path: content[:_MAX_CHARACTERS].decode(errors="replace") for path, content in found.items()}
            names = {name for path in found for name in self.named(path, self.texts[path])}
            asked = sorted(name for name in names if name in self._paths and name not in self.texts)

    def named(self, path: str, text: str) -> set[str]:
        """Return the paths that a part of a file may mean, whether they are there or not.

        They start at the root, at the file's own folder, or at a folder that the file names.
        """
        words = _words(text)
        folders = sorted({word.strip("/") for word in _words(self.texts.get(path, ""))} & self._folders)
        starts = {"", posixpath.dirname(path), *folders[:_MAX_FOLDERS]}
        implied = {posixpath.join(start, name) for start in starts for word in words for name in _READS.get(word, ())}
        found = {posixpath.normpath(posixpath.join(start, word.lstrip("/"))) for start in starts for word in words}
        actions = {f"{one}/{name}" for one in found & self._folders for name in _ACTION}
        return {one for one in found if one in self._paths or "." in posixpath.basename(one)} | implied | actions

    def leading(self) -> set[str]:
        """Return the files that call the gate, or name one that does."""
        callers: dict[str, set[str]] = {}
        for path, text in self.texts.items():
            for name in self.named(path, text) & self.texts.keys():
                callers.setdefault(name, set()).add(path)
        found = {path for path, text in self.texts.items() if _GATE in text.lower()}
        following = list(found)
        while following:
            new = callers.get(following.pop(), set()) - found
            found |= new
            following += new
        return found

    def chosen(self, path: str, leading: set[str]) -> list[Job]:
        """Return the jobs of a file that call the gate, themselves or through others; all of them if none does."""
        jobs = _jobs(path, self.texts[path])
        return [
            job
            for job in jobs
            if _GATE in job.text.lower() or not (leading - {path}).isdisjoint(self.named(path, job.text))
        ] or jobs


def _words(text: str) -> set[str]:
    return {word.removeprefix("./").rstrip(".") for word in _WORD.findall(_FOLDER.sub(" ", text))} - {"", "/", ".."}


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


def _jobs(path: str, text: str) -> list[Job]:
    """Return the jobs of a workflow; of any other file, and where it cannot be parsed, one that is all of it."""
    try:
        roots = [root for piece in pieces(text) for root in piece.documents] if is_workflow(path) else []
    except UnreadableError:
        roots = []
    lines, found = text.split("\n"), list[Job]()
    for job in (one for root in roots for one in _children(root, "jobs")):
        held = _children(job[1])
        end = max((node.line for node in _nodes(job[1])), default=job[0].line)
        # A block of text goes on below the line where it begins.
        indent = job[0].column
        while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
            end += 1
        part = "\n".join(lines[job[0].line - 1 : end])
        matrix = any(key.text == "strategy" for key, _ in held)
        calls = any(key.text == "uses" for key, _ in held)
        name = next((value.text for key, value in held if key.text == "name"), "")
        plain = name or job[0].text + (" (*)" if matrix else "")
        found.append(Job(path, job[0].text, _COMPUTED.sub("*", plain) + (" / *" if calls else ""), part))
    return found or [Job(path, text=text)]


def _children(node: Node, key: str = "") -> list[tuple[Node, Node]]:
    """Return a mapping's keys and values, or those of the mapping that it holds under a key."""
    pairs = list(node.pairs) if node.kind is Kind.MAPPING else []
    return pairs if not key else [pair for name, value in pairs if name.text == key for pair in _children(value)]


def _nodes(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [] if one.kind is Kind.ALIAS else one.items


def _same(one: str, other: str) -> bool:
    """Return whether two names of checks can be the same; `*` stands for whatever is computed."""
    one, other = one.strip().casefold(), other.strip().casefold()
    return _meets(one, other) or _meets(other, one)


def _meets(pattern: str, name: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None
