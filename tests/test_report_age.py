"""A report that somebody already has counts for as long as the policy says, and for the commit that it is about."""

import json

import pytest
from support import story
from support.fakes import FINDS

from secgate import catalog
from secgate.gate import Trust, evaluate
from secgate.model import Context, Event
from secgate.policy.evaluate import Allowance
from secgate.policy.source import Authority, named
from secgate.report import sarif_file

COMMIT, OTHER = "a" * 40, "b" * 40


def foreign(*times, revision=""):
    invocations = [{"executionSuccessful": True, **time} for time in times]
    run = {"tool": {"driver": {"name": "CodeQL"}}, "results": [], "invocations": invocations}
    if revision:
        run["versionControlProvenance"] = [{"repositoryUri": "https://example.org/r", "revisionId": revision}]
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


@pytest.fixture
def judged(tmp_path, monkeypatch):
    judge = story.judge(tmp_path, monkeypatch)

    def judged(data, max_age="24h", now="2026-11-26", commit="", own=False):
        policy, file = tmp_path / "policy.yaml", tmp_path / "r.sarif"
        limit = f"maxAge: {max_age}" if max_age else "onMissing: block"
        policy.write_text(story.PACK.replace("  evidence:\n", f"  evidence:\n    {limit}\n"))
        file.write_bytes(sarif_file.render(judge(one=FINDS), catalog.scanners()) if own else data)
        about = Context(Event.PULL_REQUEST, commit=commit, name="pull_request")
        trust = Trust(frozenset() if own else frozenset({"CodeQL"}), files=own)
        made = evaluate([file], Authority(named(str(policy)).pack, "here"), Allowance(), now, trust, about)
        return made.exit, made.incomplete[0].reason if made.incomplete else ""

    return judged


@pytest.mark.parametrize(
    ("times", "now", "why"),
    [
        ([{"endTimeUtc": "2026-11-25T23:00:00Z"}], "2026-11-26", ""),
        ([{"endTimeUtc": "2026-11-24T23:00:00Z"}], "2026-11-26", "the report is 2 days old, 24h are allowed"),
        ([{"startTimeUtc": "2026-11-25T23:00:00Z"}], "2026-11-26", ""),
        ([{"endTimeUtc": "2026-11-25T23:30:00-01:00"}], "2026-11-27", ""),
        ([{"endTimeUtc": "2026-11-26T01:00:00Z"}, {"endTimeUtc": "2026-11-20T01:00:00Z"}], "2026-11-26", "6 days old"),
        ([{"endTimeUtc": "2026-11-26T01:00:00Z"}, {}], "2026-11-26", "does not say when it was made"),
        ([{}], "2026-11-26", "the report does not say when it was made, and the policy wants at most 24h"),
        ([], "2026-11-26", "does not say when it was made"),
        ([{"endTimeUtc": "yesterday"}], "2026-11-26", "does not say when it was made"),
    ],
)
def test_a_report_is_stale_when_it_is_older_than_the_policy_allows(judged, times, now, why):
    code, reason = judged(foreign(*times), now=now)
    assert (code, why in reason, bool(reason)) == (3 if why else 0, True, bool(why))


def test_without_a_limit_any_age_will_do(judged):
    assert judged(foreign(), max_age="")[0] == 0


def test_a_report_about_another_commit_is_stale(judged):
    today = {"endTimeUtc": "2026-11-26T01:00:00Z"}
    assert judged(foreign(today, revision=COMMIT), commit=COMMIT)[0] == 0
    assert judged(foreign(today, revision=COMMIT))[0] == judged(foreign(today), commit=COMMIT)[0] == 0
    code, reason = judged(foreign(today, revision=OTHER), commit=COMMIT)
    assert (code, reason) == (3, f"the report is about commit {OTHER[:12]}, and {COMMIT[:12]} is judged")
    assert judged(foreign(today, revision=OTHER), commit=COMMIT, max_age="")[0] == 0


def test_a_file_of_our_own_says_the_day_of_its_decision(judged):
    assert judged(b"", own=True, now="2026-11-26")[0] == 1
    assert judged(b"", own=True, now="2026-11-27")[1] == "the report is 2 days old, 24h are allowed"
