"""Our HTTP client for providers: public addresses only, pinned while dialled, limited in time and size.

Every address is resolved once, every answer of the resolver is judged, and the judged one is dialled: a name
cannot change its mind in between. A file's redirects are judged again, each one; a call follows none. Tokens
travel in headers and paths, so neither is ever part of an error, and urllib3's own log is silenced.
"""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from cctv.capture.address import AddressRefused, Policy, Resolver, Target, check_url
from cctv.capture.sources.wire import client_context
from complaints.channels.errors import ChannelError, Permanent, Retryable

# It writes whole addresses into the log, and a bot's address has its token in it.
logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)
logging.getLogger("urllib3.connection").setLevel(logging.CRITICAL)

# Everything that is not the public internet; loopback, link-local and their like are refused before it.
NOT_PUBLIC = (
    "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "192.0.2.0/24", "192.88.99.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "fc00::/7", "2001:db8::/32", "100::/64",
)  # fmt: skip
CHUNK = 64 * 1024
MAX_ANSWER = 1_000_000
MAX_HOPS = 3
# A setting is mended by a person.
WAIT = 900.0
MAX_PATH = 4096
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {"User-Agent": "commandcenter", "Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer, read whole."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class _PlainSocket(socket.socket):
    """Each read waits only as long as the whole request still has: a dripping server ends in time, too."""

    ends_at: float | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.ends_at is not None:
            self.settimeout(_left(self.ends_at))
        return super().recv_into(*args, **kwargs)


class _TlsSocket(ssl.SSLSocket):
    """The same, over TLS."""

    ends_at: float | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.ends_at is not None:
            self.settimeout(_left(self.ends_at))
        return super().recv_into(*args, **kwargs)


def _left(ends_at: float) -> float:
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for this request is over")
    return left


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _dial(self)


class _Tls(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _dial(self)


def _dial(connection: HTTPConnection) -> socket.socket:
    family = socket.AF_INET6 if ":" in connection.host else socket.AF_INET
    sock = _PlainSocket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(float(connection.timeout or 10))
        sock.connect((connection.host.strip("[]"), connection.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


class Http:
    """The client.

    ``allow_hosts``: exact "host:port" pairs that may be dialled whatever they resolve to and without TLS (a
    partner inside the city's network, the simulator). ``seconds`` bounds a call, ``media_seconds`` a file,
    both by the wall clock. ``resolve`` replaces the system's resolver. ``plain`` allows http beside https,
    for a public file that no secret travels with. ``asked`` is true from the moment a request may have
    reached anybody: whoever is interrupted later cannot know what became of it.
    """

    def __init__(
        self,
        *,
        allow_hosts: Iterable[str] = (),
        seconds: float = 15.0,
        media_seconds: float = 120.0,
        resolve: Resolver | None = None,
        plain: bool = False,
    ) -> None:
        self._plain = plain
        self._policy = Policy(
            networks=("0.0.0.0/0", "::/0"),
            allow_hosts=frozenset(allow_hosts),
            refuse_hosts=frozenset(NOT_PUBLIC),
        )
        self._resolve = resolve
        self.seconds = seconds
        self.media_seconds = media_seconds
        self.asked = False

    def call(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """One request, its answer read whole (at most 1 MB).

        Raises:
            Permanent: an address that may not be dialled.
            Retryable: no connection, or none that lasted; then ``maybe_sent`` is set.
        """
        target, path = self._target(url)
        with self._opened(method, target, path, headers or {}, body, self.seconds) as response:
            data = b"".join(_pieces(response, MAX_ANSWER))
            return Answer(response.status, dict(response.headers), data)

    def stream(
        self,
        url: str,
        *,
        limit: int,
        headers: Mapping[str, str] | None = None,
        secret_hosts: Iterable[str] = (),
    ) -> Iterator[bytes]:
        """A file in pieces, at most ``limit`` bytes; ``headers`` (a token) go only to ``secret_hosts``.

        A host there stands for itself, with a leading dot for everything below it. Raises like `call`, and
        Permanent("media_gone", "media_too_large", "media_refused") or Retryable for the provider's answer.
        """
        hosts, ends_in = tuple(secret_hosts), self.media_seconds
        for _ in range(MAX_HOPS + 1):
            target, path = self._target(url)
            sent = dict(headers or {}) if _is_one_of(target, hosts) else {}
            with self._opened("GET", target, path, sent, None, ends_in) as response:
                if response.status not in _REDIRECTS:
                    _must_be_a_file(response, limit)
                    yield from _pieces(response, limit)
                    return
                url = urljoin(url, response.headers.get("Location", ""))
        raise Permanent("media_refused", "too many redirects")

    def server(self, host: str, port: int) -> Target:
        """A mail server's judged address, under the same rules as a web address.

        Raises:
            Retryable: for the whole channel; its letters wait until somebody mends the setting.
        """
        named = f"[{host}]" if ":" in host else host
        try:
            target = check_url(f"https://{named}:{port}/", self._policy, self._resolve)
        except AddressRefused as error:
            code = "unreachable" if error.code == "no_such_name" else "address_refused"
            raise Retryable(code, error.code, after=WAIT, channel_wide=True) from None
        if target.host != host.lower():
            raise Retryable("address_refused", "malformed", after=WAIT, channel_wide=True)
        return target

    def trusts(self, host: str, port: int) -> bool:
        """Whether the city named this very pair: only there may a password travel without TLS."""
        named = f"[{host}]" if ":" in host else host
        return f"{named}:{port}".lower() in self._policy.allow_hosts

    def _target(self, url: str) -> tuple[Target, str]:
        """Where to dial and what to ask for. The path is kept as it is: signed addresses are picky."""
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https"):
                raise Permanent("address_refused", "scheme")
            base = f"{parts.scheme}://{parts.netloc}/"
            target = check_url(base, self._policy, self._resolve)
        except AddressRefused as error:
            if error.code == "no_such_name":
                raise Retryable("unreachable", "no such name") from None
            raise Permanent("address_refused", error.code) from None
        except ValueError:
            raise Permanent("address_refused", "malformed") from None
        pair = f"[{target.host}]:{target.port}" if ":" in target.host else f"{target.host}:{target.port}"
        if not target.secure and not self._plain and pair not in self._policy.allow_hosts:
            raise Permanent("address_refused", "not encrypted")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if len(path) > MAX_PATH or not path.isascii() or not path.isprintable() or " " in path:
            raise Permanent("address_refused", "characters")
        return target, path

    @contextmanager
    def _opened(
        self,
        method: str,
        target: Target,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float,
    ) -> Iterator[BaseHTTPResponse]:
        """The answer with its body unread. Every error of the line leaves as Retryable."""
        ends_at = time.monotonic() + seconds
        connection = _connection(target, min(seconds, 10.0))
        response: BaseHTTPResponse | None = None
        try:
            try:
                connection.connect()
            except (OSError, urllib3.exceptions.HTTPError) as error:
                raise Retryable("unreachable", type(error).__name__) from None
            _keep_time(connection.sock, ends_at)
            try:
                everything = {**_HEADERS, **headers, "Host": target.netloc}
                self.asked = True
                connection.request(
                    method, path, body, everything, preload_content=False, decode_content=False
                )
                response = connection.getresponse()
                yield response
            except ChannelError:
                raise
            except TimeoutError:
                raise Retryable("timeout", maybe_sent=True) from None
            except urllib3.exceptions.TimeoutError:
                raise Retryable("timeout", maybe_sent=True) from None
            except (OSError, HTTPException, urllib3.exceptions.HTTPError) as error:
                raise Retryable("line_broken", type(error).__name__, maybe_sent=True) from None
        finally:
            if response is not None:
                response.close()
            connection.close()


def _connection(target: Target, seconds: float) -> HTTPConnection:
    if target.secure:
        return _Tls(
            target.ip,
            target.port,
            timeout=seconds,
            ssl_context=client_context(True, _TlsSocket),
            server_hostname=target.host,
        )
    return _Plain(target.ip, target.port, timeout=seconds)


def _keep_time(sock: object, ends_at: float) -> None:
    if isinstance(sock, _PlainSocket | _TlsSocket):
        sock.ends_at = ends_at


def _is_one_of(target: Target, hosts: Iterable[str]) -> bool:
    return any(target.host == host or (host[:1] == "." and target.host.endswith(host)) for host in hosts)


def _must_be_a_file(response: BaseHTTPResponse, limit: int) -> None:
    status = response.status
    if status in (401, 403):
        raise Retryable("token_refused", f"HTTP {status}")
    if status in (404, 410):
        raise Permanent("media_gone", f"HTTP {status}")
    if status == 429 or status >= 500:
        raise Retryable("provider_down", f"HTTP {status}")
    if status != 200:
        raise Permanent("media_refused", f"HTTP {status}")
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:18]) > limit:
        raise Permanent("media_too_large", f"{length[:18]} bytes")


def _pieces(response: BaseHTTPResponse, limit: int) -> Iterator[bytes]:
    """The body as sent; a packed one may unpack to anything, we asked for none and take none."""
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Permanent("media_refused", "packed")
    size = 0
    for piece in response.stream(CHUNK, decode_content=False):
        size += len(piece)
        if size > limit:
            raise Permanent("media_too_large", f"more than {limit} bytes")
        yield piece
