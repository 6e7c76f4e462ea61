"""Lockfiles that are read line by line, because their own tools write them so and in no other way."""

import re
from collections.abc import Iterator

from secgate.scan.lockfiles.documents import text

_SECTION = re.compile(r"[A-Z][A-Z ]*(?::.*)?")
_GEM = re.compile(r"    (\S++) \(([^-)]*+)(?:-[^)]*+)?\)")


def _lines(content: bytes) -> Iterator[str]:
    return (line.rstrip() for line in text(content).split("\n"))


def bundler(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the gems of a `Gemfile.lock`, without the platform behind a version."""
    for line in filter(None, _lines(content)):
        _check_section(line)
        if line.startswith("    ") and line[4] != " ":
            found = _GEM.fullmatch(line)
            if not found:
                raise ValueError("a gem is laid out as Bundler would not")
            yield found[1], found[2]


def _check_section(line: str) -> None:
    if not line.startswith(" ") and not _SECTION.fullmatch(line):
        raise ValueError("a section is laid out as neither Bundler nor CocoaPods would")


_POD = re.compile(r"  - [\"']?([^ \"']+) \(([^)]*)\)[\"']?:?")


def cocoapods(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the pods of a `Podfile.lock`, and the parts of them that are used."""
    inside = False
    for line in filter(None, _lines(content)):
        _check_section(line)
        if not line.startswith(" "):
            inside = line == "PODS:"
        elif inside and not line.startswith("    - "):
            found = _POD.fullmatch(line)
            if not found:
                raise ValueError("a pod is laid out as CocoaPods would not")
            yield found[1], found[2]


_OTHERS = {"exclude", "retract", "go", "toolchain", "godebug", "tool", "ignore"}


def go(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the module itself, without a version, and what it requires, after replacements."""
    required: dict[str, str] = {}
    replaced = []
    for verb, *words in _directives(content):
        if verb == "module":
            yield words[0], ""
        elif verb == "require":
            name, version = words
            required[name] = version
        elif verb == "replace":
            arrow = words.index("=>")
            replaced.append((words[:arrow], words[arrow + 1 :]))
        elif verb not in _OTHERS:
            raise ValueError("a directive that Go does not know")
    for old, new in replaced:
        name, *of = old
        if name in required and of in ([], [required[name]]):
            del required[name]
            required.update([(new[0], new[1])] if len(new) > 1 else [])
    yield from required.items()


def _directives(content: bytes) -> Iterator[list[str]]:
    """Yield each line with its verb, also where several lines in brackets share one."""
    block = ""
    for line in _lines(content):
        words = [word.strip('"`') for word in line.partition("//")[0].replace("(", " ( ").split()]
        if block and words == [")"]:
            block = ""
        elif words[1:] == ["("]:
            block = words[0]
        elif words:
            yield [block, *words] if block else words
    if block:
        raise ValueError("a bracket is not closed")


_GRADLE = re.compile(r"([^#\s:=]+:[^\s:=]+):([^\s:=]+)=.*|empty=.*|#.*|")


def gradle(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the modules of a `gradle.lockfile`."""
    for line in _lines(content):
        found = _GRADLE.fullmatch(line)
        if not found:
            raise ValueError("a module is laid out as Gradle would not")
        if found[1]:
            yield found[1], found[2]


_HEX = re.compile(r"\{:hex,\s*:\"?([^\s\",]+)\"?,\s*\"([^\"]*)\"")


def mix(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `mix.lock` that come from the registry, by their names there."""
    document = text(content)
    if not document.lstrip().startswith("%{"):
        raise ValueError("no map of Elixir")
    yield from ((found[1], found[2]) for found in _HEX.finditer(document))


_NAME = re.compile(r"  ([^\s:]+):")
_VERSION = re.compile(r"    version: [\"']?([^\"']+)[\"']?")


def pub(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the packages of a `pubspec.lock`."""
    name = ""
    if not re.search(r"(?m)^packages:", text(content)):
        raise ValueError("no section with packages")
    for line in _lines(content):
        if found := _NAME.fullmatch(line):
            name = found[1]
        elif found := _VERSION.fullmatch(line):
            yield name, found[1]
