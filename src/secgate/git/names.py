"""Which names of a tree are never written anywhere: a tree object can hold any bytes, and git does not look."""

import re
from functools import lru_cache

# Code points that HFS+ does not see in a name.
_UNSEEN = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])


def refusal(path: str) -> str:
    """Return why a path may not be written, or an empty text.

    Args:
        path: relative, its segments divided by `/`.
    """
    folder, slash, name = path.rpartition("/")
    return (_above(folder) if slash else "") or _refusal(name)


@lru_cache(maxsize=1 << 16)
def _above(folder: str) -> str:
    # Not one folder after the other by recursion: a tree can be deeper than Python goes.
    return next(filter(None, map(_refusal, folder.split("/"))), "")


def _refusal(segment: str) -> str:
    """Return why one segment is refused: it leads elsewhere, or some file system takes it for git's own folder."""
    if segment in {"", ".", ".."}:
        return "a name in its path is empty, `.` or `..`"
    if segment.isascii() and "git" not in segment.lower():
        return ""
    # NTFS drops dots and blanks at the end, reads `:` as the start of a stream, and has short names such as `git~1`.
    seen = re.split(r"[:\\]", segment.translate(_UNSEEN).casefold())[0].rstrip(" .")
    return "a name in its path is `.git` to some file system" if seen in {".git", "git~1"} else ""
