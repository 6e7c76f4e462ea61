"""Lockfiles in XML, read as a stream: no entities, no depth and no number of elements that only an attack has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_DEPTH = 64
MAX_ELEMENTS = 100_000
MAX_NAME = 200
"""Characters of an element's name: each element below it has them in its path."""


@dataclass(frozen=True)
class _Element:
    path: str
    """The names from the root on, with slashes."""
    attributes: Mapping[str, str]
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.words).strip()


def _elements(content: bytes) -> list[_Element]:
    """Return all elements in the order in which they end.

    Raises:
        ExpatError: it is not XML.
        ValueError: it declares a document type, or is deeper or larger than any real one.
    """
    opened = [_Element("", {})]
    closed: list[_Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(opened) > MAX_DEPTH or len(closed) > MAX_ELEMENTS or len(name) > MAX_NAME:
            raise ValueError("deeper or larger than any real one")
        opened.append(_Element(f"{opened[-1].path}/{name.rpartition(':')[2]}", attributes))

    def data(words: str) -> None:
        opened[-1].words.append(words)

    def refuse(*_: object) -> None:
        raise ValueError("a document type can hide anything")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: closed.append(opened.pop())
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(content, True)
    return closed


_DEPENDENCIES = ("/project/dependencies/dependency", "/project/profiles/profile/dependencies/dependency")
_FIELDS = ("groupId", "artifactId", "version", "scope", "optional")
_SHIPPED = {"", "compile", "runtime"}


def maven(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the dependencies of a `pom.xml` that ship with the program, those of every profile too.

    The version is empty where another file says it, or where it is a range.
    """
    fields: dict[str, str] = {}
    found: list[dict[str, str]] = []
    properties: dict[str, str] = {}
    for one in _elements(content):
        folder, _, name = one.path.rpartition("/")
        if folder in _DEPENDENCIES:
            fields[name] = one.text
        elif folder == "/project/properties":
            properties[name] = one.text
        elif one.path in _DEPENDENCIES:
            found.append(fields)
            fields = {}
    for named in found:
        group, artifact, version, scope, optional = (_filled(named.get(name, ""), properties) for name in _FIELDS)
        if scope in _SHIPPED and optional != "true":
            yield f"{group}:{artifact}", "" if "${" in version or version.startswith(("[", "(")) else version


def _filled(value: str, properties: Mapping[str, str]) -> str:
    name = value[2:-1] if value.startswith("${") and value.endswith("}") else ""
    return properties.get(name, value)


def nuget_config(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `packages.config` but those for development."""
    for one in _elements(content):
        if one.path == "/packages/package" and one.attributes.get("developmentDependency", "").lower() != "true":
            yield one.attributes["id"], one.attributes.get("version", "")


def nuget_props(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `Packages.props`; a property in place of a version is one that nobody looked up."""
    inner = ""
    for one in _elements(content):
        name = one.attributes.get("Include") or one.attributes.get("Update") or ""
        if one.path.endswith("/Version"):
            inner = one.text
        elif name and one.path.endswith(("/PackageVersion", "/PackageReference")):
            version = one.attributes.get("Version") or inner
            yield name, "" if version.startswith(("[", "(")) or "*" in version else version
            inner = ""
