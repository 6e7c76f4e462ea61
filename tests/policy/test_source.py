"""Whose policy counts: never that of whoever made the change."""

import re

import pytest

from secgate.errors import HistoryError, TrustError, UsageError
from secgate.model import LOCAL, Context, Event
from secgate.policy.source import PATH, Branches, authority, hold, misnamed, named, unprotected

POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: NAME, version: "1.0.0"}
spec:
  protectedBranches: [PROTECTED]
  allowOptions: [OPTIONS]
  evidence: {required: [{id: one, category: sast, anyOf: [bandit], applies: found}]}
  rules: [{id: severe, match: {severity: ">=high"}, action: block}]
"""


def policy(name: str, protected: str = "", options: str = "") -> bytes:
    return POLICY.replace("NAME", name).replace("PROTECTED", protected).replace("OPTIONS", options).encode()


TIPS = {"main": "1" * 40, "release/2": "2" * 40, "feature": "3" * 40}
HELD = {
    TIPS["main"]: policy("of-main", "release/*"),
    TIPS["release/2"]: policy("of-release"),
    TIPS["feature"]: policy("of-feature", "feature"),
    "4" * 40: policy("before"),
}


def tip(branch: str) -> str:
    if branch not in TIPS:
        raise HistoryError(branch)
    return TIPS[branch]


BRANCHES = Branches(tip, HELD.get)
PUSH, PULL, GROUP, OTHER = Event.PUSH, Event.PULL_REQUEST, Event.MERGE_GROUP, Event.OTHER


@pytest.mark.parametrize(
    ("event", "branch", "before", "decides"),
    [
        (PULL, "main", "", "of-main"),
        (PULL, "release/2", "", "of-release"),
        (PULL, "feature", "", "of-main"),
        (PULL, "Release/2", "", "of-main"),
        (PULL, "", "", "of-main"),
        (GROUP, "main", "", "of-main"),
        (GROUP, "release/2", "", "of-release"),
        (GROUP, "feature", "", "of-main"),
        (PUSH, "main", "4" * 40, "before"),
        (PUSH, "main", "", "of-main"),
        (PUSH, "release/2", "4" * 40, "before"),
        (PUSH, "release/2", "", "of-main"),
        (PUSH, "feature", "4" * 40, "of-main"),
        (PUSH, "feature", "", "of-main"),
        (OTHER, "", "", "of-main"),
    ],
)
def test_the_table(event, branch, before, decides):
    found = authority(Context(event, branch, "main", before), BRANCHES)
    assert (found.pack.name, found.protected) == (decides, True)
    assert HELD[found.commit] is not None


def test_a_branch_without_a_policy_has_the_built_in_one_and_is_protected_all_the_same():
    found = authority(Context(PULL, "main", "main"), Branches(tip, lambda _: None))
    assert (found.pack.name, found.protected, found.commit) == ("recommended", True, TIPS["main"])
    assert PATH in found.origin


def test_a_branch_that_was_not_fetched_is_an_error_never_another_policy():
    with pytest.raises(HistoryError):
        authority(Context(PULL, "main", "trunk"), BRANCHES)


def test_a_policy_that_cannot_be_read_is_an_error_that_says_whose_it_is():
    with pytest.raises(UsageError, match=f"{PATH} of `main` at 111111111111"):
        authority(Context(OTHER, "", "main"), Branches(tip, lambda _: b"kind: Nothing\n"))


def test_a_local_run_has_the_working_trees_and_is_unprotected():
    assert unprotected(policy("mine")).pack.name == "mine"
    assert not unprotected(policy("mine")).protected
    assert (unprotected(None).pack.name, unprotected(None).protected) == ("recommended", False)
    assert LOCAL.event is Event.LOCAL


@pytest.mark.parametrize("option", ["--policy", "--only", "--skip", "--allow-incomplete", "--report-only", "--base",
                                    "SECGATE_HOME", "XDG_CACHE_HOME"])  # fmt: skip
def test_an_option_that_loosens_is_refused_unless_the_protected_policy_lists_it(option):
    refusing = authority(Context(PULL, "main", "main"), BRANCHES)
    with pytest.raises(TrustError, match=option) as refused:
        hold(refusing, [option])
    name = option.removeprefix("--") if option.startswith("--") else "home"
    assert f"`{name}`" in refused.value.remedy
    listing = policy("listing", options=name)
    hold(authority(Context(PULL, "main", "main"), Branches(tip, lambda _: listing)), [option])
    hold(unprotected(policy("mine")), [option])
    hold(named("recommended@1"), [option])
    hold(refusing, [])


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("  allowOptions: [everything]", r"spec.allowOptions\[0\]` cannot be|cannot be `everything`"),
        ("  allowOption: [skip]", "unknown key `allowOption`"),
        ("  unreadable: [{paths: [a], owner: me, reason: old}]", "expires"),
        ("  unreadable: [{paths: [a], owner: me, reason: old, expires: 2026-02-31}]", "there is no day `2026-02-31`"),
        ("  unreadable: [{paths: [], owner: me, reason: old, expires: 2026-02-01}]", "paths"),
    ],
)
def test_a_mistake_in_them_is_an_error_with_its_line(line, wrong):
    text = policy("mine").decode().replace("  allowOptions: []", line)
    with pytest.raises(UsageError, match=wrong) as refused:
        unprotected(text.encode())
    assert re.match(rf"{re.escape(PATH)}:\d+:\d+: ", refused.value.message)


@pytest.mark.parametrize("name", [".secgate/policy.yml", ".secgate/Policy.yaml", ".SECGATE/POLICY.YML"])
def test_a_name_that_is_almost_the_policys_is_an_error(name):
    with pytest.raises(UsageError, match="not read as the policy"):
        misnamed(["a.py", name], " at 0123")
    misnamed(["a.py", ".secgate/policies.yaml", "policy.yml", ".secgate/waivers/policy.yml"])
