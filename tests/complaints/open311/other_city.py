"""A small GeoReport server of somebody else, which can be told to be odd: a real one, on a real port."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class OtherCity(ThreadingHTTPServer):
    """``answers``: by page ("services", "tokens/x") a status and a body; ``posts``: what came in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, tuple[int, Any]] = {}
        self.posts: list[dict[str, list[str]]] = []
        self.asked: list[str] = []
        self.wait_s = 0.0
        self.host = f"127.0.0.1:{self.server_port}"
        self.url = f"http://{self.host}/v2"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def clear(self) -> None:
        """As new."""
        self.answers, self.posts, self.asked, self.wait_s = {}, [], [], 0.0


class Handler(BaseHTTPRequestHandler):
    """Answers what it was told to."""

    server: OtherCity

    def do_GET(self) -> None:
        """Reading."""
        self._answer(self._page())

    def do_POST(self) -> None:
        """A report."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.posts.append(parse_qs(body.decode()))
        self._answer("POST " + self._page())

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _page(self) -> str:
        return urlsplit(self.path).path.removeprefix("/v2/").removesuffix(".json")

    def _answer(self, page: str) -> None:
        self.server.asked.append(page)
        time.sleep(self.server.wait_s)
        status, value = self.server.answers.get(page, (404, [{"code": 404, "description": "not here"}]))
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 503:
            self.send_header("Retry-After", "77")
        self.end_headers()
        self.wfile.write(body)
