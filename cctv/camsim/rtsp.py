"""The RTSP server (RFC 2326): one connection, its methods, and how each fault answers."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

from .faults import CODES
from .messages import Answer, BadMessage, Request, take_request
from .sessions import Session, UdpPorts, parse_transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from .auth import Gate
    from .cameras import Fleet, SimCamera

VERSION = "RTSP/1.0"
METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
ENCODINGS = {"h264": "H264", "h265": "H265"}
REDIRECTED = "_redirected"


class RtspServer:
    """What all RTSP connections share."""

    def __init__(self, fleet: Fleet, gate: Gate, ports: UdpPorts) -> None:
        self.fleet = fleet
        self.gate = gate
        self.ports = ports
        self.port = 0

    def connection(self) -> RtspConnection:
        """A protocol for `asyncio.loop.create_server`."""
        return RtspConnection(self)

    def sweep(self, now: float) -> None:
        """Close sessions nobody was heard of."""
        for camera in self.fleet.cameras.values():
            for session in tuple(camera.sessions.values()):
                if session.expired(now):
                    session.close()


class RtspConnection(asyncio.Protocol):
    """One client. It may name one camera only; sessions die with it unless they are UDP."""

    transport: asyncio.Transport

    def __init__(self, server: RtspServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._camera: SimCamera | None = None
        self._healthy = False
        self._sessions: dict[str, Session] = {}
        self.peer = ""
        self._methods: dict[str, Callable[[Request, SimCamera], Answer]] = {
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "TEARDOWN": self._teardown,
            "GET_PARAMETER": self._keep_alive,
            "SET_PARAMETER": self._keep_alive,
        }

    # -- the connection -------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.peer = transport.get_extra_info("peername")[0]

    def connection_lost(self, exc: Exception | None) -> None:
        if self._camera is not None:
            self._camera.connections.discard(self)
        for session in tuple(self._sessions.values()):
            session.vanish()
        self._sessions.clear()

    def end(self) -> None:
        """Cut the connection without a word."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            while self._skip_interleaved() and (request := take_request(self._buffer)):
                self._route(request)
        except BadMessage:
            self._write(Answer(400, CODES[400]), None)
            self.transport.close()

    def _skip_interleaved(self) -> bool:
        """Drop receiver reports; False while one is incomplete or nothing is left."""
        while self._buffer[:1] == b"$":
            if len(self._buffer) < 4:
                return False
            length = 4 + int.from_bytes(self._buffer[2:4])
            if len(self._buffer) < length:
                return False
            del self._buffer[:length]
        return bool(self._buffer)

    def _write(self, answer: Answer, request: Request | None) -> None:
        head = {"CSeq": request.headers.get("cseq", "0")} if request else {}
        answer.headers = head | {"Server": "camsim"} | answer.headers
        self.transport.write(answer.encode(VERSION))

    # -- from a request to its method -----------------------------------------------

    def _route(self, request: Request) -> None:
        camera = self._find(request)
        if camera is None:
            anywhere = request.method == "OPTIONS" and request.segments in ([], ["*"])
            answer = Answer(200, "OK", {"Public": METHODS}) if anywhere else Answer(404, CODES[404])
            self._write(answer, request)
            return
        self._note(camera)
        camera.rtsp.requests += 1
        if self._healthy or camera.fault is None:
            self._write(self._answer(request, camera), request)
        else:
            self._route_faulty(request, camera)

    def _find(self, request: Request) -> SimCamera | None:
        parts = request.segments
        if parts[:1] == [REDIRECTED]:
            camera = self._server.fleet.cameras.get("".join(parts[1:2]))
            if camera is not None and not self._healthy:
                self._healthy = True
                camera.redirect_hits += 1
            return camera
        return self._server.fleet.cameras.get("".join(parts[:1]))

    def _note(self, camera: SimCamera) -> None:
        if self._camera is None:
            self._camera = camera
            camera.connections.add(self)
            self._server.fleet.opened(camera)

    def _route_faulty(self, request: Request, camera: SimCamera) -> None:
        fault = camera.fault
        assert fault is not None
        loop = asyncio.get_running_loop()
        if fault.kind == "stall":
            return
        if fault.kind == "dead":
            self.end()
        elif fault.kind == "slow":
            loop.call_later(fault.number("delay"), self._late, request, camera)
        else:
            if fault.kind == "drop":
                loop.call_later(fault.number("after"), self.end)
            self._write(self._faulty(request, camera), request)

    def _late(self, request: Request, camera: SimCamera) -> None:
        if not self.transport.is_closing():
            self._write(self._answer(request, camera), request)

    def _faulty(self, request: Request, camera: SimCamera) -> Answer:
        """The answer under a fault that changes what is said; most leave it as it is."""
        fault = camera.fault
        assert fault is not None
        if fault.kind == "refuse":
            camera.rtsp.refused += 1
            code = int(fault.params["code"])
            headers = {"WWW-Authenticate": self._server.gate.challenge(camera.account)} if code == 401 else {}
            return Answer(code, CODES[code], headers)
        if request.method != "DESCRIBE":
            return self._answer(request, camera)
        if fault.kind == "redirect":
            to = str(fault.params["to"]) or f"rtsp://127.0.0.1:{self._server.port}/{REDIRECTED}/{camera.key}"
            return Answer(302, "Found", {"Location": to})
        answer = self._answer(request, camera)
        if answer.code == 200:
            _spoil_description(answer, fault.kind, fault.params)
        return answer

    def _answer(self, request: Request, camera: SimCamera) -> Answer:
        if request.method == "OPTIONS":
            return Answer(200, "OK", {"Public": METHODS})
        header = request.headers.get("authorization")
        challenge = self._server.gate.refuse(camera.account, request.method, header)
        if challenge:
            camera.rtsp.refused += 1
            return Answer(401, CODES[401], {"WWW-Authenticate": challenge})
        method = self._methods.get(request.method)
        if method is None:
            return Answer(501, "Not Implemented", {"Public": METHODS})
        return method(request, camera)

    # -- methods --------------------------------------------------------------------

    def _describe(self, request: Request, camera: SimCamera) -> Answer:
        if not camera.track.has_video:
            return Answer(404, CODES[404])
        base = request.url if request.url.endswith("/") else request.url + "/"
        headers = {"Content-Base": base, "Content-Type": "application/sdp"}
        return Answer(200, "OK", headers, describe(camera).encode())

    def _setup(self, request: Request, camera: SimCamera) -> Answer:
        road = parse_transport(request.headers.get("transport", ""))
        if road is None:
            return Answer(461, "Unsupported Transport")
        if len(camera.sessions) >= camera.config.max_sessions:
            camera.rtsp.refused += 1
            return Answer(453, CODES[453])
        session = Session(camera, self, road, self._server.ports)
        camera.sessions[session.id] = self._sessions[session.id] = session
        first = self._server.ports.data_port
        if road.udp:
            how = f"RTP/AVP;unicast;client_port={road.data}-{road.control};server_port={first}-{first + 1}"
        else:
            how = f"RTP/AVP/TCP;unicast;interleaved={road.data}-{road.control}"
        timeout = camera.config.session_timeout_s
        transport = f"{how};ssrc={camera.feed.ssrc:08X}"
        return Answer(200, "OK", {"Transport": transport, "Session": f"{session.id};timeout={timeout}"})

    def _session(self, request: Request) -> Session | None:
        name = request.headers.get("session", "").split(";")[0].strip()
        session = self._sessions.get(name)
        if session is not None:
            session.seen = time.time()
        return session

    def _play(self, request: Request, camera: SimCamera) -> Answer:
        session = self._session(request)
        if session is None:
            return Answer(454, CODES[454])
        timestamp = session.play()
        self._server.fleet.active.add(camera)
        info = f"url={request.url.rstrip('/')}/trackID=0;rtptime={timestamp}"
        return Answer(200, "OK", {"Session": session.id, "Range": "npt=now-", "RTP-Info": info})

    def _pause(self, request: Request, camera: SimCamera) -> Answer:
        session = self._session(request)
        if session is None:
            return Answer(454, CODES[454])
        session.pause()
        return Answer(200, "OK", {"Session": session.id})

    def _teardown(self, request: Request, camera: SimCamera) -> Answer:
        session = self._session(request)
        if session is None:
            return Answer(454, CODES[454])
        session.close()
        del self._sessions[session.id]
        return Answer(200, "OK", {"Session": session.id})

    def _keep_alive(self, request: Request, camera: SimCamera) -> Answer:
        session = self._session(request)
        return Answer(200, "OK", {"Session": session.id} if session else {})


def describe(camera: SimCamera) -> str:
    """The camera's session description (RFC 8866)."""
    track = camera.track
    lines = [
        "v=0",
        f"o=- {camera.feed.ssrc} 1 IN IP4 127.0.0.1",
        f"s={camera.config.label or camera.key}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
        "m=video 0 RTP/AVP 96",
        f"a=rtpmap:96 {ENCODINGS[track.codec]}/90000",
        f"a=fmtp:96 {track.format_parameters}",
        f"a=framerate:{track.fps}",
        "a=control:trackID=0",
    ]
    return "\r\n".join(lines) + "\r\n"


def _spoil_description(answer: Answer, kind: str, params: dict[str, object]) -> None:
    if kind == "html":
        answer.headers["Content-Type"] = "text/html"
        answer.body = b"<html><script>alert(1)</script><h1>Login</h1></html>"
    elif kind == "garbage-sdp":
        answer.body = secrets.token_bytes(2000)
    elif kind == "oversize-sdp":
        line = b"a=x-padding:" + b"A" * 8000 + b"\r\n"
        answer.body += line * (int(float(str(params["megabytes"])) * 1_000_000) // len(line))
