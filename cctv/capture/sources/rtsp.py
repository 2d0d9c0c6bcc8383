"""RTSP 1.0 (RFC 2326) as a client, without I/O: bytes in, bytes out.

One `Conversation` is one attempt: DESCRIBE, SETUP of the video track, PLAY, then packets until `close()`.
Redirects fail as `moved`. Every limit is a constant here; a server can make us neither wait (the caller owns
the clock) nor grow. The order of requests follows what cameras in the field accept (DESCRIBE first, OPTIONS
only as keep-alive, as Moonfire's retina does).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cctv.capture.address import Target, fill_credentials
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.digest import Credentials, parse_challenges
from cctv.capture.sources.rtp import KeyframeReader
from cctv.capture.sources.sdp import VideoTrack, parse_sdp

MAX_HEADERS = 16 * 1024
MAX_BODY = 64 * 1024
MAX_GARBAGE = 256 * 1024
DEFAULT_SESSION_TIMEOUT = 60

_STATUS: dict[int, FailureKind] = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.UNAUTHORIZED,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.NOT_FOUND,
    408: FailureKind.TIMEOUT,
    410: FailureKind.NOT_FOUND,
    453: FailureKind.BUSY,
    454: FailureKind.DEVICE_ERROR,
    503: FailureKind.BUSY,
}
_STATUS_LINE = re.compile(rb"RTSP/1\.\d (\d{3})")
_REQUEST_LINE = re.compile(rb"([A-Z_]{3,20}) \S+ RTSP/1\.\d")


def status_failure(status: int) -> GrabError:
    """The failure an RTSP status other than 2xx means."""
    by_class = {3: FailureKind.MOVED, 4: FailureKind.BAD_REQUEST}
    return GrabError(
        _STATUS.get(status) or by_class.get(status // 100, FailureKind.DEVICE_ERROR), f"RTSP {status}"
    )


@dataclass(slots=True)
class Answer:
    """One response; header names in lower case, repeated ones in a list."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    def get(self, name: str) -> str:
        """A header's first value or ""."""
        return self.headers.get(name, [""])[0]


