"""Our HTTP client for cameras: urllib3's connections, our rules.

It dials the checked address and speaks the host's name (Host, SNI); it never follows a redirect; it keeps
connections alive, with digest nonces, between stills; a body has a byte cap; and the deadline is a wall clock
that also holds against a server that drips one byte a second, headers and TLS included.
"""

import logging
import os
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from cctv.capture.address import Target, fill_credentials
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import CameraSpec, Deadline, failure_of
from cctv.capture.sources.digest import Credentials, parse_challenges
from cctv.capture.sources.wire import client_context, must_verify

# It writes addresses into the log, and an address may have the password in its path.
logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)

MAX_HOSTS = 256
IDLE_SECONDS = 60.0
DRAIN_LIMIT = 64 * 1024
CHUNK = 64 * 1024
_HEADERS = {"User-Agent": "commandcenter", "Accept": "*/*", "Accept-Encoding": "identity"}

_STATUS: dict[int, FailureKind] = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.UNAUTHORIZED,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.NOT_FOUND,
    408: FailureKind.TIMEOUT,
    410: FailureKind.NOT_FOUND,
    429: FailureKind.BUSY,
    503: FailureKind.BUSY,
}


def status_failure(status: int) -> GrabError | None:
    """The failure an HTTP status means; None for 200 to 299. Redirects are `moved`: we never follow."""
    if 200 <= status < 300:
        return None
    kind = _STATUS.get(status)
    if kind is None:
        by_class = {3: FailureKind.MOVED, 4: FailureKind.BAD_REQUEST}
        kind = by_class.get(status // 100, FailureKind.DEVICE_ERROR)
    return GrabError(kind, f"HTTP {status}")


class _Clock(threading.local):
    """The deadline of the request this thread is making; its sockets look here before every read."""

    deadline: Deadline | None = None
    connect_timeout: float = 3.0

    def left(self) -> float:
        return self.deadline.left() if self.deadline is not None else 8.0


_clock = _Clock()


class _PlainSocket(socket.socket):
    """Each read may wait as long as the whole request still has, not its own timeout again."""

    def recv_into(self, *args: Any, **kw: Any) -> int:
        self.settimeout(_clock.left())
        return super().recv_into(*args, **kw)


class _TlsSocket(ssl.SSLSocket):
    """The same, over TLS."""

    def recv_into(self, *args: Any, **kw: Any) -> int:
        self.settimeout(_clock.left())
        return super().recv_into(*args, **kw)


def _dial(conn: HTTPConnection) -> socket.socket:
    """A connection to the checked address; urllib3 would resolve, ours is numeric already."""
    family = socket.AF_INET6 if ":" in conn.host else socket.AF_INET
    sock = _PlainSocket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(min(_clock.connect_timeout, _clock.left()))
        sock.connect((conn.host.strip("[]"), conn.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(_clock.left())
    except BaseException as error:
        sock.close()
        if isinstance(error, OSError):
            raise failure_of(error, connecting=True) from None
        raise
    return sock


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _dial(self)


class _Tls(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _dial(self)


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Tls

    def _validate_conn(self, conn: Any) -> None:
        """Connect early, without urllib3's warning: whether to verify was decided by the spec."""
        if conn.is_closed:
            conn.connect()


class _Host:
    """One server: its connections and what it last asked of us."""

    def __init__(self, target: Target, verify: bool) -> None:
        self.used = time.monotonic()
        self.pool: urllib3.HTTPConnectionPool
        if target.secure:
            self.pool = _TlsPool(
                target.ip,
                target.port,
                maxsize=2,
                ssl_context=client_context(verify, _TlsSocket),
                server_hostname=target.host,
                assert_hostname=None if verify else False,
            )
        else:
            self.pool = _PlainPool(target.ip, target.port, maxsize=2)
        self._credentials: OrderedDict[tuple[int, str, str], Credentials] = OrderedDict()

    def credentials(self, camera: int, user: str, password: str) -> Credentials:
        """Per camera: behind one recorder's address each may ask in its own way."""
        key = (camera, user, password)
        known = self._credentials.get(key)
        if known is None:
            known = self._credentials[key] = Credentials(user, password)
            while len(self._credentials) > 32:
                self._credentials.popitem(last=False)
        return known


_hosts: OrderedDict[tuple[str, str, int, str, bool], _Host] = OrderedDict()
_hosts_lock = threading.Lock()


def _host(spec: CameraSpec, target: Target) -> _Host:
    verify = must_verify(spec, target)
    key = (target.scheme, target.ip, target.port, target.host, verify)
    now = time.monotonic()
    with _hosts_lock:
        found = _hosts.get(key)
        if found is None:
            found = _hosts[key] = _Host(target, verify)
        found.used = now
        _hosts.move_to_end(key)
        oldest = next(iter(_hosts.values()))
        gone = _hosts.popitem(last=False)[1] if len(_hosts) > MAX_HOSTS or _idle(oldest, now) else None
    if gone is not None:
        gone.pool.close()
    return found


def _idle(host: _Host, now: float) -> bool:
    return now - host.used > IDLE_SECONDS


def close_all() -> None:
    """Close every kept connection (process end, tests)."""
    with _hosts_lock:
        gone = list(_hosts.values())
        _hosts.clear()
    for host in gone:
        host.pool.close()


def _forget() -> None:
    """After a fork the child must not share the parent's sockets."""
    global _hosts_lock
    _hosts_lock = threading.Lock()
    _hosts.clear()


os.register_at_fork(after_in_child=_forget)


@contextmanager
def opened(
    spec: CameraSpec, target: Target, deadline: Deadline, *, keep: bool = True, secret: bool = True
) -> Iterator[urllib3.HTTPResponse]:
    """A 2xx answer to one GET, body unread. Raises GrabError, for errors of the body (in `with`) too.

    `keep`: the connection may serve the next request. `secret`: send the spec's user and password if asked
    (an HLS segment on another host must not get them).
    """
    _clock.deadline, _clock.connect_timeout = deadline, spec.connect_timeout
    response: urllib3.HTTPResponse | None = None
    clean = False
    try:
        response = _get(spec, target, secret)
        failure = status_failure(response.status)
        if failure is not None:
            _finish(response)
            raise failure
        yield response
        clean = keep
    except Exception as error:
        raise _translate(error) from None
    finally:
        _clock.deadline = None
        if response is not None and not clean:
            response.close()
        elif response is not None:
            response.release_conn()


def fetch(
    spec: CameraSpec, target: Target, deadline: Deadline, *, limit: int, secret: bool = True
) -> tuple[bytes, int]:
    """The whole body of one GET and the bytes it cost; GrabError(too_large) beyond `limit` bytes."""
    with opened(spec, target, deadline, secret=secret) as response:
        refuse_compressed(response)
        length = response.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > limit:
            raise GrabError(FailureKind.TOO_LARGE, f"{length[:18]} bytes announced")
        parts: list[bytes] = []
        size = 0
        for chunk in response.stream(CHUNK, decode_content=False):
            size += len(chunk)
            if size > limit:
                raise GrabError(FailureKind.TOO_LARGE, f"more than {limit} bytes")
            parts.append(chunk)
        return b"".join(parts), size + header_size(response)


def refuse_compressed(response: urllib3.HTTPResponse) -> None:
    """A gzip body may unpack to anything; we asked for none and take none."""
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise GrabError(FailureKind.NOT_A_JPEG, "the camera sent a compressed answer")


def header_size(response: urllib3.HTTPResponse) -> int:
    """Bytes the answer's headers took, about."""
    return 17 + sum(len(k) + len(v) + 4 for k, v in response.headers.items())


def _get(spec: CameraSpec, target: Target, secret: bool) -> urllib3.HTTPResponse:
    """GET, and at most one more for a 401 that we can answer."""
    host = _host(spec, target)
    path = fill_credentials(target.path, spec.user, spec.password) if secret else target.path
    known = host.credentials(spec.id, spec.user, spec.password) if secret and spec.user else None
    sent = known.header("GET", path) if known else None
    response = _request(host, target, path, sent)
    if response.status == 401 and known is not None:
        challenges = parse_challenges(response.headers.getlist("WWW-Authenticate"))
        answer = known.answer(challenges, "GET", path, sent=sent)
        if answer is None:
            return response
        _finish(response)
        response = _request(host, target, path, answer)
        if response.status == 401:
            known.reset()
            return response
    if known is not None:
        known.accepted()
    return response


def _request(host: _Host, target: Target, path: str, authorization: str | None) -> urllib3.HTTPResponse:
    headers = _HEADERS | {"Host": target.netloc}
    if authorization is not None:
        headers["Authorization"] = authorization
    reused = host.pool.num_requests > 0
    try:
        return _send(host, path, headers)
    except urllib3.exceptions.ProtocolError:
        # A kept connection that the camera had already closed; a fresh one gets one chance.
        if not reused:
            raise
        return _send(host, path, headers)


def _send(host: _Host, path: str, headers: dict[str, str]) -> urllib3.HTTPResponse:
    response = host.pool.urlopen(
        "GET",
        path,
        headers=headers,
        redirect=False,
        retries=False,
        assert_same_host=False,
        timeout=urllib3.Timeout(connect=_clock.connect_timeout, read=_clock.left()),
        preload_content=False,
        decode_content=False,
    )
    return cast(urllib3.HTTPResponse, response)


def _finish(response: urllib3.HTTPResponse) -> None:
    """Read a short error body so that the connection can be used again; close on a long one."""
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:9]) <= DRAIN_LIMIT:
        response.drain_conn()
    else:
        response.close()


def _translate(error: Exception) -> GrabError:
    """urllib3 wraps sockets' errors; the innermost one tells the story."""
    inner: BaseException | None = error
    if isinstance(error, urllib3.exceptions.ProtocolError) and len(error.args) > 1:
        inner = error.args[1]
    if isinstance(error, urllib3.exceptions.SSLError) and error.args and isinstance(error.args[0], OSError):
        inner = error.args[0]
    if isinstance(inner, GrabError | OSError) and not isinstance(inner, urllib3.exceptions.HTTPError):
        return failure_of(inner)
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return GrabError(FailureKind.TIMEOUT, "no answer in time")
    if isinstance(error, urllib3.exceptions.IncompleteRead) or "IncompleteRead" in type(inner).__name__:
        return GrabError(FailureKind.CLOSED, "the answer broke off")
    if isinstance(error, urllib3.exceptions.HTTPError):
        return GrabError(FailureKind.DEVICE_ERROR, "the answer is not valid HTTP")
    return failure_of(error)
