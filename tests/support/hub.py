"""A double of GitHub's REST API on this machine that remembers, and enforces what its OpenAPI document does not say.

with Hub() as hub:
    hub.pull(7, files={"app.py": "@@ -1,2 +1,3 @@\\n a\\n+b\\n c"})
    repository = connect(hub.token, hub.url, "acme/shop")

It knows who may do what, how long a comment may be, which lines a diff shows, pages, and how to fail: `hub.fail(…)`.
Every request is kept in `hub.requests`.
"""

import base64
import gzip
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

COMMENT_MAX = 65_536
BOT = "github-actions[bot]"
WRITES = frozenset({"pull-requests", "security-events"})
REFUSED = {"message": "Resource not accessible by integration", "status": "403"}


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: str
    body: Any
    headers: dict[str, str]


@dataclass
class Fault:
    """How an answer goes wrong."""

    method: str
    path: str
    status: int
    times: int
    body: Any
    headers: dict[str, str]
    done: bool
    """Whether it was done all the same."""


class RefusedError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str, *errors: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "errors": [{"message": one} for one in errors], "status": str(status)}


@dataclass
class Hub:
    """One repository, `acme/shop`, with what stands on its pull requests."""

    prefix: str = ""
    repository: str = "acme/shop"
    token: str = "ghs_writes"
    code_scanning: bool = True
    people: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    remarks: dict[int, dict[str, Any]] = field(default_factory=dict)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    commits: dict[str, list[str]] = field(default_factory=dict)
    sarifs: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    protection: dict[str, Any] = field(default_factory=lambda: {"protected": False})
    """What a branch says of itself."""
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    meanwhile: Callable[[Request], None] | None = None
    """Called after each request was answered: what others do at the same time."""

    def __enter__(self) -> "Hub":
        self.people |= {self.token: (BOT, WRITES), "ghs_reads": (BOT, frozenset()), "ghp_mallory": ("mallory", WRITES)}
        self._ids = 100
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}{self.prefix}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # What tests set up.

    def pull(self, number: int = 7, head: str = "1" * 40, files: dict[str, str | None] | None = None,
             repo: str | None = "acme/shop", branch: str = "change", **more: Any) -> None:  # fmt: skip
        """Open a pull request; `files` maps names to patches, None where GitHub shows none."""
        self.pulls[number] = {
            "url": f"{self._root()}/pulls/{number}", "issue_url": f"{self._root()}/issues/{number}",
            "html_url": f"https://github.com/{self.repository}/pull/{number}", "number": number, "state": "open",
            "draft": False, "head": {"sha": head, "ref": branch, "repo": {"full_name": repo} if repo else None},
            "base": {"ref": "main", "sha": "b" * 40}, "owner": (repo or "gone/gone").partition("/")[0],
        } | more  # fmt: skip
        self.files[number] = [
            {"filename": name, "status": "modified"} | ({} if patch is None else {"patch": patch})
            for name, patch in (files or {}).items()
        ]

    def write(self, body: str, login: str = BOT, number: int = 7) -> int:
        """Put a comment on a pull request, as somebody."""
        with self._lock:
            return self._comment(number, body, login)["id"]

    def fail(self, method: str, path: str, status: int, times: int = 1, body: Any = None,
             headers: dict[str, str] | None = None, done: bool = False) -> None:  # fmt: skip
        """Let the next requests fail that a method and a pattern name."""
        said = body if body is not None else {"message": f"status {status}"}
        self.faults.append(Fault(method, path, status, times, said, headers or {}, done))

    def sent(self, method: str, path: str = "") -> list[Request]:
        """Return the requests that a method and a pattern name."""
        return [one for one in self.requests if one.method == method and re.search(path, one.path)]

    def bodies(self) -> list[str]:
        """Return the comments on all pull requests, the oldest first."""
        return [one["body"] for one in self.comments.values()]

    # What it answers.

    def answer(self, request: Request, token: str) -> tuple[int, Any, dict[str, str]]:
        with self._lock:
            self.requests.append(request)
            fault = next((one for one in self.faults if one.times and one.method == request.method
                          and re.search(one.path, request.path)), None)  # fmt: skip
            if fault:
                fault.times -= 1
                if fault.done:
                    self._do(request, token)
                return fault.status, fault.body, fault.headers
            try:
                status, body = self._do(request, token)
            except RefusedError as refusal:
                return refusal.status, refusal.body, {}
            headers: dict[str, str] = {}
            if isinstance(body, list):
                body, headers = self._page(body, request)
        return status, body, headers

    def _do(self, request: Request, token: str) -> tuple[int, Any]:
        if token not in self.people:
            raise RefusedError(401, "Bad credentials")
        login, may = self.people[token]
        for method, pattern, needs, act in _ROUTES:
            match = re.fullmatch(pattern, request.path.removeprefix(f"/repos/{self.repository}"))
            if match and method == request.method:
                if needs and needs not in may:
                    raise RefusedError(403, REFUSED["message"])
                return act(self, request, login, *match.groups())
        raise RefusedError(404, "Not Found")

    def _root(self) -> str:
        return f"{self.url}/repos/{self.repository}"

    def _new(self) -> int:
        self._ids += 1
        return self._ids

    def _known(self, number: str) -> dict[str, Any]:
        if int(number) not in self.pulls:
            raise RefusedError(404, "Not Found")
        return self.pulls[int(number)]

    def _get_pull(self, _request: Request, _login: str, number: str) -> tuple[int, Any]:
        return 200, self._known(number)

    def _get_pulls(self, request: Request, _login: str) -> tuple[int, Any]:
        asked = parse_qs(request.query)
        head = asked.get("head", [""])[0]
        return 200, [one for one in self.pulls.values() if one["state"] == asked.get("state", ["open"])[0]
                     and head in {"", f"{one['owner']}:{one['head']['ref']}"}]  # fmt: skip

    def _get_files(self, _request: Request, _login: str, number: str) -> tuple[int, Any]:
        self._known(number)
        return 200, self.files[int(number)][:3000]

    def _get_comments(self, _request: Request, _login: str, number: str) -> tuple[int, Any]:
        self._known(number)
        return 200, [one for one in self.comments.values() if one["number"] == int(number)]

    def _comment(self, number: int, body: str, login: str) -> dict[str, Any]:
        id = self._new()
        self.comments[id] = {
            "id": id, "number": number, "body": body, "user": {"login": login, "type": "Bot"},
            "url": f"{self._root()}/issues/comments/{id}",
            "html_url": f"https://github.com/{self.repository}/pull/{number}#issuecomment-{id}",
        }  # fmt: skip
        return self.comments[id]

    def _post_comment(self, request: Request, login: str, number: str) -> tuple[int, Any]:
        self._known(number)
        return 201, self._comment(int(number), _body(request), login)

    def _get_comment(self, _request: Request, _login: str, id: str) -> tuple[int, Any]:
        if int(id) not in self.comments:
            raise RefusedError(404, "Not Found")
        return 200, self.comments[int(id)]

    def _patch_comment(self, request: Request, _login: str, id: str) -> tuple[int, Any]:
        if int(id) not in self.comments:
            raise RefusedError(404, "Not Found")
        self.comments[int(id)]["body"] = _body(request)
        return 200, self.comments[int(id)]

    def _delete_comment(self, _request: Request, _login: str, id: str) -> tuple[int, Any]:
        if self.comments.pop(int(id), None) is None:
            raise RefusedError(404, "Not Found")
        return 204, None

    def _get_remarks(self, _request: Request, _login: str, number: str) -> tuple[int, Any]:
        self._known(number)
        return 200, [one for one in self.remarks.values() if one["number"] == int(number)]

    def _remark(self, number: int, given: dict[str, Any], login: str) -> dict[str, Any]:
        id = self._new()
        self.remarks[id] = {
            "id": id, "number": number, "user": {"login": login, "type": "Bot"},
            "url": f"{self._root()}/pulls/comments/{id}", **given,
        }  # fmt: skip
        return self.remarks[id]

    def _post_remark(self, request: Request, login: str, number: str) -> tuple[int, Any]:
        head, given = self._known(number)["head"]["sha"], request.body
        if given.get("commit_id") != head:
            raise RefusedError(422, "Validation Failed", "commit_id is not part of the pull request")
        _body(request)
        self._place(int(number), given)
        return 201, self._remark(int(number), given, login)

    def _post_review(self, request: Request, login: str, number: str) -> tuple[int, Any]:
        head, given = self._known(number)["head"]["sha"], request.body
        if given.get("commit_id") != head:
            raise RefusedError(422, "Unprocessable Entity", "The commit is not part of the pull request")
        if given.get("event") in {"COMMENT", "REQUEST_CHANGES"} and not given.get("body"):
            raise RefusedError(422, "Unprocessable Entity", "Body can't be blank")
        if len(given.get("comments", ())) > 50:
            raise RefusedError(403, "You have exceeded a secondary rate limit")
        for one in given.get("comments", ()):
            self._place(int(number), one)
        self.reviews.append(given)
        for one in given.get("comments", ()):
            self._remark(int(number), one, login)
        return 200, {"id": self._new(), "body": given["body"], "state": "COMMENTED"}

    def _place(self, number: int, given: dict[str, Any]) -> None:
        """Refuse a line that the diff does not show; GitHub refuses the whole review then."""
        file = next((one for one in self.files[number] if one["filename"] == given.get("path")), None)
        if file is None:
            raise RefusedError(422, "Unprocessable Entity", "Path could not be resolved")
        if given.get("subject_type") == "file":
            return
        start, last = given.get("start_line", given.get("line")), given.get("line")
        for hunk in _shown(file.get("patch", "")):
            if start in hunk and last in hunk and start <= last and given.get("side") == "RIGHT":
                return
        raise RefusedError(422, "Unprocessable Entity", "Line could not be resolved")

    def _patch_remark(self, request: Request, _login: str, id: str) -> tuple[int, Any]:
        self.remarks[int(id)]["body"] = _body(request)
        return 200, self.remarks[int(id)]

    def _get_commit(self, _request: Request, _login: str, sha: str) -> tuple[int, Any]:
        if sha not in self.commits:
            raise RefusedError(404, "Not Found")
        return 200, {"sha": sha, "parents": [{"sha": one} for one in self.commits[sha]]}

    def _post_sarif(self, request: Request, _login: str) -> tuple[int, Any]:
        if not self.code_scanning:
            raise RefusedError(403, "Code Security must be enabled for this repository to use code scanning.")
        given = request.body
        packed = base64.b64decode(given["sarif"], validate=True)
        if len(packed) > 10_000_000:
            raise RefusedError(413, "Payload too large")
        if not re.fullmatch(r"refs/(heads|tags|pull)/.*", given["ref"]) or "gh-readonly-queue" in given["ref"]:
            raise RefusedError(404, f"ref '{given['ref']}' not found in this repository")
        id = f"47177e22-{self._new()}"
        self.sarifs[id] = {"given": given, "log": json.loads(gzip.decompress(packed)), "looks": 0}
        return 202, {"id": id, "url": f"{self._root()}/code-scanning/sarifs/{id}"}

    def _get_sarif(self, _request: Request, _login: str, id: str) -> tuple[int, Any]:
        if id not in self.sarifs:
            raise RefusedError(404, "Not Found")
        self.sarifs[id]["looks"] += 1
        if self.sarifs[id]["looks"] < 2:
            return 200, {"processing_status": "pending"}
        errors = _complaints(self.sarifs[id]["log"])
        return 200, {"processing_status": "failed" if errors else "complete", "errors": errors or None}

    def _get_repository(self, _request: Request, _login: str) -> tuple[int, Any]:
        return 200, {"id": 1, "full_name": self.repository, "default_branch": "main", "url": self._root()}

    def _get_branch(self, _request: Request, _login: str, name: str) -> tuple[int, Any]:
        return 200, {"name": unquote(name), **self.protection}

    def _get_rules(self, _request: Request, _login: str, name: str) -> tuple[int, Any]:
        """As GitHub does it: rules in force only, and for a branch that is not there too."""
        return 200, self.rules.get(unquote(name), [])

    def _get_alerts(self, _request: Request, _login: str) -> tuple[int, Any]:
        if not self.sarifs:
            raise RefusedError(404, "no analysis found")
        return 200, []

    def _page(self, items: list[Any], request: Request) -> tuple[list[Any], dict[str, str]]:
        asked = parse_qs(request.query)
        size, page = min(int(asked.get("per_page", ["30"])[0]), 100), int(asked.get("page", ["1"])[0])
        rest = items[page * size :]
        here = f"{self.url}{request.path}?" + "&".join(
            f"{name}={value[0]}" for name, value in asked.items() if name != "page"
        )
        return items[(page - 1) * size : page * size], {"Link": f'<{here}&page={page + 1}>; rel="next"'} if rest else {}


