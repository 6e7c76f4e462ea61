"""Whether the gate is binding: what GitHub says counts, and what the token cannot see is unknown and never ok."""

import pytest
from support.hub import Hub

from secgate.gate.surroundings import surroundings
from secgate.github.binding import binding, branch, reading
from secgate.github.client import connect
from secgate.model import Caller, ConditionState

OK, WRONG, UNKNOWN = ConditionState.OK, ConditionState.WRONG, ConditionState.UNKNOWN
CALLERS = (Caller(".github/workflows/secgate.yml", "The gate"),)
CHECK = {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "The gate"}]}}
OTHER = {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "tests"}]}}
OWNERS = {"type": "pull_request", "parameters": {"require_code_owner_review": True}}
CLASSIC = {"protected": True, "protection": {"required_status_checks": {"enforcement_level": "everyone",
           "contexts": ["The gate"]}}}  # fmt: skip


def workflow(path, repository):
    return {"type": "workflows", "parameters": {"workflows": [{"path": path, "repository_id": repository}]}}


@pytest.fixture
def states(hub, repository):
    """Return the state of each thing, by what GitHub holds of the branch."""

    def states(rules, protection=None, *, owned=True, asked=repository):
        hub.rules["main"] = rules
        hub.protection = protection or {"protected": False}
        found, unseen = branch(asked, "")
        assert found.name == "main"
        return {one.about: one.state for one in (*unseen, *binding(found, CALLERS, owned))}

    return states


@pytest.mark.parametrize(("rules", "protection", "check", "own"), [
    ([], None, WRONG, WRONG),
    ([CHECK], None, OK, WRONG),
    ([CHECK, OWNERS], None, OK, OK),
    ([OWNERS], None, WRONG, OK),
    ([OTHER], None, WRONG, WRONG),
    ([], CLASSIC, OK, WRONG),
    ([OTHER, OWNERS], CLASSIC, OK, OK),
    ([], {"protected": True}, UNKNOWN, UNKNOWN),
    ([], {"protected": True, "protection": {"required_status_checks": {"enforcement_level": "off"}}}, WRONG, WRONG),
    ([workflow(".github/workflows/secgate.yml", 1)], None, OK, OK),
    ([workflow(".github/workflows/other.yml", 1)], None, UNKNOWN, UNKNOWN),
    ([workflow(".github/workflows/secgate.yml", 2)], None, OK, OK),
    ([workflow(".github/workflows/ci.yml", 2)], None, UNKNOWN, UNKNOWN),
    ([workflow(".github/workflows/ci.yml", 2), CHECK], None, OK, WRONG),
    ([{"type": "creation"}] * 100 + [CHECK], None, OK, WRONG),
    ([{"type": "required_status_checks"}, {"type": "workflows", "parameters": 7}, {}], None, WRONG, WRONG),
])  # fmt: skip
def test_what_is_required_is_seen(states, rules, protection, check, own):
    assert states(rules, protection) == {"required check": check, "own workflow": own}


def test_a_review_of_owners_is_nothing_where_nobody_owns_the_workflows(states):
    assert states([CHECK, OWNERS], owned=False)["own workflow"] is WRONG


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_what_the_token_cannot_see_is_unknown(hub, states, slept, status):
    for path in ("/rules/branches/", "/branches/main$"):
        hub.fail("GET", path, status, times=20)
    assert states([CHECK, OWNERS], CLASSIC) == dict.fromkeys(
        ("rules", "branch", "required check", "own workflow"), UNKNOWN
    )


@pytest.mark.parametrize(("path", "check", "own"), [("/rules/", OK, UNKNOWN), ("/repos/acme/shop/branches/", OK, OK)])
def test_what_one_answer_says_counts_where_the_other_is_refused(hub, states, path, check, own):
    hub.fail("GET", path, 403, times=9)
    found = states([CHECK, OWNERS], CLASSIC)
    assert (found["required check"], found["own workflow"]) == (check, own)


def test_a_branch_with_slashes_is_asked_for_by_its_own_name(hub, repository):
    hub.rules = {"release/1": [CHECK]}
    found, _ = branch(repository, "release/1")
    assert found.rules == (CHECK,)


def test_a_token_that_only_reads_does_not_see_the_alerts(hub):
    reader = connect("ghs_reads", hub.url, hub.repository, between_s=(0, 0))
    assert {one.about: one.state for one in reading(reader)} == {
        "token: pull-requests": OK, "token: security-events": UNKNOWN,
    }  # fmt: skip
    writer = connect(hub.token, hub.url, hub.repository, between_s=(0, 0))
    assert {one.state for one in reading(writer)} == {OK}


def test_a_refusal_about_something_else_is_no_look_at_the_alerts(hub, repository):
    hub.fail("GET", "alerts", 404, body={"message": "Not Found"})
    assert reading(repository)[1].state is UNKNOWN


@pytest.mark.parametrize(("text", "own"), [
    ("/.github/ @acme/security", OK), ("* @acme", OK), ("/src/ @acme", WRONG), ("/.github/", WRONG), ("", WRONG),
    ("* @acme\n/.github/ # nobody\n", WRONG), ("# * @acme", WRONG),
])  # fmt: skip
def test_owners_are_those_of_the_last_line_about_the_workflows(hub, repository, tmp_path, text, own):
    hub.rules["main"] = [CHECK, OWNERS]
    (tmp_path / "CODEOWNERS").write_text(text)
    found = {one.about: one.state for one in surroundings(tmp_path, repository)}
    assert found["own workflow"] is own
    assert found["workflow"] is WRONG, "none of this clone starts the gate"


def test_without_a_token_and_without_an_answer_nothing_is_ok(tmp_path, slept):
    with Hub() as hub:
        stranger = connect("ghs_unknown", hub.url, hub.repository, between_s=(0, 0))
        for repository in (None, stranger):
            assert {one.state for one in surroundings(tmp_path, repository)} == {WRONG, UNKNOWN}
