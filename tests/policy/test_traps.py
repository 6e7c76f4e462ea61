"""What goes wrong in other people's policies: each trap has one outcome, and it is never silence."""

import time

import pytest
from support.factories import finding, vulnerability
from support.policies import FULL, NAME, PLACE, WAIVERS, changed, load, rules

from secgate.catalog.document import MAX_BYTES
from secgate.errors import UsageError
from secgate.model import Action, FeedState, KnownFeed
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import judge
from secgate.policy.feeds import feed_states


@pytest.mark.parametrize("word", ["no", "on", "yes", "off", "y", "N"])
def test_a_word_that_older_yaml_takes_for_a_boolean_is_that_word(word):
    with pytest.raises(UsageError, match=f"must be `true` or `false`, without quotes, not `{word}`") as refused:
        load(changed(FULL, "waivable: false", f"waivable: {word}"))
    assert "`true` or `false`" in refused.value.remedy


def test_an_unquoted_day_is_the_day_and_an_impossible_one_is_refused():
    assert load(changed(FULL, '"2026-10-01"', "2026-10-01")).rules == load().rules
    with pytest.raises(UsageError, match="there is no day `2026-02-30`"):
        load(changed(FULL, '"2026-10-01"', "2026-02-30"))


def test_what_older_yaml_takes_for_a_number_to_the_base_of_sixty_is_a_word():
    with pytest.raises(UsageError, match="must be a whole number, not `12:30`"):
        load(changed(FULL, "days: 15", "days: 12:30"))


def test_a_bomb_of_anchors_is_refused():
    bomb = "".join(f"  - &a{n} [{', '.join([f'*a{n - 1}'] * 9 if n else ['x'] * 9)}]\n" for n in range(9))
    with pytest.raises(UsageError, match="its aliases expand to too much"):
        load(f"x:\n{bomb}")
    long = "x" * 100_000
    with pytest.raises(UsageError, match="its aliases expand to too much"):
        load(f"a: &a {long}\nb: [{', '.join(['*a'] * 11)}]\n")


def test_a_file_of_five_megabytes_is_refused():
    with pytest.raises(UsageError, match=f"larger than {MAX_BYTES:,} bytes"):
        load(FULL + "#" * 5_000_000)


def test_utf_16_and_a_second_document_are_refused_and_a_byte_order_mark_is_not():
    assert load("\ufeff" + FULL.replace("\n", "\r\n")).rules == load().rules
    with pytest.raises(UsageError, match=r"not UTF-8|holds the character"):
        load(FULL.encode("utf-16").decode("latin-1"))
    with pytest.raises(UsageError, match="second document"):
        load(f"{FULL}---\n{FULL}")


@pytest.mark.parametrize("day", ["2026-08-19", "2026-11-11"])
def test_a_waiver_that_is_not_yet_or_not_any_more_is_no_error_and_lifts_nothing(day):
    one = finding(location=type(finding().location)("src/a.py"))
    (verdict,) = judge([one], load(FULL, {PLACE: WAIVERS}), Circumstances(day, "pull_request"))
    assert verdict.action is Action.BLOCK
    assert any(step.waiver == "W-1" and step.why for step in verdict.trace)


def test_the_same_id_twice_in_two_files_is_refused_where_the_second_stands():
    with pytest.raises(UsageError, match=r"2\.yaml:4:5: waiver `W-1`: the id is there twice"):
        load(FULL, {PLACE: WAIVERS, ".secgate/waivers/2.yaml": WAIVERS})


def test_a_feed_that_is_missing_is_not_green():
    pack = rules("{id: r, match: {tool: a}, action: warn}", more="  evidence: {feeds: [{id: kev, maxAge: 72h}]}\n")
    (state,) = feed_states(pack.feeds, [], "2026-11-25")
    assert (state.met, state.lacking, state.reason) == (False, True, "the feed `kev` is missing")


def test_a_glob_that_meets_nothing_matches_nothing():
    pack = rules("{id: r, match: {location.path: {glob: nowhere/**}}, action: block}")
    assert judge([finding()], pack)[0].action is Action.PASS
    assert NAME in pack.places["r"].at


def test_a_key_that_nobody_knows_is_refused_at_every_depth_and_the_right_one_is_named():
    for was, becomes, meant in (
        ("spec:\n", "spec:\n  ruels: []\n", "rules"),
        ("onBreach: block", "onBreech: block", "onBreach"),
        ("reason: only tests", "reasons: only tests", "reason"),
        ("scope: introduced", "scopes: introduced", "scope"),
    ):
        with pytest.raises(UsageError, match="unknown key") as refused:
            load(changed(FULL, was, becomes))
        assert meant in refused.value.remedy


def test_a_key_that_stands_there_twice_is_refused_even_with_the_same_value():
    with pytest.raises(UsageError, match=r":\d+:\d+: the key `onBreach` stands here twice"):
        load(changed(FULL, "    onBreach: block\n", "    onBreach: block\n    onBreach: block\n"))


@pytest.mark.parametrize("owner", ["@jane", "@JANE"])
def test_who_owns_a_waiver_does_not_approve_it(owner):
    one = finding(location=type(finding().location)("src/a.py"))
    pack = load(FULL, {PLACE: changed(WAIVERS, 'owner: "@acme/payments"', f'owner: "{owner}"')})
    (verdict,) = judge([one], pack, Circumstances("2026-09-15", "pull_request"))
    assert verdict.action is Action.BLOCK
    (step,) = [step for step in verdict.trace if step.waiver]
    assert step.why == "1 must approve it, 0 did: @jane asked for it or owns it"


def test_a_regular_expression_that_would_backtrack_takes_no_time():
    pack = rules('{id: r, match: {message: {regex: "(a+)+b"}}, action: block}'.replace("message", "location.path"))
    hostile = finding(location=type(finding().location)("a" * 100_000))
    began = time.process_time()
    assert judge([hostile], pack)[0].action is Action.PASS
    assert time.process_time() - began < 2


def test_an_expression_without_an_end_is_ended_and_counts_as_a_match():
    numbers = f"[{', '.join(map(str, range(30)))}]"
    when = "true"
    for name in "abcdef":
        when = f"{numbers}.all({name}, {when})"
    pack = rules(f"{{id: r, match: {{tool: bandit}}, when: '{when}', action: block}}")
    began = time.process_time()
    (verdict,) = judge([finding()], pack)
    assert (verdict.action, verdict.rules) == (Action.BLOCK, ("r",))
    assert "budget" in verdict.trace[0].clauses[-1].value
    assert time.process_time() - began < 10


def test_a_feed_that_is_too_old_is_not_green_and_is_used_all_the_same():
    pack = rules("{id: r, match: {vuln.kev: true}, action: block}",
                 more="  evidence: {feeds: [{id: kev, maxAge: 72h}]}\n")  # fmt: skip
    state = FeedState("kev", "sha256:0", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z")
    (demand,) = feed_states(pack.feeds, [state], "2026-11-25")
    assert (demand.lacking, demand.reason) == (True, "the feed `kev` is too old: 24 days, 72h are allowed")
    old = KnownFeed(state, exploited=frozenset({"CVE-2021-23337"}))
    assert judge([vulnerability()], pack, Circumstances("2026-11-25", feeds=(old,)))[0].action is Action.BLOCK
