"""``manage.py up``: everything of the house from one command, and down again within two seconds."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commandcenter import env
from commandcenter.runtime import browser_files, house, programs
from commandcenter.runtime.servers import Postgres, ServerError, Valkey
from commandcenter.runtime.supervisor import Program, Supervisor

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 (compared with, not bound)


class UpError(SystemExit):
    """Ends ``up`` with one clear sentence."""


@dataclass(slots=True)
class Options:
    """What the command line said."""

    host: str
    port: int
    demo: bool
    camera_ports: tuple[int, int]
    ingest_port: int = 0


def parse(argv: list[str]) -> Options:
    """Reads ``up``'s own flags."""
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start the whole command centre.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    city = parser.add_mutually_exclusive_group()
    city.add_argument("--no-demo", action="store_true", help="an empty city instead of the demo")
    city.add_argument("--demo", action="store_true", help="the demo, even where it was purged once")
    ports = f"{programs.SIMULATOR_RTSP},{programs.SIMULATOR_HTTP}"
    parser.add_argument(
        "--camera-ports", default=ports, help=f"RTSP,HTTP of the demo cameras (default {ports})"
    )
    parser.add_argument(
        "--ingest-port", type=int, default=0, metavar="N",
        help=f"also serve officers' phones by a process of their own, usually on {programs.INGEST_PORT}",
    )  # fmt: skip
    found = parser.parse_args(argv)
    try:
        rtsp, web = (int(part) for part in found.camera_ports.split(","))
    except ValueError:
        parser.error("--camera-ports takes two numbers: RTSP,HTTP")
    demo = found.demo or not (found.no_demo or house.purged_note().exists())
    return Options(found.host, found.port, demo, (rtsp, web), found.ingest_port)


def main(argv: list[str]) -> None:
    """Entry point; returns after Ctrl-C or a SIGTERM."""
    options = parse(argv)
    try:
        with house.only_one():
            check_ports(options)
            asyncio.run(House(options).live())
    except house.AlreadyUp as other:
        raise UpError(f"The command centre of this clone already runs at {other}.") from None
    except ServerError as error:
        raise UpError(f"Could not start: {error}") from None
    except KeyboardInterrupt:
        pass


def check_ports(options: Options) -> None:
    """A busy port is a clear sentence, before anything is started."""
    wanted = [(options.host, options.port, "choose another with --port N")]
    if options.ingest_port:
        wanted.append((options.host, options.ingest_port, "choose another with --ingest-port N"))
    if options.demo:
        own = (
            "the demo's cameras need it; choose others with --camera-ports RTSP,HTTP or start with --no-demo"
        )
        wanted += [("127.0.0.1", port, own) for port in options.camera_ports]
    for host, port, hint in wanted:
        if not house.port_is_free(host, port):
            raise UpError(f"Port {port} on {host} is busy: {hint}.")


