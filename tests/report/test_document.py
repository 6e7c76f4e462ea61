import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import decision, evidence, finding, many, unmet, verdict, vulnerability

from secgate.errors import UsageError
from secgate.model import (
    Action,
    Category,
    Confidence,
    Decision,
    Finding,
    LeftOut,
    Location,
    Outcome,
    Package,
    Related,
    Rule,
    Severity,
    Sighting,
    Ternary,
    Verdict,
    Vulnerability,
)
from secgate.report import document

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scores = st.floats(0, 10)
locations = st.builds(
    Location, words, st.integers(1, 9), st.integers(1, 9), st.integers(0, 9), st.integers(0, 9), st.booleans()
)
findings = st.builds(
    Finding,
    tool=words,
    category=st.sampled_from(Category),
    severity=st.sampled_from(Severity),
    rule=st.builds(Rule, words, words, cwe=st.lists(words, max_size=2).map(tuple)),
    message=words,
    location=locations,
    confidence=st.sampled_from(Confidence),
    fix=words,
    related=st.lists(st.builds(Related, locations, words), max_size=2).map(tuple),
    also=st.lists(st.builds(Sighting, words, words, st.sampled_from(Severity)), max_size=2).map(tuple),
    vuln=st.builds(Vulnerability, words, cvss=scores, epss=scores, kev=st.booleans()),
    package=st.builds(Package, words, scope=st.sampled_from(["unknown", "dev"]), direct=st.sampled_from(Ternary)),
    is_new=st.booleans(),
    age_days=st.integers(0, 9),
)
verdicts = st.builds(Verdict, findings, st.sampled_from(Action), st.lists(words, max_size=2).map(tuple), words)


@st.composite
def decisions(draw) -> Decision:
    return decision(
        verdicts=tuple(draw(st.lists(verdicts, max_size=3))),
        requirements=tuple(draw(st.sampled_from([(), (unmet(),)]))),
        left_out=tuple(draw(st.lists(st.builds(LeftOut, words, words), max_size=2))),
    )


def copied(value):
    """Return an equal value that shares no object with the first, as if another process had made it."""
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: copied(getattr(value, name)) for name in value.__struct_fields__})
    if isinstance(value, tuple):
        return tuple(copied(item) for item in value)
    if type(value) is str:
        return value.encode().decode()
    return float(repr(value)) if isinstance(value, float) else value


def changed(**changes) -> bytes:
    """Return the JSON of a small blocked decision with fields replaced; None removes one."""
    value = json.loads(document.render(decision(verdicts=(verdict(),)))) | changes
    return json.dumps({key: each for key, each in value.items() if each is not None}).encode()


@given(decisions())
def test_nothing_is_lost(one):
    assert document.load(document.render(one)) == one


@given(decisions())
def test_equal_decisions_give_equal_bytes(one):
    written = document.render(one)
    assert document.render(copied(one)) == written
    assert document.render(document.load(written)) == written


def test_it_is_one_line_of_sorted_json():
    written = document.render(decision(verdicts=(verdict(vulnerability(message="é"), Action.WARN),)))
    assert written.endswith(b"}\n")
    assert written.count(b"\n") == 1
    value = json.loads(written)
    assert json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" == written
    assert value["apiVersion"] == "secgate.dev/decision/v1"
    assert value["counts"] == {"pass": 0, "info": 0, "warn": 1, "block": 0}


def test_printed_to_a_log_or_a_terminal_it_does_nothing():
    one = decision(verdicts=(verdict(finding(message="\x9b2J ##[error] \u202e \U000e0041 \x7f \\##[x]")),))
    written = document.render(one)
    assert written[:-1].isascii()
    assert written[:-1].decode().isprintable()
    assert b"##[" not in written
    assert document.load(written) == one


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "another shape"),
        (b"{}", "says nothing where `apiVersion`"),
        (b'{"version": "2.1.0", "runs": []}', "says nothing"),
        (b"[" * 100_000, "another shape"),
        (b'{"apiVersion":' + b"[" * 100_000, "another shape"),
        (b'{"x":' * 100_000, "not JSON"),
        (changed(apiVersion="secgate.dev/decision/v2"), "v2"),
        (changed(apiVersion="\x1b[31m"), "x1b"),
        (changed(extra=1), "unknown field `extra`"),
        (changed(counts=None), "missing required field `counts`"),
        (changed(counts={"pass": 0, "info": 0, "warn": 0, "block": 0}), "counts"),
        (changed(counts={"block": 1}), "counts"),
        (changed(verdicts=[]), "counts"),
        (changed(outcome="fine"), "another shape"),
        (changed(outcome="pass", exit=0), "contradict"),
        (changed(outcome="incomplete", exit=3), "contradict"),
        (changed(exit=0), "exit code 0"),
        (changed(exit=5), "exit code 5"),
        (changed(exit="1"), "another shape"),
        (changed() + b"{}", "not JSON"),
    ],
)
def test_anything_else_is_refused_with_a_reason_and_a_remedy(data, reason):
    with pytest.raises(UsageError, match="the decision") as caught:
        document.load(data)
    assert reason in caught.value.message
    assert "--json" in caught.value.remedy
    assert "\x1b" not in caught.value.message


def test_a_pass_without_its_evidence_is_refused():
    with pytest.raises(UsageError, match="contradict"):
        document.load(document.render(decision(outcome=Outcome.PASS, requirements=(unmet(),))))


def test_what_was_allowed_explains_a_milder_exit_code():
    one = decision(verdicts=(verdict(),), exit=0, allowances=("--report-only",))
    assert document.load(document.render(one)) == one
    with pytest.raises(UsageError, match="exit code 0"):
        document.load(document.render(decision(verdicts=(verdict(),), exit=0)))


def test_warnings_may_block_where_the_caller_asked_for_it():
    one = decision(verdicts=(verdict(action=Action.WARN),), outcome=Outcome.BLOCKED, fail_on=Action.WARN)
    assert document.load(document.render(one)) == one


def test_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(document, "MAX_BYTES", 10)
    with pytest.raises(UsageError, match="larger than 10 bytes"):
        document.load(changed())


def test_too_many_findings_are_refused(monkeypatch):
    monkeypatch.setattr(document, "MAX_FINDINGS", 3)
    with pytest.raises(UsageError, match="more than 3 findings"):
        document.load(document.render(decision(verdicts=many(4))))


def test_evidence_comes_back_whole():
    one = decision(evidence=(evidence(unread=("a.py",), errors=("x",)), evidence(scanner="other")))
    assert document.load(document.render(one)).evidence == one.evidence


def test_a_finding_is_written_without_its_defaults():
    value = json.loads(document.render(decision(verdicts=(verdict(finding(vuln=Vulnerability(cvss=float("0")))),))))
    assert "vuln" not in value["verdicts"][0]["finding"]
