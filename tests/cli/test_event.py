"""A job of GitHub Actions: the event's commit is judged, by the policy of the protected branch, against its base."""

import hashlib
import json
import os
import subprocess
import sys

import pytest
from support import program, repositories
from support.repositories import git

from secgate.report import document

POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: NAME, version: "1.0.0"}
spec:
  evidence: {required: [{id: one, category: sast, anyOf: [bandit], applies: found}]}
  rules: [{id: gate, match: {category: gate}, action: ACTION}]
"""


def policy(name: str, action: str = "warn", more: str = "") -> str:
    return POLICY.replace("NAME", name).replace("ACTION", action) + more


@pytest.fixture
def project(tmp_path):
    """Make a clone in which a pull request was merged into `main`, as actions/checkout leaves it."""
    origin = repositories.repository(tmp_path / "origin", "a.py", "b.py")
    (origin / ".secgate").mkdir()
    (origin / ".secgate/policy.yaml").write_text(policy("of-main"))
    workflow = origin / ".github/workflows/gate.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("jobs: {gate: {steps: [{uses: org/secgate@v1}]}}\n")
    repositories.commit(origin)
    git(origin, "checkout", "-q", "-b", "change")
    (origin / "a.py").write_text("x = 1  # nosec B101\n")
    (origin / ".secgate/policy.yaml").write_text(policy("of-the-change", "block"))
    workflow.unlink()
    repositories.commit(origin)
    git(origin, "checkout", "-q", "main")
    # Somebody else's change, merged meanwhile: no part of this one.
    (origin / "b.py").write_text("y = 2  # nosec\n")
    repositories.commit(origin)
    git(origin, "merge", "-q", "--no-ff", "-m", "x", "change")
    merge = git(origin, "rev-parse", "HEAD")
    git(origin, "reset", "-q", "--hard", "HEAD^1")
    git(origin, "update-ref", "refs/pull/1/merge", merge)
    clone = tmp_path / "project"
    git(tmp_path, "clone", "-q", f"file://{origin}", str(clone))
    git(clone, "fetch", "-q", "origin", "refs/pull/1/merge")
    git(clone, "checkout", "-q", "FETCH_HEAD")
    return clone


@pytest.fixture
def scan(tmp_path, project):
    """Scan the project in a job; no scanner is installed."""

    def run(*words, event=None, root=project, **changes):
        place = tmp_path / "event.json"
        payload = {"repository": {"default_branch": "main"}, "pull_request": {"base": {"ref": "main"}}, **(event or {})}
        place.write_text(json.dumps(payload))
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("SECGATE_", "GITHUB_", "XDG_"))
        }
        job = {
            "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(root), "GITHUB_SHA": git(root, "rev-parse", "HEAD"),
            "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF": "refs/pull/1/merge", "GITHUB_EVENT_PATH": str(place),
        }  # fmt: skip
        environment = {**inherited, "HOME": str(tmp_path / "home"), **job, **changes}
        return program.run("scan", root, *words, cwd=tmp_path, env=environment)

    return run


def rules(decision):
    return {(one.finding.rule.id, one.finding.location.path) for one in decision.verdicts}


def test_the_change_is_judged_by_its_target_and_against_its_base(scan, project):
    done = scan("--json", "-")
    assert done.returncode == 3
    decision = document.load(done.stdout)
    assert (decision.subject.source, decision.subject.commit) == ("commit", git(project, "rev-parse", "HEAD"))
    assert (decision.policy.name, decision.policy.protected) == ("of-main", True)
    assert decision.base == git(project, "rev-parse", "HEAD^1")
    assert decision.policy.commit == git(project, "rev-parse", "origin/main")
    assert (decision.context.name, decision.context.ref) == ("pull_request", "refs/pull/1/merge")
    assert decision.comparison.committed
    assert rules(decision) == {
        ("new-inline-suppression", "a.py"), ("policy-changed", ".secgate/policy.yaml"),
        ("gate-workflow-changed", ".github/workflows/gate.yml"),
    }  # fmt: skip
    assert {(one.path, one.stands) for one in decision.suppressions} == {("a.py", False), ("b.py", True)}
    assert (decision.effect.outcome, decision.effect.blocking) == ("blocked", 3)


def test_the_report_says_all_that(scan):
    told = scan("--markdown", "-").stdout.decode()
    assert "The judged tree changes the policy. Its own would say blocked and block 3 findings." in told
    assert "1 of them stand at the base and are honoured" in told
    shown = scan().stdout.decode()
    assert "of-main 1.0.0" in shown
    assert "`main` at" in shown
    assert "unprotected" not in shown


@pytest.mark.parametrize("words", [["--allow-incomplete"], ["--skip", "bandit"], ["--commit", "HEAD^1"], ["--staged"],
                                   ["--policy", "recommended@1"], ["--report-only"], ["--base", "HEAD"]])  # fmt: skip
def test_an_option_that_loosens_is_4(scan, words):
    done = scan(*words)
    assert done.returncode == 4
    assert words[0].encode() in done.stderr
    assert b"allowOptions" in done.stderr


@pytest.mark.parametrize(("name", "event"), [
    ("pull_request_target", {}), ("workflow_run", {"workflow_run": {"event": "pull_request"}}),
    ("issue_comment", {"issue": {"pull_request": {}}}),
])  # fmt: skip
def test_a_proposed_change_that_is_checked_out_beside_secrets_is_4(scan, project, name, event):
    base = git(project, "rev-parse", "HEAD^1")
    done = scan(event=event, GITHUB_EVENT_NAME=name, GITHUB_SHA=base, GITHUB_REF="refs/heads/main")
    assert done.returncode == 4
    assert f"this job runs on {name}, with the repository's own token and secrets".encode() in done.stderr
    assert b"docs/github.md" in done.stderr


def test_what_the_repository_itself_holds_may_be_checked_out_there(scan, project):
    git(project, "checkout", "-q", "HEAD^1")
    assert scan(GITHUB_EVENT_NAME="pull_request_target", GITHUB_REF="refs/heads/main").returncode == 3


def test_the_policy_may_name_the_branch_to_compare_with(scan, project):
    origin = project.parent / "origin"
    git(origin, "branch", "-q", "stable", "main~1")
    (origin / ".secgate/policy.yaml").write_text(policy("of-main", more="  newCode: {baselineRef: stable}\n"))
    newest = repositories.commit(origin)
    git(project, "fetch", "-q", "origin")
    decision = document.load(scan("--json", "-").stdout)
    assert decision.base == git(project, "rev-parse", "origin/stable")
    assert decision.policy.commit == newest
    # What is pushed to that very branch is compared with what it was: with itself nothing would be new.
    before = git(project, "rev-parse", "HEAD^1")
    pushed = {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/stable"}
    assert document.load(scan("--json", "-", event={"before": before}, **pushed).stdout).base == before
    assert document.load(scan("--json", "-", event={"before": "0" * 40}, **pushed).stdout).base == ""


def test_a_variable_that_loosens_is_4_too(scan):
    assert scan(SECGATE_SCAN_ALLOW_INCOMPLETE="1").returncode == 4


@pytest.mark.parametrize("name", ["SECGATE_HOME", "XDG_CACHE_HOME"])
def test_scanners_from_elsewhere_are_4_unless_the_protected_branch_lists_it(scan, project, tmp_path, name):
    chosen = {name: str(tmp_path / "elsewhere")}
    done = scan(**chosen)
    assert done.returncode == 4
    assert name.encode() in done.stderr
    assert b"list `home` under spec.allowOptions" in done.stderr
    origin = project.parent / "origin"
    (origin / ".secgate/policy.yaml").write_text(policy("of-main", more="  allowOptions: [home]\n"))
    repositories.commit(origin)
    git(project, "fetch", "-q", "origin", "main")
    assert scan(**chosen).returncode == 3


@pytest.mark.parametrize("name", ["SECGATE_HOME", "XDG_CACHE_HOME", "HOME"])
def test_scanners_from_the_judged_tree_are_4_whatever_the_policy_lists(scan, project, name):
    origin = project.parent / "origin"
    (origin / ".secgate/policy.yaml").write_text(policy("of-main", more="  allowOptions: [home]\n"))
    repositories.commit(origin)
    git(project, "fetch", "-q", "origin", "main")
    done = scan(**{name: str(project / "tools")})
    assert done.returncode == 4
    assert b"lies in the tree that is judged" in done.stderr


def test_scanners_that_a_link_takes_from_the_judged_tree_are_4(scan, project, tmp_path):
    (tmp_path / "home/.cache/secgate").mkdir(parents=True)
    (tmp_path / "home/.cache/secgate/tools").symlink_to(project / "tools")
    assert scan().returncode == 4


def test_an_option_that_the_protected_branch_lists_is_allowed(scan, project):
    origin = project.parent / "origin"
    (origin / ".secgate/policy.yaml").write_text(policy("of-main", more="  allowOptions: [allow-incomplete]\n"))
    repositories.commit(origin)
    git(project, "fetch", "-q", "origin")
    assert scan("--allow-incomplete").returncode == 0
    assert scan("--skip", "bandit").returncode == 4


@pytest.mark.parametrize("event", ["push", "pull_request", "merge_group", "schedule"])
def test_a_shallow_clone_is_incomplete_and_says_what_to_fetch(scan, project, tmp_path, event):
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", f"file://{project}", str(clone))
    git(clone, "checkout", "-q", "--detach", "HEAD")
    git(clone, "update-ref", "-d", "refs/remotes/origin/main")
    payload = {"before": "1" * 40, "merge_group": {"base_ref": "refs/heads/main"}}
    done = scan(root=clone, event=payload, GITHUB_EVENT_NAME=event, GITHUB_REF="refs/heads/main")
    assert done.returncode == 3
    assert b"fetch-depth: 0" in done.stderr


def test_a_push_is_judged_by_the_tip_before_it(scan, project):
    before = git(project, "rev-parse", "HEAD^1")
    done = scan("--json", "-", event={"before": before}, GITHUB_EVENT_NAME="push", GITHUB_REF="refs/heads/main")
    decision = document.load(done.stdout)
    assert (decision.policy.name, decision.base) == ("of-main", before)
    assert "before the push" in decision.policy.origin
    assert decision.effect is not None


def test_a_push_to_another_branch_is_compared_with_the_default_branch(scan, project):
    first = git(project, "rev-parse", "HEAD^2")
    done = scan("--json", "-", event={"before": first}, GITHUB_EVENT_NAME="push", GITHUB_REF="refs/heads/change")
    decision = document.load(done.stdout)
    assert decision.base == git(project, "rev-parse", "HEAD^1")


def test_the_head_of_a_pull_request_is_compared_with_where_it_left(scan, project):
    git(project, "checkout", "-q", "HEAD^2")
    decision = document.load(scan("--json", "-").stdout)
    assert decision.base == git(project, "rev-parse", "HEAD^1")


def test_what_an_unprotected_target_holds_was_never_reviewed(scan, project):
    origin = project.parent / "origin"
    git(origin, "branch", "-q", "aside", git(project, "rev-parse", "HEAD^1"))
    git(origin, "checkout", "-q", "aside")
    (origin / "c.py").write_text("z = 3  # nosec\n")
    repositories.commit(origin)
    git(origin, "merge", "-q", "--no-ff", "-m", "x", "change")
    git(project, "fetch", "-q", "origin", "aside")
    git(project, "checkout", "-q", "FETCH_HEAD")
    decision = document.load(scan("--json", "-", event={"pull_request": {"base": {"ref": "aside"}}}).stdout)
    assert (decision.policy.name, decision.base) == ("of-main", git(project, "rev-parse", "origin/main"))
    assert ("new-inline-suppression", "c.py") in rules(decision)


def test_another_policy_that_is_allowed_changes_nothing_of_what_is_compared(scan, project):
    origin = project.parent / "origin"
    (origin / ".secgate/policy.yaml").write_text(policy("of-main", more="  allowOptions: [policy]\n"))
    repositories.commit(origin)
    git(project, "fetch", "-q", "origin")
    before = git(project, "rev-parse", "origin/main")
    git(project, "update-ref", "refs/remotes/origin/main", "HEAD")
    words = ("--policy", "recommended@1", "--json", "-")
    done = scan(*words, event={"before": before}, GITHUB_EVENT_NAME="push", GITHUB_REF="refs/heads/main")
    decision = document.load(done.stdout)
    assert (decision.policy.name, decision.base) == ("recommended", before)


def test_a_commit_that_was_not_fetched_is_a_clear_error(scan):
    done = scan(GITHUB_SHA="1" * 40)
    assert done.returncode == 2
    assert b"fetch-depth: 0" in done.stderr


def test_locally_the_working_trees_policy_counts_and_is_called_unprotected(scan, project):
    done = scan(GITHUB_ACTIONS="")
    assert b"of-the-change 1.0.0" in done.stdout
    assert b"unprotected" in done.stdout
    assert scan("--allow-incomplete", "--base", "HEAD^1", GITHUB_ACTIONS="").returncode == 1


def test_a_base_needs_a_repository_and_a_commit_that_is_there(scan, project, tmp_path):
    (tmp_path / "plain").mkdir()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("SECGATE_", "GITHUB_", "XDG_"))}
    for folder, said in ((tmp_path / "plain", b"--base needs a git repository"), (project, b"no commit `gone`")):
        words = [sys.executable, "-m", "secgate", "scan", str(folder), "--base", "gone"]
        done = subprocess.run(words, capture_output=True, env=inherited, check=False)
        assert done.returncode == 2
        assert said in done.stderr


def test_a_policy_that_is_no_file_at_the_base_is_an_error(scan, project):
    origin = project.parent / "origin"
    (origin / ".secgate/policy.yaml").unlink()
    (origin / ".secgate/policy.yaml").symlink_to("../a.py")
    repositories.commit(origin)
    git(project, "fetch", "-q", "origin")
    done = scan()
    assert done.returncode == 2
    assert b"is no regular file" in done.stderr


WAIVER = """\
apiVersion: secgate.dev/v1
kind: WaiverList
waivers:
  - id: W-1
    type: risk-accepted
    match: {rule.id: new-inline-suppression, location.path: a.py}
    rules: [gate]
    reason: The comment was reviewed beforehand, see the ticket.
    owner: "@acme/team"
    ticket: SEC-1
    created: "2026-01-01"
    expires: "2099-01-01"
    approvedBy: [{who: "@jane", on: "2026-01-02"}]