class Conversation:
    """The client's half. `out()` is what to send; `feed()` what was received; both may raise GrabError.

    `stage`: describe, setup, play, playing or closed. After SETUP over UDP `server_ports` holds the camera's
    RTP and RTCP ports (0 if it named none). `reader` collects keyframes and exists from SETUP on. `farewell`:
    after `close()`, whether nothing is left to wait for.
    """

    def __init__(
        self,
        target: Target,
        user: str = "",
        password: str = "",
        *,
        client_ports: tuple[int, ...] | None = None,
    ) -> None:
        """`client_ports` asks for UDP to these ports; None means TCP, interleaved."""
        self._credentials = Credentials(user, password)
        self._url = fill_credentials(target.url, user, password)
        self._ports = client_ports
        self._out = bytearray()
        self._rest = b""
        self._garbage = 0
        self._cseq = 0
        self._session = ""
        self._base = self._url
        self._last: tuple[str, str, dict[str, str], str | None] = ("", "", {}, None)
        self._tried = False
        self._ping = "OPTIONS"
        self._channel = 0
        self.stage: Literal["describe", "setup", "play", "playing", "closed"] = "describe"
        self.track: VideoTrack | None = None
        self.reader: KeyframeReader | None = None
        self.server_ports = (0, 0)
        self.keep_alive_every = DEFAULT_SESSION_TIMEOUT / 2
        self.bytes_in = 0
        self.farewell = False
        self._send("DESCRIBE", self._url, {"Accept": "application/sdp"})

    # -- sending ----------------------------------------------------------------------

    def out(self) -> bytes:
        """Bytes to send now; each is returned once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def keep_alive(self) -> None:
        """Queue a request that tells the camera we are still here (RFC 2326 §10.8)."""
        if self.stage == "playing":
            self._send(self._ping, self._base, self._with_session())

    def close(self) -> None:
        """Queue a TEARDOWN if there is a session: some cameras keep it for a minute otherwise (453)."""
        if self._session and self.stage != "closed":
            self._send("TEARDOWN", self._base, self._with_session())
        else:
            self.farewell = True
        self.stage = "closed"

    def _with_session(self) -> dict[str, str]:
        return {"Session": self._session} if self._session else {}

    def _send(self, method: str, url: str, headers: dict[str, str]) -> None:
        self._last = (method, url, headers, self._credentials.header(method, url))
        self._tried = False
        self._write()

    def _write(self) -> None:
        method, url, headers, authorization = self._last
        self._cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}", "User-Agent: commandcenter"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if authorization is not None:
            lines.append(f"Authorization: {authorization}")
        self._out += ("\r\n".join(lines) + "\r\n\r\n").encode()

    # -- receiving --------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Bytes from the connection, in any cut. Raises GrabError when the attempt has failed."""
        self.bytes_in += len(data)
        if self._rest:
            data = self._rest + data
        at, end, channel = 0, len(data), self._channel
        reader = self.reader
        while end - at >= 4:
            if data[at] == 0x24:
                after = at + 4 + (data[at + 2] << 8 | data[at + 3])
                if after > end:
                    break
                if data[at + 1] == channel and reader is not None:
                    reader.push(data, at + 4, after)
                at = after
                continue
            after = self._text(data, at)
            if after == at:
                break
            at, channel, reader = after, self._channel, self.reader
        self._rest = data[at:]

    def _text(self, data: bytes, at: int) -> int:
        """A response, a request of the server's, or garbage at data[at:]; where it ends (at = need more)."""
        if data[at] in b"\r\n":
            return at + 1
        head = data[at : at + 20]
        if not _could_be_text(head):
            return self._resync(data, at)
        stop = data.find(b"\r\n\r\n", at, at + MAX_HEADERS + 4)
        if stop < 0:
            if len(data) - at > MAX_HEADERS:
                raise GrabError(FailureKind.BAD_STREAM, "an endless header")
            return at
        headers = _headers(data[at:stop])
        length = _content_length(headers)
        body = stop + 4
        if body + length > len(data):
            return at
        self._message(data[at:stop], headers, data[body : body + length])
        return body + length

    def _resync(self, data: bytes, at: int) -> int:
        """Some firmware drops bytes under load: go on at the next packet or answer."""
        if self.stage != "playing":
            raise GrabError(FailureKind.BAD_STREAM, "the answer is not RTSP")
        found = [i for i in (data.find(b"$", at + 1), data.find(b"RTSP/1.", at + 1)) if i > 0]
        after = min(found) if found else len(data)
        self._garbage += after - at
        if self._garbage > MAX_GARBAGE:
            raise GrabError(FailureKind.BAD_STREAM, "the stream is damaged")
        return after

    def _message(self, head: bytes, headers: dict[str, list[str]], body: bytes) -> None:
        status = _STATUS_LINE.match(head)
        if status:
            self._answered(Answer(int(status[1]), headers, body))
            return
        request = _REQUEST_LINE.match(head)
        if request is None:
            raise GrabError(FailureKind.BAD_STREAM, "the answer is not RTSP")
        if request[1] == b"REDIRECT":
            raise GrabError(FailureKind.MOVED, "the camera sent REDIRECT")
        code = "200 OK" if request[1] in (b"OPTIONS", b"GET_PARAMETER", b"SET_PARAMETER") else "501 No"
        cseq = re.sub(r"[^0-9]", "", headers.get("cseq", ["0"])[0])[:10]
        self._out += f"RTSP/1.0 {code}\r\nCSeq: {cseq}\r\n\r\n".encode()

    def _answered(self, answer: Answer) -> None:
        cseq = answer.get("cseq")
        if cseq.isascii() and cseq.isdigit() and int(cseq[:9]) != self._cseq:
            return  # late: an answer to a request we no longer wait for
        if 100 <= answer.status < 200 or self.stage == "closed":
            self.farewell = self.stage == "closed"
            return
        if answer.status == 401:
            self._unauthorized(answer)
            return
        if self.stage == "playing":
            self._kept_alive(answer)
            return
        if not 200 <= answer.status < 300:
            raise status_failure(answer.status)
        steps: dict[str, Callable[[Answer], None]] = {
            "describe": self._described,
            "setup": self._set_up,
            "play": self._played,
        }
        steps[self.stage](answer)

    def _unauthorized(self, answer: Answer) -> None:
        """Answer a challenge once per request; a second 401 means a wrong password."""
        method, url, headers, sent = self._last
        challenges = parse_challenges(answer.headers.get("www-authenticate", []))
        authorization = self._credentials.answer(challenges, method, url, sent=sent)
        if authorization is None or self._tried:
            if self.stage == "playing":
                return
            raise status_failure(401)
        self._tried = True
        self._last = (method, url, headers, authorization)
        self._write()

    def _described(self, answer: Answer) -> None:
        self.track = track = parse_sdp(answer.body)
        base = answer.get("content-base") or answer.get("content-location") or self._url
        self._base = _join(base, track.session_control) if _clean(base) else self._url
        control = _join(base if _clean(base) else self._url, track.control)
        if track.codec not in ("h264", "hevc"):
            raise GrabError(FailureKind.BAD_STREAM, f"codec {track.codec[:32]} is not supported over RTSP")
        self.reader = KeyframeReader(track)
        self.stage = "setup"
        ports = self._ports
        offer = (
            f"RTP/AVP;unicast;client_port={ports[0]}-{ports[1]}"
            if ports
            else "RTP/AVP/TCP;unicast;interleaved=0-1"
        )
        self._send("SETUP", control, {"Transport": offer})

    def _set_up(self, answer: Answer) -> None:
        session, _, rest = answer.get("session").partition(";")
        self._session = session.strip()[:256]
        timeout = re.search(r"timeout\s*=\s*(\d{1,6})", rest)
        seconds = int(timeout[1]) if timeout else DEFAULT_SESSION_TIMEOUT
        self.keep_alive_every = min(max(seconds / 2, 2.0), 30.0)
        self._transport(answer.get("transport"))
        self.stage = "play"
        self._send("PLAY", self._base, self._with_session() | {"Range": "npt=0.000-"})

    def _transport(self, text: str) -> None:
        """Where the camera will send; it may choose other channels than we asked for."""
        if self._ports is None:
            channel = re.search(r"interleaved\s*=\s*(\d{1,3})", text)
            if text and "TCP" not in text.upper() and channel is None:
                raise GrabError(FailureKind.BAD_STREAM, "the camera refuses TCP transport")
            self._channel = int(channel[1]) & 0xFF if channel else 0
            return
        ports = re.search(r"server_port\s*=\s*(\d{1,5})(?:-(\d{1,5}))?", text)
        if ports:
            first = int(ports[1])
            self.server_ports = (first, int(ports[2]) if ports[2] else first + 1)

    def _played(self, _answer: Answer) -> None:
        self.stage = "playing"

    def _kept_alive(self, answer: Answer) -> None:
        """OPTIONS says whether the camera knows the better keep-alive; 454 says it has forgotten us."""
        if answer.status == 454:
            raise GrabError(FailureKind.CLOSED, "the camera has ended the session")
        if "GET_PARAMETER" in answer.get("public").upper():
            self._ping = "GET_PARAMETER"


