"""GitHub's own OpenAPI document (`ghec`), and Prism, which holds requests against it.

`python tests/support/prism.py` fetches both with npm, as tests/support/npm/package-lock.json pins them by digest. Only
the paths that we use are served: the whole document takes a quarter of a minute to start.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

PINS = Path(__file__).with_name("npm")
_REPO = "/repos/{owner}/{repo}"
PATHS = [
    f"{_REPO}/pulls", f"{_REPO}/pulls/{{pull_number}}", f"{_REPO}/pulls/{{pull_number}}/files",
    f"{_REPO}/pulls/{{pull_number}}/comments", f"{_REPO}/pulls/{{pull_number}}/reviews",
    f"{_REPO}/pulls/comments/{{comment_id}}", f"{_REPO}/issues/{{issue_number}}/comments",
    f"{_REPO}/issues/comments/{{comment_id}}", f"{_REPO}/git/commits/{{commit_sha}}",
    f"{_REPO}/code-scanning/sarifs", f"{_REPO}/code-scanning/sarifs/{{sarif_id}}", f"{_REPO}/code-scanning/alerts",
    _REPO, f"{_REPO}/branches/{{branch}}", f"{_REPO}/rules/branches/{{branch}}",
]  # fmt: skip
"""What the client asks for."""


def home() -> Path:
    """Return where the packages lie or would lie; another lock has another place."""
    lock = hashlib.sha256((PINS / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "secgate" / "test-tools" / f"prism-{lock}"


def installed() -> Path:
    """Return the folder of the packages, or skip the test with the reason."""
    modules = home() / "node_modules"
    if not shutil.which("node") or not modules.is_dir():
        pytest.skip(f"no Prism at {modules}: run `make contract`, which needs node and npm")
    return modules


def fetch() -> Path:
    """Fetch the packages, each held against its digest; none of them runs anything while it is installed."""
    npm = shutil.which("npm")
    if not npm:
        raise SystemExit("npm is not installed; it fetches Prism and GitHub's OpenAPI document")
    part = home().with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(PINS, part)
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--silent"], cwd=part, check=True)
    return part.rename(home())


def trimmed(modules: Path) -> dict[str, Any]:
    """Return the document with our paths only, and what they refer to."""
    whole = json.loads((modules / "@octokit/openapi/generated/ghec.json").read_bytes())
    some = {name: whole[name] for name in ("openapi", "info", "servers")}
    some["paths"] = {path: whole["paths"][path] for path in PATHS}
    some["components"] = {}
    todo, known = [json.dumps(some["paths"])], set()
    while todo:
        for kind, name in set(re.findall(r'"#/components/(\w+)/([^"]+)"', todo.pop())) - known:
            known.add((kind, name))
            part = some["components"].setdefault(kind, {})[name] = whole["components"][kind][name]
            todo.append(json.dumps(part))
    return some


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the trimmed document on this machine; give the address."""
    modules = installed()
    document = folder / "ghec.json"
    document.write_text(json.dumps(trimmed(modules)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    program = modules / "@stoplight/prism-cli/dist/index.js"
    argv = ["node", program, "mock", "-h", "127.0.0.1", "-p", port, "-v", "silent", document]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield _answering(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()


def _answering(url: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        assert process.poll() is None, "Prism has ended"
        with contextlib.suppress(requests.ConnectionError):
            ask(url, "GET", "/")
            return url
        time.sleep(0.1)
    raise AssertionError("Prism does not answer")


def ask(url: str, method: str, path: str, body: object = None, query: str = "") -> tuple[int, list[Mapping[str, Any]]]:
    """Send a request; return the answer's status and what is wrong with the request itself.

    GitHub's own examples violate its document now and then: what is wrong with an answer is not told.
    """
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(
            method, f"{url}{path}{'?' + query if query else ''}", json=body, timeout=60,
            headers={"Accept": "application/vnd.github+json, application/json;q=0.9", "Authorization": "token x"},
        )  # fmt: skip
    wrong = json.loads(answer.headers.get("sl-violations") or "[]")
    return answer.status_code, [one for one in wrong if one["location"][0] == "request"]


if __name__ == "__main__":
    sys.stdout.write(f"{home() if home().is_dir() else fetch()}\n")
