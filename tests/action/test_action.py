"""The action's real shell, end to end, with a real container runtime: podman and runc behind the name of docker.

The image is named by SECGATE_TEST_IMAGE; SECGATE_TEST_DOCKER holds the words that start podman where it needs more than
its defaults. GitHub is a repository on this machine, and nothing answers for its API.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from action.runner import Job
from support import repositories
from support.repositories import git

ROOT = Path(__file__).resolve().parents[2]
IMAGE = os.environ.get("SECGATE_TEST_IMAGE", "")
ENGINE = os.environ.get("SECGATE_TEST_DOCKER", "podman --runtime runc --cgroup-manager=cgroupfs --events-backend=file")
POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: of-main, version: "1.0.0"}
spec:
  evidence:
    required:
      - {id: python, category: sast, anyOf: [bandit], applies: found}
      - {id: secrets, category: secret, anyOf: [trivy], applies: found}
  rules:
    - {id: severe, match: {severity: ">=high"}, scope: introduced, action: block}
"""
# Started by the gate's image with the very words of a start, in the gate's place: what does such a start see?
PROBE = """
import json, os, pathlib, socket
def reached(address):
    try:
        socket.create_connection(address, 2).close()
        return True
    except OSError:
        return False
git = pathlib.Path("/src/.git")
print("PROBE", json.dumps({
    "environment": sorted(os.environ), "interfaces": sorted(os.listdir("/sys/class/net")),
    "git": sorted(os.listdir(git)) if git.is_dir() else [],
    "tree": sorted(os.listdir("/src")) if git.is_dir() else [],
    "sockets": [p for p in ("/run/docker.sock", "/var/run/docker.sock") if os.path.exists(p)],
    "root": os.access("/", os.W_OK) and os.statvfs("/").f_flag & os.ST_RDONLY == 0,
    "capabilities": next(l.split()[1] for l in open("/proc/self/status") if l.startswith("CapEff")),
    "user": os.getuid(), "reached": reached(("140.82.121.4", 443)),
    "values": [value for value in os.environ.values() if "made-up-token" in value],
}))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not IMAGE, reason="SECGATE_TEST_IMAGE names no image: make image, then make test-action"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to put podman in docker's place"),
    pytest.mark.skipif(not shutil.which("podman"), reason="podman is not installed"),
]


@pytest.fixture
def docker(tmp_path):
    """Put a `docker` on the action's PATH that is podman, notes its words, and lets a probe look around first.

    Return the words that start a program in a mount namespace in which that is so.
    """
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "probe.py").write_text(PROBE)
    (shim / "docker").write_text(
        "#!/usr/bin/python3 -I\n"
        "import json, os, subprocess, sys\n"
        f"engine, server, shim = {shlex.split(ENGINE)!r}, {str(tmp_path / 'server')!r}, {str(shim)!r}\n"
        # There is no bridge here, and the server is a folder: it is mounted where a network would be.
        "words = sys.argv[1:]\n"
        "open(f'{shim}/log', 'a').write(json.dumps(words) + '\\n')\n"
        "if 'bridge' in words:\n"
        "    words[words.index('bridge')] = 'none'\n"
        "    words[1:1] = ['--volume', f'{server}:{server}:ro']\n"
        "words[1:1] = ['--ulimit', 'nofile=1024:4096', '--ulimit', 'nproc=4096:4096']\n"
        f"at = words.index({IMAGE!r})\n"
        # What publishes takes no server but GitHub's kind; it asks it nothing here.
        "if words[at + 1] == 'publish':\n"
        "    os.environ['GITHUB_SERVER_URL'] = 'https://github.com'\n"
        "look = ['--volume', f'{shim}/probe.py:/probe.py:ro', '--entrypoint', '/opt/secgate/venv/bin/python']\n"
        # One file holds the id of one container: the probe has none.
        "cid = words.index('--cidfile')\n"
        "bare = [*words[:cid], *words[cid + 2:at]]\n"
        "seen = subprocess.run([*engine, *bare, *look, words[at], '-I', '/probe.py'], capture_output=True)\n"
        "open(f'{shim}/seen', 'ab').write(words[at + 1].encode() + b' ' + seen.stdout + seen.stderr[-300:] + b'\\n')\n"
        "os.execvp(engine[0], [*engine, *words])\n"
    )
    (shim / "docker").chmod(0o755)
    return ("unshare", "--mount", "sh", "-ec", 'mount --bind "$0" /usr/local/sbin; exec "$@"', str(shim))


@pytest.fixture
def job(tmp_path, docker):
    """Return a function that makes a pull request that changes files, and a job that judges it."""

    def job(changes, *, policy=POLICY, event="pull_request", variables=None, depth=0, **inputs):
        origin = repositories.repository(tmp_path / "server/org/name", "a.py")
        (origin / ".secgate").mkdir()
        (origin / ".secgate/policy.yaml").write_text(policy)
        repositories.commit(origin)
        git(origin, "checkout", "-q", "-b", "change")
        for name, text in changes.items():
            (origin / name).write_text(text)
        repositories.commit(origin)
        git(origin, "checkout", "-q", "main")
        git(origin, "merge", "-q", "--no-ff", "-m", "x", "change")
        merge = git(origin, "rev-parse", "HEAD")
        git(origin, "update-ref", "refs/pull/1/merge", merge)
        git(origin, "reset", "-q", "--hard", "HEAD^1")
        work = repositories.repository(tmp_path / "work")
        git(work, "remote", "add", "origin", f"file://{origin}")
        shallow = ["--depth=1"] if depth else ["refs/heads/*:refs/remotes/origin/*"]
        git(work, "fetch", "-q", "origin", "refs/pull/1/merge", *shallow)
        git(work, "checkout", "-q", merge)
        place = tmp_path / "event.json"
        payload = {
            "repository": {"default_branch": "main", "full_name": "org/name"},
            "pull_request": {"number": 1, "base": {"ref": "main"}, "head": {"sha": git(origin, "rev-parse", "change"),
                             "ref": "change", "repo": {"full_name": "org/name"}}, "state": "open", "draft": False},
        }  # fmt: skip
        place.write_text(json.dumps(payload))
        folder = tmp_path / "job"
        folder.mkdir()
        return Job(
            folder, work, place,
            {
                "GITHUB_EVENT_NAME": event, "GITHUB_SHA": merge, "GITHUB_REF": "refs/pull/1/merge",
                "GITHUB_REPOSITORY": "org/name", "GITHUB_SERVER_URL": f"file://{tmp_path}/server",
                "GITHUB_API_URL": "https://api.github.com", "GITHUB_RUN_ID": "1", "GITHUB_RUN_ATTEMPT": "1",
                **(variables or {}),
            },
            {name.replace("_", "-"): value for name, value in inputs.items()}, IMAGE, docker,
        )  # fmt: skip

    return job


@pytest.fixture
def starts(tmp_path):
    """Return a function that gives what the shim noted: the words and the probe's view of each start."""

    def starts():
        words = [json.loads(line) for line in (tmp_path / "shim/log").read_text().splitlines()]
        seen = {}
        for line in (tmp_path / "shim/seen").read_text().splitlines():
            name, _, rest = line.partition(" PROBE ")
            if rest:
                seen[name] = json.loads(rest)
        return {one[one.index(IMAGE) + 1]: one[: one.index(IMAGE)] for one in words}, seen

    return starts


