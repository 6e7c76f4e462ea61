"""What a job of GitHub Actions is about is taken from its environment and its event, for this repository alone."""

import json

import pytest
from msgspec.structs import replace

from secgate.errors import TrustError
from secgate.github.context import context
from secgate.model import LOCAL, Context, Event

SHA, BEFORE = "9c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d", "1" * 40
PULL = {"pull_request": {"base": {"ref": "release/2", "sha": "2" * 40}, "labels": [{"name": "b"}, {"name": "a"}, 7]}}


@pytest.fixture
def job(tmp_path):
    """Return the environment of a job."""

    def job(name="push", ref="refs/heads/main", event=None, **changes):
        place = tmp_path / "event.json"
        place.write_text(json.dumps({"repository": {"default_branch": "main"}, **(event or {})}))
        workspace = tmp_path / "workspace"
        workspace.mkdir(exist_ok=True)
        environ = {
            "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace), "GITHUB_SHA": SHA, "GITHUB_REF": ref,
            "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(place),
        }  # fmt: skip
        return workspace, {**environ, **changes}

    return job


@pytest.mark.parametrize(
    ("name", "ref", "event", "expected"),
    [
        ("pull_request", "refs/pull/1/merge", PULL, Context(Event.PULL_REQUEST, "release/2", "main", "", SHA)),
        ("pull_request_target", "refs/heads/main", PULL,
         Context(Event.PULL_REQUEST, "release/2", "main", checkout=SHA)),
        ("merge_group", "refs/heads/gh-readonly-queue/main/pr-1",
         {"merge_group": {"base_ref": "refs/heads/main"}}, Context(Event.MERGE_GROUP, "main", "main", "", SHA)),
        ("push", "refs/heads/a/b", {"before": BEFORE}, Context(Event.PUSH, "a/b", "main", BEFORE, SHA)),
        ("push", "refs/heads/new", {"before": "0" * 40}, Context(Event.PUSH, "new", "main", "", SHA)),
        ("push", "refs/tags/v1", {"before": BEFORE}, Context(Event.OTHER, "", "main", "", SHA)),
        ("schedule", "refs/heads/main", {}, Context(Event.OTHER, "", "main", "", SHA)),
        ("workflow_dispatch", "refs/heads/x", {}, Context(Event.OTHER, "", "main", "", SHA)),
        ("workflow_run", "refs/heads/main", {}, Context(Event.OTHER, "", "main")),
        ("workflow_run", "refs/heads/main", {"workflow_run": {"event": "push"}}, Context(Event.OTHER, "", "main")),
        ("workflow_run", "refs/heads/main", {"workflow_run": {"event": "pull_request"}},
         Context(Event.OTHER, "", "main", checkout=SHA)),
        ("issue_comment", "refs/heads/main", {}, Context(Event.OTHER, "", "main")),
        ("issue_comment", "refs/heads/main", {"issue": {"pull_request": {"url": "x"}}},
         Context(Event.OTHER, "", "main", checkout=SHA)),
    ],
)  # fmt: skip
def test_each_event(job, name, ref, event, expected):
    root, environ = job(name, ref, event)
    expected = replace(expected, name=name, ref=ref, labels=("a", "b") if event is PULL else ())
    assert context(root, environ) == expected
    assert context(root / "checked" / "out", environ) == expected


def test_a_workspace_behind_a_link_is_the_same(job, tmp_path):
    root, environ = job()
    (tmp_path / "link").symlink_to(root)
    assert context(root, {**environ, "GITHUB_WORKSPACE": str(tmp_path / "link")}).commit == SHA


@pytest.mark.parametrize(
    "changes",
    [{"GITHUB_ACTIONS": "false"}, {"GITHUB_ACTIONS": ""}, {"GITHUB_WORKSPACE": "/elsewhere"}, {"GITHUB_WORKSPACE": ""}],
)
def test_elsewhere_a_run_is_local(job, changes):
    root, environ = job(**changes)
    assert context(root, environ) == LOCAL
    assert context(root, {}) == LOCAL


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"repository": {"default_branch": 1}}', "[" * 100_000])
def test_an_event_that_does_not_say_what_is_trusted_is_an_error(job, tmp_path, text):
    root, environ = job()
    (tmp_path / "event.json").write_text(text)
    with pytest.raises(TrustError):
        context(root, environ)
    with pytest.raises(TrustError):
        context(root, {**environ, "GITHUB_EVENT_PATH": ""})
