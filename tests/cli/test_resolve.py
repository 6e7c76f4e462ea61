"""Whose policy counts is found out without a tree, and used without a network: the action's starts, as commands."""

import base64
import hashlib
import json
import os
import subprocess

import pytest
from support import program, repositories
from support.repositories import git

POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {{name: {name}, version: "1.0.0"}}
spec:
  {more}evidence: {{required: [{{id: one, category: sast, anyOf: [bandit], applies: found}}]}}
  rules: [{{id: gate, match: {{category: gate}}, action: warn}}]
"""
ZEROS = "0" * 40


def write(root, name, text):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


@pytest.fixture
def origin(tmp_path):
    """Make the server's repository: a pull request against `main` that changes the policy, merged by the server."""
    origin = repositories.repository(tmp_path / "server/org/name", "a.py", "b.py")
    write(origin, ".secgate/policy.yaml", POLICY.format(name="of-main", more=""))
    repositories.commit(origin)
    git(origin, "checkout", "-q", "-b", "change")
    write(origin, "a.py", "x = 1\n")
    write(origin, ".secgate/policy.yaml", POLICY.format(name="of-the-change", more=""))
    repositories.commit(origin)
    git(origin, "checkout", "-q", "main")
    git(origin, "merge", "-q", "--no-ff", "-m", "x", "change")
    git(origin, "update-ref", "refs/pull/1/merge", "HEAD")
    git(origin, "reset", "-q", "--hard", "HEAD^1")
    return origin


@pytest.fixture
def clone(tmp_path, origin):
    """Make the clone that actions/checkout leaves with `fetch-depth: 0`, as a start sees it: git's objects and refs."""
    clone = tmp_path / "work"
    git(tmp_path, "clone", "-q", f"file://{origin}", str(clone))
    git(clone, "fetch", "-q", "origin", "refs/pull/1/merge")
    git(clone, "checkout", "-q", "FETCH_HEAD")
    return clone


@pytest.fixture
def run(tmp_path, origin):
    """Run a command with nothing installed: as a job where an event is given, and else with no word of any."""

    def run(*words, event="", payload=None, **changes):
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("SECGATE_", "GITHUB_", "XDG_"))
        }
        job = {}
        if event:
            place = tmp_path / "event.json"
            place.write_text(json.dumps({"repository": {"default_branch": "main"}, **(payload or {})}))
            job = {
                "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "/", "GITHUB_EVENT_NAME": event,
                "GITHUB_EVENT_PATH": str(place), "GITHUB_SERVER_URL": f"file://{tmp_path}/server",
                "GITHUB_REPOSITORY": "org/name", "GITHUB_SHA": git(origin, "rev-parse", "refs/pull/1/merge"),
                "GITHUB_REF": "refs/pull/1/merge",
            }  # fmt: skip
        environment = {**inherited, "HOME": str(tmp_path / "home"), **job, **changes}
        return program.run(*words, cwd=tmp_path, env=environment)

    return run


PULL = {"pull_request": {"base": {"ref": "main"}}}


@pytest.fixture
def resolve(tmp_path, run):
    """Resolve an event and return the folder of the bundle."""

    def resolve(event="pull_request", payload=PULL, code=0, **changes):
        folder = tmp_path / "bundle"
        folder.mkdir(exist_ok=True)
        done = run("resolve", folder, event=event, payload=payload, **changes)
        assert done.returncode == code, done.stderr.decode()
        return folder if code == 0 else done.stderr.decode()

    return resolve


@pytest.fixture
def scan(tmp_path, run):
    """Scan by a bundle, without any word of a job, and return the exit code and the decision or the error."""

    def scan(root, folder, *words):
        place = tmp_path / "decision.json"
        place.unlink(missing_ok=True)
        done = run("scan", root, "--bundle", folder / "bundle.json", "--json", place, "--quiet", *words)
        return done.returncode, json.loads(place.read_bytes()) if place.exists() else done.stderr.decode()

    return scan


def test_the_policy_of_the_target_decides_and_the_merge_is_compared_with_its_first_parent(resolve, scan, clone, origin):
    folder = resolve()
    code, decision = scan(clone, folder)
    assert code == 3  # no scanner is installed here
    assert decision["policy"]["name"] == "of-main"
    assert decision["policy"]["protected"]
    assert decision["base"] == git(origin, "rev-parse", "main")
    assert decision["subject"]["commit"] == git(origin, "rev-parse", "refs/pull/1/merge")
    assert [one["finding"]["rule"]["id"] for one in decision["verdicts"]] == ["policy-changed"]
    resolved = json.loads((folder / "resolved.json").read_bytes())
    assert resolved == {
        "commit": decision["subject"]["commit"], "base": decision["base"], "policy": decision["policy"]["digest"],
    }  # fmt: skip


def test_a_bundle_and_the_clone_itself_say_the_same(resolve, scan, clone, run, tmp_path):
    _, by_bundle = scan(clone, resolve())
    place = tmp_path / "by-clone.json"
    run("scan", clone, "--json", place, event="pull_request", payload=PULL)
    assert json.loads(place.read_bytes()) == by_bundle


def test_two_resolves_of_one_state_are_equal_and_name_no_file_that_was_not_asked_for(resolve):
    first = (resolve() / "bundle.json").read_bytes()
    assert (resolve() / "bundle.json").read_bytes() == first
    (held,) = json.loads(first)["commits"].values()
    assert all(path.startswith(".secgate/") for path in held["files"])


