"""A finding keeps its identity while the problem stays; two tools that see one problem make one finding."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.factories import finding

from secgate.model import Category, Location, Package, Rule, Severity, Vulnerability
from secgate.scan import duplicates
from secgate.scan.duplicates import deduplicate
from secgate.scan.merge import identify, order
from secgate.scan.places import Places

CODE = "import os\n\n\ndef run(x):\n    os.system(x)\n"


def in_code(folder, text, line, **changes):
    (folder / "a.py").write_text(text)
    return identify([finding(location=Location("a.py", line, line), **changes)], Places(folder))[0]


def test_a_finding_that_moves_keeps_its_fingerprint(tmp_path):
    before = in_code(tmp_path, CODE, 5)
    after = in_code(tmp_path, "# a\n# b\n" + CODE, 7)
    assert before.fingerprint == after.fingerprint
    assert len(before.fingerprint) == 32
    assert before.line_hash == after.line_hash


def test_a_finding_whose_line_changes_is_another_one(tmp_path):
    before = in_code(tmp_path, CODE, 5)
    after = in_code(tmp_path, CODE.replace("os.system(x)", "os.system(y)"), 5)
    assert before.fingerprint != after.fingerprint


def test_equal_lines_are_told_apart(tmp_path):
    (tmp_path / "a.py").write_text("f(1)\n" * 300)
    found = identify([finding(location=Location("a.py", line, line)) for line in (3, 9, 200)], Places(tmp_path))
    assert len({one.fingerprint for one in found}) == 3


def test_an_anchor_outlives_every_edit_of_the_file(tmp_path):
    before = in_code(tmp_path, CODE, 5, anchor="aws_s3_bucket.b")
    after = in_code(tmp_path, "x\n" * 50, 30, anchor="aws_s3_bucket.b")
    assert before.fingerprint == after.fingerprint


def test_an_upgrade_that_does_not_help_is_the_same_finding(tmp_path):
    def vulnerable(version):
        package = Package("pillow", version, f"pkg:pypi/pillow@{version}")
        place = Location("requirements.txt", 1, 1)
        return identify([finding(vuln=Vulnerability("CVE-1"), package=package, location=place)], Places(tmp_path))[0]

    assert vulnerable("1.0").fingerprint == vulnerable("1.1").fingerprint


def test_a_file_in_which_every_line_is_a_finding_takes_no_time_to_speak_of():
    some = [finding(tool=tool, location=Location("a.py", line, line)) for line in range(1, 10_001) for tool in "ab"]
    began = time.process_time()
    merged = deduplicate(identify(some, None), {})
    assert time.process_time() - began < 20
    assert len(merged) == 10_000
    assert all(one.tools == ("a", "b") for one in merged)


@given(st.permutations(range(8)))
def test_the_order_of_the_reports_never_matters(places):
    some = [
        finding(tool=tool, location=Location(path, line, line))
        for tool in ("one", "two")
        for path in ("a.py", "b.py")
        for line in (1, 2)
    ]
    merged = deduplicate(identify([some[index] for index in places], None), {})
    assert merged == deduplicate(identify(some, None), {})


def code(tool, line, cwe, severity=Severity.MEDIUM, end=0):
    place = Location("a.py", line, end or line)
    return finding(tool=tool, location=place, rule=Rule(id=f"{tool}-rule", cwe=(cwe,)), severity=severity)


def merged(*findings, equivalents=None):
    return deduplicate(identify(findings, None), equivalents or {})


def test_two_tools_that_see_one_weakness_make_one_finding_the_worse_rated():
    (one,) = merged(code("alpha", 3, "CWE-78", Severity.LOW), code("beta", 2, "CWE-77", Severity.HIGH, end=4))
    assert (one.tool, one.severity, one.tools) == ("beta", Severity.HIGH, ("alpha", "beta"))
    assert [(seen.tool, seen.rule_id, seen.severity) for seen in one.also] == [("alpha", "alpha-rule", Severity.LOW)]


def test_one_tool_is_never_merged_with_itself():
    assert len(merged(code("alpha", 3, "CWE-78"), code("alpha", 3, "CWE-78"))) == 2


def test_another_weakness_line_or_file_is_another_finding():
    assert len(merged(code("alpha", 3, "CWE-78"), code("beta", 3, "CWE-89"))) == 2
    assert len(merged(code("alpha", 3, "CWE-78"), code("beta", 4, "CWE-78"))) == 2
    other = replace(code("beta", 3, "CWE-78"), location=Location("b.py", 3, 3))
    assert len(merged(code("alpha", 3, "CWE-78"), other)) == 2


def test_each_finding_is_matched_once_so_counts_can_be_added_up_again():
    found = merged(code("alpha", 3, "CWE-78"), code("alpha", 3, "CWE-78"), code("beta", 3, "CWE-78"))
    sightings = [one.tool for one in found] + [seen.tool for one in found for seen in one.also]
    assert sorted(sightings) == ["alpha", "alpha", "beta"]


def test_rules_listed_as_equivalent_meet_on_overlapping_lines():
    def cloud(tool, rule, line, end):
        return finding(tool=tool, category=Category.IAC, rule=Rule(id=rule), location=Location("m.tf", line, end))

    listed = {("alpha", "A1"): "public-bucket", ("beta", "B1"): "public-bucket"}
    assert len(merged(cloud("alpha", "A1", 1, 9), cloud("beta", "B1", 4, 4), equivalents=listed)) == 1
    assert len(merged(cloud("alpha", "A1", 1, 9), cloud("beta", "B1", 14, 14), equivalents=listed)) == 2
    assert len(merged(cloud("alpha", "A1", 1, 9), cloud("beta", "B2", 4, 4), equivalents=listed)) == 2


def test_an_advisory_is_the_same_under_any_of_its_names():
    def vulnerable(tool, name, *aliases):
        package = Package("flask", "1.0", "pkg:pypi/flask@1.0")
        place = Location("requirements.txt", 1, 1)
        return finding(
            tool=tool, category=Category.SCA, vuln=Vulnerability(name, aliases), package=package, location=place
        )

    assert len(merged(vulnerable("alpha", "CVE-1", "GHSA-1"), vulnerable("beta", "GHSA-1"))) == 1
    assert len(merged(vulnerable("alpha", "CVE-1"), vulnerable("beta", "CVE-2"))) == 2


@pytest.mark.parametrize("suppressed", [{"suppressed_at_base": True}, {"suppressed_inline": True}])
def test_a_suppressed_finding_hides_no_other_tools(suppressed):
    one = finding(tool="bandit", rule=Rule("B602", cwe=("CWE-78",)), **suppressed)
    other = finding(tool="semgrep", rule=Rule("shell", cwe=("CWE-78",)))
    assert len(merged(one, other)) == 2
    assert len(merged(one, replace(other, **suppressed))) == 1


SPOTTED = st.builds(
    lambda tool, line, more, cwe, known: finding(
        tool=tool,
        rule=Rule("R", cwe=cwe),
        location=Location("a.py", line if known else 1, line + more if known else 1, known=known),
    ),
    st.sampled_from(["bandit", "semgrep", "third"]), st.integers(1, 6), st.integers(0, 3),
    st.sampled_from([("CWE-78",), ("CWE-94",), ("CWE-78", "CWE-94")]), st.booleans(),
)  # fmt: skip


@given(st.lists(SPOTTED, max_size=12))
def test_each_is_folded_into_the_first_that_is_the_same(found):
    ordered = identify(found, None)
    kept = []
    for one in ordered:
        families = set(one.rule.cwe)
        twin = next(
            (
                at
                for family in sorted(families, reverse=True)
                for at, (known, meant, _) in enumerate(kept)
                if family in meant and duplicates._same(known, one)
            ),
            None,
        )
        if twin is None:
            kept.append((one, families, one))
        else:
            kept[twin] = (duplicates._folded(kept[twin][0], one), *kept[twin][1:])
    assert deduplicate(ordered, {}) == tuple(known for known, _, _ in kept)


@pytest.mark.parametrize("lines", [1, 10_000])
def test_thousands_in_one_file_take_time_in_proportion(lines):
    found = [
        finding(
            tool=tool, rule=Rule("R", cwe=("CWE-78",)), location=Location("a.py", at % lines + 1, at % lines + 1, at)
        )
        for at in range(10_000)
        for tool in ("bandit", "semgrep")
    ]
    ordered = sorted(found, key=order)
    start = time.process_time()
    assert len(deduplicate(ordered, {})) == 10_000
    assert time.process_time() - start < 20