def _could_be_text(head: bytes) -> bool:
    """Whether bytes can begin an RTSP response or request."""
    word = re.match(rb"[A-Z_]+", head)
    if word is None:
        return False
    return word.end() == len(head) or head[word.end() : word.end() + 1] in (b" ", b"/")


def _headers(head: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        found.setdefault(name.strip().lower().decode("latin-1"), []).append(value.strip().decode("latin-1"))
    return found


def _content_length(headers: dict[str, list[str]]) -> int:
    text = headers.get("content-length", ["0"])[0]
    length = int(text[:12]) if text.isascii() and text.isdigit() else 0
    if length > MAX_BODY:
        raise GrabError(FailureKind.BAD_STREAM, "the stream description is too large")
    return length


def _clean(url: str) -> bool:
    """Whether a URL from the camera may stand in our request line."""
    return (
        url.lower().startswith(("rtsp://", "rtsps://"))
        and url.isascii()
        and url.isprintable()
        and (" " not in url and len(url) <= 1024)
    )


def _join(base: str, control: str) -> str:
    """A control attribute applied to the base, by appending, as cameras mean it (not by RFC 3986)."""
    if control in ("", "*"):
        return base
    if _clean(control):
        return control
    if not control.isascii() or not control.isprintable() or " " in control or len(control) > 512:
        raise GrabError(FailureKind.BAD_STREAM, "the description names a bad track")
    return base + ("" if base.endswith("/") or control.startswith("/") else "/") + control