def test_what_the_server_has_counts_and_not_what_the_clone_says(resolve, scan, clone, origin):
    # An earlier step of the job, or the checkout itself, could have moved the branch here.
    git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")
    _, decision = scan(clone, resolve())
    assert decision["policy"]["name"] == "of-main"
    assert decision["base"] == git(origin, "rev-parse", "main")


def test_a_push_is_judged_by_the_policy_before_it(resolve, scan, clone, origin):
    before = git(origin, "rev-parse", "main")
    git(origin, "merge", "-q", "--ff-only", "refs/pull/1/merge")
    folder = resolve("push", {"before": before}, GITHUB_REF="refs/heads/main")
    _, decision = scan(clone, folder)
    assert (decision["policy"]["name"], decision["base"]) == ("of-main", before)


def test_a_parent_of_another_repository_rides_along(resolve, scan, clone, origin, tmp_path, run):
    company = repositories.repository(tmp_path / "server/org/company")
    write(company, "base.yaml", POLICY.format(name="company", more=""))
    commit = repositories.commit(company)
    digest = hashlib.sha256((company / "base.yaml").read_bytes()).hexdigest()
    parent = f"source: 'git+file://{company}', commit: {commit}, path: base.yaml, digest: 'sha256:{digest}'"
    more = f"extends: [{{{parent}}}]\n  "
    write(origin, ".secgate/policy.yaml", POLICY.format(name="of-main", more=more).replace("id: gate", "id: other"))
    repositories.commit(origin)
    git(clone, "fetch", "-q", "origin", "main")
    folder = resolve()
    (company / "base.yaml").unlink()
    (tmp_path / "home").exists() and subprocess.run(["rm", "-rf", str(tmp_path / "home")], check=True)
    _, decision = scan(clone, folder)
    assert any(one.startswith("company@") for one in decision["policy"]["layers"])


@pytest.mark.parametrize("how", ["empty", "other commit", "no commit", "wrong tree"])
def test_a_mount_that_is_not_the_events_commit_is_refused(resolve, scan, clone, tmp_path, how):
    folder = resolve()
    root = clone
    if how == "empty":
        root = tmp_path / "empty"
        root.mkdir()
    elif how == "other commit":
        git(clone, "checkout", "-q", "HEAD^1")
    elif how == "no commit":
        root = repositories.repository(tmp_path / "fresh", "a.py")
    else:
        bundle = json.loads((folder / "bundle.json").read_bytes())
        (folder / "bundle.json").write_text(json.dumps({**bundle, "tree": ZEROS}))
    code, said = scan(root, folder)
    assert code == 4
    assert "actions/checkout" in said


def test_missing_history_is_incomplete_and_says_which_line_to_add(resolve, scan, origin, tmp_path):
    shallow = repositories.repository(tmp_path / "shallow")
    git(shallow, "remote", "add", "origin", f"file://{origin}")
    git(shallow, "fetch", "-q", "--depth=1", "origin", "refs/pull/1/merge")
    git(shallow, "checkout", "-q", "FETCH_HEAD")
    code, said = scan(shallow, resolve())
    assert code == 3
    assert "fetch-depth: 0" in said


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment"])
def test_an_event_with_secrets_is_refused_loudly(resolve, event):
    said = resolve(event, PULL, code=4)
    assert event in said
    assert "Run the gate on pull_request" in said


def test_a_branch_that_the_server_does_not_have_is_said(resolve):
    assert "`gone`" in resolve("pull_request", {"repository": {"default_branch": "gone"}, **PULL}, code=3)


def test_a_job_without_a_repository_is_refused(resolve):
    assert "which repository" in resolve(code=4, GITHUB_REPOSITORY="../x")
    assert "address" in resolve(code=4, GITHUB_SERVER_URL="ext::sh -c id")


@pytest.mark.parametrize("option", ["--skip bandit", "--report-only", "--allow-incomplete", "--commit HEAD"])
def test_options_that_loosen_are_refused_by_a_bundle_too(resolve, scan, clone, option):
    code, said = scan(clone, resolve(), *option.split())
    assert code == 4
    assert option.split()[0] in said


def test_a_bundle_that_was_changed_is_not_believed(resolve, scan, clone):
    folder = resolve()
    bundle = json.loads((folder / "bundle.json").read_bytes())
    for changed in (
        {**bundle, "commits": {}},
        {**bundle, "tips": {}},
        {**bundle, "tips": {"main": ZEROS}},
        {key: value for key, value in bundle.items() if key != "tree"},
    ):
        (folder / "bundle.json").write_text(json.dumps(changed))
        code, said = scan(clone, folder)
        assert code == 4, said
    (folder / "bundle.json").write_text("{")
    assert scan(clone, folder)[0] == 4


def test_a_policy_that_is_not_valid_is_told_by_resolve(resolve, origin):
    write(origin, ".secgate/policy.yaml", "kind: Policy\n")
    repositories.commit(origin)
    assert ".secgate/policy.yaml" in resolve(code=2)


def test_the_token_is_nowhere_in_the_bundle_and_in_no_word_of_git(resolve):
    token = "made-up-token-0123456789"
    folder = resolve(GITHUB_TOKEN=token)
    for path in folder.iterdir():
        assert token.encode() not in path.read_bytes()
        assert base64.b64encode(f"x-access-token:{token}".encode()) not in path.read_bytes()


def test_prepare_says_what_cannot_be_had_and_leaves_it_to_the_scan(run, resolve, tmp_path):
    folder = resolve()
    done = run("prepare", "--bundle", folder / "bundle.json", HTTPS_PROXY="http://127.0.0.1:1", UV_OFFLINE="1")
    assert done.returncode == 0
    assert b"could not be installed" in done.stderr
