"""What would let a finding pass is what would."""

import pytest
from msgspec.structs import replace
from support.factories import finding, location
from support.policies import rules

from secgate.model import Action
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import compiled
from secgate.policy.explain import explained

PARTS = '  components: [{name: api, paths: ["api/**"]}, {name: web, paths: ["web/**"]}]\n'


@pytest.mark.parametrize(
    ("most", "said"),
    [("1", "1 fewer match of r: of 2, 1 may stay"),
     ("baseline", "4 fewer matches of r: of 5, 1 may stay")],
)  # fmt: skip
def test_a_number_counts_in_each_component_and_the_baseline_over_all(most, said):
    pack = rules(f"{{id: r, match: {{tool: bandit}}, action: block, max: {most}}}", more=PARTS)
    paths = ("api/a", "api/b", "web/a", "web/b", "web/c")
    some = [replace(finding(location=location(path)), fingerprint=path) for path in paths]
    told = explained(some, "api/a", compiled(pack, Circumstances("2026-11-25", baseline={"r": 1})), Action.BLOCK)
    assert told.ways[0].text == said


def test_a_waiver_that_nobody_need_approve_says_nothing_of_approvers():
    pack = rules("{id: r, match: {tool: bandit}, action: block}", more="  waivers: {require: [owner]}\n")
    told = explained([finding(fingerprint="f")], "f", compiled(pack, Circumstances("2026-11-25")), Action.BLOCK)
    assert [(one.text, one.approvers) for one in told.ways] == [("a waiver of r", 0)]
