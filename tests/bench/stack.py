"""The house's own processes on the bench's servers: `up`'s command lines, only the cameras are simulated."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from cctv.camsim.process import SimProcess
from commandcenter import keys
from commandcenter.runtime import programs
from commandcenter.runtime.process import launched
from commandcenter.runtime.supervisor import Program

STOP_S = 6.0
LOOPS = Path(settings.BASE_DIR) / ".data" / "camsim-bench"


def fresh_city() -> None:
    """An empty, migrated database and an empty Redis; refuses any servers but those of `manage.py bench`."""
    if settings.DATA_DIR.name != "bench":
        raise RuntimeError("benchmarks run through `manage.py bench`, on servers of their own")
    keys.client().flushall()
    shutil.rmtree(_media(), ignore_errors=True)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    call_command("migrate", verbosity=0)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_pids() -> dict[str, int]:
    """PostgreSQL and Valkey, which `manage.py bench` started as children of this process."""
    found = {}
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            for name in ("postgres", "valkey"):
                if name in child.name():
                    found[name] = child.pid
    return found


class Stack:
    """Web, workers and beat as processes. Use as a context manager; `pids` names every tree.

    `parts` are names of `programs.workers` (default, grab, hold, beat) and "web". `environment` is
    added to ours.
    """

    def __init__(
        self,
        sim: SimProcess | None = None,
        parts: Iterable[str] = ("default", "grab", "hold", "beat", "web"),
        environment: Mapping[str, str] | None = None,
        webs: int = 1,
    ) -> None:
        self.parts = tuple(parts)
        self.webs = webs
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="cc-bench-"))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {**os.environ, "CC_DEBUG": "0", "CC_NO_BOOTSTRAP": "1", **_allow(sim)}
        self.environment |= {"CC_MEDIA_DIR": str(_media()), **(environment or {})}

    @property
    def pids(self) -> dict[str, int]:
        """Roots of all process trees, servers included."""
        return {name: process.pid for name, process in self.processes.items()} | server_pids()

    def child_pids(self, name: str) -> list[int]:
        """The pool processes of one worker."""
        return [process.pid for process in psutil.Process(self.processes[name].pid).children()]

    def __enter__(self) -> Stack:
        try:
            webs = programs.webs("127.0.0.1", self.port, self.webs) if "web" in self.parts else []
            for program in [*programs.workers(self.folder), *webs]:
                if program.name in self.parts or program in webs:
                    self._spawn(program)
            for name in self.processes:
                self._wait_ready(name)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _spawn(self, program: Program) -> None:
        with (self.folder / f"{program.name}.log").open("wb") as log:
            self.processes[program.name] = subprocess.Popen(
                launched(program.command, nice=program.nice),
                cwd=settings.BASE_DIR,
                env={**self.environment, **program.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=program.fds,
            )

    def _wait_ready(self, name: str, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.processes[name].poll() is not None:
                raise RuntimeError(f"{name} ended at once:\n{self.tail(name)}")
            if self._is_ready(name):
                return
            time.sleep(0.2)
        raise RuntimeError(f"{name} was not ready in {seconds:.0f} s:\n{self.tail(name)}")

    def _is_ready(self, name: str) -> bool:
        if name.startswith("web"):
            return self._answers(self.processes[name].pid)
        sign = "beat: Starting" if name == "beat" else " ready."
        return sign in (self.folder / f"{name}.log").read_text(errors="replace")

    def _answers(self, pid: int) -> bool:
        """Whether this very process took a visitor: several share the port."""
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)):
                return False
            time.sleep(0.05)
            held = psutil.Process(pid).net_connections("tcp")
            return any(one.raddr and one.raddr.port == probe.getsockname()[1] for one in held)

    def tail(self, name: str, lines: int = 15) -> str:
        """The end of a process's log."""
        text = (self.folder / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def complaints(self) -> dict[str, int]:
        """Lines at WARNING or above, by process."""
        found = {}
        for name in self.processes:
            text = (self.folder / f"{name}.log").read_text(errors="replace")
            found[name] = sum(word in line for line in text.splitlines() for word in (" WARNING ", " ERROR "))
        return found

    def stop(self) -> None:
        """Ends every process of ours: politely, then for good."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_S
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
        for process in self.processes.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if not os.environ.get("BENCH_KEEP_LOGS"):
            shutil.rmtree(self.folder, ignore_errors=True)


def _media() -> Path:
    return Path(settings.DATA_DIR) / "media"


def _allow(sim: SimProcess | None) -> dict[str, str]:
    if sim is None:
        return {}
    ready = sim.ready
    pairs = [f"{ready['host']}:{ready[port]}" for port in ("rtsp_port", "http_port")]
    return {"CC_CAMERA_ALLOW_HOSTS": ",".join(pairs)}
