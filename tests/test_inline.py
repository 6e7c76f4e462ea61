"""What comments may suppress, and components, end to end: each mode of the policy does what it says."""

import pytest
from support import repositories, story
from support.fakes import GOOD
from test_base import FINDS, MARKERS

from secgate.model import Action
from secgate.policy.source import Authority, named
from secgate.scan.detect import Origin

BEFORE = "a = bad  # nosec R1 # reviewed\n"
AFTER = f"{BEFORE}b = bad  # nosec R1 # new\nc = bad  # nosec\nd = bad\n"


@pytest.fixture
def judge(tmp_path, monkeypatch):
    return story.judge(tmp_path, monkeypatch)


@pytest.fixture
def blocked(tmp_path, judge):
    """Return the lines that block where the second tree is held against the first."""
    root = repositories.repository(tmp_path / "project")

    def blocked(more, based=True, finds=FINDS):
        place = tmp_path / "policy.yaml"
        place.write_text(f"{story.PACK.replace('scope: introduced', 'scope: all')}{more}")
        (root / "a.py").write_text(BEFORE)
        base = repositories.commit(root)
        (root / "a.py").write_text(AFTER)
        repositories.commit(root)
        made = judge(finds, GOOD, origin=Origin(commit="HEAD"), base=base if based else "", markers=MARKERS,
                     decides=Authority(named(str(place)).pack, "here"))  # fmt: skip
        found = [one for one in made.verdicts if one.finding.tool == "one"]
        assert len(found) == 4
        return [one.finding.location.line for one in found if one.action is Action.BLOCK]

    return blocked


@pytest.mark.parametrize(
    ("inline", "lines"),
    [
        ("", [2, 3, 4]),
        ("mode: ratchet", [2, 3, 4]),
        ("mode: allow", [4]),
        ("mode: allow, requireReason: true", [3, 4]),
        ("mode: allow, requireRule: true", [3, 4]),
        ("mode: allow, neverFor: [sast]", [1, 2, 3, 4]),
        ("mode: ratchet, neverFor: [sast]", [1, 2, 3, 4]),
        ("mode: deny", [1, 2, 3, 4]),
    ],
)
def test_a_comment_suppresses_what_the_mode_lets_it(blocked, inline, lines):
    assert blocked(f"  inlineSuppressions: {{{inline}}}\n" if inline else "") == lines


def test_without_a_base_only_what_is_allowed_outright_is_suppressed(blocked):
    assert blocked("  inlineSuppressions: {mode: allow}\n", based=False) == [4]
    assert blocked("  inlineSuppressions: {mode: ratchet}\n", based=False) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("inline", "lines"), [("mode: allow, requireReason: true", [3, 4]), ("mode: ratchet", [2, 3, 4])]
)
def test_what_a_scanner_calls_suppressed_is_held_to_the_policy_too(blocked, inline, lines):
    finds = FINDS.replace("'severity'", "'suppressed': 'nosec' in text, 'severity'")
    assert blocked(f"  inlineSuppressions: {{{inline}}}\n", finds=finds) == lines


def test_a_rule_about_a_component_is_about_its_files_only(tmp_path, judge):
    root = tmp_path / "project"
    for name in ("api/a.py", "web/a.py"):
        (root / name).parent.mkdir()
        (root / name).write_text("x = bad\n")
    place = tmp_path / "policy.yaml"
    place.write_text(
        story.PACK.partition("    - {id: severe")[0]
        + "    - {id: reached, match: {component.name: api}, action: block}\n"
        + "    - {id: few, match: {component.owners: '@acme/web'}, max: 1, action: block}\n"
        + '  components:\n    - {name: api, paths: ["api/**"], exposure: internet}\n'
        + '    - {name: web, paths: ["web/**"], owners: ["@acme/web"]}\n'
    )
    made = judge(FINDS, GOOD, decides=Authority(named(str(place)).pack, "here"))
    assert {one.finding.location.path: (one.action, one.finding.component.name) for one in made.verdicts} == {
        "api/a.py": (Action.BLOCK, "api"), "web/a.py": (Action.INFO, "web"),
    }  # fmt: skip
