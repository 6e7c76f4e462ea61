"""Where the packages of a lockfile come from. About one that comes from no registry no advisory is written."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from secgate.scan.lockfiles import documents, tables
from secgate.scan.lockfiles.documents import text

Origin = tuple[str, str]
"""The name of a package, empty where it is not said; and from where it is fetched, as it is written."""

_REGISTRIES = {
    "registry.npmjs.org", "registry.yarnpkg.com", "pypi.org", "files.pythonhosted.org", "pypi.python.org",
    "index.crates.io", "rubygems.org", "npm.jsr.io",
}  # fmt: skip
_CRATES = {"registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"}
_OF_THE_TREE = ("link:", "workspace:", "portal:", "patch:", "virtual:", "npm:", "root:", "jsr:", "catalog:")
_URL = re.compile(r"[a-z][a-z0-9+.-]*:|[\w.-]+@[\w.-]+:", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(?:tgz|tar\.gz|whl|zip)\b")
_REPOSITORY = re.compile(r"\.git\b|codeload\.|/archive/|/tarball/")
_LOGIN = re.compile(r"//[^/@]*@")


@dataclass(frozen=True)
class Elsewhere:
    """A place that is no public registry."""

    name: str
    """Of a package that comes from there; empty where it is not said, or where any number of them does."""
    place: str
    """A server's name, or where that one package is; without who logs in."""
    written: str
    """As the lockfile has it."""


def elsewhere(form: str, content: bytes) -> Iterator[Elsewhere]:
    """Give the places from which a lockfile's packages come, but for the public registry of their kind; each once.

    Args:
        form: one of `lockfiles.FORMATS`.
        content: the whole file; what cannot be read names no places.
    """
    look = _LOOK.get(form)
    seen: set[str] = set()
    try:
        for name, written in look(content) if look else ():
            found = _place(name, written)
            if found and found.place not in seen:
                seen.add(found.place)
                yield found
    except documents.UNREADABLE:
        return


def _place(name: str, written: str) -> Elsewhere | None:
    if not _URL.match(written) or written.startswith(_OF_THE_TREE) or written in _CRATES:
        return None
    if written.startswith("file:") and not _ARCHIVE.search(written):
        return None
    if _is_single(written):
        return Elsewhere(name, _LOGIN.sub("//", written.removeprefix("url+")), written)
    host = urlsplit(written).hostname or ""
    return None if host in _REGISTRIES else Elsewhere("", host, written)


def _is_single(place: str) -> bool:
    """Return whether a place is about one package alone: a repository, or a file that no registry gives."""
    return not place.startswith(("https://", "http://")) or bool(_REPOSITORY.search(place))


def _npm(content: bytes) -> Iterator[Origin]:
    lock = _table(json.loads(content.removeprefix(documents.MARK)))
    for path, one in _pairs(lock.get("packages")):
        if not one.get("link"):
            yield str(one.get("name") or path.rpartition("node_modules/")[2]), _said(one.get("resolved"))
    levels = [lock.get("dependencies")]
    while levels:
        for name, one in _pairs(levels.pop()):
            yield name, _said(one.get("resolved"))
            yield name, _said(one.get("version"))
            levels.append(one.get("dependencies"))


_RESOLVED = re.compile(r'^  (?:resolved "([^"\n]+)|resolution: "((?:@[^/"\n]+/)?[^/"@\n]+)@([^"\n]+))"', re.MULTILINE)
_FETCHED = re.compile(r"__archiveUrl=([^&]+)")


def _yarn(content: bytes) -> Iterator[Origin]:
    for found in _RESOLVED.finditer(text(content)):
        fetched = _FETCHED.search(found[3] or "")
        yield found[2] or "", unquote(fetched[1]) if fetched else found[1] or found[3]


_PNPM = re.compile(r"\b(?:tarball|repo): *['\"]?([^,}\s'\"]+)")


def _pnpm(content: bytes) -> Iterator[Origin]:
    yield from (("", found[1]) for found in _PNPM.finditer(text(content)))


_BUN = re.compile(r'"((?:@[^/"@\n]+/)?[^/"@\n]+)@((?:github|git|git\+\w+|https?|file|ssh):[^"\n]+)"')


def _bun(content: bytes) -> Iterator[Origin]:
    yield from ((found[1], found[2]) for found in _BUN.finditer(text(content)))


def _toml(content: bytes) -> dict[str, Any]:
    return tomllib.loads(tables.check(content))


def _python(content: bytes) -> Iterator[Origin]:
    lock = _toml(content)
    for one in (*_list(lock.get("package")), *_list(lock.get("packages"))):
        name, source = str(one.get("name")), one.get("source")
        yield name, _said(source if isinstance(source, str) else one.get("index"))
        for place in filter(None, map(_table, (source, one.get("vcs"), one.get("archive")))):
            kind = str(place.get("type", ""))
            url = _said(place.get("url"))
            yield name, f"{kind}+{url}" if kind in {"git", "url"} or place is one.get("vcs") else url
            yield name, _said(place.get("registry"))
            yield name, f"git+{place['git']}" if place.get("git") else ""


def _pipenv(content: bytes) -> Iterator[Origin]:
    lock = _table(json.loads(content.removeprefix(documents.MARK)))
    yield from (("", _said(one.get("url"))) for one in _list(_table(lock.get("_meta")).get("sources")))
    for name, one in (*_pairs(lock.get("default")), *_pairs(lock.get("develop"))):
        yield name, f"git+{one['git']}" if one.get("git") else _said(one.get("file"))


_OPTION = re.compile(r"^[ \t]*(?:-i|-f|--index-url|--extra-index-url|--find-links)[ \t=]+(\S+)", re.MULTILINE)
_DIRECT = re.compile(
    r"^[ \t]*(?:-e[ \t]+|--editable[ \t=]+)?(?:([\w.\[\],-]+)[ \t]*@[ \t]*)?((?:git|hg|svn|bzr)\+\S+|https?://\S+)",
    re.MULTILINE,
)


def _requirements(content: bytes) -> Iterator[Origin]:
    lines = text(content).replace("\r", "\n").replace("\\\n", " ")
    yield from (("", found[1]) for found in _OPTION.finditer(lines))
    yield from ((found[1] or "", f"url+{found[2]}") for found in _DIRECT.finditer(lines))


_SECTION = re.compile(r"^(GIT|GEM|PLUGIN SOURCE)\n((?:[ \t][^\n]*\n)*)", re.MULTILINE)
_REMOTE = re.compile(r"^  remote: (\S+)", re.MULTILINE)


def _bundler(content: bytes) -> Iterator[Origin]:
    for section in _SECTION.finditer(text(content)):
        for remote in _REMOTE.finditer(section[2]):
            yield "", f"git+{remote[1]}" if section[1] == "GIT" else remote[1]


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _pairs(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, one) for name, one in _table(value).items() if isinstance(one, dict))


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""


_LOOK: Mapping[str, Callable[[bytes], Iterator[Origin]]] = {
    "bun": _bun,
    "bundler": _bundler,
    "cargo": _python,
    "npm": _npm,
    "pipenv": _pipenv,
    "pnpm": _pnpm,
    "poetry": _python,
    "pylock": _python,
    "requirements": _requirements,
    "uv": _python,
    "yarn": _yarn,
}