class House:
    """One run of ``up``."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.data = house.data_dir()
        house.make_private()
        self.config = self.data / "camsim.json"
        self.environment = self._environment()
        self.keeper = Supervisor(self.environment)
        self.ended = asyncio.Event()
        self.prepared: dict[str, Any] = {}

    def _environment(self) -> dict[str, str]:
        found = {**os.environ, **house.secret_environment(), "CC_NO_BOOTSTRAP": "1", "PYTHONUNBUFFERED": "1"}
        found["CC_DATA_DIR"] = str(self.data)
        found.setdefault("CC_DEBUG", "0")
        hosts = {"localhost", "127.0.0.1", "[::1]", self.options.host, programs.node()}
        everywhere = self.options.host in EVERYWHERE
        found.setdefault("CC_ALLOWED_HOSTS", "*" if everywhere else ",".join(sorted(hosts)))
        if not {"CC_EMAIL_BACKEND", "CC_EMAIL_HOST"} & set(found):
            found["CC_EMAIL_BACKEND"] = "commandcenter.runtime.mailbox.Mailbox"
        if self.options.demo:
            found["CC_DEMO"] = "1"
            found["CC_CAMERA_ALLOW_HOSTS"] = ",".join(
                f"127.0.0.1:{port}" for port in self.options.camera_ports
            )
        return found

    async def live(self) -> None:
        """Start, tell, wait, stop."""
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(sig, self.ended.set)
        work = asyncio.create_task(self._start())
        stopped = asyncio.create_task(self.ended.wait())
        try:
            await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
                await stopped
        finally:
            work.cancel()
            print("\nStopping …", flush=True)
            await self.keeper.stop()

    async def _start(self) -> None:
        begun = time.monotonic()
        note = await asyncio.to_thread(browser_files.install)
        await self._servers()
        loops = asyncio.create_task(self._camera_loops()) if self.options.demo else None
        await self._prepare()
        if loops:
            await loops
        await self._programs()
        house.make_private()
        address = f"http://{_shown(self.options.host)}:{self.options.port}/"
        keep = (
            "CC_DATABASE_URL",
            "CC_REDIS_URL",
            "CC_STREAM_URL",
            "CC_POSITION_ROAD",
            "CC_DATA_DIR",
            "CC_CAMERA_ALLOW_HOSTS",
            "CC_DEMO",
            "CC_DEBUG",
        )
        shared = {name: self.environment[name] for name in keep if name in self.environment}
        house.write_state({"address": address, "pid": os.getpid(), "environment": shared})
        self._banner(address, time.monotonic() - begun, note)

    async def _servers(self) -> None:
        if not os.environ.get("CC_DATABASE_URL"):
            postgres = Postgres(self.data)
            await asyncio.to_thread(postgres.prepare)
            program = Program("postgres", postgres.wrapped_command(), _probe(postgres.answers), signal.SIGINT)
            program.environment = postgres.environ()
            program.launched, program.last_to_stop, program.directory = True, True, "/"
            await self._must(program)
            await asyncio.to_thread(postgres.create_database)
            self.environment["CC_DATABASE_URL"] = postgres.url
        if not os.environ.get("CC_REDIS_URL"):
            valkey = Valkey(self.data)
            await self._must(Program("valkey", valkey.command(), _probe(valkey.answers), last_to_stop=True))
            self.environment["CC_REDIS_URL"] = valkey.url
        await self._stream()
        self.keeper.environment.update(self.environment)

    async def _stream(self) -> None:
        """A second Valkey with an append-only file, where positions are to wait in a stream."""
        if env.choice("POSITION_ROAD", "direct", ("direct", "stream")) == "direct":
            return
        if os.environ.get("CC_STREAM_URL") or os.environ.get("CC_REDIS_URL"):
            return  # theirs to keep
        valkey = Valkey(self.data / "stream", log=True)
        await self._must(Program("stream", valkey.command(), _probe(valkey.answers), last_to_stop=True))
        self.environment["CC_STREAM_URL"] = valkey.url

    async def _must(self, program: Program) -> None:
        if not await self.keeper.start(program):
            raise UpError(f"{program.name} did not become ready; its last lines are above.")

    async def _camera_loops(self) -> None:
        """The simulator's configuration, and its pictures drawn and encoded once."""
        text = await self._run("-m", programs.SIMULATOR_CONFIG)
        self.config.write_text(text)
        print("Setting up: the demo cameras' pictures (once) …", flush=True)
        await self._run(
            "-m", programs.SIMULATOR, "prepare", "--config", str(self.config), heard=_Progress().hear
        )

    async def _prepare(self) -> None:
        print("Setting up: database, texts and static files …", flush=True)
        flag = "--demo" if self.options.demo else "--no-demo"
        text = await self._run("manage.py", "prepare", flag)
        self.prepared = json.loads(text.strip().splitlines()[-1])

    async def _run(self, *arguments: str, heard: Callable[[str], None] | None = None) -> str:
        """What a helper program printed; ``heard`` gets each line as it comes."""
        child = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=house.ROOT, env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, umask=0o077,
        )  # fmt: skip
        assert child.stdout and child.stderr
        complaints = asyncio.create_task(child.stderr.read())
        out: list[str] = []
        try:
            async for line in child.stdout:
                out.append(line.decode(errors="replace"))
                if heard:
                    heard(out[-1])
            await child.wait()
        except asyncio.CancelledError:
            child.kill()
            raise
        if child.returncode:
            said = (await complaints).decode(errors="replace")
            raise UpError(said + f"\n{' '.join(arguments)} failed; see above.")
        await complaints
        return "".join(out)

    async def _programs(self) -> None:
        first = [programs.simulator(self.config)] if self.options.demo else []
        options, many = self.options, env.number("WEB_PROCESSES", 1, low=1, high=32)
        stream = env.text("POSITION_ROAD", "direct") == "stream"
        rest = [
            *programs.webs(options.host, options.port, many),
            *programs.workers(self.data, stream=stream),
        ]
        if options.demo:
            rest.append(programs.phones(options.host, options.port))
        if options.ingest_port:
            rest.append(programs.ingest(options.host, options.ingest_port))
        for program in first:
            await self._must(program)
        done = await asyncio.gather(*(self.keeper.start(program) for program in rest))
        for program, ready in zip(rest, done, strict=True):
            if not ready:
                self.keeper.say(program.name, "is not ready yet; the house goes on without waiting")

    def _banner(self, address: str, seconds: float, note: str) -> None:
        lines = ["", f"  Command centre: {address}", f"  Wall screen:    {address}wall/", ""]
        for login in self.prepared.get("logins", []):
            lines.append(f"    {login['role']:<14} {login['username']:<12} {login['password']}")
        if self.options.demo:
            lines += ["", "  Demo city: every picture and figure is marked SIMULASI."]
        lines += [
            "  Running: " + ", ".join(self.keeper.children),
            f"  Started in {seconds:.0f} s. Ctrl-C stops all.",
        ]
        if note:
            lines.append("  Note: " + note)
        print("\n".join(lines) + "\n", flush=True)


class _Progress:
    """Tells how far a long set-up step is: on a terminal each step, in a log each quarter."""

    def __init__(self) -> None:
        self._quarter = 0

    def hear(self, line: str) -> None:
        """A line ``12 of 37``; others are not for the user."""
        match = re.fullmatch(r"(\d+) of (\d+)", line.strip())
        if match is None:
            return
        done, wanted = int(match[1]), int(match[2])
        quarter = 4 * done // max(1, wanted)
        if sys.stdout.isatty():
            print(f"\r  {done} of {wanted} drawn ", end="\n" if done == wanted else "", flush=True)
        elif quarter > self._quarter:
            print(f"  {done} of {wanted} drawn", flush=True)
        self._quarter = quarter


def _shown(host: str) -> str:
    if host in EVERYWHERE:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _probe(answers: Any) -> Any:
    async def ready() -> bool:
        return bool(await asyncio.to_thread(answers))

    return ready
