"""The policy, the waiver and the cases that the documentation shows are good ones."""

import re
from pathlib import Path

from support.policies import PLACE, load

from secgate.policy import cases

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def shown(mark: str) -> str:
    return next(block for block in BLOCKS if mark in block)


def test_what_is_shown_runs():
    pack = load(shown("kind: Policy\n"), {PLACE: shown("kind: WaiverList")})
    assert [one.id for one in pack.waivers] == ["W-2026-0042"]
    results = [cases.run(one, pack) for one in cases.read(shown("kind: PolicyTest").encode(), "docs/policy.md", pack)]
    assert [(one.ready.case.name, one.wrong) for one in results if one.wrong] == []
    assert len(results) == 2
