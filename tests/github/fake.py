"""A strict loopback GitHub: only what the comment needs, with the limits that GitHub has and other fakes lack."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

WHEN = "2026-01-02T03:04:05Z"
MAX_BODY, MAX_ANNOTATIONS, MAX_PAGE = 65_536, 50, 100
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
PRIMARY = "API rate limit exceeded for installation ID 1."
FORBIDDEN = "Resource not accessible by integration"


@dataclass
class Token:
    """Who a token writes as, and what it may write. A workflow's own token may not ask for `GET /user`."""

    login: str = "github-actions[bot]"
    may: frozenset[str] = frozenset({"comments", "checks", "issues"})
    is_workflow: bool = True


@dataclass
class Trouble:
    """An answer that a request meets instead of its own, `times` times."""

    match: str
    status: int
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1


@dataclass
class GitHub:
    """The state of one repository, and what was asked."""

    repository: str = "lab/model"
    tokens: dict[str, Token] = field(default_factory=lambda: {"workflow-token-1": Token()})
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    checks: dict[int, dict[str, Any]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    has_graphql: bool = True
    knows_fork_commits: bool = False
    seen: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    after_comment: Callable[[GitHub], None] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    url: str = ""

    def pull(self, number: int, sha: str, source: str | None = None, branch: str = "edit") -> dict[str, Any]:
        """Open a pull request from `branch` of `source` (this repository, or a fork)."""
        source = source or self.repository
        owner = {"login": source.split("/")[0], "id": 5, "type": "User"}
        base = f"{self.url}/repos/{self.repository}"
        found = self.pulls[number] = {
            "url": f"{base}/pulls/{number}",
            "issue_url": f"{base}/issues/{number}",
            "number": number,
            "state": "open",
            "head": {"sha": sha, "ref": branch, "repo": {"full_name": source, "owner": owner}},
            "base": {"sha": "b" * 40, "ref": "main", "repo": {"full_name": self.repository}},
        }
        return found

    def comment(self, number: int, login: str, body: str) -> dict[str, Any]:
        """A comment as it is kept and sent."""
        with self.lock:
            key = 1000 + len(self.comments)
            path = f"{self.url}/repos/{self.repository}/issues/comments/{key}"
            kind = "Bot" if login.endswith("[bot]") else "User"
            self.comments[key] = {
                "id": key,
                "number": number,
                "body": body,
                "url": path,
                "html_url": f"https://github.test/{self.repository}/pull/{number}#issuecomment-{key}",
                "user": {"login": login, "id": 41, "type": kind},
                "created_at": WHEN,
                "updated_at": WHEN,
            }
            return self.comments[key]

    def of(self, number: int) -> list[dict[str, Any]]:
        return [c for c in self.comments.values() if c["number"] == number]

    def writes(self) -> list[str]:
        return [s for s in self.seen if not s.startswith("GET") and "/graphql" not in s]


class _No(Exception):
    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}


