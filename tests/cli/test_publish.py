"""`secgate publish`: shows what was decided, believes no file, and gives the gate's exit code whatever GitHub takes."""

import json
import os
import re
import stat
import subprocess
import sys

import pytest
from msgspec.structs import replace
from support.factories import decision, evidence, finding, location, many, requirement, unmet, verdict, vulnerability
from support.hub import BOT, Hub

from secgate import catalog
from secgate.cli.publish import publish
from secgate.errors import TrustError, UsageError
from secgate.gate import handed
from secgate.github import alerts, client
from secgate.github.sticky import COMMENT_MAX
from secgate.model import Action, EvidenceState, Subject
from secgate.report import document, sarif_file

SHA, HEAD, BASE = "c" * 40, "1" * 40, "b" * 40
PATCH = "@@ -10,3 +10,4 @@\n a\n+b\n+c\n d"
POLICY = "sha256:" + "ab" * 32


def judged(**changes):
    return decision(**{"subject": Subject("shop", "commit", SHA, files=12), "base": BASE} | changes)


BLOCKED = judged(verdicts=(verdict(), verdict(vulnerability()), *many(30, action=Action.WARN)))


class Outcome:
    """What one call of the command came to."""

    def __init__(self, code, told, errors, folder):
        self.code, self.out, self.err = code, told, errors
        self.summary = (folder / "summary").read_text() if (folder / "summary").exists() else ""
        lines = (folder / "outputs").read_text().splitlines() if (folder / "outputs").exists() else []
        self.outputs = dict(line.split("=") for line in lines)


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setattr(alerts, "WAITS_S", (0.0, 0.0))
    monkeypatch.setattr(client.connect, "__kwdefaults__", {"budget_s": 0.5, "between_s": (0, 0)})
    with Hub() as hub:
        hub.pull(7, HEAD, files={"shop/app.py": PATCH, "web/package-lock.json": None})
        yield hub


@pytest.fixture
def folder(tmp_path):
    """Return the folder that a scan wrote: what it decided, and its SARIF."""

    def folder(one=BLOCKED):
        place = tmp_path / "out"
        place.mkdir(exist_ok=True)
        (place / "decision.json").write_bytes(document.render(one))
        (place / "secgate.sarif").write_bytes(sarif_file.render(one, catalog.scanners()))
        return place

    return folder


@pytest.fixture
def tell(tmp_path, monkeypatch, capsys, hub):
    """Publish what lies in the folder, in a job on pull request 7."""

    def tell(*words, token="", event="pull_request", payload=None, **changes):
        place = tmp_path / "event.json"
        pull = {
            "number": 7,
            "state": "open",
            "head": {"sha": HEAD, "ref": "change", "repo": {"full_name": "acme/shop"}},
        }
        place.write_text(json.dumps({"repository": {"full_name": "acme/shop"}, **(payload or {"pull_request": pull})}))
        for name in [name for name in os.environ if name.startswith(("GITHUB_", "SECGATE_"))]:
            monkeypatch.delenv(name)
        for file in ("summary", "outputs"):
            (tmp_path / file).unlink(missing_ok=True)
        job = {
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(place), "GITHUB_SHA": SHA,
            "GITHUB_REF": "refs/pull/7/merge", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "40",
            "GITHUB_API_URL": hub.url, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "GITHUB_OUTPUT": str(tmp_path / "outputs"), "SECGATE_PUBLISH_TOKEN": token or hub.token,
        }  # fmt: skip
        for name, value in (job | changes).items():
            monkeypatch.setenv(name, value)
        words = words if words and not str(words[0]).startswith("--") else (tmp_path / "out", *words)
        capsys.readouterr()
        code = publish.main([str(word) for word in words], standalone_mode=False, auto_envvar_prefix="SECGATE_PUBLISH")
        told = capsys.readouterr()
        return Outcome(int(code), told.out, told.err, tmp_path)

    return tell


