"""Findings of all kinds for properties, and what a policy makes of them."""

from hypothesis import strategies as st
from msgspec.structs import replace

from secgate.model import Category, Severity
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import judgement
from support.factories import finding, location

NOW = Circumstances("2026-11-25", "pull_request", baseline={"r0": 1, "r1": 2})
PATHS = ("a.py", "src/b.py", "tests/c.py")
RULES = ("B1", "B2")


def findings():
    """Return a strategy for findings that rules and waivers of these tests are about."""
    one = st.builds(
        lambda severity, category, path, rule, new, disclosed, age, inline, base: finding(
            severity=severity, category=category, location=location(path), rule=replace(finding().rule, id=rule),
            is_new=new, newly_disclosed=disclosed, age_days=age, suppressed_inline=inline, suppressed_at_base=base,
        ),
        st.sampled_from(list(Severity)), st.sampled_from([Category.SAST, Category.SCA, Category.SECRET]),
        st.sampled_from(PATHS), st.sampled_from(RULES), st.booleans(), st.booleans(), st.integers(0, 40),
        st.booleans(), st.booleans(),
    )  # fmt: skip
    numbered = st.lists(one, min_size=1, max_size=8)
    return numbered.map(lambda some: [replace(each, fingerprint=f"f{index}") for index, each in enumerate(some)])


def actions(found, pack, given=NOW):
    """Return each finding's action by its fingerprint."""
    return {one.finding.fingerprint: one.action.rank for one in judgement(found, compiled(pack, given)).verdicts}
