"""The running simulator: ports, cameras, the one clock that sends every frame, and faults."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from .auth import Gate
from .cameras import Fleet, SimCamera
from .config import LOOP_VERSION, LoopSpec, SimConfig
from .door import Door, socket_path
from .faults import KINDS, Fault, make_fault
from .media import Library
from .rtsp import RtspServer
from .sessions import UdpPorts
from .web import WebServer

log = logging.getLogger("camsim")

RUN_FILE = "running.json"
IDLE_S = 0.05


class Simulator:
    """Everything of one simulator process; `run` serves until it is told to stop."""

    def __init__(self, config: SimConfig) -> None:
        self.config = config
        self.folder = Path(config.data)
        self.library = Library(config.loops_folder)
        self.fleet = Fleet({})
        gate = Gate()
        self.ports = UdpPorts()
        self.rtsp = RtspServer(self.fleet, gate, self.ports)
        self.web = WebServer(self.fleet, gate)
        self._specs = {camera.key: config.loop_of(camera) for camera in config.cameras}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._encoding = asyncio.Lock()

    async def run(self) -> None:
        """Prepare what is missing, open the ports, say ready on stdout, serve until SIGTERM."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.library.prune(LOOP_VERSION)
        await self.encode(self.config.loops())
        for camera in self.config.cameras:
            track = self.library.track(self._specs[camera.key].name())
            self.fleet.cameras[camera.key] = SimCamera(camera, track)
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await self.ports.open(self.config.host)
        servers = [
            await loop.create_server(
                self.rtsp.connection, self.config.host, self.config.rtsp_port, backlog=1024
            ),
            await loop.create_server(
                self.web.connection, self.config.host, self.config.http_port, backlog=1024
            ),
        ]
        self.rtsp.port, self.web.port = (s.sockets[0].getsockname()[1] for s in servers)
        control = socket_path(self.config.control, self.folder)
        door = Door(self, control)
        await door.open()
        self._announce(control)
        pump = asyncio.create_task(self._pump())
        try:
            await stop.wait()
        finally:
            pump.cancel()
            for server in servers:
                server.close()
            self.ports.close()
            door.close()
            self._retire()

    def _announce(self, control: Path) -> None:
        ready = {
            "ready": True,
            "host": self.config.host,
            "rtsp_port": self.rtsp.port,
            "http_port": self.web.port,
            "control": str(control),
            "pid": os.getpid(),
        }
        (self.folder / RUN_FILE).write_text(json.dumps(ready), encoding="utf-8")
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()

    def _retire(self) -> None:
        """Take our own notice down, not that of a simulator started since."""
        notice = self.folder / RUN_FILE
        with contextlib.suppress(OSError, ValueError):
            if json.loads(notice.read_text(encoding="utf-8"))["pid"] == os.getpid():
                notice.unlink()

    # -- the clock ------------------------------------------------------------------

    async def _pump(self) -> None:
        """One loop for all sessions: wake when the next frame is due, send it everywhere."""
        next_sweep = 0.0
        while True:
            now = time.time()
            if now >= next_sweep:
                self.rtsp.sweep(now)
                self._forget_old_opens(now)
                next_sweep = now + 1.0
            self._emit(now)
            await asyncio.sleep(max(0.001, self._next_due(now) - time.time()))

    def _emit(self, now: float) -> None:
        active = self.fleet.active
        for camera in tuple(active):
            if camera.viewers:
                try:
                    camera.emit(now)
                except Exception:
                    log.exception("camera %s could not send", camera.key)
            else:
                active.discard(camera)

    def _next_due(self, now: float) -> float:
        rates = {camera.track.fps for camera in self.fleet.active}
        return min(((int(now * fps) + 1) / fps for fps in rates), default=now + IDLE_S)

    def _forget_old_opens(self, now: float) -> None:
        opens = self.fleet.opens_by_second
        for second in [s for s in opens if s < now - 7200]:
            del opens[second]

    # -- faults ---------------------------------------------------------------------

    async def fault(self, key: str, kind: str, params: dict[str, Any]) -> dict[str, Any]:
        """Put a fault in force; picture faults wait until their loop is encoded.

        Raises:
            KeyError: no such camera.
            FaultError: no such fault or parameter.
        """
        camera = self.fleet.cameras[key]
        fault = make_fault(kind, params)
        if KINDS[fault.kind].picture:
            spec = self._variant(key, fault)
            await self.encode([spec])
            track = self.library.track(spec.name())
        else:
            track = camera.base
        self._unset_timer(key)
        camera.fault = fault
        if camera.track is not track:
            camera.play(track)
        if KINDS[fault.kind].cuts:
            camera.cut()
        if fault.until is not None:
            loop = asyncio.get_running_loop()
            self._timers[key] = loop.call_later(fault.until - time.time(), self.clear, key)
        return {"camera": key, "fault": fault.kind, "params": fault.params, "until": fault.until}

    def clear(self, key: str) -> None:
        """End the camera's fault, if any."""
        camera = self.fleet.cameras[key]
        self._unset_timer(key)
        camera.fault = None
        if camera.track is not camera.base:
            camera.play(camera.base)

    def _unset_timer(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def _variant(self, key: str, fault: Fault) -> LoopSpec:
        spec = self._specs[key]
        if fault.kind == "slow-keyframes":
            return replace(spec, gop_s=int(fault.number("gop")))
        if fault.kind == "freeze":
            return replace(spec, fault="freeze", at=int(time.time()) % 60, seconds=spec.gop_s)
        return replace(spec, fault=fault.kind)

    async def encode(self, specs: list[LoopSpec]) -> None:
        """Draw and encode missing loops in another process, so that serving never stops."""
        async with self._encoding:
            missing = [asdict(s) for s in specs if not self.library.has(s.name())]
            if not missing:
                return
            command = [sys.executable, "-m", "cctv.camsim", "encode", "--out", str(self.library.folder)]
            command += ["--workers", str(self.config.workers)]
            process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
            )
            try:
                await process.communicate(json.dumps(missing).encode())
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            if process.returncode:
                raise RuntimeError(f"drawing {len(missing)} loops failed")
