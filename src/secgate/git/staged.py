"""What the next commit changes, against HEAD."""

import os
import stat

from secgate.errors import UsageError
from secgate.git.listing import Entry
from secgate.git.repository import Repository
from secgate.git.snapshot import Snapshot

_NEW = 0


def staged(repository: Repository) -> tuple[frozenset[bytes], Snapshot] | None:
    """Return the names that the next commit adds, changes or removes, and what HEAD has under them.

    None where there is no commit yet: all of the index is new.

    Raises:
        UsageError: git cannot read this repository.
    """
    head = repository.head()
    if not head:
        return None
    done = repository.run("diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", head, "--")
    if done.returncode:
        raise UsageError(f"{repository.root}: git cannot compare the index with HEAD", "Run `git status` there.")
    words = done.stdout.split(b"\0")[:-1]
    # `:<mode> <mode> <id> <id> <status>`, then the name.
    pairs = list(zip(words[::2], words[1::2], strict=True))
    before = (Entry(name, int(said[1:].split()[0], 8), said.split()[2].decode()) for said, name in pairs)
    held = {os.fsdecode(one.name): one for one in before if one.mode != _NEW and not stat.S_ISDIR(one.mode)}
    return frozenset(name for _, name in pairs), Snapshot(head, held)
