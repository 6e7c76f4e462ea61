"""The event's commit is taken where the environment says that this tree is the event's."""

import pytest

from secgate.github.context import event_commit

SHA = "9c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d"


@pytest.fixture
def job(tmp_path):
    return {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path), "GITHUB_SHA": SHA, "GITHUB_EVENT_NAME": "push"}


def test_it_is_the_commit_of_the_event(tmp_path, job):
    assert event_commit(tmp_path, job) == SHA
    (tmp_path / "link").symlink_to(tmp_path)
    assert event_commit(tmp_path, {**job, "GITHUB_WORKSPACE": str(tmp_path / "link")}) == SHA


@pytest.mark.parametrize(
    "changes",
    [{"GITHUB_ACTIONS": "false"}, {"GITHUB_ACTIONS": ""}, {"GITHUB_WORKSPACE": "/elsewhere"}, {"GITHUB_WORKSPACE": ""},
     {"GITHUB_SHA": ""}, {"GITHUB_EVENT_NAME": "pull_request_target"}, {"GITHUB_EVENT_NAME": "workflow_run"}],
)  # fmt: skip
def test_otherwise_there_is_none(tmp_path, job, changes):
    assert event_commit(tmp_path, {**job, **changes}) == ""


def test_a_repository_below_the_workspace_is_not_the_events(tmp_path, job):
    assert event_commit(tmp_path / "code", job) == ""
    assert event_commit(tmp_path, {}) == ""