def test_a_block_is_shown_everywhere_and_the_exit_code_is_the_gates(tell, folder, hub, tmp_path):
    folder()
    came = tell("--ended", "1", "--sarif", tmp_path / "sarif")
    assert came.code == 1
    (body,) = hub.bodies()
    assert body.startswith("## secgate: BLOCKED\n")
    assert f"/blob/{SHA}/shop/app.py#L12" in body
    assert hub.reviews[0]["comments"][0]["path"] == "shop/app.py"
    assert [one["path"] for one in hub.remarks.values()] == ["shop/app.py", "web/package-lock.json"]
    assert came.summary.startswith("## secgate: BLOCKED\n")
    assert came.out.startswith("::error file=shop/app.py,line=12")
    assert came.outputs == {"verdict": "blocked", "exit-code": "1", "published": "yes", "sarif": "ready"}
    assert [one.name for one in (tmp_path / "sarif").iterdir()] == ["secgate-1.sarif"]
    assert hub.sarifs == {}, "only where --upload asks for it"


def test_a_pass_is_shown_and_takes_back_what_was_said(tell, folder, hub):
    folder()
    tell()
    folder(judged())
    came = tell(GITHUB_RUN_ID="41")
    assert came.code == 0
    (body,) = hub.bodies()
    assert body.startswith("## secgate: PASS\n")
    assert all(one["body"].startswith("**No longer found**") for one in hub.remarks.values())
    assert came.outputs["verdict"] == "pass"


def test_a_second_attempt_says_nothing_twice(tell, folder, hub):
    folder()
    tell()
    tell(GITHUB_RUN_ATTEMPT="2")
    assert (len(hub.comments), len(hub.reviews), len(hub.remarks)) == (1, 1, 2)


def test_an_older_run_changes_nothing_and_keeps_its_exit_code(tell, folder, hub):
    folder(judged())
    tell(GITHUB_RUN_ID="50")
    folder()
    came = tell(GITHUB_RUN_ID="49")
    assert came.code == 1
    assert hub.bodies()[0].startswith("## secgate: PASS\n")
    assert "run 50 is newer" in came.err


@pytest.mark.parametrize(("ended", "code", "word"), [
    ("125", 3, "could not be started"), ("126", 3, "could not run it"), ("127", 3, "no such program"),
    ("137", 3, "killed"), ("143", 3, "ended"), ("130", 3, "interrupted"), ("cancelled", 3, "cancelled"),
    ("skipped", 3, "not started"), ("failure", 3, "failed"), ("success", 3, "ended with success"), ("", 3, "nothing"),
    ("0", 3, "ended with 0"), ("1", 3, "ended with 1"), ("2", 2, "not valid"), ("3", 3, "not there"),
    ("4", 4, "promised"), ("5", 5, "internal error"), ("99", 3, "ended with 99"),
    ("²", 3, "ended with ²"), ("9" * 5000, 3, "ended with 9"),
])  # fmt: skip
def test_without_a_decision_the_comment_turns_incomplete(tell, folder, hub, tmp_path, ended, code, word):
    folder(judged())
    tell()
    for file in (tmp_path / "out").iterdir():
        file.unlink()
    came = tell("--ended", ended, GITHUB_RUN_ID="41")
    assert came.code == code
    (body,) = hub.bodies()
    assert body.startswith("## secgate: INCOMPLETE\n")
    assert word in body
    assert word in came.summary
    assert came.out.startswith("::error title=secgate%3A INCOMPLETE::")
    assert came.outputs == {"verdict": "incomplete", "exit-code": str(code), "published": "yes", "sarif": "none"}


def test_a_missing_folder_is_no_decision(tell, hub, tmp_path):
    assert tell(tmp_path / "nowhere", "--ended", "137").code == 3
    assert "INCOMPLETE" in hub.bodies()[0]


def refused(tell, hub, code=4, words=()):
    came = tell(*words)
    assert came.code == code
    assert came.outputs["verdict"] == "incomplete"
    assert hub.bodies()[0].startswith("## secgate: INCOMPLETE\n")
    assert hub.reviews == []
    return hub.bodies()[0]


@pytest.mark.parametrize("name", ["notes.txt", "decision.json.bak", ".hidden.sarif", "a b.sarif", "x.SARIF"])
def test_another_file_is_refused(tell, folder, hub, name):
    (folder(judged()) / name).write_text("x")
    assert "holds" in refused(tell, hub)


def test_a_folder_within_is_refused(tell, folder, hub):
    (folder(judged()) / "x.sarif").mkdir()
    refused(tell, hub)


