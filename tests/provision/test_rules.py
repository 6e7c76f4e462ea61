"""Rules from elsewhere count only as long as they are what the policy pinned."""

import hashlib

import pytest
from support.places import server

from secgate.cli import provide
from secgate.errors import TrustError
from secgate.model import RuleSet
from secgate.provision import rules

DATA = b"rules: [{id: x}]\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path))


def rule_set(url="https://example.org/x", data=DATA):
    return RuleSet("semgrep", "p/x", url, hashlib.sha256(data).hexdigest())


def test_a_rule_set_is_fetched_once_and_held_against_its_digest(tmp_path):
    said = []
    with server({"/x": DATA}) as address:
        one = rule_set(f"{address}/x")
        assert rules.content(one) is None
        provide.rule_sets([one], said.append)
        assert rules.content(one) == DATA
    provide.rule_sets([one], said.append)
    assert said == []
    rules.location(one).write_bytes(DATA + b"#")
    assert rules.content(one) is None
    assert list(rules.contents([one])["semgrep"].values()) == [None]


def test_another_content_than_was_pinned_is_not_kept():
    with server({"/x": b"rules: []"}) as address:
        one = rule_set(f"{address}/x")
        with pytest.raises(TrustError, match="pinned is"):
            provide.rule_sets([one], lambda text: None)
    assert not rules.location(one).exists()


def test_what_cannot_be_had_is_said_and_stays_missing():
    said = []
    with server({}) as address:
        one = rule_set(f"{address}/x")
        provide.rule_sets([one], said.append)
    assert "could not be had" in said[0]
    assert rules.content(one) is None
