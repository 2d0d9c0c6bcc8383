"""The HTTP side of a camera: one JPEG, MJPEG, HLS, and how each fault answers."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

from . import spoil
from .faults import CODES
from .hls import Playlist
from .messages import Answer, BadMessage, Request, take_request
from .rtsp import REDIRECTED

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .auth import Gate
    from .cameras import Fleet, SimCamera
    from .faults import Fault
    from .media import Track

VERSION = "HTTP/1.1"
BOUNDARY = "camsimframe"
JPEG = "image/jpeg"
HTTP_CODES = {453: 503, 454: 404}
HTTP_REASONS = {503: "Service Unavailable", 404: "Not Found"}


class WebServer:
    """What all HTTP connections share."""

    def __init__(self, fleet: Fleet, gate: Gate) -> None:
        self.fleet = fleet
        self.gate = gate
        self.port = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self._playlists: dict[Track, Playlist] = {}

    def playlist(self, camera: SimCamera) -> Playlist:
        """The playlist over the loop the camera plays now."""
        if camera.track not in self._playlists:
            self._playlists[camera.track] = Playlist(camera.track)
        return self._playlists[camera.track]

    def connection(self) -> WebConnection:
        """A protocol for `asyncio.loop.create_server`."""
        return WebConnection(self)


class WebConnection(asyncio.Protocol):
    """One client; answers in order and keeps the connection open between requests."""

    transport: asyncio.Transport

    def __init__(self, server: WebServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._camera: SimCamera | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._stream: asyncio.Task[None] | None = None

    # -- the connection -------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._camera is not None:
            self._camera.connections.discard(self)
        if self._stream is not None:
            self._stream.cancel()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def end(self) -> None:
        """Cut the connection without a word."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            while request := take_request(self._buffer):
                self._route(request)
        except BadMessage:
            self._write(Answer(400, CODES[400]))
            self.transport.close()

    def _write(self, answer: Answer, head_only: bool = False, camera: SimCamera | None = None) -> None:
        if self.transport.is_closing():
            return
        answer.headers.setdefault("Content-Length", str(len(answer.body)))
        answer.headers = {"Server": "camsim", "Date": formatdate(usegmt=True)} | answer.headers
        answer.headers.setdefault("Cache-Control", "no-store")
        body, answer.body = answer.body, b""
        data = answer.encode(VERSION) + (b"" if head_only else body)
        self.transport.write(data)
        if camera is not None:
            camera.http.bytes_sent += len(data)

    # -- from a request to its answer -----------------------------------------------

    def _route(self, request: Request) -> None:
        parts = request.segments
        redirected = parts[:1] == [REDIRECTED]
        if redirected:
            parts = parts[1:]
        camera = self._server.fleet.cameras.get(parts[0]) if parts else None
        if camera is None or len(parts) < 2:
            self._write(Answer(404, CODES[404]))
            return
        self._note(camera)
        camera.http.requests += 1
        camera.redirect_hits += redirected
        fault = None if redirected else camera.fault
        if fault is None or not self._route_faulty(request, camera, parts[1:], fault):
            self._answer(request, camera, parts[1:])

    def _note(self, camera: SimCamera) -> None:
        if self._camera is None:
            self._camera = camera
            camera.connections.add(self)
            camera.http.opened(time.time())

    def _route_faulty(self, request: Request, camera: SimCamera, parts: list[str], fault: Fault) -> bool:
        """Deal with faults of the connection; False where the answer itself is still wanted."""
        loop = asyncio.get_running_loop()
        if fault.kind == "stall":
            return True
        if fault.kind == "dead":
            self.end()
            return True
        if fault.kind == "slow":
            loop.call_later(fault.number("delay"), self._answer, request, camera, parts)
            return True
        if fault.kind == "drop":
            loop.call_later(fault.number("after"), self.end)
        if fault.kind == "refuse":
            camera.http.refused += 1
            self._refuse(camera, int(fault.params["code"]))
            return True
        if fault.kind == "redirect":
            local = f"http://127.0.0.1:{self._server.port}/{REDIRECTED}/{camera.key}/{'/'.join(parts)}"
            self._write(Answer(302, "Found", {"Location": str(fault.params["to"]) or local}))
            return True
        return False

    def _refuse(self, camera: SimCamera, code: int) -> None:
        code = HTTP_CODES.get(code, code)
        headers = {"WWW-Authenticate": self._server.gate.challenge(camera.account)} if code == 401 else {}
        self._write(Answer(code, HTTP_REASONS.get(code, CODES.get(code, "Error")), headers))

    def _answer(self, request: Request, camera: SimCamera, parts: list[str]) -> None:
        header = request.headers.get("authorization")
        challenge = self._server.gate.refuse(camera.account, request.method, header)
        if challenge:
            camera.http.refused += 1
            self._write(Answer(401, CODES[401], {"WWW-Authenticate": challenge}), camera=camera)
        elif parts == ["still.jpg"]:
            self._still(request, camera)
        elif parts == ["mjpeg"]:
            self._start(self._mjpeg(camera))
        elif len(parts) == 2 and parts[0] == "hls" and camera.track.has_video:
            self._write(self._hls(camera, parts[1]), camera=camera)
        else:
            self._write(Answer(404, CODES[404]), camera=camera)

    def _still(self, request: Request, camera: SimCamera) -> None:
        body = camera.track.still(time.time())
        kind = JPEG
        fault = camera.fault
        if fault is not None:
            if fault.kind == "huge":
                self._start(self._huge(body, int(fault.number("megabytes"))))
                return
            kind, body = spoil.still(fault.kind, body)
        answer = Answer(200, "OK", {"Content-Type": kind}, body)
        self._write(answer, head_only=request.method == "HEAD", camera=camera)

    def _hls(self, camera: SimCamera, name: str) -> Answer:
        """The playlist ``index.m3u8`` or a segment ``NUMBER.ts``."""
        playlist, now = self._server.playlist(camera), time.time()
        if camera.fault_is("html"):
            return Answer(200, "OK", {"Content-Type": "text/html"}, spoil.PAGE)
        if name == "index.m3u8":
            return Answer(
                200, "OK", {"Content-Type": "application/vnd.apple.mpegurl"}, playlist.text(now).encode()
            )
        number = name.removesuffix(".ts")
        body = playlist.segment(int(number), now) if number.isdigit() else None
        if body is None:
            return Answer(404, CODES[404])
        return Answer(200, "OK", {"Content-Type": "video/mp2t"}, body)

    # -- long answers ---------------------------------------------------------------

    def _start(self, stream: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(stream)
        self._stream = task
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    async def _mjpeg(self, camera: SimCamera) -> None:
        head = {"Content-Type": f"multipart/x-mixed-replace; boundary={BOUNDARY}", "Connection": "close"}
        self.transport.write(Answer(200, "OK", head).encode(VERSION))
        while not self.transport.is_closing():
            track, now = camera.track, time.time()
            if not camera.fault_is("stall"):
                kind, body = spoil.still(camera.fault.kind if camera.fault else "", track.still(now))
                part = f"--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                self.transport.write(part.encode() + body + b"\r\n")
                camera.http.bytes_sent += len(part) + len(body) + 2
                camera.http.frames_sent += 1
            await self._room.wait()
            await asyncio.sleep((track.still_number(now) + 1) / track.still_fps - time.time())

    async def _huge(self, body: bytes, megabytes: int) -> None:
        head = {"Content-Type": JPEG, "Content-Length": str(megabytes * 1_000_000)}
        self.transport.write(Answer(200, "OK", head).encode(VERSION) + body[:2])
        sent = 2
        while sent < megabytes * 1_000_000 and not self.transport.is_closing():
            await self._room.wait()
            chunk = spoil.COMMENT[: megabytes * 1_000_000 - sent]
            self.transport.write(chunk)
            sent += len(chunk)
            await asyncio.sleep(0)