@pytest.mark.parametrize("name", ["decision.json", "secgate.sarif"])
@pytest.mark.parametrize("kind", ["link", "pipe", "dangling"])
def test_what_is_no_regular_file_is_refused(tell, folder, hub, tmp_path, name, kind):
    path = folder(judged()) / name
    aside = tmp_path / "aside"
    path.rename(aside)
    if kind == "pipe":
        os.mkfifo(path)
        assert stat.S_ISFIFO(path.stat().st_mode)
    else:
        path.symlink_to(aside if kind == "link" else tmp_path / "nowhere")
    refused(tell, hub)


@pytest.mark.parametrize("files", [20, 21])
def test_at_20_sarif_files_it_is_read_and_one_more_is_refused(tell, folder, hub, files):
    place = folder(judged())
    for number in range(files - 1):
        (place / f"{number}.sarif").write_bytes((place / "secgate.sarif").read_bytes())
    if files == 20:
        assert tell().code == 0
    else:
        refused(tell, hub)


def test_a_file_that_is_too_large_is_refused(tell, folder, hub, monkeypatch):
    place = folder(judged())
    monkeypatch.setattr(document, "MAX_BYTES", (place / "decision.json").stat().st_size)
    (place / "secgate.sarif").unlink()
    assert tell().code == 0
    monkeypatch.setattr(document, "MAX_BYTES", document.MAX_BYTES - 1)
    hub.comments.clear()
    refused(tell, hub)


def test_files_that_are_too_large_together_are_refused(tell, folder, hub, monkeypatch):
    total = sum(file.stat().st_size for file in folder(judged()).iterdir())
    monkeypatch.setattr(handed, "TOTAL_MAX", total)
    assert tell().code == 0
    monkeypatch.setattr(handed, "TOTAL_MAX", total - 1)
    hub.comments.clear()
    assert "too much in them" in refused(tell, hub)


def test_a_file_in_place_of_the_folder_is_a_mistake(tell, folder):
    with pytest.raises(UsageError, match="is no folder"):
        tell(folder() / "decision.json")


def test_an_event_without_a_commit_believes_no_decision(tell, folder, hub):
    folder(judged(subject=Subject("shop", "commit", "")))
    came = tell(GITHUB_SHA="HEAD")
    assert came.code == 4
    assert "does not say which commit" in hub.bodies()[0]


@pytest.mark.parametrize(("change", "word"), [
    ({"subject": Subject("shop", "commit", HEAD)}, "is about"),
    ({"subject": Subject("shop", "working tree", SHA)}, "is about"),
])  # fmt: skip
def test_a_decision_about_something_else_is_refused(tell, folder, hub, change, word):
    folder(judged(**change))
    assert word in refused(tell, hub)


@pytest.mark.parametrize(("agreed", "code"), [
    ({}, 0), ({"commit": SHA, "base": BASE, "policy": POLICY}, 0), ({"commit": HEAD}, 4), ({"base": HEAD}, 4),
    ({"policy": "sha256:" + "cd" * 32}, 4),
])  # fmt: skip
def test_a_decision_agrees_with_what_resolve_said(tell, folder, hub, tmp_path, agreed, code):
    folder(judged())
    (tmp_path / "resolved.json").write_text(json.dumps(agreed))
    came = tell("--resolved", tmp_path / "resolved.json")
    assert came.code == code
    assert ("INCOMPLETE" in hub.bodies()[0]) == bool(code)


@pytest.mark.parametrize("text", ["", "[]", '{"other": "x"}', '{"commit": 7}'])
def test_what_resolve_said_is_of_its_shape(tell, folder, tmp_path, text):
    folder()
    (tmp_path / "resolved.json").write_text(text)
    with pytest.raises(UsageError, match="--resolved"):
        tell("--resolved", tmp_path / "resolved.json")


@pytest.mark.parametrize("ended", ["0", "137", "success"])
def test_a_decision_that_the_exit_code_contradicts_is_refused(tell, folder, hub, ended):
    folder()
    assert "ended with" in refused(tell, hub, words=("--ended", ended))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", b'{"apiVersion":"secgate.dev/decision/v1"}', b"[" * 100_000]
)
def test_a_decision_that_is_none_is_incomplete(tell, folder, hub, data):
    (folder() / "decision.json").write_bytes(data)
    refused(tell, hub, code=3)


