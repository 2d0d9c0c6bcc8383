"""A browser without a screen: one kept connection, its cookies, and how long each answer took."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT_S = 60
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``seconds`` from the first byte sent to the last byte read."""

    status: int
    body: bytes
    seconds: float
    location: str


class Browser:
    """Asks one web process. Not for several threads."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)

    def get(self, path: str) -> Answer:
        """Follows nothing."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """A form with the token of the page that was read last."""
        values = {"csrfmiddlewaretoken": self.cookies.get("token", ""), **fields}
        return self._ask("POST", path, urlencode(values).encode())

    def read_token(self, path: str) -> None:
        """Reads a page for the token of its form."""
        found = _TOKEN.search(self.get(path).body.decode())
        if found is None:
            raise RuntimeError(f"{path} has no form")
        self.cookies["token"] = found[1]

    def log_in(self, username: str, password: str) -> None:
        """Through the front door."""
        self.read_token("/login/")
        answer = self.post("/login/", {"username": username, "password": password})
        if answer.status != 302:
            raise RuntimeError(f"{username} could not log in: {answer.status}")

    def close(self) -> None:
        """Ends the kept connection."""
        self._link.close()

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items() if name != "token"),
            "Origin": f"http://127.0.0.1:{self.port}",
            "Accept-Language": "id",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        try:
            self._link.request(method, path, body, headers)
            answer = self._link.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if method != "GET":
                raise
            self._link.close()  # an idle connection was ended by the server
            self._link.request(method, path, body, headers)
            answer = self._link.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - begun
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(answer.status, content, seconds, answer.headers.get("Location", ""))