"""
ENVIRONMENTS = """\
  environments:
    - {name: main, when: {ref: ["refs/heads/main"]}}
    - {name: labelled, when: {event: [pull_request], label: [hot]}}
    - {name: pr, when: {event: [pull_request]}}
    - {name: other, when: {}}
  enforcement: {labelled: audit}
"""


def on_main(project, files):
    """Commit files to the origin's `main`, as a review would, and fetch."""
    origin = project.parent / "origin"
    git(origin, "checkout", "-q", "main")
    for name, content in files.items():
        (origin / name).parent.mkdir(parents=True, exist_ok=True)
        (origin / name).write_text(content)
    repositories.commit(origin)
    git(project, "fetch", "-q", "origin", "main:refs/remotes/origin/main")


def in_change(project, files):
    for name, content in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(content)
    git(project, "add", "-A")
    git(project, "commit", "-q", "--amend", "--no-edit")


def test_waivers_count_from_the_protected_branch_only(scan, project):
    in_change(project, {".secgate/waivers/1.yaml": WAIVER})
    on_main(project, {".secgate/policy.yaml": policy("of-main", "block")})
    blocked = document.load(scan("--json", "-").stdout)
    assert (blocked.outcome, blocked.waivers) == ("blocked", ())
    assert ("waivers-changed", ".secgate/waivers/1.yaml") in rules(blocked)
    on_main(project, {".secgate/waivers/1.yaml": WAIVER})
    decision = document.load(scan("--json", "-").stdout)
    (used,) = decision.waivers
    assert (used.id, used.lifted) == ("W-1", 1)
    (waived,) = [one for one in decision.verdicts if one.waived_by]
    assert (waived.finding.rule.id, waived.action, waived.why) == ("new-inline-suppression", "pass", "waived by W-1")
    assert decision.policy.waivers.startswith("sha256:")


