"""Nothing lost, nothing doubled: what the raw scanners print, against what our SARIF holds.

    python bench/counts.py TREE...

For each tree it runs every command line of the planner by itself and counts the findings in the native report with a
few lines of plain JSON; then it runs the gate and counts, in the SARIF that it writes, the results of each scanner
and the sightings folded into results of others. Exact duplicates, the same in every field, are counted once in the
native report: that is the documented deduplication. The exit code is 1 if any count differs.
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scan import run_raw

from secgate import catalog
from secgate.gate import Request, check
from secgate.model import GATE
from secgate.policy.evaluate import Allowance
from secgate.policy.source import named
from secgate.report import sarif_file
from secgate.scan.plan import Wish


class Quiet:
    """Watches and says nothing."""

    def started(self, task: object) -> None:
        """Say nothing."""

    def finished(self, run: object) -> None:
        """Say nothing."""


def bandit(report: dict) -> Iterator[object]:
    """Yield one key for each finding."""
    yield from report["results"]


def semgrep(report: dict) -> Iterator[object]:
    """Yield one key for each finding."""
    for one in report["results"]:
        yield one["check_id"], one["path"], one["start"], one["end"]


def checkov(report: object) -> Iterator[object]:
    """Yield one key for each failed or inline-skipped check."""
    for part in report if isinstance(report, list) else [report]:
        results = part.get("results", {})
        for one in results.get("failed_checks", []) + results.get("skipped_checks", []):
            yield (
                one["check_id"],
                one["file_path"],
                one["file_line_range"],
                one["resource"],
                one["check_result"]["result"],
            )


def trivy(report: dict) -> Iterator[object]:
    """Yield one key for each vulnerability, failed check and secret."""
    for result in report.get("Results") or []:
        for one in result.get("Vulnerabilities") or []:
            yield result["Target"], one["VulnerabilityID"], one["PkgIdentifier"], one["InstalledVersion"]
        for one in result.get("Misconfigurations") or []:
            if one["Status"] == "FAIL":
                cause = one["CauseMetadata"]
                yield result["Target"], one["ID"], one["Message"], cause.get("StartLine"), cause.get("Resource")
        for one in result.get("Secrets") or []:
            yield result["Target"], one["RuleID"], one["StartLine"], one["EndLine"], one["Match"]


COUNTERS = {"bandit": bandit, "checkov": checkov, "semgrep": semgrep, "trivy": trivy}


def raw_counts(tree: Path) -> Counter[str]:
    """Return what the scanners print by themselves, by scanner, exact duplicates once."""
    seen: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for scanner, report in run_raw(tree, Path(folder)):
            keys = COUNTERS[scanner](json.loads(report))
            seen.setdefault(scanner, set()).update(json.dumps(key, sort_keys=True) for key in keys)
    return Counter({name: len(keys) for name, keys in seen.items()})


def our_counts(tree: Path) -> tuple[Counter[str], int]:
    """Return what our SARIF holds, by scanner, and how many of them are folded into others."""
    decision = check(Request(tree, Wish(), named("recommended@1"), Allowance(), "2026-11-25", 2), Quiet())
    counted: Counter[str] = Counter()
    folded = 0
    for run in json.loads(sarif_file.render(decision, catalog.scanners()))["runs"]:
        for result in run["results"]:
            tool = run["automationDetails"]["id"].split("/")[1]
            if tool != GATE:  # what the gate itself found no scanner could print
                counted[tool] += 1
            for sighting in result["properties"].get("secgate", {}).get("also", []):
                counted[sighting["tool"]] += 1
                folded += 1
    return counted, folded


def main() -> int:
    """Print one line for each tree and scanner; return 1 if any differs."""
    wrong = 0
    for tree in map(Path, sys.argv[1:]):
        raw, (ours, folded) = raw_counts(tree), our_counts(tree)
        for name in sorted(raw.keys() | ours.keys()):
            same = raw[name] == ours[name]
            wrong += not same
            print(f"{tree.name:32} {name:10} raw {raw[name]:6}  ours {ours[name]:6}  {'same' if same else 'DIFFERS'}")
        print(f"{tree.name:32} folded into another tool's finding: {folded}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
