"""Lockfiles, read by the gate itself: which packages a scanner that reads the file must have seen.

A scanner that drops a file, a line or a package does so without a word. What it says that it saw is therefore compared
with what stands there. Each format is one function from the file's bytes to packages; what does not look exactly like
the format is not guessed at.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from secgate.scan.lockfiles import documents, javascript, lines, markup, requirements, tables

Package = tuple[str, str]
"""Name and version; the version is empty where the file names a package without one that could be looked up."""


def _same(name: str) -> str:
    return name


@dataclass(frozen=True)
class _Format:
    packages: Callable[[bytes], Iterable[Package]]
    """Raises what `documents.UNREADABLE` lists where the content is not of this format."""
    name: Callable[[str], str] = _same
    """Gives the one spelling of a name that its ecosystem takes in several."""


FORMATS: Mapping[str, _Format] = {
    "bun": _Format(javascript.bun),
    "bundler": _Format(lines.bundler),
    "cargo": _Format(tables.cargo),
    "cocoapods": _Format(lines.cocoapods),
    "composer": _Format(documents.composer, str.lower),
    "conan": _Format(documents.conan),
    "dotnet": _Format(documents.dotnet, str.lower),
    "go": _Format(lines.go),
    "gradle": _Format(lines.gradle),
    "maven": _Format(markup.maven),
    "mix": _Format(lines.mix),
    "npm": _Format(javascript.npm),
    "nuget": _Format(documents.nuget, str.lower),
    "nuget-config": _Format(markup.nuget_config, str.lower),
    "nuget-props": _Format(markup.nuget_props, str.lower),
    "pipenv": _Format(documents.pipenv, requirements.plain),
    "pnpm": _Format(javascript.pnpm),
    "poetry": _Format(tables.poetry, requirements.plain),
    "pub": _Format(lines.pub),
    "pylock": _Format(tables.pylock, requirements.plain),
    "requirements": _Format(requirements.packages, requirements.plain),
    "sbt": _Format(documents.sbt),
    "swift": _Format(documents.swift),
    "uv": _Format(tables.poetry, requirements.plain),
    "yarn": _Format(javascript.yarn),
}
"""Every format that a manifest's `lockfile` may name."""


def read(form: str, content: bytes) -> frozenset[Package] | None:
    """Return the packages of a lockfile.

    Args:
        form: one of `FORMATS`.
        content: the whole file.

    Returns:
        Names as `spelling` gives them, with versions; None where the content is not of this format, in which case
        nobody knows what is in it.
    """
    if not content.strip():
        return frozenset()
    known = FORMATS[form]
    try:
        return frozenset((known.name(name), version.strip()) for name, version in known.packages(content))
    except documents.UNREADABLE:
        return None


def spelling(form: str, name: str) -> str:
    """Return the spelling by which two names of a format are compared."""
    return FORMATS[form].name(name)


def included(form: str, content: bytes) -> tuple[str, ...]:
    """Return the files that a lockfile takes in, relative to its folder, in its order: only requirements do that."""
    try:
        return requirements.included(content) if form == "requirements" else ()
    except documents.UNREADABLE:
        return ()