@pytest.mark.parametrize("change", [
    lambda told: told | {"counts": {**told["counts"], "block": 0}},
    lambda told: told | {"outcome": "pass", "exit": 0},
    lambda told: told | {"exit": 0},
])  # fmt: skip
def test_a_decision_that_does_not_add_up_is_incomplete(tell, folder, hub, change):
    path = folder() / "decision.json"
    path.write_text(json.dumps(change(json.loads(path.read_bytes()))))
    refused(tell, hub, code=3)


def test_sarif_with_findings_that_nobody_decided_about_is_refused(tell, folder, hub):
    place = folder(judged())
    (place / "more.sarif").write_bytes(sarif_file.render(BLOCKED, catalog.scanners()))
    assert "more.sarif holds findings that the decision does not" in refused(tell, hub)


def test_sarif_that_is_none_is_refused(tell, folder, hub):
    (folder(judged()) / "secgate.sarif").write_bytes(b"{}")
    refused(tell, hub, code=3)


def test_the_token_of_a_fork_gives_annotations_and_a_summary(tell, folder, hub):
    folder()
    came = tell("--upload", token="ghs_reads")
    assert came.code == 1
    assert hub.comments == hub.remarks == hub.sarifs == {}
    assert came.outputs == {"verdict": "blocked", "exit-code": "1", "published": "no", "sarif": "none"}
    assert "::error file=shop/app.py" in came.out
    assert "## secgate: BLOCKED" in came.summary
    assert "What is not shown on GitHub" in came.summary
    assert "workflow_run" in came.err
    assert came.out.count("::warning title=secgate%3A not shown on GitHub::GitHub did not show the comment") == 1
    assert "%0AGitHub did not take the SARIF file" in came.out
    assert len(hub.sent("POST")) == 2, "the comment and the alerts: the review has the comment's permission"


def test_dependabot_is_like_a_fork(tell, folder, hub):
    folder(judged())
    came = tell(token="ghs_reads", GITHUB_ACTOR="dependabot[bot]")
    assert (came.code, came.outputs["published"]) == (0, "no")


def test_without_a_token_it_is_said(tell, folder, monkeypatch):
    folder()
    came = tell(SECGATE_PUBLISH_TOKEN="")
    assert came.code == 1
    assert "there is no token" in came.err
    assert "## secgate: BLOCKED" in came.summary


def test_the_jobs_own_variable_may_hold_the_token(tell, folder, hub):
    folder()
    tell(SECGATE_PUBLISH_TOKEN="", GITHUB_TOKEN=hub.token)
    assert len(hub.comments) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500, 502, 503])
@pytest.mark.parametrize("exit", [0, 1, 3])
def test_whatever_github_answers_the_verdict_stands(tell, folder, hub, slept, status, exit):
    folder({0: judged(), 1: BLOCKED, 3: judged(requirements=(requirement(), unmet()))}[exit])
    for method in ("GET", "POST"):
        hub.fail(method, "", status, times=99)
    came = tell("--upload")
    assert came.code == exit
    assert came.outputs["published"] == "no"
    assert str(status) in came.summary