def test_the_environment_is_the_events(scan, project):
    action = "{pr: block, default: warn}"
    on_main(project, {".secgate/policy.yaml": policy("of-main", action, ENVIRONMENTS)})
    decision = document.load(scan("--json", "-").stdout)
    assert (decision.policy.environment, decision.outcome, decision.exit) == ("pr", "blocked", 1)
    labelled = {"pull_request": {"base": {"ref": "main"}, "labels": [{"name": "hot"}]}}
    watched = document.load(scan("--json", "-", event=labelled).stdout)
    assert (watched.policy.environment, watched.outcome, watched.exit) == ("labelled", "incomplete", 0)
    assert watched.allowances == ("audit",)


def test_a_parent_comes_from_the_mirror_and_is_held_to_its_digest(scan, project, tmp_path):
    org = policy("org", "block")
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/org.yaml").write_text(org)
    child = f"""\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {{name: child, version: "1.0.0"}}
spec:
  extends:
    - source: git+https://h.example/org
      path: org.yaml
      commit: {"a" * 40}
      digest: sha256:{hashlib.sha256(org.encode()).hexdigest()}
"""
    on_main(project, {".secgate/policy.yaml": child})
    mirror = ("--mirror", f"https://h.example/org={tmp_path / 'mirror'}")
    decision = document.load(scan("--json", "-", *mirror).stdout)
    assert (decision.policy.name, decision.exit) == ("child", 1)
    assert [one.partition(" ")[0] for one in decision.policy.layers] == ["org@1.0.0", "child@1.0.0"]
    (tmp_path / "mirror/org.yaml").write_text(org.replace("block", "warn"))
    done = scan("--json", "-", *mirror)
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"has the digest" in done.stderr
