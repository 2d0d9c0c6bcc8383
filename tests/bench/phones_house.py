"""The servers of the ingest bench: Daphne or the phones' own process, the stream, its writer, PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import connection

from commandcenter.runtime import programs
from commandcenter.runtime.process import launched
from commandcenter.runtime.servers import Postgres, Valkey
from commandcenter.runtime.supervisor import Program
from fieldstaff import stream
from tests.bench.stack import free_port, server_pids

KINDS = ("daphne", "wsgi")
READY_S = 90


def environment(road: str, valkey: Valkey) -> dict[str, str]:
    """What the servers of a road are told; the stream has a Valkey of its own, as `up` gives it."""
    return {
        **os.environ, "CC_DEBUG": "0", "CC_NO_BOOTSTRAP": "1", "CC_POSITION_ROAD": road,
        "CC_STREAM_URL": valkey.url, "DJANGO_SETTINGS_MODULE": "tests.bench.nothing_settings",
    }  # fmt: skip


@contextmanager
def streaming() -> Iterator[Valkey]:
    """An empty Valkey whose file is on the disk before it answers; this process looks at it, too."""
    folder = settings.DATA_DIR / "stream"
    shutil.rmtree(folder, ignore_errors=True)
    valkey = Valkey(folder, log=True)
    valkey.start()
    before = settings.STREAM_URL
    settings.STREAM_URL = valkey.url
    stream.client.cache_clear()
    try:
        yield valkey
    finally:
        settings.STREAM_URL = before
        stream.client.cache_clear()
        valkey.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(program: Program, told: Mapping[str, str], log: Path) -> Iterator[int]:
    """One of the house's programs until the block ends; gives its process."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            launched(program.command, nice=program.nice), cwd=settings.BASE_DIR,
            env={**told, **program.environment}, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def serving(kind: str, told: Mapping[str, str], folder: Path) -> Iterator[tuple[int, int]]:
    """Daphne or gunicorn as `up` starts them, one process; gives the port and the process."""
    port, log = free_port(), folder / f"{kind}.log"
    maker = programs.web if kind == "daphne" else programs.ingest
    program = maker("127.0.0.1", port)
    with running(program, told, log) as pid:
        end = time.monotonic() + READY_S
        ready = programs.http_ready(f"http://127.0.0.1:{port}/readyz")
        while not asyncio.run(_asked(ready)):
            if time.monotonic() > end or not psutil.pid_exists(pid):
                raise RuntimeError(log.read_text(errors="replace")[-3000:])
            time.sleep(0.3)
        yield port, pid


async def _asked(ready: Any) -> bool:
    return bool(await ready())


@contextmanager
def writing(told: Mapping[str, str], folder: Path) -> Iterator[None]:
    """The worker that empties the stream, and the clock that calls it."""
    wanted = [one for one in programs.workers(folder, stream=True) if one.name in {"intake", "beat"}]
    first, second = wanted
    with running(first, told, folder / "one.log"), running(second, told, folder / "two.log"):
        yield


def restart_postgres() -> float:
    """Ends PostgreSQL under its clients and starts it again, as `systemctl restart` does; seconds without."""
    begun = time.monotonic()
    old = psutil.Process(server_pids()["postgres"])
    old.send_signal(signal.SIGINT)
    with suppress(psutil.TimeoutExpired):
        old.wait(20)
    connection.close()
    # It ends with this process: the kernel tells it.
    Postgres(Path(settings.DATA_DIR)).start()
    return time.monotonic() - begun


class Fleet:
    """The phones' process; see :mod:`.phones_client`."""

    def __init__(self, phones: Sequence[tuple[str, str]], folder: Path) -> None:
        listed = folder / "phones.json"
        listed.write_text(json.dumps(phones))
        self.process = subprocess.Popen(
            launched([sys.executable, "-m", "tests.bench.phones_client", str(listed)]),
            cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def begin(self, port: int, seconds: float, *, door: bool, most: int) -> None:
        """Returns when the first request leaves."""
        assert self.process.stdin
        order = {"port": port, "seconds": seconds, "door": door, "most": most}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        self._line()

    def ended(self) -> dict[str, Any]:
        """What came back; waits for it."""
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the phones' process has ended")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """No more orders."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)
