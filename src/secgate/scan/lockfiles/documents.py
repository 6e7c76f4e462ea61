"""Lockfiles that are one JSON document: only what is asked for is built, so that nothing hostile grows in memory."""

import re
from collections.abc import Iterator
from typing import TypeVar
from xml.parsers.expat import ExpatError

import msgspec
from msgspec import Struct, field

UNREADABLE = (ValueError, LookupError, msgspec.DecodeError, RecursionError, ExpatError)
"""What a parser raises where the content is not of its format."""
MARK = b"\xef\xbb\xbf"
T = TypeVar("T")


def decode(content: bytes, shape: type[T]) -> T:
    """Return a JSON document as its types say; a byte order mark is taken, as most readers do."""
    return msgspec.json.decode(content.removeprefix(MARK), type=shape)


def text(content: bytes) -> str:
    """Return a file of UTF-8, with or without a byte order mark.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    return content.removeprefix(MARK).decode()


class _Entry(Struct):
    name: str = ""
    version: str | None = None


class _Composer(Struct):
    packages: list[_Entry] = []
    dev: list[_Entry] | None = field(default=None, name="packages-dev")


def composer(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `composer.lock`, those for development too."""
    lock = decode(content, _Composer)
    yield from ((one.name, one.version or "") for one in (*lock.packages, *(lock.dev or ())))


class _Pipenv(Struct):
    default: dict[str, _Entry]


def pipenv(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `Pipfile.lock` but those for development."""
    for name, one in decode(content, _Pipenv).default.items():
        yield name, (one.version or "").strip().lstrip("=")


class _Resolved(Struct):
    resolved: str = ""
    type: str = ""


class _Nuget(Struct):
    dependencies: dict[str, dict[str, _Resolved]] = {}


def nuget(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `packages.lock.json` but the projects of the same solution."""
    for target in decode(content, _Nuget).dependencies.values():
        yield from ((name, one.resolved) for name, one in target.items() if one.type.lower() != "project")


class _Asset(Struct):
    runtime: dict[str, msgspec.Raw] = {}
    runtime_targets: dict[str, msgspec.Raw] = field(default={}, name="runtimeTargets")
    native: dict[str, msgspec.Raw] = {}


class _Dotnet(Struct):
    targets: dict[str, dict[str, _Asset]] = {}
    libraries: dict[str, _Resolved] = {}


def dotnet(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `.deps.json` that bring something that runs."""
    lock = decode(content, _Dotnet)
    running = {
        name
        for target in lock.targets.values()
        for name, one in target.items()
        if one.runtime or one.runtime_targets or one.native
    }
    for key, one in lock.libraries.items():
        name, _, version = key.partition("/")
        if one.type.lower() == "package" and (key in running or not lock.targets):
            yield name, version


class _Module(Struct):
    org: str
    name: str
    version: str
    configurations: list[str] = []


class _Sbt(Struct):
    dependencies: list[_Module] = []


def sbt(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `build.sbt.lock` that are more than tests need."""
    for one in decode(content, _Sbt).dependencies:
        if {"compile", "runtime"} & set(one.configurations):
            yield f"{one.org}:{one.name}", one.version


class _Node(Struct):
    ref: str = ""


class _Graph(Struct):
    nodes: dict[str, _Node] = {}


class _Conan(Struct):
    graph_lock: _Graph = field(default_factory=_Graph)
    requires: list[str] = []


_CONAN = re.compile(r"([^/@#]+)/([^/@#%]+)")


def conan(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a `conan.lock` of either version requires, but for tools of the build."""
    lock = decode(content, _Conan)
    for reference in (*lock.requires, *(node.ref for node in lock.graph_lock.nodes.values())):
        if found := _CONAN.match(reference):
            yield found[1], found[2]


class _State(Struct):
    version: str | None = None


class _Pin(Struct):
    state: _State
    location: str = ""
    repository: str = field(default="", name="repositoryURL")


class _Pins(Struct):
    pins: list[_Pin] = []


class _Swift(_Pins):
    object: _Pins = field(default_factory=_Pins)


def swift(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the pins of a `Package.resolved` of any version; a branch is no version."""
    lock = decode(content, _Swift)
    for one in (*lock.pins, *lock.object.pins):
        place = (one.location or one.repository).removeprefix("https://").removesuffix(".git")
        yield place, one.state.version or ""
