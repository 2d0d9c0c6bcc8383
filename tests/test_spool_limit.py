"""A visitor who sends without end, to the real server: cut off, and the next one is served."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commandcenter.spool_limit import most

ROOT = Path(__file__).resolve().parents[1]
HEAD = b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(number), "--verbosity", "0"]
    spool = tmp_path_factory.mktemp("spool")
    server = subprocess.Popen(
        [*command, "commandcenter.asgi:application"], cwd=ROOT, env={**os.environ, "TMPDIR": str(spool)}
    )
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", number), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield number
    server.terminate()
    server.wait(10)


def answered(port: int, head: bytes, piece: bytes, times: int) -> tuple[bytes, int]:
    """The answer's first line (nothing where the line was cut first), and the pieces that were taken."""
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        taken = 0
        try:
            line.sendall(head)
            for taken in range(1, times + 1):  # noqa: B007
                line.sendall(piece)
        except OSError:
            taken -= 1
        try:
            return line.recv(4000).partition(b"\r\n")[0], taken
        except OSError:
            return b"", taken


def test_a_body_of_a_terabyte_is_refused_at_its_headers(port: int) -> None:
    first, _taken = answered(port, HEAD + b"Content-Length: 1000000000000\r\n\r\n", b"", 0)
    assert first == b"HTTP/1.1 413 Content Too Large"


def test_a_body_without_end_is_cut(port: int) -> None:
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    first, taken = answered(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", piece, 400)
    assert first in {b"", b"HTTP/1.1 413 Content Too Large"}
    assert taken < most() / 0x100000 + 20  # what the kernel holds on both sides included


def test_an_allowed_body_and_the_next_visitor_are_served(port: int) -> None:
    first, _taken = answered(port, HEAD + b"Content-Length: 2000000\r\n\r\n", b"x" * 2_000_000, 1)
    assert first.startswith(b"HTTP/1.1 413 ")  # by the page's own limit, in its own words
    get = b"GET /pic/x.jpg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert answered(port, get, b"", 0)[0] == b"HTTP/1.1 404 Not Found"  # needs no database
