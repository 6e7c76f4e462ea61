"""Globs over many paths at once: `*` and `?` within a segment, `**` across segments."""

import re
from collections.abc import Callable, Iterable
from functools import cache


@cache
def expression(glob: str) -> str:
    """Return the regular expression of a glob; `**/x` meets `x` at the root too, `a/**` does not meet `a`.

    What stands between two wildcards is taken where it is met first, and never looked for again: whatever comes
    after it meets then, if ever. So the time grows with the path's length, not with a power of it.
    """
    segments = glob.split("/")
    if any(not one or ("**" in one and one != "**") for one in segments):
        return _mixed(glob)
    parts: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            parts.append([])
        else:
            parts[-1].append(_segment(segment))
    if not parts[-1]:
        parts.pop()
        parts[-1].append(".+")
    first, *more = ["/".join(part) for part in parts]
    if not more:
        return first
    between = "".join(f"(?>(?:[^/]+/)*?{part}/)" for part in more[:-1] if part)
    return f"{first}/{between}(?:[^/]+/)*{more[-1]}" if first else f"{between}(?:[^/]+/)*{more[-1]}"


def _segment(text: str) -> str:
    first, *more = ["".join("[^/]" if one == "?" else re.escape(one) for one in part) for part in text.split("*")]
    if not more:
        return first
    return first + "".join(f"(?>[^/]*?{part})" for part in more[:-1]) + f"[^/]*{more[-1]}"


def _mixed(glob: str) -> str:
    """Return the regular expression of a glob whose `**` is part of a segment, or which has an empty one."""
    pattern = ""
    index = 0
    while index < len(glob):
        if glob.startswith("**/", index):
            pattern, index = pattern + "(?:[^/]+/)*", index + 3
        elif glob.startswith("**", index):
            pattern, index = pattern + ".+", index + 2
        elif glob[index] == "*":
            pattern, index = pattern + "[^/]*", index + 1
        elif glob[index] == "?":
            pattern, index = pattern + "[^/]", index + 1
        else:
            pattern, index = pattern + re.escape(glob[index]), index + 1
    return pattern


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Return the test whether a path meets one of the globs.

    `**/*.ext` and `**/name`, by far the most common, are looked up; only the others cost a regular expression.
    """
    names: set[str] = set()
    tails: set[str] = set()
    others: list[str] = []
    for glob in globs:
        last = glob.removeprefix("**/")
        if glob == last or "/" in last or re.search(r"[*?]", last.removeprefix("*.")):
            others.append(glob)
        elif last.startswith("*."):
            tails.add(last[1:])
        else:
            names.add(last)
    # A path must end as one of them does, or hold the text of one that ends with a wildcard: to look at that costs a
    # tenth of an expression.
    parts = [re.split(r"[*?]+", glob) for glob in others]
    ends = tuple({part[-1] for part in parts if part[-1]})
    within = sorted({max(part, key=len).strip("/") for part in parts if not part[-1]})
    rest = re.compile("|".join(map(expression, others)), re.DOTALL).fullmatch
    suffixes = tuple(sorted(tails))

    def meets(path: str) -> bool:
        if path.endswith(suffixes) or (names and path.rpartition("/")[2] in names):
            return True
        return (path.endswith(ends) or any(map(path.__contains__, within))) and rest(path) is not None

    return meets