def _body(request: Request) -> str:
    body = request.body.get("body", "")
    if not body.strip():
        raise RefusedError(422, "Validation Failed", "body can't be blank")
    if len(body) > COMMENT_MAX:
        raise RefusedError(422, "Validation Failed", f"body is too long (maximum is {COMMENT_MAX} characters)")
    return body


def _shown(patch: str) -> list[range]:
    """Return the lines of the new side, counted from the header of each hunk alone: not as the client does it."""
    found = re.finditer(r"(?m)^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@", patch)
    return [range(int(one[1]), int(one[1]) + int(one[2] or 1)) for one in found]


def _complaints(log: dict[str, Any]) -> list[str]:
    runs = log["runs"]
    keys = [(run["tool"]["driver"]["name"], run.get("automationDetails", {}).get("id", "")) for run in runs]
    said = []
    if len(runs) > 20:
        said.append(f"rejecting SARIF, as there are more runs per file than allowed ({len(runs)} > 20)")
    if len(set(keys)) < len(keys):
        said.append("A delivery cannot contain multiple runs with the same category")
    for run in runs:
        if len(run["results"]) > 25_000:
            said.append("rejecting SARIF, as there are more results per run than allowed")
        if not run["invocations"][0]["executionSuccessful"]:
            said.append("unsuccessful execution")
    return said


