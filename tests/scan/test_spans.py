"""Spans know which lines were added, as a set of all of them would."""

from hypothesis import given
from hypothesis import strategies as st

from secgate.scan.spans import Spans

SPAN = st.tuples(st.integers(1, 30), st.integers(0, 8)).map(lambda one: (one[0], one[0] + one[1]))


@given(st.lists(SPAN), SPAN)
def test_a_line_is_met_if_it_was_added(added, asked):
    spans = Spans()
    for one in added:
        spans.add(*one)
    lines = {line for first, last in added for line in range(first, last + 1)}
    assert spans.meets(*asked) == (not lines.isdisjoint(range(asked[0], asked[1] + 1)))
