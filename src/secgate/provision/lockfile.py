"""One at a time: a lock that ends with this process and with every program that it started."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Tell = Callable[[str], None]
"""Is told, in plain lines, what is being done."""


@contextmanager
def locked(path: Path, tell: Tell) -> Iterator[int]:
    """Hold the lock at `path` and give its descriptor; waits for whoever holds it, and says so.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(f"waiting for another installation to end ({path})")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()