BAD = {"b.py": "import subprocess\nsubprocess.call(input(), shell=True)\n"}
GOOD = {"b.py": "x = 1\n"}


def told(done):
    return done.outputs["publish"].get("verdict"), done.outputs["publish"].get("exit-code")


def handed(done):
    return sorted(path.name for path in (done.folder / "temp").glob("secgate-*/handed/*"))


def test_a_change_that_must_fail_fails(job):
    done = job(BAD).run()
    assert done.codes.get("scan") == 1, done.log
    assert done.code == 1
    assert "BLOCKED" in done.log
    assert handed(done) == ["decision.json", "secgate.sarif"]
    assert (told(done), done.codes["publish"]) == (("blocked", "1"), 1)
    assert "BLOCKED" in (done.folder / "publish.summary").read_text()


def test_a_change_that_must_pass_passes_and_nothing_is_handed_on_but_what_is_declared(job, starts):
    done = job(GOOD).run()
    assert done.codes.get("scan") == 0, done.log
    assert (told(done), done.code) == (("pass", "0"), 0)
    words, seen = starts()
    assert list(words) == ["resolve", "prepare", "scan", "publish"]
    work = next((done.folder / "temp").glob("secgate-*"))
    mounted = {
        name: sorted(one.split(",")[1].removeprefix("source=") for one in these if one.startswith("type=bind"))
        for name, these in words.items()
    }
    clone = f"{done.workspace}/.git"
    data = [f"{work}/databases", f"{work}/feeds", f"{work}/rules"]
    assert mounted["resolve"] == sorted([str(done.event), f"{work}/bundle"])
    assert mounted["prepare"] == sorted([f"{work}/bundle", *data])
    assert f"{work}/handed" in mounted["publish"]
    assert not [one for one in mounted["publish"] if one.startswith(clone)]
    assert mounted["scan"] == sorted(
        [f"{clone}/HEAD", f"{clone}/objects", f"{clone}/refs", f"{work}/bundle", f"{work}/out", *data]
    )
    # The scan: git's objects, no token, no network, no socket, three capabilities and nothing to write to.
    assert seen["scan"]["environment"] == sorted(
        {
            *seen["prepare"]["environment"],
            "SECGATE_SCAN_FAIL_ON",
            "SECGATE_SCAN_REPORT_ONLY",
            "SECGATE_SCAN_ALLOW_INCOMPLETE",
        }
    )
    assert seen["scan"]["interfaces"] == ["lo"]
    assert seen["scan"]["git"] == ["HEAD", "objects", "refs"]
    assert seen["scan"]["tree"] == [".git"]
    assert seen["scan"]["capabilities"] == "00000000000000e0"
    assert not seen["scan"]["reached"]
    for name in words:
        assert seen[name]["sockets"] == []
        assert not seen[name]["root"]
        assert bool(seen[name]["values"]) is (name in {"resolve", "publish"})
        assert name == "scan" or seen[name]["capabilities"] == "0" * 16
    assert not any("made-up-token" in one for these in words.values() for one in these)


