"""The policy files that the project's facts print: they are run in place, never copied."""

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FACTS = Path(os.environ.get("SECGATE_FACTS", ROOT.parent / "shared" / "facts")) / "policy.md"
ORG, REPO, WAIVERS, TESTS = "org", "repo", "waivers", "tests"
_MARKS = {
    ORG: "name: acme-baseline",
    REPO: "name: payments-api",
    WAIVERS: "kind: WaiverList",
    TESTS: "kind: PolicyTest",
}


@cache
def printed() -> Mapping[str, bytes]:
    """Return the four files by what they are; none where the facts are not there."""
    if not FACTS.is_file():
        return {}
    blocks = re.findall(r"```yaml\n(.*?)```", FACTS.read_text(encoding="utf-8"), re.DOTALL)
    return {name: next(block.encode() for block in blocks if mark in block) for name, mark in _MARKS.items()}