class Handler(BaseHTTPRequestHandler):
    """One request; `hub` is set by `serve`."""

    github: GitHub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        line = f"{self.command} {parts.path}"
        self.extra: dict[str, str] = {}
        with self.github.lock:
            self.github.seen.append(line)
            try:
                self._trouble(line)
                answer, status = self._route(
                    f"{self.command} {parts.path.removeprefix(f'/repos/{self.github.repository}')}",
                    {k: v[0] for k, v in parse_qs(parts.query).items()},
                    json.loads(body) if body else {},
                )
            except _No as no:
                answer, status = {"message": no.message}, no.status
                self.extra |= no.headers
        raw = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **self.extra}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_POST = do_PATCH = do_DELETE = do_GET

    def _trouble(self, line: str) -> None:
        for trouble in self.github.troubles:
            if trouble.times and re.search(trouble.match, line):
                trouble.times -= 1
                raise _No(trouble.status, trouble.message, trouble.headers)

    def _token(self) -> Token:
        sent = (self.headers.get("Authorization") or "").split(" ")[-1]
        if sent not in self.github.tokens:
            raise _No(401, "Bad credentials")
        return self.github.tokens[sent]

    def _may(self, what: str) -> Token:
        token = self._token()
        if what not in token.may:
            raise _No(403, FORBIDDEN)
        return token

    def _page(self, found: list[Any], query: dict[str, str]) -> list[Any]:
        size = min(int(query.get("per_page", "30")), MAX_PAGE)
        page = int(query.get("page", "1"))
        if page * size < len(found):
            following = urlencode({**query, "page": page + 1})
            self.extra["Link"] = f'<{self.github.url}{urlsplit(self.path).path}?{following}>; rel="next"'
        return found[(page - 1) * size : page * size]

    def _route(self, line: str, query: dict[str, str], told: dict[str, Any]) -> tuple[Any, int]:
        hub, token = self.github, self._token()
        if line == "POST /graphql":
            if not hub.has_graphql:
                raise _No(404, "Not Found")
            return {"data": {"viewer": {"login": token.login}}}, 200
        if line == "GET /user":
            if token.is_workflow:
                raise _No(403, FORBIDDEN)
            return {"login": token.login, "id": 41, "type": "User"}, 200
        if line == "GET /pulls":
            owner, _, branch = query.get("head", ":").partition(":")
            found = [
                p
                for p in hub.pulls.values()
                if p["state"] == query.get("state", "open")
                and (not branch or (p["head"]["ref"], p["head"]["repo"]["owner"]["login"]) == (branch, owner))
            ]
            return self._page(found, query), 200
        if match := re.fullmatch(r"GET /commits/(\w+)", line):
            return {"sha": match[1], "url": f"{hub.url}/repos/{hub.repository}/commits/{match[1]}"}, 200
        if match := re.fullmatch(r"GET /commits/(\w+)/pulls", line):
            found = [p for p in hub.pulls.values() if p["head"]["sha"] == match[1]]
            if not hub.knows_fork_commits:
                found = [p for p in found if p["head"]["repo"]["full_name"] == hub.repository]
            return self._page(found, query), 200
        if match := re.fullmatch(r"GET /pulls/(\d+)(/files)?", line):
            number = int(match[1])
            if number not in hub.pulls:
                raise _No(404, "Not Found")
            if match[2]:
                return self._page(hub.files.get(number, []), query), 200
            return hub.pulls[number], 200
        if match := re.fullmatch(r"(GET|POST) /issues/(\d+)/comments", line):
            return self._comments(match[1], int(match[2]), query, told)
        if match := re.fullmatch(r"(PATCH|DELETE) /issues/comments/(\d+)", line):
            return self._edit(match[1], int(match[2]), told)
        if re.fullmatch(r"(GET|POST) /issues|PATCH /issues/\d+", line):
            return self._issue(line, query, told)
        if match := re.fullmatch(r"(POST|PATCH) /check-runs(?:/(\d+))?", line):
            return self._check(match[2], told)
        hub.unknown.append(line)
        raise _No(404, "Not Found")

    def _comments(
        self, verb: str, number: int, query: dict[str, str], told: dict[str, Any]
    ) -> tuple[Any, int]:
        if verb == "GET":
            return self._page(self.github.of(number), query), 200
        token = self._may("comments")
        made = self.github.comment(number, token.login, self._body(told))
        if self.github.after_comment:
            self.github.after_comment(self.github)
        return made, 201

    def _edit(self, verb: str, key: int, told: dict[str, Any]) -> tuple[Any, int]:
        token, there = self._may("comments"), self.github.comments.get(key)
        if there is None:
            raise _No(404, "Not Found")
        if there["user"]["login"] != token.login:
            raise _No(403, "Must have admin rights to Repository.")
        if verb == "DELETE":
            del self.github.comments[key]
            return None, 204
        there["body"] = self._body(told)
        return there, 200

    def _body(self, told: dict[str, Any]) -> str:
        body = told.get("body")
        if not isinstance(body, str) or not body.strip():
            raise _No(422, "Validation Failed: body cannot be blank")
        if len(body) > MAX_BODY:
            raise _No(422, f"Validation Failed: Body is too long (maximum is {MAX_BODY} characters)")
        return body

    def _issue(self, line: str, query: dict[str, str], told: dict[str, Any]) -> tuple[Any, int]:
        issues = self.github.issues
        if line == "GET /issues":
            found = [i for i in issues.values() if i["state"] == query.get("state", "open")]
            return self._page(found[::-1], query), 200
        token = self._may("issues")
        if line == "POST /issues":
            number = 100 + len(issues)
            issues[number] = {
                "number": number,
                "state": "open",
                "title": told["title"],
                "user": {"login": token.login, "id": 41, "type": "Bot"},
                "url": f"{self.github.url}/repos/{self.github.repository}/issues/{number}",
                "html_url": f"https://github.test/{self.github.repository}/issues/{number}",
            }
        number = int(line.rpartition("/")[2]) if line.startswith("PATCH") else max(issues)
        issues[number] |= {"body": self._body(told), "state": told.get("state", "open")}
        return issues[number], 201 if line.startswith("POST") else 200

    def _check(self, key: str | None, told: dict[str, Any]) -> tuple[Any, int]:
        self._may("checks")
        given = told.get("output", {}).get("annotations", [])
        if len(given) > MAX_ANNOTATIONS:
            raise _No(422, "Invalid request. No more than 50 items are allowed; 51 were supplied.")
        if told.get("output") and not {"title", "summary"} <= set(told["output"]):
            raise _No(422, "title and summary are required")
        checks = self.github.checks
        number = int(key) if key else 7000 + len(checks)
        run = checks.setdefault(number, {"id": number, "annotations": [], "calls": []})
        run |= {k: v for k, v in told.items() if k in ("name", "head_sha", "status", "conclusion")}
        run["annotations"] += given
        run["calls"].append(len(given))
        run["url"] = f"{self.github.url}/repos/{self.github.repository}/check-runs/{number}"
        run["html_url"] = f"https://github.test/{self.github.repository}/runs/{number}"
        return run, 200 if key else 201


@contextmanager
def serve(github: GitHub) -> Iterator[GitHub]:
    """Run it in a thread; `github.url` is what GITHUB_API_URL is set to."""

    class Bound(Handler):
        pass

    Bound.github = github
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
    server.daemon_threads = True
    github.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
