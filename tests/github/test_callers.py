"""Which jobs start the gate, and what is wrong with the way they do it."""

from pathlib import Path

import pytest

from secgate.cli import init_files
from secgate.github.callers import FOLDER, callers
from secgate.model import Caller, ConditionState

COMMIT = "a" * 40
EXAMPLES = Path(__file__).resolve().parents[2] / "examples/github"
GATE = init_files.workflow("main", f"acme/secgate@{COMMIT}")
OK, WRONG, UNKNOWN = ConditionState.OK, ConditionState.WRONG, ConditionState.UNKNOWN


@pytest.fixture
def said(tmp_path):
    """Return who starts the gate, and the state and the words about each thing, with these workflows."""

    def said(*texts):
        folder = tmp_path / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts):
            (folder / f"{number}.yml").write_text(text)
        found, conditions = callers(tmp_path)
        return found, {one.about: (one.state, f"{one.why} {one.remedy}") for one in conditions}

    return said


def test_what_init_writes_is_right(said):
    found, conditions = said(GATE)
    assert found == (Caller(f"{FOLDER}/0.yml", "The gate"),)
    assert {name: state for name, (state, _) in conditions.items()} == dict.fromkeys(
        ("event", "pin", "permissions", "job"), OK
    )


def test_the_shared_workflow_is_a_caller_with_the_name_of_its_check(said):
    found, conditions = said((EXAMPLES / "reusable.yml").read_text().replace("FULL-COMMIT-ID", COMMIT))
    assert [one.check for one in found] == ["The gate / The gate"]
    assert {state for state, _ in conditions.values()} == {OK}


@pytest.mark.parametrize(("old", "new", "about", "state", "word"), [
    (f"secgate@{COMMIT}", "secgate@v1", "pin", WRONG, "acme/secgate@v1"),
    (f"secgate@{COMMIT}", f"secgate@{COMMIT[:39]}", "pin", WRONG, "40 hex digits"),
    ("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "actions/checkout@v4", "pin", WRONG, "checkout@v4"),
    ("pull-requests: write", "pull-requests: read", "permissions", WRONG, "pull-requests"),
    ("  pull_request:\n", "  pull_request_target:\n", "event", WRONG, "secrets"),
    ("  pull_request:\n", "  issues:\n", "event", WRONG, "no pull request"),
    ("fetch-depth: 0", "fetch-depth: 1", "job", WRONG, "fetch-depth"),
    ("persist-credentials: false", "clean: true", "job", WRONG, "persist-credentials"),
    ("      # By commit", "      - run: make\n      # By commit", "job", WRONG, "a job of its own"),
    ("    steps:\n      - uses: actions/checkout", "    steps:\n      - uses: a/b@" + COMMIT
     + "\n      - uses: actions/checkout", "job", WRONG, "a job of its own"),
])  # fmt: skip
def test_each_thing_that_is_wrong_is_told(said, old, new, about, state, word):
    assert old in GATE
    _, conditions = said(GATE.replace(old, new, 1))
    assert conditions[about][0] is state
    assert word in conditions[about][1]
    assert [name for name, (found, _) in conditions.items() if found is not OK] == [about]


@pytest.mark.parametrize(("used", "state"), [
    ("./a", OK), ("$/a", OK), (f"docker://a/b@sha256:{'0' * 64}", OK), (f"a/b/c@{COMMIT}", OK),
    ("docker://a/b:1", WRONG),
    ("a/b", WRONG), (f"a/b@v1@{COMMIT}", WRONG), (f"a/b@{COMMIT}\\n", WRONG),
])  # fmt: skip
def test_what_is_pinned(said, used, state):
    text = f'on: pull_request\njobs:\n  a:\n    steps: [uses: acme/secgate@{COMMIT}, uses: "{used}"]\n'
    assert said(text)[1]["pin"][0] is state


@pytest.mark.parametrize(("given", "state"), [
    ("", UNKNOWN), ("permissions: write-all\n", WRONG), ("permissions: {}\n", WRONG),
    ("permissions: read-all\n", WRONG),
    ("permissions: {contents: read, pull-requests: write}\n", OK),
])  # fmt: skip
def test_the_permissions_of_the_whole_workflow_count_where_the_job_has_none(said, given, state):
    bare = f"on: [pull_request]\n{given}jobs:\n  gate:\n    steps: [uses: acme/secgate@{COMMIT}]\n"
    assert said(bare)[1]["permissions"][0] is state


@pytest.mark.parametrize("text", [
    "a: &a\n  <<: *a # /secgate", "jobs: [/secgate]\non: 7", "!!python/object:x /secgate", "\x00/secgate",
    "[" * 200 + "/secgate",
])  # fmt: skip
def test_a_workflow_that_cannot_be_read_is_never_ok(said, text):
    found, conditions = said(text)
    assert found == ()
    assert not [name for name, (state, _) in conditions.items() if state is OK]


@pytest.mark.parametrize("job", ["7", "{steps: x}", "{steps: [7, {uses: 7}]}", "{uses: {a: b}}", "{name: [x]}"])
def test_jobs_of_another_shape_start_nothing(said, job):
    assert said(f"jobs: {{a: {job}}} # acme/secgate@{COMMIT}") == ((), {})


def test_links_are_not_followed(said, tmp_path):
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / "elsewhere.yml").write_text(GATE)
    (tmp_path / FOLDER / "link.yml").symlink_to(tmp_path / "elsewhere.yml")
    assert said() == ((), {})
