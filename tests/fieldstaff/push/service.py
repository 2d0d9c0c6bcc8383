"""A push service in a process of its own: it keeps what it is sent, opens it and answers as the path says."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fieldstaff.webpush import crypto

PORT = int(sys.argv[3]) if len(sys.argv) > 3 else 0
KEY, AUTH = load_pem_private_key(sys.argv[1].encode(), None), crypto.unb64(sys.argv[2])
seen: list[dict[str, Any]] = []
tries: dict[str, int] = {}


class Service(BaseHTTPRequestHandler):
    """POST /push/<status>[/<status of the next tries>]: kept. GET /seen: everything, as JSON."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(KEY, ec.EllipticCurvePrivateKey)
        claims = crypto.claims_of(self.headers["Authorization"])
        text = crypto.opened(body, key=KEY, auth=AUTH).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen.append({"path": self.path, "headers": headers, "claims": claims, "text": json.loads(text)})
        answers = self.path.split("/")[2:]
        turn = tries.get(self.path, 0)
        tries[self.path] = turn + 1
        self._say(int(answers[min(turn, len(answers) - 1)]), b"")

    def do_GET(self) -> None:
        self._say(200, json.dumps(seen).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


server = ThreadingHTTPServer(("127.0.0.1", PORT), Service)
print(server.server_address[1], flush=True)
server.serve_forever()
