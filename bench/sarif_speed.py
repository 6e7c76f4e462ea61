"""How fast findings become SARIF and come back, and how much memory that takes.

    python bench/sarif_speed.py [--results N] [--profile]

Prints seconds for writing and for reading, trusted and not, and the peak memory of a process of its own for each,
imports and all findings included.
"""

import argparse
import cProfile
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from secgate.model import Category, Confidence, Evidence, EvidenceState, Finding, Location, Rule, Severity
from secgate.sarif import SarifRun, read, write

RULES = 300
FILES = 2_000


def main() -> None:
    """Measure each way in a process of its own, so that the peaks do not hide each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=int, default=50_000)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    parser.add_argument("--way", choices=_WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        _measure(given.way, given.file, given.results, profile=given.profile)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.sarif"
        for way in _WAYS:
            argv = [sys.executable, __file__, "--way", way, "--file", str(file), "--results", str(given.results)]
            subprocess.run([*argv, *(["--profile"] if given.profile else [])], check=True)


def _measure(way: str, file: Path, results: int, *, profile: bool) -> None:
    work = _WAYS[way](file, results)
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    start, cpu = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    profiler.disable()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{way}: {results:,} results, {file.stat().st_size / 1e6:.1f} MB: "
        f"{seconds:.2f} s ({cpu:.2f} s CPU), peak {peak:.0f} MiB"
    )
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(15)


def _writing(file: Path, results: int) -> Callable[[], None]:
    evidence = (Evidence("bench", Category.SAST, EvidenceState.OK),)
    run = SarifRun("bench", "Bench", "1.0.0", "https://example.org", "", _findings(results), evidence)

    def work() -> None:
        with file.open("wb") as stream:
            write([run], stream)

    return work


def _reading(file: Path, results: int, *, trusted: bool) -> Callable[[], None]:
    def work() -> None:
        runs = read(file.read_bytes(), trusted=trusted)
        assert sum(len(run.findings) for run in runs) == results

    return work


def _findings(count: int) -> tuple[Finding, ...]:
    bands = tuple(Severity)[:4]
    rules = [
        Rule(f"R{number}", f"rule_{number}", f"Rule {number}", "What it is about. " * 10, "What to do about it.",
             f"https://example.org/{number}", (f"CWE-{number}",), ("tag",), varies=True)
        for number in range(RULES)
    ]  # fmt: skip
    return tuple(
        Finding(
            tool="bench",
            category=Category.SAST,
            severity=bands[number % 4],
            rule=rules[number * 7 % RULES],
            message=f"Call number {number} runs a shell with text that a user can choose, which lets him run more.",
            location=Location(
                f"src/package_{number % FILES % 50}/module {number % FILES}.py", number, number + 2, 5, 40
            ),
            confidence=Confidence.MEDIUM,
            severity_label="HIGH",
            line_hash=f"{number * 0x9E3779B97F4A7C15 & (1 << 64) - 1:x}:1",
            fingerprint=f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC834 & (1 << 128) - 1:032x}",
        )
        for number in range(count)
    )


_WAYS: dict[str, Callable[[Path, int], Callable[[], None]]] = {
    "write": _writing,
    "read trusted": lambda file, results: _reading(file, results, trusted=True),
    "read foreign": lambda file, results: _reading(file, results, trusted=False),
}

if __name__ == "__main__":
    main()
