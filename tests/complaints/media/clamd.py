"""A clamd of our own in another process: INSTREAM as clamd(8) writes it, with its limit of length.

``python -m tests.complaints.media.clamd ADDRESS [LIMIT]`` prints "ready" when it listens. What holds the word
of the EICAR test file is infected. ``unix:/path`` or ``tcp:host:port`` (port 0: any; it is printed).
"""

from __future__ import annotations

import socketserver
import struct
import sys
from pathlib import Path

WORD = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
LIMIT = 100_000_000


class Session(socketserver.StreamRequestHandler):
    """One command."""

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            piece = self.rfile.read(1)
            if not piece:
                return
            command += piece
        if command != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > LIMIT:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = WORD in content
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


class Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def main(address: str, limit: str = "") -> None:
    global LIMIT
    LIMIT = int(limit or LIMIT)
    kind, _, where = address.partition(":")
    if kind == "unix":
        Path(where).unlink(missing_ok=True)
        server: socketserver.BaseServer = Unix(where, Session)
    else:
        host, _, port = where.rpartition(":")
        server = Tcp((host, int(port)), Session)
        address = f"tcp:{host}:{server.server_address[1]}"
    print("ready", address, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
