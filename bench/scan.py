"""What one `secgate scan` costs, against the raw scanners on the same tree and cores.

    python bench/scan.py TREE [--runs 5] [--naive]

The floor is what cannot be saved: exactly the command lines that the planner emits, on a copy that is already staged,
started longest first on the same number of cores, and nothing else. Both are whole processes; their runs take turns,
so that a machine that slows down slows both. `--naive` adds the scanners as their documentation says, one after the
other, once.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from secgate import catalog
from secgate.gate import bench_of
from secgate.scan.detect import WORKING_TREE, Origin, detect
from secgate.scan.plan import Wish, longest_first, plan
from secgate.scan.run import prepared
from secgate.scan.stage import stage

FLOOR = Path(__file__).with_name("floor.py")
UNSTAGED = Path(__file__).with_name("unstaged.py")


def starts(tree: Path, folder: Path, origin: Origin = WORKING_TREE, wish: Wish | None = None) -> list[dict[str, Any]]:
    """Stage `tree` below `folder` and return what the planner would start there, as plain data."""
    staged = folder / "secgate-staged" / "tree"
    staged.mkdir(parents=True)
    files = stage(detect(tree, origin), staged)
    bench = bench_of(staged, folder / "tasks", catalog.scanners())
    tasks, _ = plan(files, staged, catalog.scanners(), wish or Wish())
    able = [task for task in tasks if task.scanner.id in bench.tools]
    able = [
        task
        for task in able
        if not task.command.database or (task.scanner.id, task.command.database) in bench.databases
    ]
    ready = [(task, prepared(task, bench)) for task in longest_first(able)]
    return [
        {
            "id": task.id,
            "argv": start.argv,
            "environment": start.environment,
            "place": str(start.place),
            "directory": start.directory,
        }
        for task, start in ready
    ]


def run_raw(tree: Path, folder: Path) -> list[tuple[str, bytes]]:
    """Run the planner's command lines one after the other; return scanner and native report of each."""
    reports = []
    for start in starts(tree, folder):
        done = subprocess.run(
            start["argv"], env=start["environment"], cwd=start["directory"], capture_output=True, check=False
        )
        reports.append((start["id"].split("/")[0], done.stdout))
    return reports


def timed(argv: list[str]) -> float:
    """Return the wall seconds of one whole process."""
    began = time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def floor_once(tree: Path, cores: int) -> float:
    """Return the seconds of the floor, without the time that staging took."""
    folder = Path(tempfile.mkdtemp(prefix="floor-"))
    try:
        (folder / "starts.json").write_text(json.dumps(starts(tree, folder)))
        return timed([sys.executable, "-IS", str(FLOOR), str(folder / "starts.json"), str(cores)])
    finally:
        shutil.rmtree(folder)


def unstaged_once(tree: Path) -> float:
    """Return the seconds of a scan that finds its copy made, without the time that this took."""
    folder = Path(tempfile.mkdtemp(prefix="unstaged-"))
    try:
        folder.chmod(0o711)
        (folder / "secgate-staged" / "tree").mkdir(parents=True)
        stage(detect(tree), folder / "secgate-staged" / "tree", catalog.scanners().values())
        return timed([sys.executable, "-I", str(UNSTAGED), str(tree), str(folder)])
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=False)


def naive_once(tree: Path) -> float:
    """Return the seconds of every scanner as its documentation says, one after the other."""
    bench = bench_of(tree, tree, catalog.scanners())
    lines = {
        "bandit": ["-r", str(tree), "-f", "json"],
        "checkov": ["-d", str(tree), "-o", "json"],
        "semgrep": ["scan", "--config", str(catalog.folder("semgrep") / "rules"), "--json", str(tree)],
        "trivy": ["fs", "--scanners", "misconfig,secret", "--format", "json", str(tree)],
    }
    return sum(timed([str(bench.tools[name]), *lines[name]]) for name in sorted(lines) if name in bench.tools)


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--naive", action="store_true")
    given = parser.parse_args()
    cores = os.cpu_count() or 1
    ours: list[float] = []
    floor: list[float] = []
    unstaged: list[float] = []
    command = [sys.executable, "-m", "secgate", "scan", str(given.tree), "--quiet"]
    for _ in range(given.runs):
        floor.append(floor_once(given.tree, cores))
        unstaged.append(unstaged_once(given.tree))
        ours.append(timed(command))
    low, high = statistics.median(floor), statistics.median(ours)
    print(f"{given.tree.name}: {cores} cores, median of {given.runs}")
    print(f"  floor           {low:7.2f} s   (min {min(floor):.2f}, max {max(floor):.2f})")
    without = statistics.median(unstaged)
    print(f"  without staging {without:7.2f} s   (min {min(unstaged):.2f}, max {max(unstaged):.2f})")
    print(f"  secgate scan    {high:7.2f} s   (min {min(ours):.2f}, max {max(ours):.2f})")
    print(f"  beyond 1.05 x floor: {high - 1.05 * low:+.2f} s   (budget 0.50 s)   ratio {high / low:.3f}")
    print(f"  staging is {100 * (high - without) / high:.1f} % of the scan")
    if given.naive:
        slow = naive_once(given.tree)
        print(f"  naive, in turn  {slow:7.2f} s   {slow / high:.1f} times secgate")


if __name__ == "__main__":
    main()
