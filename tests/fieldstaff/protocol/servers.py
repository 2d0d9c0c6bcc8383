"""The house's own servers of phones as processes: Daphne, and the WSGI process that has nothing but them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from commandcenter.runtime import programs
from commandcenter.runtime.process import launched
from commandcenter.runtime.supervisor import Program
from tests.bench.stack import free_port

KINDS = ("daphne", "wsgi")


def program(kind: str, port: int) -> Program:
    """The command line that `up` starts."""
    maker = programs.web if kind == "daphne" else programs.ingest
    return maker("127.0.0.1", port)


@contextmanager
def serving(kind: str, environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """Runs one of ``KINDS`` until the block ends; gives its port."""
    port = free_port()
    chosen = program(kind, port)
    with log.open("wb") as out:
        running = subprocess.Popen(
            launched(chosen.command), cwd=settings.BASE_DIR, env={**environment, **chosen.environment},
            stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        _until_ready(port, running, log)
        yield port
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGTERM)
            try:
                running.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait(5)


def _until_ready(port: int, running: subprocess.Popen[bytes], log: Path, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and running.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(errors="replace")[-3000:])
