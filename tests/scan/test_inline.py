"""What tells a scanner to look away is never obeyed, and always recorded."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgate import catalog
from secgate.model import Suppression, Target, Tree
from secgate.scan.inline import MAX_EACH, Quieter
from secgate.scan.stage import stage

WORDS = [
    "trivy:",
    "tfsec:",
    "ignore:",
    "#",
    "//",
    " ",
    "\n",
    "\t",
    "X-1",
    "exp:2030-01-01:",
    "nosec",
    "é",
    "checkov:skip=",
]


def quiet(path: str, text: str) -> tuple[str, tuple[Suppression, ...]]:
    quieter = Quieter(catalog.scanners().values())
    changed = quieter.quiet(Target(path), text.encode())
    return changed.decode(), quieter.found


@pytest.mark.parametrize(
    ("line", "copy", "rule"),
    [
        ("#trivy:ignore:AVD-AWS-0001", "#trivy-ignore:AVD-AWS-0001", "AVD-AWS-0001"),
        ("  // tfsec:ignore:aws-s3 why", "  // tfsec-ignore:aws-s3 why", "aws-s3"),
        ("#trivy:exp:2099-01-01:ignore:A", "#trivy-exp:2099-01-01:ignore:A", "A"),
        ("x = 1 /*trivy:ignore:A[b=c]*/", "x = 1 /*trivy-ignore:A[b=c]*/", "A[b=c]*/"),
        ("\u00a0trivy:ignore:A", "\u00a0trivy-ignore:A", "A"),
        ("\ttrivy:ignore:*", "\ttrivy-ignore:*", "*"),
    ],
)
def test_a_marker_without_a_switch_is_written_over_in_the_copy(line, copy, rule):
    text = f"a\n{line}\nb\n"
    assert quiet("main.tf", text) == (f"a\n{copy}\nb\n", (Suppression("main.tf", 2, "trivy", rule),))


@pytest.mark.parametrize(
    "line", ["image: aquasec/trivy:0.74.0", "image: trivy:latest", "a-trivy:ignore:x", "trivy ignore:"]
)
def test_what_is_no_marker_stays_as_it_is(line):
    assert quiet("main.tf", line) == (line, ())


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        ("a.py", "x()  # nosec B101, B102 # because", ("bandit", "B101, B102", "")),
        ("a.py", "x()  #nosec", ("bandit", "", "")),
        ("a.js", "x() // nosemgrep: a.b.c", ("semgrep", "a.b.c", "")),
        ("a.tf", "# checkov:skip=CKV_AWS_1:public on purpose", ("checkov", "CKV_AWS_1", "public on purpose")),
        ("a.yaml", "  checkov.io/skip1: CKV_K8S_16=it must", ("checkov", "CKV_K8S_16", "it must")),
    ],
)
def test_a_marker_with_a_switch_is_recorded_and_stays(path, line, expected):
    text = f"{line}\n"
    tool, rule, reason = expected
    copy, found = quiet(path, text)
    assert copy == text
    assert Suppression(path, 1, tool, rule, reason) in found


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.yaml", "checkov:\n  skip:\n    - id: CKV_AWS_20\n      comment: public\n    - id: 'BC_AWS_1'\n",
         {(3, "CKV_AWS_20", "public"), (5, "BC_AWS_1", "")}),
        ("a.yaml", "checkov: {skip: [{id: CKV_AWS_20, comment: public}]}\n", {(1, "CKV_AWS_20", "public")}),
        ("a.yaml", "bridgecrew:\n  skip:\n  - comment: a b\n    id: CKV_AWS_20\n", {(3, "CKV_AWS_20", "")}),
        ("a.json", '{"checkov": {"skip": [{"id": "CKV_AWS_20", "comment": "so"}]}}\n', {(1, "CKV_AWS_20", "so")}),
        ("a.yaml", "# checkov\nmetadata:\n  id: CKV2_OWN_1\n", set()),
        ("a.yaml", "- id: CKV_AWS_20\n", set()),
    ],
    ids=["list", "flow", "reason-first", "json", "check-of-ones-own", "nothing-of-a-scanner"],
)  # fmt: skip
def test_metadata_of_a_resource_is_recorded(path, text, expected):
    copy, found = quiet(path, text)
    assert copy == text
    assert {(one.line, one.rule, one.reason) for one in found} == expected
    assert {one.tool for one in found} <= {"checkov"}


def test_a_tool_that_does_not_read_such_a_file_is_not_told_anything():
    assert quiet("notes.md", "Write `# nosec` behind the line.\n") == ("Write `# nosec` behind the line.\n", ())


@given(st.lists(st.sampled_from(WORDS)).map("".join))
def test_length_and_lines_are_kept_and_nothing_is_left_to_quiet(text):
    copy, _ = quiet("main.tf", text)
    assert len(copy.encode()) == len(text.encode())
    assert [len(line) for line in copy.split("\n")] == [len(line) for line in text.split("\n")]
    for word in copy.replace("\n", " ").split(" "):
        bare = word.strip().lstrip("#/*")
        assert not (bare.startswith(("trivy:", "tfsec:")) and "ignore:" in bare)


def test_many_of_them_are_counted_and_none_makes_the_search_slow():
    text = "#trivy:ignore:A\n" * 300_000
    began = time.monotonic()
    copy, found = quiet("main.tf", text)
    assert "trivy:" not in copy
    assert len(found) == MAX_EACH
    assert found[-1].reason == f"and {300_000 - MAX_EACH} more"
    for hostile in (
        "#trivy:" * 300_000,
        "trivy:ignore" * 300_000,
        "# " * 900_000 + "nosec",
        "ignore:trivy:" * 200_000,
        "checkov comment:" * 100_000,
        "checkov" + "comment:,,,,,,,," * 100_000,
        "checkov" + "- \n" * 900_000,
    ):
        quiet("main.tf", hostile)
    assert time.monotonic() - began < 20


def test_suppressions_come_with_the_staged_tree(tmp_path):
    (tmp_path / "main.tf").write_text("a\n#trivy:ignore:A\n")
    copy = tmp_path / "copy"
    copy.mkdir()
    target = Target("main.tf")
    tree = stage(Tree(root=str(tmp_path), files=(target,)), copy, catalog.scanners().values())
    assert tree.suppressions == (Suppression("main.tf", 2, "trivy", "A"),)
    assert (copy / "main.tf").read_text() == "a\n#trivy-ignore:A\n"
