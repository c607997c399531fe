"""A chat endpoint on loopback that answers as told, for faults, slow wrong answers and odd ones."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Say:
    """One answer of the server."""

    text: str = ""
    delay: float = 0.0
    status: int = 200
    body: bytes | None = None  #: in place of the JSON
    headers: dict[str, str] = field(default_factory=dict)
    finish: str = "stop"
    drop: bool = False  #: break the connection


@dataclass
class Fake:
    """What the server was asked, and how it answers: `answer(request body, how often this prompt came before)`."""

    answer: Callable[[dict[str, Any], int], Say]
    models: tuple[str, ...] = ("acme",)
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _seen: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def prompt(self, n: int = -1) -> str:
        return str(self.asked[n]["messages"][-1]["content"])


@contextmanager
def serving(
    answer: Callable[[dict[str, Any], int], Say], models: tuple[str, ...] = ("acme",)
) -> Iterator[Fake]:
    fake = Fake(answer, models)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            data = {"object": "list", "data": [{"id": name} for name in fake.models]}
            self.reply(200, json.dumps(data).encode(), {})

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            messages = request.get("messages") or [{"content": request.get("prompt", "")}]
            prompt = messages[-1]["content"]
            with fake.lock:
                before = fake._seen.get(prompt, 0)
                fake._seen[prompt] = before + 1
                fake.asked.append(request)
                fake.headers.append(dict(self.headers))
                fake._now += 1
                fake.most_at_once = max(fake.most_at_once, fake._now)
            try:
                say = fake.answer(request, before)
                time.sleep(say.delay)
            finally:
                with fake.lock:
                    fake._now -= 1
            if say.drop:
                self.close_connection = True
                self.connection.close()
                return
            message = {"role": "assistant", "content": say.text}
            data = {
                "choices": [{"index": 0, "message": message, "finish_reason": say.finish}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
                "model": request["model"],
            }
            self.reply(say.status, json.dumps(data).encode() if say.body is None else say.body, say.headers)

        def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # whoever asked may be gone
                self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *args: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def choice_file(n: int) -> str:
    """JSON lines of n questions of which B is right."""
    lines = [
        json.dumps(
            {"question": f"What is number {i}?", "choices": ["ten", "right", "no", "none"], "answer": "B"}
        )
        for i in range(n)
    ]
    return "\n".join(lines) + "\n"


def number_of(request: dict[str, Any]) -> int:
    """Which of `choice_file`'s questions this is."""
    return int(request["messages"][-1]["content"].partition("number ")[2].partition("?")[0])


def model(share: float, *, slow_wrong: float = 0.0) -> Callable[[dict[str, Any], int], Say]:
    """A model that answers the given share of the questions right, spread evenly over them; wrong ones slower."""

    def answer(request: dict[str, Any], before: int) -> Say:
        n = number_of(request)
        good = int((n + 1) * share) > int(n * share)
        return Say("Answer: B") if good else Say("Answer: C", delay=slow_wrong)

    return answer
