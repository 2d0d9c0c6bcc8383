"""The HTTP server: reads, routes, misbehaves, answers."""

from __future__ import annotations

import gzip
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from complaints.channelsim import control, graph, others
from complaints.channelsim.config import Config, ConfigError
from complaints.channelsim.faults import Fault
from complaints.channelsim.state import State
from complaints.channelsim.wire import Answer, Request, broken, expired, problem, too_many

MAX_BODY = 40_000_000


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive."""

    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 60

    def do_GET(self) -> None:
        """Reading."""
        self._serve()

    def do_POST(self) -> None:
        """Everything else."""
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Counters tell more; an address may carry a token."""

    def _serve(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > MAX_BODY:
            return self._give(problem(413, "Content Too Large"))
        request = Request(self.command, self.path, dict(self.headers.items()), self.rfile.read(int(length)))
        state = self.server.state
        if request.path[0] == "control":
            return self._give(control.answer(state, request))
        channel, route = _route(state, request)
        fault = state.faults.due(channel)
        if fault is not None and fault.kind not in ("lost", "short"):
            return self._fail(channel, fault)
        answer = route(state, request)
        state.count(channel, answer.status)
        if fault is not None and fault.kind == "lost":
            return self._hang_up()
        self._give(answer, promise=1000 if fault is not None else 0)

    def _give(self, answer: Answer, promise: int = 0) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + promise))
        self.end_headers()
        self.wfile.write(answer.body)
        if promise:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True

    def _fail(self, channel: str, fault: Fault) -> None:
        state, values = self.server.state, fault.values
        now = state.now()
        answers = {
            "rate": lambda: too_many(channel, int(values["after"]), now),
            "error": lambda: broken(channel, int(values["code"])),
            "token": lambda: expired(channel),
            "html": lambda: Answer(200, b"<html><h1>Login</h1></html>", {"Content-Type": "text/html"}),
            "gzip": lambda: Answer(200, gzip.compress(bytes(10**6)), {"Content-Encoding": "gzip"}),
            "redirect": lambda: Answer(302, b"", {"Location": str(values["to"])}),
        }
        if fault.kind in answers:
            answer = answers[fault.kind]()
            state.count(channel, answer.status)
            return self._give(answer)
        state.count(channel, 0)
        if fault.kind == "stall":
            time.sleep(float(values["seconds"]))
        elif fault.kind in ("drip", "huge"):
            self._pour(fault)
        self._hang_up()

    def _pour(self, fault: Fault) -> None:
        """An answer that takes too long, or too much room."""
        drip = fault.kind == "drip"
        size = int(fault.values["bytes"]) if drip else int(fault.values["megabytes"]) * 1_000_000
        self.send_response(200)
        if drip:
            self.send_header("Content-Length", str(size))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        try:
            for _ in range(size if drip else size // 100_000):
                self.wfile.write(b" " if drip else bytes(100_000))
                time.sleep(1 if drip else 0)
        except OSError:
            return


def _route(state: State, request: Request) -> tuple[str, Any]:
    """Whose request it is, by its address."""
    first = request.path[0]
    if first.startswith("bot") or (first == "file" and len(request.path) > 2):
        return "telegram", others.telegram
    routes = {"2": ("x", others.x), "partner": ("partner", others.partner), "lapor": ("lapor", others.lapor)}
    routes["files"] = ("files", others.files)
    if first in routes:
        return routes[first]
    if first.startswith("v") and first[1:2].isdigit():
        return graph.channel_of(state, request.path), graph.answer
    return "nobody", lambda *_: problem(404, "Not Found")


class Server(ThreadingHTTPServer):
    """One world on one port."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, config: Config) -> None:
        try:
            super().__init__((config.host, config.port), Handler)
        except OSError as error:
            raise ConfigError(f"port {config.port} is taken: {error.strerror}") from None
        self.state = State(config)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news; a fault of ours is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def run(config: Config) -> None:
    """Serves until it is told to stop; says on its first line where."""
    server = Server(config)
    ready = {"ready": True, "host": config.host, "port": server.server_port, "pid": os.getpid()}
    if config.smtp_port >= 0 or config.imap_port >= 0:
        from complaints.channelsim import mail

        ready |= mail.listen(server.state)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _tell(config, ready)
        mail.run()
        return
    _tell(config, ready)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _tell(config: Config, ready: dict[str, Any]) -> None:
    line = json.dumps(ready)
    if config.data:
        folder = Path(config.data)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "running.json").write_text(line, encoding="utf-8")
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
