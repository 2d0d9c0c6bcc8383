"""The house's own processes: one list for ``up``; docker-compose.yml names the same commands."""

from __future__ import annotations

import signal
import socket
import sys
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path

from commandcenter.runtime.supervisor import Program

SIMULATOR = "cctv.camsim"
SIMULATOR_CONFIG = "cctv.demo_cameras"
SIMULATOR_RTSP = 18554
SIMULATOR_HTTP = 18080
# glibc gives every thread a heap of its own; sixteen threads that decode keep far more than they use.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}


def celery(kind: str, queues: str, processes: int, *extra: str) -> list[str]:
    """A worker's command line. Prefork only: other pools silently lose their time limits."""
    command = [sys.executable, "-m", "celery", "-A", "commandcenter", "worker", "--pool", "prefork"]
    command += ["-n", f"{kind}@{node()}", "-Q", queues, "-c", str(processes)]
    return [*command, "--without-gossip", "--without-mingle", "-l", "INFO", *extra]


def node() -> str:
    """This machine's name, as Celery sees it."""
    return socket.gethostname()


def http_ready(url: str) -> Callable[[], Awaitable[bool]]:
    """A probe that is true when ``url`` answers 200."""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 (our own address)
                return bool(answer.status == 200)
        except OSError:
            return False

    async def probe() -> bool:
        import asyncio

        return await asyncio.to_thread(ask)

    return probe


def web(host: str, port: int) -> Program:
    """Daphne; walls are never cut by its daily socket timeout."""
    command = [sys.executable, "-m", "daphne", "-b", host, "-p", str(port), "--websocket_timeout", "-1"]
    command += ["--http-timeout", "60", "--no-server-name", "commandcenter.asgi:application"]
    reach = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 (a comparison, not a bind)
    reach = f"[{reach}]" if ":" in reach else reach
    return Program("web", command, http_ready(f"http://{reach}:{port}/readyz"), seconds=40)


def workers(data: Path) -> list[Program]:
    """Grab, hold and default workers, and beat."""
    memory = "--max-memory-per-child=500000"
    beat = [sys.executable, "-m", "celery", "-A", "commandcenter", "beat", "-l", "INFO"]
    found = [
        Program("default", celery("default", "default,intake,slow", 1), " ready.", seconds=60),
        Program("grab", celery("grab", "grab", 2, memory), " ready.", signal.SIGQUIT, seconds=60),
        Program("hold", celery("hold", "hold", 1), " ready.", signal.SIGQUIT, seconds=60),
        Program("beat", [*beat, "-s", str(data / "celerybeat"), "--pidfile="], "beat: Starting"),
    ]
    for program in found:
        program.environment = FEW_ARENAS
    return found


def simulator(config: Path) -> Program:
    """The demo's cameras: RTSP and HTTP on loopback."""
    command = [sys.executable, "-m", SIMULATOR, "--config", str(config)]
    return Program("cameras", command, '"ready"', seconds=90)
