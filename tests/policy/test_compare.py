"""How two policies differ: what is stricter one way is looser the other way round."""

import pytest

from secgate.policy.compare import differences
from secgate.policy.packs import pack
from secgate.policy.parents import Shelf, Spot, resolved
from secgate.policy.written import read

HEAD = 'apiVersion: secgate.dev/v1\nkind: Policy\nmetadata: {name: p, version: "1.0.0"}\nspec:\n'
RULE = "{id: r, match: {category: sast}, action: warn, max: 5, scope: new, waiver: {maxDays: 30}}"
OPPOSITE = {"stricter": "looser", "looser": "stricter", "different": "different"}


def merged(spec="", rule=RULE):
    return resolved(read((HEAD + f"  rules: [{rule}]\n" + spec).encode(), "p.yaml"), Spot(), Shelf())


@pytest.mark.parametrize(
    ("old", "new", "what", "how"),
    [
        ("evidence: {onMissing: warn}", "evidence: {onMissing: block}", "evidence.onMissing", "stricter"),
        ("evidence: {maxAge: 24h}", "evidence: {maxAge: 2d}", "evidence.maxAge", "looser"),
        ("", "evidence: {maxAge: 2d}", "evidence.maxAge", "stricter"),
        ("waivers: {maxDays: {high: 90}}", "waivers: {maxDays: {high: 30}}", "waivers.maxDays.high", "stricter"),
        ("", "sla: {rows: [{match: {severity: low}, days: 3}]}", "sla.rows", "stricter"),
        ("newCode: {basis: diff}", "newCode: {basis: both}", "newCode.basis", "different"),
        ("waivers: {approvers: [a, b]}", "waivers: {approvers: [a, c]}", "waivers.approvers", "different"),
        ("waivers: {approvers: [a, b]}", "waivers: {approvers: [a]}", "waivers.approvers", "stricter"),
        ("inlineSuppressions: {mode: allow}", "", "inlineSuppressions.mode", "stricter"),
        ("", "environments: [{name: a, when: {}}]", "environments", "different"),
        ("params: {a: 1}", "params: {a: 2}", "params.a", "different"),
    ],
)
def test_a_knob(old, new, what, how):
    first, second = (merged(f"  {spec}\n" if spec else "") for spec in (old, new))
    (found,) = differences(first, second)
    (back,) = differences(second, first)
    assert (found.what, found.how, back.how) == (what, how, OPPOSITE[how])
    assert differences(first, first) == ()


@pytest.mark.parametrize(
    ("was", "becomes", "what", "how"),
    [
        ("action: warn", "action: block", "rule r: action", "stricter"),
        ("action: warn", "action: {default: block}", "rule r: action", "stricter"),
        ("max: 5", "max: 4", "rule r: max", "stricter"),
        ("max: 5", "max: baseline", "rule r: max", "different"),
        ("scope: new", "scope: all", "rule r: scope", "stricter"),
        ("maxDays: 30", "maxDays: 31", "rule r: waiver", "looser"),
        ("scope: new", "scope: new, waivable: false", "rule r: waivable", "stricter"),
        ("scope: new", "scope: new, effectiveFrom: '2026-01-01'", "rule r: effectiveFrom", "looser"),
        ("scope: new", "scope: new, except: [{match: {tool: a}, reason: b}]", "rule r: except", "looser"),
        ("category: sast", "category: sca", "rule r: what it matches", "different"),
        ("id: r", "id: r, when: finding.isNew", "rule r: what it matches", "different"),
    ],
)
def test_a_rule(was, becomes, what, how):
    first, second = merged(), merged(rule=RULE.replace(was, becomes))
    (found,) = differences(first, second)
    (back,) = differences(second, first)
    assert (found.what, found.how, back.how) == (what, how, OPPOSITE[how])


def test_strict_is_stricter_than_recommended_in_everything():
    both = [resolved(pack(name), Spot(), Shelf()) for name in ("recommended@1", "strict@1")]
    assert {one.how for one in differences(*both)} == {"stricter"}
    assert {one.how for one in differences(*both[::-1])} == {"looser"}
