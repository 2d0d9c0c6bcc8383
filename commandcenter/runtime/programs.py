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
INGEST_PORT = 8010
# Threads of a phones' process: nearly all wait for a disk, and those that wait together share its write.
THREADS = 64
# glibc gives every thread a heap of its own; sixteen threads that decode keep far more than they use.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
# Who waits at the door is served first: work that can be done a moment later, and videos after that, take
# what the web server leaves of the processor (nice(2)). Pictures from cameras are never behind.
LATER = {"default": 5, "files": 15, "beat": 5}


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
    return Program("web", [*_daphne("-b", host, "-p", str(port))], _web_ready(host, port), seconds=40)


def webs(host: str, port: int, processes: int) -> list[Program]:
    """Several Daphnes on one listening socket of ours: the kernel hands each visitor to one that is free.

    OSError where the port is taken. One process listens by itself.
    """
    if processes == 1:
        return [web(host, port)]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.create_server((host, port), family=family, backlog=512)
    DOORS.append(door)  # open for as long as this process lives: those that are started again need it
    command = _daphne("--fd", str(door.fileno()))
    found = [Program("web", command, _web_ready(host, port), seconds=40, fds=(door.fileno(),))]
    # The others take visitors as soon as they can; until then the first has them.
    found += [
        Program(f"web{number}", command, None, fds=(door.fileno(),)) for number in range(2, processes + 1)
    ]
    return found


DOORS: list[socket.socket] = []


def _daphne(*where: str) -> list[str]:
    command = [sys.executable, "-m", "daphne", *where, "--websocket_timeout", "-1"]
    # Without its access log: it writes whole addresses, and the secrets of phones stand in theirs.
    command += ["--verbosity", "0"]
    return [*command, "--http-timeout", "60", "--no-server-name", "commandcenter.asgi:application"]


def gunicorn(host: str, port: int, *, processes: int = 1, threads: int = THREADS) -> list[str]:
    """The command line of the phones' own process: WSGI, processes times threads."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "-c", "python:commandcenter.ingest_server", "--bind", where]
    return [*command, "--workers", str(processes), "--threads", str(threads)]


def ingest(host: str, port: int, processes: int = 1) -> Program:
    """The doors of phones by WSGI, beside the web process that has them too."""
    program = Program("ingest", gunicorn(host, port, processes=processes), _web_ready(host, port), seconds=40)
    program.environment = {"CC_INGEST_ONLY": "1"}
    return program


def _web_ready(host: str, port: int) -> Callable[[], Awaitable[bool]]:
    reach = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 (a comparison, not a bind)
    reach = f"[{reach}]" if ":" in reach else reach
    return http_ready(f"http://{reach}:{port}/readyz")


def workers(data: Path, *, stream: bool = False) -> list[Program]:
    """Grab, hold, files and default workers, and beat; ``stream`` adds one that only empties streams."""
    memory = "--max-memory-per-child=500000"
    beat = [sys.executable, "-m", "celery", "-A", "commandcenter", "beat", "-l", "INFO"]
    found = [
        Program("default", celery("default", "default,intake,slow", 1), " ready.", seconds=60),
        # A video takes minutes and may be given up at any moment: the sweep begins it again.
        Program("files", celery("files", "files,fetch", 2), " ready.", signal.SIGQUIT, seconds=60),
        Program("grab", celery("grab", "grab", 2, memory), " ready.", signal.SIGQUIT, seconds=60),
        Program("hold", celery("hold", "hold", 1), " ready.", signal.SIGQUIT, seconds=60),
        Program("beat", [*beat, "-s", str(data / "celerybeat"), "--pidfile="], "beat: Starting"),
    ]
    if stream:
        # Positions that wait in the stream never stand behind a slow task.
        found.append(Program("intake", celery("intake", "intake", 1), " ready.", seconds=60))
    for program in found:
        program.environment = FEW_ARENAS
        program.nice = LATER.get(program.name, 0)
    return found


def phones(host: str, port: int) -> Program:
    """The phones of the demo's officers: they speak to the web process over HTTP, like real ones."""
    reach = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 (a comparison, not a bind)
    reach = f"[{reach}]" if ":" in reach else reach
    command = [sys.executable, "manage.py", "phonesim", "--url", f"http://{reach}:{port}"]
    return Program("phones", command, '"ready"', seconds=60, nice=LATER["default"])


def simulator(config: Path) -> Program:
    """The demo's cameras: RTSP and HTTP on loopback."""
    command = [sys.executable, "-m", SIMULATOR, "--config", str(config)]
    return Program("cameras", command, '"ready"', seconds=90)
