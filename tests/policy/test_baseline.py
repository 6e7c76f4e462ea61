"""What a change brings: two lists of findings held against each other, whatever they are."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.factories import finding, vulnerability

from secgate.model import Novelty, Vulnerability
from secgate.policy.baseline import Eyes, held

NO, YES = (lambda _: False), (lambda _: True)
EYES = Eyes(changed=NO, replaced=NO, looked=YES)
COMMITTED = "2026-11-20T10:00:00Z"


def disclosed(published):
    return vulnerability(vuln=Vulnerability("CVE-1", published=published))


@pytest.mark.parametrize(
    ("published", "novelty"),
    [
        ("2026-11-20T10:00:01Z", Novelty.NEWLY_DISCLOSED),
        ("2026-11-20T10:00:00Z", Novelty.EXISTING),
        ("2026-11-20T11:30:00+02:00", Novelty.EXISTING),
        ("2026-11-20T12:30:00+02:00", Novelty.NEWLY_DISCLOSED),
        ("2026-11-21", Novelty.NEWLY_DISCLOSED),
        ("", Novelty.EXISTING),
        ("soon", Novelty.EXISTING),
    ],
)
def test_what_the_base_has_and_was_published_later_is_newly_disclosed(published, novelty):
    one = disclosed(published)
    assert held([one], [one], COMMITTED, "baseline", EYES).findings[0].novelty is novelty
    assert held([one], [one], "", "baseline", EYES).findings[0].novelty is Novelty.EXISTING
    # On a dependency that the change brings, it is the change's.
    assert held([one], [], COMMITTED, "baseline", EYES).findings[0].novelty is Novelty.INTRODUCED


@pytest.mark.parametrize(
    ("basis", "changed", "replaced", "known", "is_new"),
    [
        ("baseline", True, False, True, False),
        ("baseline", False, True, True, True),
        ("baseline", False, False, False, True),
        ("diff", True, False, True, True),
        ("diff", False, True, False, False),
        ("both", True, False, True, True),
        ("both", False, False, False, True),
        ("both", False, False, True, False),
    ],
)
def test_the_basis_says_what_is_new(basis, changed, replaced, known, is_new):
    one, eyes = finding(), Eyes(lambda _: changed, lambda _: replaced, YES)
    (found,) = held([one], [one] if known else [], "", basis, eyes).findings
    assert found.is_new is is_new


@pytest.mark.parametrize("basis", ["baseline", "diff", "both"])
def test_another_secret_in_the_place_of_one_has_a_name_of_its_own(basis):
    one = finding()
    found = held([one], [one], "", basis, Eyes(YES, YES, YES))
    assert found.findings[0].fingerprint != one.fingerprint
    assert (found.findings[0].novelty, found.fixed) == (Novelty.INTRODUCED, (one,))


FINDINGS = st.lists(
    st.builds(
        lambda number, published: replace(disclosed(published), fingerprint=f"f{number}"),
        st.integers(0, 9), st.sampled_from(["", "2026-11-01", "2026-11-30"]),
    ),
    max_size=12, unique_by=lambda one: one.fingerprint,
)  # fmt: skip


@given(FINDINGS, FINDINGS, st.sampled_from(["baseline", "both"]), st.sets(st.integers(0, 9)))
def test_everything_is_counted_once(head, base, basis, unseen):
    eyes = Eyes(NO, NO, lambda one: int(one.fingerprint[1:]) not in unseen)
    found = held(head, base, COMMITTED, basis, eyes)
    states = Counter(one.novelty for one in found.findings)
    assert [one.fingerprint for one in found.findings] == [one.fingerprint for one in head]
    assert sum(states.values()) == len(head)
    there = states[Novelty.EXISTING] + states[Novelty.NEWLY_DISCLOSED]
    assert there + len(found.fixed) + found.lost == len(base)
    assert states[Novelty.INTRODUCED] == len({one.fingerprint for one in head} - {one.fingerprint for one in base})


@given(FINDINGS, FINDINGS, st.randoms())
def test_the_order_of_the_base_never_matters(head, base, random):
    first, mixed = (held(head, some, COMMITTED, "baseline", EYES) for some in (base, random.sample(base, len(base))))
    assert mixed.findings == first.findings
    assert {one.fingerprint for one in mixed.fixed} == {one.fingerprint for one in first.fixed}


@given(FINDINGS)
def test_nothing_is_introduced_or_fixed_where_both_are_the_same(some):
    found = held(some, some, COMMITTED, "baseline", EYES)
    assert Novelty.INTRODUCED not in {one.novelty for one in found.findings}
    assert (found.fixed, found.lost) == ((), 0)


@given(FINDINGS.filter(bool), st.data())
def test_what_is_left_out_is_fixed(some, data):
    gone = data.draw(st.sampled_from(some))
    found = held([one for one in some if one is not gone], some, COMMITTED, "baseline", EYES)
    assert found.fixed == (gone,)


@given(FINDINGS, FINDINGS, st.data())
def test_a_base_that_was_looked_at_less_introduces_more(head, base, data):
    less = data.draw(st.lists(st.sampled_from(base), unique_by=id)) if base else []

    def new(before):
        found = held(head, before, COMMITTED, "baseline", EYES)
        return {one.fingerprint for one in found.findings if one.novelty is Novelty.INTRODUCED}

    assert new(base) <= new(less)
