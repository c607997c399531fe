"""The loopback Hub over HTTP, on an ephemeral port of 127.0.0.1."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from . import api
from .contents import Content, etag
from .faults import Fault
from .repos import Hub, Repo, Seen

CHUNK = 1 << 20


class Refusal(Exception):
    """An error answer, with the Hub's own code where it has one."""

    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Handler(BaseHTTPRequestHandler):
    """One request; `hub` is set on the subclass that `serve` makes."""

    hub: Hub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets: the second would wait for an answer
    fault: Fault | None = None

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_GET

    def _serve(self) -> None:
        headers = {k.lower(): v for k, v in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length") or 0))
        with self.hub.lock:
            self.hub.seen.append(Seen(self.command, self.path, headers))
        if self.hub.latency:
            time.sleep(self.hub.latency)
        self.fault = fault = self.hub.met(f"{self.command} {self.path}")
        try:
            if fault is not None and self._spoiled(fault):
                return
            self._route(json.loads(body) if body else {})
        except _Moved as moved:
            self._send(307, b"", {"Location": moved.location})
        except Refusal as refusal:
            extra = {"X-Error-Code": refusal.code} if refusal.code else {}
            if refusal.message:
                extra["X-Error-Message"] = refusal.message
            self._json({"error": refusal.message}, refusal.status, extra)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _spoiled(self, fault: Fault) -> bool:
        """Whether the fault has answered in the Hub's place."""
        if fault.kind == "delay":
            time.sleep(fault.seconds)
        elif fault.kind == "drop":
            self.close_connection = True
            return True
        elif fault.kind == "status":
            self._send(fault.status, b"{}", dict(fault.headers))
            return True
        elif fault.kind == "redirect":
            self._send(307, b"", {"Location": fault.location, **fault.headers})
            return True
        elif fault.kind == "html":
            self._send(200, b"<!doctype html><p>Please log in", {"Content-Type": "text/html"})
            return True
        elif fault.kind == "huge":
            self._send(200, b'{"x": "' + b"x" * fault.size + b'"}', dict(fault.headers))
            return True
        return False

    # --- routing

    def _route(self, told: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        steps = [unquote(step) for step in parts.path.split("/") if step]
        if steps == ["api", "validate-yaml"]:
            status, answer = api.validate_yaml(told)
            self._json(answer, status)
        elif steps == ["api", "whoami-v2"]:
            user = self._user()
            if user is None:
                raise Refusal(401, "", "Invalid username or password.")
            self._json({"type": "user", "id": f"id-of-{user}", "name": user})
        elif steps == ["api", "models"]:
            self._page(api.listing(self.hub, query), query)
        elif steps[:2] == ["api", "models"]:
            repo, rest = self._repo(steps[2:], "/api/models/")
            self._model(repo, rest, query, told)
        elif "resolve" in steps:
            repo, rest = self._repo(steps, "/")
            self._file(repo, rest[1], "/".join(rest[2:]))
        elif steps[:1] == ["content"]:
            self._signed(steps[1:], query)
        else:
            raise Refusal(404)

    def _repo(self, steps: list[str], prefix: str) -> tuple[Repo, list[str]]:
        """The repository that a path begins with, and the rest of the path."""
        for length in (2, 1):
            name = "/".join(steps[:length])
            new = self.hub.renamed.get(name)
            if new is not None:
                rest = self.path.split(quote(name), 1)[1]
                raise _Moved(f"{prefix}{new}{rest}")
            repo = self.hub.repos.get(name)
            if repo is not None:
                self._may_see(repo)
                return repo, steps[length:]
        raise Refusal(404 if self._user() else 401, "RepoNotFound", "Repository not found")

    def _user(self) -> str | None:
        sent = self.headers.get("Authorization")
        if sent is None:
            return None
        user = self.hub.users.get(sent.removeprefix("Bearer "))
        if user is None:
            raise Refusal(401, "", "Invalid credentials in Authorization header")
        return user

    def _token(self) -> str:
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _may_see(self, repo: Repo) -> None:
        user = self._user()
        if repo.private and self._token() not in repo.allowed:
            raise Refusal(404 if user else 401, "RepoNotFound", "Repository not found")
        if repo.disabled:
            raise Refusal(403, "", "Access to this resource is disabled.")

    def _commit(self, repo: Repo, revision: str) -> str:
        commit = repo.at(revision)
        if commit is None:
            raise Refusal(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return commit

    def _model(self, repo: Repo, rest: list[str], query: api.Query, told: dict[str, Any]) -> None:
        verb = rest[0] if rest else "revision"
        if verb == "revision":
            revision = "/".join(rest[1:]) or "main"
            self._json(api.model_info(repo, self._commit(repo, revision), query))
        elif verb == "tree":
            entries = api.tree(repo, self._commit(repo, rest[1]), "/".join(rest[2:]), "recursive" in query)
            self._page(entries, query)
        elif verb == "refs":
            self._json(api.refs(repo))
        elif verb == "discussions":
            self._discussion(repo, rest[1:], told)
        else:
            raise Refusal(404)

    def _discussion(self, repo: Repo, rest: list[str], told: dict[str, Any]) -> None:
        writes = self.command == "POST"
        author = self._user()
        if writes and author is None:
            raise Refusal(401, "", "Log in to write")
        if writes and self._token() in self.hub.readers:
            raise Refusal(403, "", "This token may not write discussions")
        if not rest:
            if writes:
                self._json(
                    api.discussion(
                        repo, api.open_discussion(self.hub, repo, author or "", told), details=True
                    )
                )
                return
            found = [api.discussion(repo, d, details=False) for d in repo.discussions.values()]
            self._json({"discussions": found, "count": len(found), "start": 0})
            return
        discussion = repo.discussions.get(int(rest[0]))
        if discussion is None:
            raise Refusal(404, "", "Discussion not found")
        if not writes:
            self._json(api.discussion(repo, discussion, details=True))
        elif rest[1:] == ["comment"]:
            event = api.comment(discussion.num * 1000 + len(discussion.events), author or "", told["comment"])
            discussion.events.append(event)
            self._json({"newMessage": event})
        else:
            event = next((e for e in discussion.events if e["id"] == rest[2]), None)
            if event is None or event["author"]["name"] != author:
                raise Refusal(403, "", "This is not your comment")
            event["data"]["latest"]["raw"] = told["content"]
            event["data"]["edited"] = True
            self._json({"updatedComment": event})

    # --- files

    def _file(self, repo: Repo, revision: str, path: str) -> None:
        commit = self._commit(repo, revision)
        content = repo.commits[commit].get(path)
        headers = {"X-Repo-Commit": commit}
        if content is None:
            self._json({"error": "Entry not found"}, 404, {**headers, "X-Error-Code": "EntryNotFound"})
            return
        if repo.gated and self._token() not in repo.allowed:
            raise Refusal(
                403 if self._user() else 401, "GatedRepo", f"Access to model {repo.id} is restricted."
            )
        headers |= {
            "ETag": f'"{etag(content)}"',
            "Accept-Ranges": "bytes",
            "X-Linked-Size": str(content.size),
        }
        kind = self.fault.kind if self.fault else None
        if kind == "no-commit":
            del headers["X-Repo-Commit"]
        elif kind == "other-commit":
            headers["X-Repo-Commit"] = "f" * 40
        if self.hub.redirects and content.sha256 is not None:
            place = f"/content/{repo.id}/{commit}/{quote(path)}?Signature={self.hub.signature}"
            headers |= {"X-Linked-ETag": headers["ETag"], "Location": self.hub.content_server + place}
            self._send(302, b"Found", headers)
            return
        self._ranged(content, headers)

    def _signed(self, steps: list[str], query: api.Query) -> None:
        """A large file from the content server: no login, but a signature that expires."""
        if query.get("Signature") != [self.hub.signature]:
            self._send(403, b"<Error><Code>AccessDenied</Code></Error>", {"Content-Type": "application/xml"})
            return
        content = self.hub.repos["/".join(steps[:2])].commits[steps[2]]["/".join(steps[3:])]
        self._ranged(content, {"Accept-Ranges": "bytes"})

    def _ranged(self, content: Content, headers: dict[str, str]) -> None:
        kind = self.fault.kind if self.fault else None
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None or kind == "no-range":
            self._content(200, content, 0, content.size, headers)
            return
        start, end = int(asked[1]), min(int(asked[2] or content.size) + 1, content.size)
        if start >= content.size:
            self._send(416, b"", {"Content-Range": f"bytes */{content.size}"})
            return
        if kind == "wrong-range":
            start, end = start + 1, end + 1
        elif kind == "short-range":
            end = (start + end) // 2
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
        self._content(206, content, start, end, headers)

    def _content(self, status: int, content: Content, start: int, end: int, headers: dict[str, str]) -> None:
        self._head(status, end - start, {"Content-Type": "application/octet-stream", **headers})
        if self.command == "HEAD":
            return
        fault = self.fault
        if fault is not None and fault.kind == "truncate":
            self.wfile.write(content.read(start, min(end, start + fault.size)))
            self.close_connection = True
        elif fault is not None and fault.kind == "trickle":
            for place in range(start, end, fault.size):
                self.wfile.write(content.read(place, min(end, place + fault.size)))
                time.sleep(fault.seconds)
        else:
            for place in range(start, end, CHUNK):
                part = content.read(place, min(end, place + CHUNK))
                with self.hub.lock:
                    self.hub.sent += len(part)
                if fault is not None and fault.kind == "altered" and place == start:
                    part = bytes([part[0] ^ 1]) + part[1:]
                self.wfile.write(part)

    # --- answers

    def _page(self, entries: list[dict[str, Any]], query: api.Query) -> None:
        size = min(self.hub.page_size, int(query.get("limit", ["1000"])[0]))
        start = int(query.get("cursor", ["0"])[0])
        headers = {}
        if start + size < len(entries):
            path, _, old = self.path.partition("?")
            kept = "&".join(p for p in old.split("&") if p and not p.startswith("cursor="))
            query_string = f"{kept}&cursor={start + size}" if kept else f"cursor={start + size}"
            headers["Link"] = f'<{self.hub.endpoint}{path}?{query_string}>; rel="next"'
        self._json(entries[start : start + size], headers=headers)

    def _json(self, answer: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._send(
            status, json.dumps(answer).encode(), {"Content-Type": "application/json", **(headers or {})}
        )

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self._head(status, len(body), headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: int, size: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(size))
        self.end_headers()


class _Moved(Refusal):
    """A renamed repository."""

    def __init__(self, location: str) -> None:
        super().__init__(307)
        self.location = location


class Server(ThreadingHTTPServer):
    """A thread a connection; many may knock at once."""

    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Run the Hub in a thread; `hub.endpoint` is its address."""

    class Bound(Handler):
        pass

    Bound.hub = hub
    servers = [Server(("127.0.0.1", 0), Bound) for _ in range(2)]
    hub.endpoint, hub.content_server = (f"http://127.0.0.1:{s.server_address[1]}" for s in servers)
    for server in servers:
        run = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        run.start()
    try:
        yield hub
    finally:
        for server in servers:
            with suppress(OSError):
                server.shutdown()
                server.server_close()
