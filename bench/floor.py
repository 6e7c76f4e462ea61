"""The floor of `bench/scan.py`: runs prepared command lines, so many at a time, in the order given. Nothing else.

python bench/floor.py STARTS.json CORES
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def run(start: dict) -> int:
    """Run one command line as the gate does: its own environment and empty working directory, output to files."""
    with Path(start["place"], "stdout").open("wb") as stdout, Path(start["place"], "stderr").open("wb") as stderr:
        return subprocess.call(
            start["argv"], env=start["environment"], cwd=start["directory"], stdout=stdout, stderr=stderr
        )


with ThreadPoolExecutor(int(sys.argv[2])) as pool:
    codes = list(pool.map(run, json.loads(Path(sys.argv[1]).read_bytes())))
print(codes)
