"""Between a file's path in the repository and the URI by which SARIF names it."""

from urllib.parse import quote, unquote_to_bytes

ROOT = "%SRCROOT%"
"""The base of all our URIs: the root of the repository, wherever that lies."""

NOWHERE = "."
"""What stands for a finding that belongs to no file: GitHub demands a place."""


def encode(path: str) -> str:
    """Return a relative URI, percent-encoded, that never leaves the root and is never empty.

    `decode` gives the path back where it is one as the model wants it. Parts that would leave the root (`..`, a
    leading `/`) are left out.
    """
    return quote("/".join(inside(path)[0]), safe="/", errors="replace") or NOWHERE


def decode(uri: str) -> str:
    r"""Return the path that a relative URI names; bytes that are not UTF-8 are escaped as `\xNN`."""
    return unquote_to_bytes(uri).decode("utf-8", "backslashreplace")


def inside(path: str) -> tuple[list[str], bool]:
    """Return the path's segments with `.` and `..` resolved, and whether it stays inside the root."""
    segments: list[str] = []
    stays = not path.startswith("/")
    for segment in path.split("/"):
        if segment == "..":
            stays = stays and bool(segments)
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    return segments, stays