def test_a_scanner_that_dies_is_incomplete(job):
    # Semgrep cannot even start in a second.
    more = "required:\n      - {id: code, category: sast, anyOf: [semgrep], applies: found}"
    done = job(GOOD, policy=POLICY.replace("required:", more), timeout="1").run()
    assert done.codes.get("scan") == 3, done.log
    assert (told(done), done.code) == (("incomplete", "3"), 3)
    assert "INCOMPLETE" in done.log


def test_a_start_that_is_killed_is_incomplete_and_hands_on_nothing(job):
    done = job(BAD, memory="24m").run()
    assert done.outputs["scan"]["ended"] in {"137", "125", "126"}, done.log
    assert done.codes.get("scan") == 3
    assert handed(done) == []
    assert told(done) == ("incomplete", "3")
    assert "INCOMPLETE" in (done.folder / "publish.summary").read_text()


def test_the_policy_of_the_change_does_not_count(job):
    loose = POLICY.replace("action: block", "action: warn").replace("of-main", "of-the-change")
    done = job({**BAD, ".secgate/policy.yaml": loose}).run()
    assert done.codes.get("scan") == 1, done.log
    assert "of-main" in done.log


def test_missing_history_says_which_line_to_add(job):
    done = job(GOOD, depth=1).run()
    assert done.codes.get("scan") == 3, done.log
    assert "fetch-depth: 0" in done.log


def test_another_commit_than_the_events_is_refused(job):
    made = job(GOOD)
    git(made.workspace, "checkout", "-q", "HEAD^1")
    assert made.run().codes.get("scan") == 4, made.log


def test_an_option_that_loosens_is_refused(job):
    done = job(BAD, skip="bandit").run()
    assert done.codes.get("scan") == 4, done.log


def test_an_event_with_secrets_is_refused(job):
    done = job(GOOD, event="pull_request_target").run()
    assert done.codes["resolve"] == 4, done.log
    assert "scan" not in done.codes
    assert done.outputs["resolve"]["ended"] == "4"


@pytest.mark.parametrize(
    "name", ["SECGATE_HOME", "SECGATE_SCAN_BASE", "BASH_ENV", "LD_PRELOAD", "DOCKER_HOST", "GIT_DIR", "PYTHONPATH"]
)
def test_a_variable_that_an_earlier_step_left_is_refused(job, name):
    done = job(GOOD, variables={name: "" if name == "LD_PRELOAD" else "/nonexistent"}).run()
    assert done.code == 4, done.log
    assert name in done.log
    assert "a job of its own" in done.log


def test_credentials_that_checkout_left_are_told_and_not_seen(job, starts):
    made = job(GOOD)
    git(made.workspace, "config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic x")
    assert made.run().codes.get("scan") == 0
    assert "persist-credentials: false" in made.log
    assert "config" not in starts()[1]["scan"]["git"]


def test_the_release_writes_the_digest_into_every_start(tmp_path):
    place = tmp_path / "checkout"
    (place / "action").mkdir(parents=True)
    for name in ("action.yml", "action/release.py"):
        shutil.copy2(ROOT / name, place / name)
    image = f"ghcr.io/org/secgate@sha256:{'0' * 64}"
    release = [sys.executable, "-I", str(place / "action/release.py")]
    subprocess.run([*release, image], check=True)
    assert (place / "action.yml").read_text().count(f'SECGATE_ACTION_IMAGE: "{image}"') == 4
    for wrong in ("ghcr.io/org/secgate:latest", f"{image}\n", "x"):
        assert subprocess.run([*release, wrong], check=False, capture_output=True).returncode == 1


def test_without_docker_the_same_starts_are_processes(job):
    done = job(BAD, mode="native").run()
    assert done.codes.get("scan") == 1, done.log
    assert handed(done) == ["decision.json", "secgate.sarif"]
    assert "of-main" in done.log


def test_a_mode_that_does_not_exist_is_refused(job):
    done = job(GOOD, mode="podman").run()
    assert done.codes["resolve"] == 2
    assert "neither container nor native" in done.log