@pytest.fixture
def slept(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_a_merge_queue_is_judged_and_nothing_is_uploaded(tell, folder, hub, tmp_path):
    folder()
    ref = "refs/heads/gh-readonly-queue/main/pr-7-abc"
    came = tell(
        "--upload", "--sarif", tmp_path / "sarif", event="merge_group", payload={"merge_group": {}}, GITHUB_REF=ref
    )
    assert came.code == 1
    assert hub.requests == []
    assert (came.outputs["sarif"], came.outputs["published"]) == ("none", "yes")
    assert "::error file=" in came.out


def test_a_push_uploads_its_alerts_and_has_no_comment(tell, folder, hub):
    folder()
    came = tell("--upload", event="push", payload={"before": BASE}, GITHUB_REF="refs/heads/main")
    assert came.code == 1
    (upload,) = hub.sarifs.values()
    assert (upload["given"]["commit_sha"], upload["given"]["ref"]) == (SHA, "refs/heads/main")
    assert hub.comments == {}


def test_alerts_of_who_did_not_finish_are_left_alone(tell, folder, hub):
    folder(judged(verdicts=(verdict(),), evidence=(evidence(), evidence(scanner="trivy", state=EvidenceState.FAILED))))
    came = tell("--upload")
    (upload,) = hub.sarifs.values()
    assert [run["tool"]["driver"]["name"] for run in upload["log"]["runs"]] == ["Bandit", "secgate"]
    assert "not uploaded: nothing of trivy, which is failed" in came.err


def test_a_draft_gets_no_new_comment_and_keeps_an_old_one_true(tell, folder, hub):
    hub.pulls[7]["draft"] = True
    folder()
    assert tell().code == 1
    assert hub.comments == hub.remarks == {}
    hub.pulls[7]["draft"] = False
    tell(GITHUB_RUN_ID="41")
    hub.pulls[7]["draft"] = True
    folder(judged())
    tell(GITHUB_RUN_ID="42")
    assert hub.bodies()[0].startswith("## secgate: PASS\n")


def test_a_closed_pull_request_gets_nothing(tell, folder, hub):
    folder()
    head = {"sha": HEAD, "ref": "change", "repo": {"full_name": "acme/shop"}}
    assert tell(payload={"pull_request": {"number": 7, "state": "closed", "head": head}}).code == 1
    hub.pulls[7]["state"] = "closed"
    assert tell().code == 1
    assert hub.comments == hub.remarks == {}


def test_newer_commits_are_said_and_get_no_remarks(tell, folder, hub):
    hub.pulls[7]["head"]["sha"] = "2" * 40
    folder()
    assert tell().outputs["published"] == "yes"
    assert "The pull request has newer commits than the judged one" in hub.bodies()[0]
    assert hub.remarks == {}


@pytest.mark.parametrize(("words", "comments", "remarks"), [(["--no-comment"], 0, 2), (["--no-review"], 1, 0)])
def test_what_is_not_wished_is_not_shown(tell, folder, hub, words, comments, remarks):
    folder()
    tell(*words)
    assert (len(hub.comments), len(hub.remarks)) == (comments, remarks)


@pytest.mark.slow
def test_20000_findings_fit_everywhere(tell, folder, hub):
    folder(judged(verdicts=many(20_000)))
    came = tell()
    (body,) = hub.bodies()
    assert 60_000 < len(body) <= COMMENT_MAX
    assert re.search(r"\*\*[0-9,]+ findings that block are not shown here\.\*\*", body)
    assert 1_000_000 < len(came.summary.encode()) <= 1_048_576
    assert came.out.count("::error ") == 10
    assert came.outputs["published"] == "yes"


def test_what_another_step_wrote_into_the_summary_takes_its_room(tell, folder, hub, tmp_path, monkeypatch):
    folder()
    before = tmp_path / "shared"
    before.write_text("x" * 1_048_000)
    came = tell(GITHUB_STEP_SUMMARY=str(before))
    assert came.code == 1
    assert "no room" in came.err
    assert before.stat().st_size <= 1_048_576


def test_a_finding_that_forges_the_marker_does_not(tell, folder, hub):
    nasty = f"<!-- secgate:gate run=99 attempt=1 -->\n@{BOT} <!-- secgate:gate finding={'a' * 32} -->"
    folder(judged(verdicts=(verdict(finding(message=nasty, fix=nasty)), verdict(finding(fingerprint=nasty)))))
    tell()
    assert len(re.findall("<!-- secgate:gate ", hub.bodies()[0])) == 1
    assert all(one["body"].count("<!--") == 1 for one in hub.remarks.values())
    assert len(hub.remarks) == 1


def test_a_path_from_the_scan_is_no_path_of_the_change(tell, folder, hub):
    folder(judged(verdicts=(verdict(finding(location=location("../../etc/passwd"))),)))
    assert tell().code == 1
    assert hub.remarks == {}


def test_the_folder_for_sarif_is_its_own(tell, folder, tmp_path):
    folder()
    (tmp_path / "sarif").mkdir()
    (tmp_path / "sarif" / "evil.sarif").write_text("{}")
    came = tell("--sarif", tmp_path / "sarif")
    assert came.code == 1
    assert "is not empty" in came.err
    assert came.outputs["sarif"] == "none"


@pytest.mark.parametrize("key", ["a b", "A", "x" * 41, "", "-->"])
def test_a_key_is_a_plain_word(tell, folder, key):
    folder()
    with pytest.raises(UsageError, match="--key"):
        tell("--key", key)


def test_outside_of_a_job_it_is_refused(tell, folder):
    folder()
    with pytest.raises(TrustError, match="no job"):
        tell(GITHUB_ACTIONS="")


RUN = {"workflow_run": {"id": 40, "run_attempt": 1, "event": "pull_request", "head_sha": HEAD, "head_branch": "change",
                        "head_repository": {"full_name": "fork/shop"}}}  # fmt: skip


@pytest.fixture
def report(tell, hub):
    """Publish in a job on workflow_run that tells of a fork's run."""
    hub.pull(7, HEAD, repo="fork/shop", files={"shop/app.py": PATCH})
    hub.commits = {SHA: [BASE, HEAD]}
    return lambda *words, payload=RUN, **changes: tell(
        *words, event="workflow_run", payload=payload, GITHUB_SHA=BASE, GITHUB_REF="refs/heads/main",
        GITHUB_RUN_ID="99", **changes,
    )  # fmt: skip


def test_a_reporter_tells_of_a_forks_run(report, folder, hub):
    folder()
    came = report("--upload")
    assert came.code == 0, "its own success is that it told; the gate's exit code was given by the run"
    (body,) = hub.bodies()
    assert body.startswith("## secgate: BLOCKED\n")
    assert "which the change could have rewritten" in body
    assert "run=40 attempt=1" in body
    assert hub.remarks == hub.sarifs == {}


def test_a_reporter_that_cannot_tell_says_so_with_its_exit_code(report, folder, hub):
    folder()
    assert report(token="ghs_reads").code == 5


@pytest.mark.parametrize("commit", ["d" * 40, "x/../../..", "", HEAD[:12]])
def test_a_reporter_believes_no_decision_about_another_commit(report, folder, hub, commit):
    hub.commits["d" * 40] = [BASE, BASE]
    folder(judged(subject=Subject("shop", "commit", commit)))
    report()
    assert hub.bodies()[0].startswith("## secgate: INCOMPLETE\n")


def test_a_reporter_without_files_says_that_there_is_no_verdict(report, hub, tmp_path):
    report(tmp_path / "nothing", "--ended", "failure")
    assert "INCOMPLETE" in hub.bodies()[0]


def test_a_reporter_of_another_run_tells_nobody(report, folder, hub):
    folder()
    other = {"workflow_run": {**RUN["workflow_run"], "head_sha": "9" * 40}}
    report(payload=other)
    push = {"workflow_run": {**RUN["workflow_run"], "event": "push"}}
    report(payload=push)
    assert hub.comments == {}


def test_the_real_program_in_a_job(folder, hub, tmp_path):
    folder()
    place = tmp_path / "event.json"
    head = {"sha": HEAD, "ref": "c", "repo": {"full_name": "acme/shop"}}
    pull = {"number": 7, "state": "open", "head": head}
    place.write_text(json.dumps({"repository": {"full_name": "acme/shop"}, "pull_request": pull}))
    job = {
        "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": SHA, "GITHUB_RUN_ID": "1",
        "GITHUB_EVENT_PATH": str(place), "GITHUB_REPOSITORY": "acme/shop", "GITHUB_API_URL": hub.url,
        "GITHUB_TOKEN": hub.token,
    }  # fmt: skip
    argv = [sys.executable, "-I", "-m", "secgate", "publish", tmp_path / "out", "--ended", "1"]
    env = {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1", **job}
    done = subprocess.run(argv, capture_output=True, timeout=120, check=False, env=env)
    assert done.returncode == 1, done.stderr
    assert hub.bodies()[0].startswith("## secgate: BLOCKED\n")
    assert hub.token.encode() not in done.stdout + done.stderr


def test_the_other_fields_of_a_decision_are_as_they_were(folder):
    one = replace(BLOCKED, base=BASE)
    assert document.load((folder(one) / "decision.json").read_bytes()) == one
