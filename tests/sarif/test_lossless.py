"""What is written comes back exactly, whatever it is, and the same values give the same bytes."""

import io

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import factories, values

from secgate.errors import ReportError
from secgate.model import Location, Related, Rule
from secgate.sarif import SarifRun, limits, own, read, write
from secgate.sarif.run import stand_in

RUNS = st.lists(values.struct(SarifRun, findings=values.findings()), min_size=1, max_size=2).map(tuple)
RELAXED = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


def written(*runs):
    stream = io.BytesIO()
    write(runs, stream)
    return stream.getvalue()


def copied(value):
    """Return an equal value that shares nothing with the first."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=type(value))


@RELAXED
@given(RUNS)
def test_any_runs_come_back(runs):
    assert read(written(*runs), trusted=True) == runs


@RELAXED
@given(RUNS)
def test_equal_values_give_the_same_bytes(runs):
    assert written(*map(copied, runs)) == written(*runs)


@RELAXED
@given(RUNS)
def test_what_is_written_is_also_sarif_for_those_who_believe_nothing(runs):
    back = read(written(*runs), trusted=False)
    assert [len(run.findings) for run in back] == [len(run.findings) for run in runs]
    for run, other in zip(runs, back, strict=True):
        for finding, seen in zip(run.findings, other.findings, strict=True):
            assert seen.severity is not None
            assert ".." not in seen.location.path.split("/")
            assert not seen.location.path.startswith("/")
            assert seen.line_hash == finding.line_hash or seen.line_hash.startswith("secgate-")


@RELAXED
@given(RUNS)
def test_whatever_is_written_keeps_to_the_limits(runs):
    excused = {"`partialFingerprints.primaryLocationLineHash` is missing", "GitHub takes one"}
    assert [text for text in limits.problems(written(*runs)) if not text.endswith(tuple(excused))] == []


def test_usual_findings_need_nothing_twice():
    finding = factories.finding()
    text = written(SarifRun(finding.tool, findings=(finding,))).decode()
    assert text.count(finding.message) == 1
    assert text.count(finding.location.path) == 1


def test_one_result_a_line_in_the_order_given():
    found = tuple(factories.finding(message=f"Number {number}.") for number in range(1200))
    lines = written(SarifRun("demo", findings=found)).decode().splitlines()
    assert [line for line in lines if '"Number ' in line][7].startswith('{"message":{"text":"Number 7."}')
    assert len(lines) == 1 + 1 + 1200 + 2


def test_findings_that_disagree_about_their_rule_keep_their_own():
    first = factories.finding(rule=Rule("R1", title="One"))
    second = factories.finding(rule=Rule("R1", title="Another"))
    (run,) = read(written(SarifRun("demo", findings=(first, second))), trusted=True)
    assert [finding.rule.title for finding in run.findings] == ["One", "Another"]


@pytest.mark.parametrize(
    "place",
    [
        Location("a:b/c d#e?f%.py", 3, 4),
        Location("", known=False),
        Location("/etc/passwd", 0, -1),
        Location("../../x", 5, 2),
        Location("x", 5, 5, 9, 3),
        Location("x", 5, 5, 0, 3),
        Location("x", 2**40, 2**41),
        Location(".", 1, 1),
    ],
)
def test_odd_places_come_back(place):
    finding = factories.finding(location=place)
    (run,) = read(written(SarifRun("demo", findings=(finding,))), trusted=True)
    assert run.findings == (finding,)


def test_related_places_come_back_from_the_standard_fields():
    related = (Related(Location("b c.py", 9, 10, 1, 2), "from here"), Related(Location("d.py", 1, 1)))
    data = written(SarifRun("demo", findings=(factories.finding(related=related),)))
    assert b'"related":' not in data
    assert read(data, trusted=True)[0].findings[0].related == related


def test_a_line_hash_that_is_what_would_stand_in_for_it_comes_back():
    first = factories.finding()
    finding = factories.finding(line_hash=stand_in(first.fingerprint))
    runs = (SarifRun("demo", findings=(finding, first)),)
    assert read(written(*runs), trusted=True) == runs


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_that_could_not_be_written_again_is_refused(number):
    data = written(SarifRun("demo", findings=(factories.finding(age_days=77),)))
    with pytest.raises(ReportError, match="another shape"):
        read(data.replace(b'"ageDays":77', b'"ageDays":%d' % number), trusted=True)


def test_too_many_results_are_refused(monkeypatch):
    monkeypatch.setattr(own, "RESULTS_MAX", 1)
    data = written(SarifRun("demo", findings=(factories.finding(),) * 2))
    with pytest.raises(ReportError, match="more than 1 results"):
        read(data, trusted=True)


def test_a_file_of_others_is_not_ours():
    with pytest.raises(ReportError, match="another shape"):
        read(b'{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"X","rules":[]}},"results":[]}]}', trusted=True)


def test_a_file_of_another_format_is_refused():
    data = written(SarifRun("demo")).replace(b'"format":1', b'"format":2')
    with pytest.raises(ReportError, match="format 2"):
        read(data, trusted=True)


def test_a_result_of_no_rule_is_refused():
    data = written(SarifRun("demo", findings=(factories.finding(),))).replace(b'"ruleIndex":0', b'"ruleIndex":1')
    with pytest.raises(ReportError, match="names rule 1 of 1"):
        read(data, trusted=True)


def test_no_runs_are_refused():
    with pytest.raises(ReportError, match="no runs"):
        read(written(), trusted=True)
