"""The floor of `bench/scan.py`: runs prepared command lines, so many at a time, in the order given. Nothing else.

python bench/floor.py STARTS.json CORES
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def run(start: dict) -> int:
    """Run one command line as the gate does: its own environment and empty working directory, output to files."""
    with open(f"{start['place']}/stderr", "wb") as stderr:
        return subprocess.call(
            start["argv"],
            env=start["environment"],
            cwd=f"{start['place']}/work",
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )


with ThreadPoolExecutor(int(sys.argv[2])) as pool:
    codes = list(pool.map(run, json.load(open(sys.argv[1]))))
print(codes)
