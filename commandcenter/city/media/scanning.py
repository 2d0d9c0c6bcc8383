"""clamd, asked over its own protocol (clamd(8): INSTREAM): every byte of a file, before anything opens it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable

from commandcenter.city.media.problems import Problem, Refused

SECONDS = 60
PIECE = 64 * 1024
MOST_ANSWER = 4096


class ScannerAway(Exception):
    """No answer, or none that says whether the file is clean: the file waits."""


def scan(address: str, chunks: Iterable[bytes]) -> None:
    """Raises Refused for a file with something in it, ScannerAway where nobody says.

    ``address``: ``unix:/path`` or ``tcp:host:port``.
    """
    try:
        with _line(address) as line:
            line.settimeout(SECONDS)
            answer = _asked(line, chunks)
    except OSError as error:
        raise ScannerAway(type(error).__name__) from None
    verdict = answer.partition(b": ")[2].strip(b"\0\n ")
    if verdict.endswith(b" FOUND"):
        raise Refused(Problem.INFECTED)
    if verdict != b"OK":  # its own limit of length, a database being loaded
        raise ScannerAway("no verdict")


def _line(address: str) -> socket.socket:
    kind, _colon, where = address.partition(":")
    if kind == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(5)
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), 5)


def _asked(line: socket.socket, chunks: Iterable[bytes]) -> bytes:
    try:
        line.sendall(b"zINSTREAM\0")
        for chunk in chunks:
            for at in range(0, len(chunk), PIECE):
                piece = chunk[at : at + PIECE]
                line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has said its word already: a limit of its own
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MOST_ANSWER:
        piece = line.recv(MOST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer
