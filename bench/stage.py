"""What staging a commit costs, against git's own `checkout-index` of the same tree.

    python bench/stage.py [--files 20000] [--runs 5] [--all-cores]

Both write the same files into a new folder on tmpfs, where there is one; their runs take turns, so that a machine that
slows down slows both. The figures are user and system seconds, of all processes together: ours includes finding the
repository, listing the commit and every process of git. All run on one processor: ours are two processes at once, and
where two processors share a core, each makes the other's seconds longer (`--all-cores` shows by how much).
"""

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from secgate import catalog
from secgate.scan.detect import Origin, detect
from secgate.scan.stage import stage

SHARED = Path("/dev/shm")
FOLDERS = 1_000


def repository(root: Path, files: int) -> None:
    """Make a repository with one commit of so many files of 0.5 to 6 kB in one pack, and an index; no working tree."""
    chance = random.Random(7)
    names = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz_", k=chance.randint(3, 10))) for _ in range(3_000)]
    stream = [b"commit refs/heads/main\ncommitter a <a@example.org> 1700000000 +0000\ndata 1\nx\n"]
    for number in range(files):
        lines = (
            " " * 4 * chance.randint(0, 3) + " ".join(chance.choices(names, k=8))
            for _ in range(chance.randint(10, 110))
        )
        body = "\n".join(lines).encode()
        path = f"src/p{number % 40:02}/m{number % FOLDERS:03}/f{number:05}.py".encode()
        stream.append(b"M 100644 inline %b\ndata %d\n%b\n" % (path, len(body), body))
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "fast-import", "--quiet"], input=b"".join(stream), check=True)
    subprocess.run(["git", "-C", str(root), "read-tree", "main"], check=True)


def seconds(work: Callable[[Path], object], folder: Path) -> float:
    """Return the user and system seconds of `work` on a new folder, its child processes included."""
    place = Path(tempfile.mkdtemp(dir=folder))
    before = _spent()
    work(place)
    after = _spent()
    shutil.rmtree(place)
    return after - before


def _spent() -> float:
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--all-cores", action="store_true")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity") and not given.all_cores:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(dir=SHARED if SHARED.is_dir() else None) as name:
        folder = Path(name)
        root = folder / "repository"
        repository(root, given.files)

        def ours(place: Path) -> None:
            staged = stage(detect(root, Origin(commit="main")), place, catalog.scanners().values())
            assert len(staged.files) == given.files

        def git(place: Path) -> None:
            subprocess.run(["git", "-C", str(root), "checkout-index", "--all", f"--prefix={place}/"], check=True)

        pairs = [(seconds(ours, folder), seconds(git, folder)) for _ in range(given.runs)]
    low, high = statistics.median(git for _, git in pairs), statistics.median(own for own, _ in pairs)
    print(f"{given.files:,} files on {'tmpfs' if SHARED.is_dir() else 'disk'}, median of {given.runs}, user and system")
    print(f"  git checkout-index  {low:6.2f} s")
    print(f"  secgate's staging   {high:6.2f} s")
    print(f"  ratio               {high / low:6.2f}     (budget 2)")


if __name__ == "__main__":
    main()
