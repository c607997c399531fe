"""Workflows run for real, without a container: `act` as the runner, `emulate` or the strict fake as GitHub.

Other actions are replaced by stubs of a few lines, which do what the workflow needs of them on this machine.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
OURS = "pytest-modelcard/pytest-modelcard"
TOKEN = "workflow-token-1"

CHECKOUT = """
name: checkout
inputs:
  fetch-depth: {default: "1"}
  persist-credentials: {default: "true"}
  lfs: {default: "false"}
runs:
  using: composite
  steps:
    - shell: bash
      env: {DEPTH: "${{ inputs.fetch-depth }}"}
      run: |
        rm -rf ./* .github && git init -q -b main . && git remote add origin "$TRIAL_ORIGIN"
        git fetch -q --depth="$DEPTH" origin "$TRIAL_REF" && git checkout -q --detach FETCH_HEAD
"""
UPLOAD = """
name: upload
inputs: {name: {required: true}, path: {required: true}, retention-days: {default: "1"}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {FROM: "${{ inputs.path }}", NAME: "${{ inputs.name }}"}
      run: mkdir -p "$TRIAL_ARTIFACTS/$NAME" && cp "$FROM" "$TRIAL_ARTIFACTS/$NAME/"
"""
DOWNLOAD = """
name: download
inputs: {name: {required: true}, path: {required: true}, run-id: {default: ""}, github-token: {default: ""}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {INTO: "${{ inputs.path }}", NAME: "${{ inputs.name }}"}
      run: mkdir -p "$INTO" && cp "$TRIAL_ARTIFACTS/$NAME"/* "$INTO/"
"""
NOTHING = """
name: nothing
inputs: {python-version: {default: ""}, sarif_file: {default: ""}}
runs:
  using: composite
  steps: [{shell: bash, run: "true"}]
"""
STUBS = {
    "actions/checkout": CHECKOUT,
    "actions/setup-python": NOTHING,
    "actions/upload-artifact": UPLOAD,
    "actions/download-artifact": DOWNLOAD,
    "github/codeql-action": NOTHING,
}


@dataclass
class Done:
    """A finished run of a workflow."""

    status: int
    log: str

    def output(self, name: str) -> str:
        """What the action's output of this name was set to, as act tells it."""
        found = re.findall(rf"::set-output:: {re.escape(name)}=(.*)", self.log)
        return found[-1] if found else ""


class Runner:
    """`act` in a home of its own. `tools` holds node_modules and the programs of a Python environment (bin)."""

    def __init__(self, tools: Path, folder: Path, origin: Path) -> None:
        self.tools, self.folder, self.origin = tools, folder, origin
        self.artifacts = folder / "artifacts"
        self.stubs = folder / "stubs"
        for name, text in STUBS.items():
            for place in (name, f"{name}/upload-sarif"):
                (self.stubs / place).mkdir(parents=True, exist_ok=True)
                (self.stubs / place / "action.yml").write_text(text.lstrip(), "utf-8")

    def run(
        self, workflow: Path, event: str, payload: dict[str, Any], api: str, ref: str, *, uv: bool = True
    ) -> Done:
        """Run one workflow file for an event; `ref` is what the stub of actions/checkout checks out."""
        text = workflow.read_text("utf-8")
        project = self.folder / "project"
        project.mkdir(exist_ok=True)
        if not (project / ".git").exists():
            subprocess.run(["git", "init", "-q", str(project)], check=True)
            url = "https://github.com/rev/model"
            subprocess.run(["git", "-C", str(project), "remote", "add", "origin", url], check=True)
        (project / "workflow.yml").write_text(text, "utf-8")
        (self.folder / "event.json").write_text(json.dumps(payload), "utf-8")
        local = []
        for name, at in set(re.findall(r"uses:\s*([\w.-]+/[\w.-]+)(?:/[\w./-]+)?@(\w+)", text)) | set(
            re.findall(r"uses:\s*([\w.-]+/[\w.-]+)@(\w+)", (PROJECT / "action.yml").read_text("utf-8"))
        ):
            local.append(f"--local-repository={name}@{at}={PROJECT if name == OURS else self.stubs / name}")
        path = os.environ["PATH"] if not uv else f"{self.tools / 'bin'}:{os.environ['PATH']}"
        given = {
            "GITHUB_API_URL": api,
            "TRIAL_ORIGIN": f"file://{self.origin}",
            "TRIAL_REF": ref,
            "TRIAL_ARTIFACTS": str(self.artifacts),
            "HF_HUB_OFFLINE": "1",
        }
        done = subprocess.run(
            [
                str(self.tools / "bin" / "act"), event, "-W", "workflow.yml", "--no-skip-checkout",
                "-P", "ubuntu-latest=-self-hosted", "-e", str(self.folder / "event.json"),
                "-s", f"GITHUB_TOKEN={TOKEN}", "--no-cache-server", *local,
                *(f"--env={name}={value}" for name, value in given.items()),
            ],
            cwd=project, capture_output=True, text=True, timeout=500, check=False,
            env={**os.environ, "PATH": path, "HOME": str(self.folder / "home")},
        )  # fmt: skip
        return Done(done.returncode, done.stdout + done.stderr)


class Emulate:
    """`emulate` behind a proxy that gives its pull request the head commit of a real Git repository.

    emulate makes up its own commits; nothing else of its answers is changed.
    """

    def __init__(self, url: str, head: str) -> None:
        self.url, self.head, self.their_head = url, head, ""
        self.proxy = ""

    def ask(self, verb: str, path: str, told: Any = None) -> Any:
        """One request of the test itself."""
        request = urllib.request.Request(
            f"{self.url}/repos/rev/model{path}",
            method=verb,
            data=None if told is None else json.dumps(told).encode(),
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def open_pull_request(self) -> int:
        """Branch `edit` with a commit of its own, and its pull request's number."""
        main = self.ask("GET", "/git/ref/heads/main")["object"]["sha"]
        tree = self.ask("GET", f"/git/commits/{main}")["tree"]["sha"]
        made = self.ask("POST", "/git/commits", {"message": "edit", "tree": tree, "parents": [main]})
        self.their_head = made["sha"]
        self.ask("POST", "/git/refs", {"ref": "refs/heads/edit", "sha": self.their_head})
        return int(self.ask("POST", "/pulls", {"title": "edit", "head": "edit", "base": "main"})["number"])


@contextmanager
def emulated(tools: Path, head: str) -> Iterator[Emulate]:
    """Start emulate and its proxy."""
    seed = {
        "tokens": {TOKEN: {"login": "rev", "scopes": ["repo", "user"]}},
        "github": {
            "users": [{"login": "rev"}],
            "repos": [{"owner": "rev", "name": "model", "auto_init": True}],
        },
    }
    script = (
        "import {createEmulator} from 'emulate'; import {createServer} from 'net';"
        "const s = createServer(); await new Promise(r => s.listen(0, '127.0.0.1', r));"
        "const port = s.address().port; await new Promise(r => s.close(r));"
        f"const g = await createEmulator({{service: 'github', port, seed: {json.dumps(seed)}}}); console.log(g.url);"
    )
    with subprocess.Popen(
        ["node", "--input-type=module", "-e", script], cwd=tools, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            there = Emulate(process.stdout.readline().strip(), head)
            server = ThreadingHTTPServer(("127.0.0.1", 0), _proxy(there))
            server.daemon_threads = True
            there.proxy = f"http://127.0.0.1:{server.server_address[1]}"
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield there
            server.shutdown()
            server.server_close()
        finally:
            process.terminate()


def _proxy(there: Emulate) -> type[BaseHTTPRequestHandler]:
    class Proxy(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = urllib.request.Request(
                there.url + self._swapped(self.path, there.head, there.their_head),
                method=self.command,
                data=self._swapped(body.decode(), there.head, there.their_head).encode() or None,
                headers={
                    k: v for k, v in self.headers.items() if k in ("Authorization", "Content-Type", "Accept")
                },
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    status, headers, raw = answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                status, headers, raw = error.code, error.headers, error.read()
            text = self._swapped(raw.decode(), there.their_head, there.head).replace(there.url, there.proxy)
            self.send_response(status)
            for name in ("Content-Type", "Link"):
                if headers.get(name):
                    self.send_header(name, headers[name].replace(there.url, there.proxy))
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_PATCH = do_DELETE = do_GET

        @staticmethod
        def _swapped(text: str, old: str, new: str) -> str:
            return text.replace(old, new) if old and new else text

    return Proxy
