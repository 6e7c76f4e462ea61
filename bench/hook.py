"""What the fast hook costs, against the raw scanners on the files that are staged.

    python bench/hook.py TREE [--files 5] [--runs 5]

Copies TREE into a repository of its own, commits it, and stages a further line in some of its source files. The floor
is the planner's command lines on these files and nothing else; both are whole processes, and their runs take turns.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from scan import FLOOR, starts, timed

from secgate.scan.detect import Origin
from secgate.scan.plan import Wish

_SOURCE = (".py", ".js", ".ts", ".go")


def git(root: Path, *words: str) -> None:
    """Run git in the repository."""
    subprocess.run(["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.org", *words], check=True)


def repository(tree: Path, folder: Path, number: int) -> Path:
    """Return a repository that holds `tree`, with a change to `number` files in its index."""
    root = folder / tree.resolve().name
    shutil.copytree(tree, root, ignore=shutil.ignore_patterns(".git"))
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")
    chosen = [one for one in sorted(root.rglob("*")) if one.suffix in _SOURCE and one.is_file()][:number]
    for one in chosen:
        one.write_text(one.read_text() + "\n")
    git(root, "add", "-A")
    return root


def floor_once(root: Path, cores: int) -> float:
    """Return the seconds of the raw scanners, without the time that staging took."""
    folder = Path(tempfile.mkdtemp(prefix="floor-"))
    try:
        ready = starts(root, folder, Origin(index=True, changed=True), Wish(alone=True))
        (folder / "starts.json").write_text(json.dumps(ready))
        return timed([sys.executable, "-IS", str(FLOOR), str(folder / "starts.json"), str(cores)])
    finally:
        shutil.rmtree(folder)


def spent() -> float:
    """Return the processor's seconds of all that was started and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the medians and what lies between them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--files", type=int, default=5)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    floor: list[float] = []
    ours: list[float] = []
    cpu: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory(prefix="hook-") as scratch:
        root = repository(given.tree, Path(scratch), given.files)
        command = [sys.executable, "-I", "-m", "secgate", "scan", str(root), "--staged", "--changed"]
        for _ in range(given.runs):
            before = spent()
            floor.append(floor_once(root, os.cpu_count() or 1))
            between = spent()
            ours.append(timed(command))
            cpu.append((between - before, spent() - between))
    low, high = statistics.median(floor), statistics.median(ours)
    print(f"{root.name}: {given.files} files staged, median of {given.runs}")
    print(f"  raw scanners {low:6.2f} s   (min {min(floor):.2f}, max {max(floor):.2f})")
    print(f"  the hook     {high:6.2f} s   (min {min(ours):.2f}, max {max(ours):.2f})")
    raw, all_of_it = (statistics.median(column) for column in zip(*cpu, strict=True))
    print(f"  processor time {raw:.2f} s and {all_of_it:.2f} s, which a busy machine changes little")
    print(f"  beyond the raw scanners: {high - low:+.2f} s   (budget 0.50 s)")


if __name__ == "__main__":
    main()
