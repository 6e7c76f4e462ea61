"""Scan the vulnerable shop with every scanner, and say whether the gate did what it should: `make example`.

Succeeds only if secgate ended with exactly 1 (blocked), found all that `shop/EXPECTED.json` names, and looked at
everything. The one thing that may be missing is the vulnerability database, which comes from the network: dependencies
must then be called *missing*, never clean.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHOP = Path(__file__).resolve().parent / "shop"
BLOCKED = 1
DEPENDENCIES = "sca"

Sighting = tuple[str, str, str]
"""Tool, rule and path."""


def scan(folder: Path) -> tuple[int, dict[str, Any]]:
    """Scan a copy of the shop, so that it is a whole tree and not a part of this repository.

    Returns:
        The exit code, and the decision; an empty one where there is none.
    """
    tree, decision = folder / "shop", folder / "decision.json"
    shutil.copytree(SHOP, tree, ignore=shutil.ignore_patterns("EXPECTED.json"))
    command = [sys.executable, "-I", "-m", "secgate", "scan", str(tree), "--install", "--json", str(decision)]
    code = subprocess.run(command, check=False).returncode
    return code, json.loads(decision.read_bytes()) if decision.is_file() else {}


def sightings(decision: dict[str, Any]) -> Iterator[Sighting]:
    """Return what each tool saw where; what two tools saw is one finding that names both."""
    for verdict in decision.get("verdicts", ()):
        finding = verdict["finding"]
        yield finding["tool"], finding["rule"]["id"], finding["location"]["path"]
        for other in finding.get("also", ()):
            yield other["tool"], other["ruleId"], other["location"]["path"]


def problems(code: int, decision: dict[str, Any], expected: list[dict[str, str]]) -> Iterator[str]:
    """Return what is not as it should be, in words."""
    if code != BLOCKED:
        yield f"secgate ended with {code}; {BLOCKED} (blocked) is right"
    seen = set(sightings(decision))
    for one in expected:
        if (one["tool"], one["rule"], one["path"]) not in seen:
            yield f"{one['tool']} did not report {one['rule']} in {one['path']}"
    for state in decision.get("requirements", ()):
        if state.get("applicable", True) and not state["met"] and state["category"] != DEPENDENCIES:
            yield f"incomplete: {state['id']}: {state.get('reason', '')}"
    yield from _dependencies(decision, seen)


def _dependencies(decision: dict[str, Any], seen: set[Sighting]) -> Iterator[str]:
    """Hold the dependencies to it: with a database they have findings, without one they are missing."""
    evidence = [one for one in decision.get("evidence", ()) if one["category"] == DEPENDENCIES]
    demands = [one for one in decision.get("requirements", ()) if one["category"] == DEPENDENCIES]
    states = {one["state"] for one in evidence} - {"not-applicable"}  # commands that had nothing to read
    met = bool(demands) and all(one["met"] for one in demands)
    if states not in ({"ok"}, {"missing"}):
        yield f"the evidence for dependencies is {sorted(states)}; ok or missing is right"
    elif met != (states == {"ok"}):
        yield "dependencies were not looked at, and the verdict does not say so"
    elif met and not any("requirements.txt" in path or "package-lock.json" in path for _, _, path in seen):
        yield "dependencies were looked at, and nothing was found"


def main() -> int:
    """Scan, print the verdict on the verdict, and return 0 only if all is as it should be."""
    with tempfile.TemporaryDirectory(prefix="secgate-example-") as folder:
        code, decision = scan(Path(folder))
    expected = json.loads((SHOP / "EXPECTED.json").read_bytes())
    wrong = list(problems(code, decision, expected))
    print()
    for problem in wrong:
        print(f"WRONG: {problem}")
    if wrong:
        print("The gate did not do what it should on examples/shop.")
        return 1
    missing = any(one["category"] == DEPENDENCIES and one["state"] == "missing" for one in decision["evidence"])
    print(f"RIGHT: blocked with exit code {code}, and all {len(expected)} findings that examples/shop must show are there.")
    if missing:
        print("Dependencies are MISSING: no vulnerability database could be had, and the report says so.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
