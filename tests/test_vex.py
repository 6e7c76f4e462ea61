"""Whose VEX counts: that of the branch whose policy counts, never that of the change."""

import pytest
from support import repositories
from support.factories import vulnerability
from support.repositories import git
from support.vex import openvex, statement

from secgate.gate import authority
from secgate.model import Action, Context, Event
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import judge

POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: p, version: "1.0.0"}
spec:
  vex: {files: [".secgate/vex/*.json"]}
  rules: [{id: severe, match: {severity: ">=high"}, action: block}]
"""


@pytest.fixture
def clone(tmp_path):
    """A clone of a repository with a policy, and a function that commits a document to a branch of the origin."""
    origin = repositories.repository(tmp_path / "origin")
    (origin / ".secgate/vex").mkdir(parents=True)
    (origin / ".secgate/policy.yaml").write_text(POLICY)
    repositories.commit(origin)
    git(tmp_path, "clone", "-q", str(origin), "clone")
    return tmp_path / "clone"


def action(clone, commit):
    about = Context(Event.PULL_REQUEST, "main", "main", commit=commit, name="pull_request")
    pack = authority(clone, about, "", ()).pack
    return judge([vulnerability()], pack, Circumstances("2026-11-25"))[0].action


def put(root, text):
    (root / ".secgate/vex").mkdir(exist_ok=True)
    (root / ".secgate/vex/a.json").write_text(text)
    return repositories.commit(root)


def test_what_a_change_says_does_not_affect_us_counts_once_it_is_merged(clone):
    git(clone, "checkout", "-q", "-b", "topic")
    head = put(clone, openvex())
    assert action(clone, head) is Action.BLOCK
    git(clone.parent / "origin", "checkout", "-q", "--detach")
    git(clone, "push", "-q", "origin", "topic:main")
    git(clone, "fetch", "-q", "origin")
    assert action(clone, head) is Action.PASS
    worse = put(clone, openvex(statement(status="affected", action_statement="Upgrade.")))
    assert action(clone, worse) is Action.PASS