_ROUTES: list[tuple[str, str, str, Any]] = [
    ("GET", r"/pulls/(\d+)", "", Hub._get_pull),
    ("GET", r"/pulls", "", Hub._get_pulls),
    ("GET", r"/pulls/(\d+)/files", "", Hub._get_files),
    ("GET", r"/issues/(\d+)/comments", "", Hub._get_comments),
    ("POST", r"/issues/(\d+)/comments", "pull-requests", Hub._post_comment),
    ("GET", r"/issues/comments/(\d+)", "", Hub._get_comment),
    ("PATCH", r"/issues/comments/(\d+)", "pull-requests", Hub._patch_comment),
    ("DELETE", r"/issues/comments/(\d+)", "pull-requests", Hub._delete_comment),
    ("GET", r"/pulls/(\d+)/comments", "", Hub._get_remarks),
    ("POST", r"/pulls/(\d+)/comments", "pull-requests", Hub._post_remark),
    ("PATCH", r"/pulls/comments/(\d+)", "pull-requests", Hub._patch_remark),
    ("POST", r"/pulls/(\d+)/reviews", "pull-requests", Hub._post_review),
    ("GET", r"/git/commits/([0-9a-f]+)", "", Hub._get_commit),
    ("POST", r"/code-scanning/sarifs", "security-events", Hub._post_sarif),
    ("GET", r"/code-scanning/sarifs/([0-9a-z-]+)", "security-events", Hub._get_sarif),
    ("GET", r"", "", Hub._get_repository),
    ("GET", r"/branches/([^/]+)", "", Hub._get_branch),
    ("GET", r"/rules/branches/([^/]+)", "", Hub._get_rules),
    ("GET", r"/code-scanning/alerts", "security-events", Hub._get_alerts),
]


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = parts.path.removeprefix(hub.prefix)
            request = Request(self.command, path, parts.query, json.loads(raw) if raw else None, dict(self.headers))
            if not parts.path.startswith(hub.prefix):
                status, body, headers = 404, {"message": "Not Found"}, {}
            else:
                token = (self.headers.get("Authorization") or "").partition(" ")[2]
                status, body, headers = hub.answer(request, token)
            # What others do now is not in this answer.
            data = b"" if status == 204 else json.dumps(body).encode()
            if hub.meanwhile:
                hub.meanwhile(request)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815 - so http.server wants them called

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
