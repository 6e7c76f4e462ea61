"""Lockfiles of npm, yarn, pnpm and bun. Where a package is installed under another name, its own name counts."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from msgspec import Raw, Struct

from secgate.scan.lockfiles.documents import decode, text


class _Installed(Struct):
    name: str | None = None
    version: str | None = None
    link: bool = False
    resolved: str | bool | None = None


class _Nested(Struct):
    version: str = ""
    resolved: str | bool | None = None
    dependencies: dict[str, "_Nested"] | None = None


class _Npm(Struct):
    packages: dict[str, _Installed] | None = None
    dependencies: dict[str, _Nested] | None = None


def npm(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `package-lock.json` of any version; folders of the project are none."""
    lock = decode(content, _Npm)
    for place, one in (lock.packages or {}).items():
        _, below, name = place.rpartition("node_modules/")
        if below and not one.link:
            yield from _both(one.name or name, one.version or "", one.resolved)
    levels = [lock.dependencies or {}]
    while levels:
        for name, nested in levels.pop().items():
            for known, version in _called(name, nested.version):
                yield from _both(known, version, nested.resolved)
            levels.append(nested.dependencies or {})


def _called(name: str, version: str) -> Iterator[tuple[str, str]]:
    """Yield a package by its own name, where it is one of the registry."""
    if version.startswith("npm:"):
        name, _, version = version.removeprefix("npm:").rpartition("@")
    if not {":", "/"} & set(version):
        yield name, version


_TARBALL = re.compile(r"/((?:@[^/]+/)?([^/@]+))/-/(?:@[^/]+/)?([^/]+)\.tgz(?:[?#]|\Z)")


def _both(name: str, version: str, place: str | bool | None) -> Iterator[tuple[str, str]]:
    """Yield a package as it is called, and as the registry calls what is fetched: that is installed, whatever it is."""
    yield name, version
    found = _TARBALL.search(unquote(place)) if isinstance(place, str) else None
    if found:
        shipped = found[3].removeprefix(f"{found[2]}-")
        if (found[1], shipped) != (name, version.partition("+")[0]):
            yield found[1], shipped


class _Bun(Struct):
    packages: dict[str, list[Raw]] = {}


# A string is passed over as a whole, even one that never ends, so that no quote is looked at twice.
_STRING = rb'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))|'
_COMMENT = re.compile(_STRING + rb"//[^\n]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
_COMMA = re.compile(_STRING + rb",(?=\s*+[}\]])", re.DOTALL)


def bun(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `bun.lock`, which is JSON with commas and comments where JavaScript takes them."""
    for pattern in (_COMMENT, _COMMA):
        content = pattern.sub(lambda found: found[1] or b"", content)
    for entry in decode(content, _Bun).packages.values():
        name, _, version = decode(bytes(entry[0]), str).rpartition("@") if entry else ("", "", "")
        yield from _called(name, version)


_ALIAS = re.compile(r"npm:(@?[^@]+)@")
_FIELD = re.compile(r"  \w+:?(?: .*)?")
_VERSION = re.compile(r'  version "([^"]*)"')
_RESOLVED = re.compile(r'  resolved "([^"]*)"')
_RESOLUTION = re.compile(r'  resolution: "?((?:@[^/@]+/)?[^/@]+)@npm:([^":]+).*')


def yarn(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `yarn.lock` of either kind: the classic one names them by request, the newer by result.

    Raises:
        ValueError: a line is laid out as yarn would not.
    """
    names: list[str] = []
    version = resolved = ""
    for line in text(content).replace("\r\n", "\n").split("\n"):
        if not line.strip() or line.startswith(("#", "    ")):
            continue
        if not line.startswith(" "):
            names, version, resolved = list(_requested(line)), "", ""
        elif (found := _VERSION.fullmatch(line)) and not version:
            version = found[1]
            yield from ((name, version) for name in names)
        elif (found := _RESOLVED.fullmatch(line)) and not resolved:
            resolved = found[1]
            yield from (one for name in names or [""] for one in _both(name, version, resolved) if one[0])
        elif found := _RESOLUTION.fullmatch(line):
            yield found[1], found[2]
        elif line.startswith("  version ") or not _FIELD.fullmatch(line):
            raise ValueError("a field is laid out as yarn would not")


def _requested(line: str) -> Iterator[str]:
    """Yield the names of the packages that an entry's first line asks the registry for."""
    if not line.endswith(":") and not line.startswith("? "):
        raise ValueError("an entry is laid out as yarn would not")
    for request in line.removeprefix("? ").rstrip(":").replace('"', "").split(", "):
        at = request.find("@", 1)
        wanted = request[at + 1 :]
        alias = _ALIAS.match(wanted)
        if alias or (at > 0 and ":" not in wanted):
            yield alias[1] if alias else request[:at]


_OUTER = re.compile(r"(?!packages:)[A-Za-z]\w*:(?: .*)?|packages:(?: \{\})?")
_KEY = re.compile(r"""  (?:\? )?(['"]?)([^ '"&!*\[{<].*?)\1(?::(?: .*)?)?|  : .*""")
_PNPM = re.compile(r"(?:[\w.-]*/)?((?:@[\w.~-]+/)?[\w.~-]+)[/@](\d[^(_]*)(?:[(_].*)?")


def pnpm(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `pnpm-lock.yaml` but those that an older one marks as for development.

    Raises:
        ValueError: the document is laid out as pnpm would not.
    """
    for key, fields in _entries(text(content)):
        found = _PNPM.fullmatch(key)
        if found and "dev: true" not in fields:
            yield found[1], found[2]


def _entries(document: str) -> list[tuple[str, set[str]]]:
    """Return the keys of the section `packages`, each with the lines below it."""
    entries: list[tuple[str, set[str]]] = []
    inside = False
    for line in filter(str.strip, (line.rstrip() for line in document.split("\n"))):
        if not line.startswith(("  ", "#")):
            if not _OUTER.fullmatch(line):
                raise ValueError("a section is laid out as pnpm would not")
            inside = line == "packages:"
        elif inside and not line.startswith(("   ", "#")):
            found = _KEY.fullmatch(line)
            if not found:
                raise ValueError("a key is laid out as pnpm would not")
            entries.append((found[2] or "", set()))
        elif inside and not line.startswith("#"):
            if not entries:
                raise ValueError("a package without a key")
            entries[-1][1].add(line.strip())
    return entries
