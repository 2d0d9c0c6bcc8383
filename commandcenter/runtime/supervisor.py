"""Starts processes in order, waits for each to be ready, prefixes their logs, restarts and stops them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from commandcenter.runtime.process import launched

STOP_SECONDS = 0.8  # then SIGKILL, half of that for the servers: the house is down within two seconds
LAST_LINES_SECONDS = 0.3  # for what the programs said last
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)


@dataclass(slots=True)
class Program:
    """One long-running child. ``ready`` is a log fragment or an async probe; None means at once."""

    name: str
    command: list[str]
    ready: str | Callable[[], Awaitable[bool]] | None = None
    stop_signal: int = signal.SIGTERM
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 30
    quiet: bool = True
    launched: bool = False
    last_to_stop: bool = False
    directory: str | None = None
    nice: int = 0
    fds: tuple[int, ...] = ()


class Supervisor:
    """Owns its children: they live in sessions of their own and die with this process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.children: dict[str, asyncio.subprocess.Process] = {}
        self.programs: dict[str, Program] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.stopping = False
        self._seen: dict[str, asyncio.Event] = {}
        self._width = 8

    async def start(self, program: Program) -> bool:
        """Starts ``program`` and waits until it is ready; False when it never was."""
        self.programs[program.name] = program
        self._width = max(self._width, len(program.name))
        self._seen[program.name] = asyncio.Event()
        await self._spawn(program)
        self._task(self._watch(program))
        if program.ready is None:
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(program.seconds):
                await self._until_ready(program)
                return True
        return False

    async def _spawn(self, program: Program) -> None:
        command = program.command if program.launched else launched(program.command, nice=program.nice)
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**self.environment, **program.environment},
            start_new_session=True,
            pass_fds=program.fds,
            cwd=program.directory,
            umask=0o077,  # pictures, schedules and logs are the house's own
        )
        self.children[program.name] = child
        self._task(self._log(program, child))

    def _task(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        task = asyncio.create_task(run())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _until_ready(self, program: Program) -> None:
        if isinstance(program.ready, str):
            await self._seen[program.name].wait()
            return
        while program.ready and not await program.ready():
            await asyncio.sleep(0.1)

    async def _log(self, program: Program, child: asyncio.subprocess.Process) -> None:
        assert child.stdout
        colour = COLOURS[list(self.programs).index(program.name) % len(COLOURS)]
        while line := await _read_line(child.stdout):
            text = line.decode(errors="replace").rstrip()
            if isinstance(program.ready, str) and program.ready in text:
                self._seen[program.name].set()
                if program.quiet:
                    continue
            if not text or (program.quiet and not _worth_a_line(text)):
                continue
            self.say(program.name, text, colour)

    def say(self, name: str, text: str, colour: int = 37) -> None:
        """One prefixed log line; coloured on a terminal only."""
        label = name.ljust(self._width)
        if sys.stdout.isatty():
            label = f"\x1b[{colour}m{label}\x1b[0m"
        with contextlib.suppress(BrokenPipeError):
            print(f"{label} | {text}", flush=True)

    async def _watch(self, program: Program) -> None:
        """Restarts what ended by itself, ever slower where it ends at once."""
        delay = 0.5
        while not self.stopping:
            child = self.children[program.name]
            started = time.monotonic()
            code = await child.wait()
            if self._over():
                return
            delay = 0.5 if time.monotonic() - started > 30 else min(delay * 2, 30)
            self.say(program.name, f"ended (exit {code}); starting it again in {delay:.0f} s")
            await asyncio.sleep(delay)
            if not self._over():
                await self._spawn(program)

    def _over(self) -> bool:
        """``stopping`` may change at every await; a type checker would take it for settled."""
        return self.stopping

    async def stop(self) -> None:
        """Signals all, last started first and servers last, and kills with its session what will not go."""
        self.stopping = True
        await self._stop(
            [name for name in self.children if not self.programs[name].last_to_stop], STOP_SECONDS
        )
        await self._stop(
            [name for name in self.children if self.programs[name].last_to_stop], STOP_SECONDS / 2
        )
        await self._let_go()

    async def _let_go(self) -> None:
        """Reads the last lines, then leaves no task and no pipe behind."""
        if self.tasks:
            await asyncio.wait(list(self.tasks), timeout=LAST_LINES_SECONDS)
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _stop(self, names: list[str], seconds: float) -> None:
        names = names[::-1]
        alive = [name for name in names if self.children[name].returncode is None]
        for name in alive:
            with contextlib.suppress(ProcessLookupError):
                self.children[name].send_signal(self.programs[name].stop_signal)
        waits = [asyncio.create_task(self.children[name].wait()) for name in alive]
        if waits:
            await asyncio.wait(waits, timeout=seconds)
        for name in names:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.children[name].pid, signal.SIGKILL)


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # a line longer than the buffer: dropped, the program goes on
        return b"(a very long line was dropped)\n"


LOUD = ("MAIL to ", "WARN", "ERROR", "CRITICAL", "Traceback", "Error", "  File ", "Exception")


def _worth_a_line(text: str) -> bool:
    return any(word in text for word in LOUD)
