"""Names of files that look like others, or that some system takes for something else."""

import re
from collections.abc import Iterable

from secgate.model import Notice
from secgate.scan.hidden import unseen

RULE = "misleading-name"
_DEVICE = re.compile("/(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])[./]")
_PATTERNS = {
    re.compile(r"[\x00-\x1f\x7f-\x9f]"): "It holds a control character.",
    re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"): "It is shown in another order than it is written.",
    re.compile("[ .]/"): "A part of it ends with a blank or a dot, which Windows drops.",
    re.compile(":"): "Windows takes what stands behind its colon for a stream of another file.",
    _DEVICE: "Windows takes a part of it for a device.",
}


def notices(paths: Iterable[str]) -> tuple[Notice, ...]:
    """Return a notice for each path that misleads somebody, in the order given."""
    paths = list(paths)
    if _are_usual(f"/{'/'.join(paths)}/".lower()):
        return ()
    return tuple(Notice(path, RULE, reason) for path in paths if (reason := _reason(path)))


def _are_usual(names: str) -> bool:
    """Return whether no name can mislead; quickly, for all that a tree holds at once."""
    signs = (":", " /", "./")
    return names.isascii() and names.isprintable() and not any(s in names for s in signs) and not _DEVICE.search(names)


def _reason(path: str) -> str:
    whole = f"/{path.lower()}/"
    found = next((reason for pattern, reason in _PATTERNS.items() if pattern.search(whole)), "")
    return found or ("" if path.isascii() else next((reason for _, reason in unseen(path)), ""))
