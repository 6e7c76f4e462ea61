"""Where other tools say that something is, as places in the repository."""

import re

from secgate.model import Location, ToolError
from secgate.sarif.shape import Artifact, Physical, Place, Region, Run
from secgate.sarif.text import line
from secgate.sarif.uri import decode, inside

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(.*)", re.DOTALL)
_BASES_MAX = 20
_BIGGEST = 2**31 - 1


class Places:
    """Reads the locations of one run, and notes what lies outside the repository.

    A base that is an absolute URI is taken for the root of the repository. `?` and `#` count as part of a name: most
    tools do not encode them.
    """

    def __init__(self, run: Run) -> None:
        self._bases = run.original_uri_base_ids or {}
        roots = (_split(entry.uri) for entry in self._bases.values() if entry.uri)
        absolute = (decode(root).rstrip("/") + "/" for scheme, root in roots if scheme == "file")
        self._roots = sorted({root for root in absolute if root != "/"}, key=len, reverse=True)
        """Of the bases that are absolute, the longest first."""
        self._artifacts = run.artifacts or []
        self._paths: dict[tuple[str, str | None], str] = {}
        self.errors: dict[str, ToolError] = {}
        """What could not be taken as it stands, by path."""

    def location(self, place: Place | None) -> Location:
        """Return the place; `known` is false where the tool names no line, the path is empty where it names no file.

        A path that is absolute or leaves the root is cut down to what lies below, and noted as an error.
        """
        physical = (place and place.physical_location) or Physical()
        path = self._path(physical.artifact_location)
        return _located(path, physical.region or Region())

    def _path(self, artifact: Artifact | None) -> str:
        if artifact and artifact.uri is None:
            artifact = self._listed(artifact.index)
        if not artifact or artifact.uri is None:
            return ""
        key = artifact.uri, artifact.uri_base_id
        if key not in self._paths:
            self._paths[key] = self._resolve(*key)
        return self._paths[key]

    def _listed(self, index: int | None) -> Artifact | None:
        if index is None or not 0 <= index < len(self._artifacts):
            return None
        return self._artifacts[index].location

    def _resolve(self, uri: str, base: str | None) -> str:
        scheme, path = _split(uri)
        if scheme == "file":
            path, strange = self._below_a_base(path)
        else:
            path = decode(path)
            strange = bool(scheme)
            path = path if scheme else self._prefix(base) + path
        segments, stays = inside(path.lstrip("/") if strange else path)
        safe = "/".join(segments)
        if strange or not stays:
            self.errors.setdefault(
                safe, ToolError(f"the location {line(uri, 200)} is not below the repository's root", safe)
            )
        return safe

    def _prefix(self, base: str | None) -> str:
        """Return the path from the root to where a relative URI starts, by the bases that the run declares."""
        prefix = ""
        for _ in range(_BASES_MAX):
            entry = self._bases.get(base) if base else None
            if entry is None or entry.uri is None:
                break
            scheme, path = _split(entry.uri)
            if scheme:
                break
            prefix, base = decode(path).rstrip("/") + "/" + prefix, entry.uri_base_id
        return prefix

    def _below_a_base(self, path: str) -> tuple[str, bool]:
        """Return the path below the longest absolute base that holds it, or as it is and true where none does."""
        path = decode(path)
        root = next((root for root in self._roots if path.startswith(root)), None)
        return (path, True) if root is None else (path.removeprefix(root), False)


def _split(uri: str) -> tuple[str, str]:
    """Return scheme and path; a drive letter and a path that starts at the machine's root count as `file`."""
    uri = uri.replace("\\", "/")
    match = _SCHEME.fullmatch(uri)
    if match and len(match[1]) > 1:
        scheme, rest = match[1].lower(), match[2]
        if scheme == "file" and rest.startswith("//"):
            rest = "/" + rest[2:].partition("/")[2]
        return scheme, rest
    return ("file" if match or uri.startswith("/") else ""), uri


def _located(path: str, region: Region) -> Location:
    start = region.start_line or 0
    if not path or not 1 <= start <= _BIGGEST:
        return Location(path, known=False)
    end = min(max(region.end_line or start, start), _BIGGEST)
    column = region.start_column or 0
    end_column = region.end_column or 0
    lowest = column if end == start else 1
    if not 1 <= column <= _BIGGEST:
        return Location(path, start, end)
    return Location(path, start, end, column, end_column if lowest <= end_column <= _BIGGEST else 0)
