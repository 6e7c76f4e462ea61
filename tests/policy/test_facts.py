"""The policy files that the facts print run as they stand, and each mistake that they name is refused."""

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.facts import FACTS, ORG, REPO, TESTS, WAIVERS, printed

from secgate.errors import TrustError, UsageError
from secgate.policy import cases
from secgate.policy.load import parse
from secgate.policy.parents import Shelf

pytestmark = pytest.mark.skipif(not printed(), reason=f"there is no {FACTS}; SECGATE_FACTS names another folder")
PLACE = ".secgate/waivers/2026.yaml"


def load(changes=None, pinned=True):
    """Load the printed policy with one file changed; by default the pin follows a changed parent."""
    held = {**printed(), **(changes or {})}
    if pinned:
        digest = hashlib.sha256(held[ORG]).hexdigest()
        held[REPO] = re.sub(rb"sha256:[0-9a-f]{64}", f"sha256:{digest}".encode(), held[REPO])
    files = {PLACE: held[WAIVERS]}
    shelf = Shelf(files.get, lambda _: files, lambda _spot, _digest: held[ORG])
    return parse(held[REPO], ".secgate/policy.yaml", shelf)


def changed(what, was, becomes):
    text = printed()[what].decode()
    assert was in text
    return {what: text.replace(was, becomes, 1).encode()}


def test_every_printed_case_passes():
    pack = load(pinned=False)
    results = [cases.run(one, pack) for one in cases.read(printed()[TESTS], "tests.yaml", pack)]
    assert len(results) == 17
    assert [(one.ready.case.name, one.wrong) for one in results if one.wrong] == []


def test_the_mirror_and_its_digest_are_what_is_printed():
    assert f"sha256:{hashlib.sha256(printed()[ORG]).hexdigest()}".encode() in printed()[REPO]


MISTAKES = [
    (ORG, "  rules:\n", "  rules: []\n  rules:\n", r"policy\.yaml:\d+:\d+: the key `rules` stands here twice"),
    (ORG, "secret.verified: true}", "secret.verifed: true}", r"policy\.yaml:\d+:\d+: .*no field `secret.verifed`"),
    (ORG, "finding.vuln.reachable", "finding.vuln.reachble", r"policy\.yaml:\d+:\d+: .*column 14: undefined field"),
    (ORG, 'severity: ">=high", confidence', 'severity: ">=hgih", confidence', r"cannot be compared with `hgih`"),
    (ORG, "      locked: true    ", "      lockd: true    ", r"policy\.yaml:\d+:\d+: unknown key `lockd`"),
    (REPO, "{rule: license-forbidden, waiver: {maxDays: 30}}", "{rule: kev, action: warn}", "warn is looser"),
    (REPO, "waiver: {maxDays: 30}", "action: warn", r"policy\.yaml:\d+:\d+: action of rule `license-forbidden`: warn"),
    (REPO, "id: payments-crypto", "id: kev", r"rule `kev` is defined by acme-baseline@3.2.0"),
    (WAIVERS, "    expires: ", "    expire: ", r"2026\.yaml:\d+:\d+: unknown key `expire`"),
    (WAIVERS, "[sca-exploitable-fixable, sla]", "[secret-verified]", r"rule `secret-verified` cannot be waived"),
    (WAIVERS, '      package.purl: "pkg:pypi/pillow@10.*"\n', "", r"2026\.yaml:\d+:\d+: .*it is too broad"),
    (WAIVERS, "    approvedBy: [{", "    approvedBy: []\n    x: [{", r"unknown key `x`"),
    (WAIVERS, re.search(r"    approvedBy.*\n", printed().get(WAIVERS, b"    approvedBy\n").decode())[0], "",
     r"2026\.yaml:\d+:\d+: .*`approvedBy` is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "was", "becomes", "said"), MISTAKES, ids=[one[3][-30:] for one in MISTAKES])
def test_each_mistake_is_refused_with_its_place_and_a_remedy(what, was, becomes, said):
    with pytest.raises(UsageError, match=said) as refused:
        load(changed(what, was, becomes))
    assert re.match(r"\S+:\d+:\d+: ", refused.value.message)
    assert refused.value.remedy


def test_a_parent_that_changed_under_its_pin_is_a_matter_of_trust():
    with pytest.raises(TrustError, match=r"policy\.yaml:8: the parent .* has the digest sha256:"):
        load(changed(ORG, "maxAge: 24h", "maxAge: 25h"), pinned=False)


@settings(max_examples=20)
@given(st.randoms())
def test_the_order_of_rules_and_findings_is_irrelevant(random):
    pack = load()
    some = [one for ready in cases.read(printed()[TESTS], "tests.yaml", pack) for one in ready.findings]
    ready = cases.read(printed()[TESTS], "tests.yaml", pack)[0]
    first = cases.judgement(some, cases.compiled(pack, ready.given))
    random.shuffle(some)
    assert cases.judgement(some, cases.compiled(pack, ready.given)) == first
