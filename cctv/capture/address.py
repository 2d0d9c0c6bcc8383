"""Which camera addresses we dial, checked at save and again at connect (no Django here).

Threats: a person with the right to edit cameras, or a device that answers with an address, makes the server
reach something that is not a camera (SSRF: ZoneMinder GHSA-g28p-q36w-h3c5). The rule is deny-all with a list
of camera networks. A name is resolved, *every* address it has must pass, and the caller dials the very
address that passed, so a name that changes between check and connect (DNS rebinding) gains nothing.

Nothing here follows redirects; neither do the sources. libav does, which is why camera connections are ours
(docs/decisions/0020-own-rtsp-client.md). Restrict the workers' egress to the camera networks as well.
"""

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import quote, urlsplit

Scheme = Literal["rtsp", "rtsps", "http", "https"]
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str], list[str]]
"""Addresses of a host name, as text; raises OSError (socket.gaierror) when there are none."""

DEFAULT_PORTS: dict[str, int] = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8")
MAX_URL = 1024
DNS_TIMEOUT = 2.0

# Metadata services outside link-local, and IPv6 ranges that smuggle an IPv4 address past an IPv4 list.
_NEVER: tuple[IPNetwork, ...] = tuple(
    ipaddress.ip_network(n)
    for n in (
        "0.0.0.0/8",
        "100.100.100.200/32",
        "192.0.0.0/24",
        "240.0.0.0/4",
        "::ffff:0:0/96",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "fec0::/10",
        "fd00:ec2::254/128",
    )
)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_NUMERIC_TAIL = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")
_WITH_PORT = re.compile(r"(?:^[^:]+|\]):\d+$")
_SECRET = re.compile(r"(?i)(?:passw(?:or)?d|pwd|pass)=(?!\{password\}(?:[&_/;.]|$))[^&/;]")

MESSAGES: dict[str, str] = {
    "empty": "Enter an address.",
    "too_long": "The address is too long.",
    "characters": "The address contains spaces or control characters.",
    "malformed": "This is not a valid address.",
    "scheme": "Only rtsp, rtsps, http and https addresses are allowed.",
    "userinfo": "Put user and password in their own fields, not in the address.",
    "secret_in_path": "Write {user} and {password} in the address where the camera wants them.",
    "fragment": "Write # as %23 in the address.",
    "port": "The port must be a number from 1 to 65535.",
    "numeric_host": "Write the IP address as four plain decimal numbers.",
    "no_such_name": "This host name does not exist.",
    "loopback": "This address points at the server itself.",
    "link_local": "Link-local addresses are not allowed.",
    "multicast": "Multicast addresses are not allowed.",
    "special": "This kind of address is not allowed.",
    "own_service": "This address belongs to a service of the command centre.",
    "not_listed": "This address lies outside the camera networks.",
}


class AddressRefused(ValueError):
    """An address we do not dial. `code` is a key of MESSAGES; `field` names the form field at fault."""

    def __init__(self, code: str, field: str = "url") -> None:
        """Look the English message up; screens translate by `code`."""
        self.field = field
        self.code = code
        self.message = MESSAGES[code]
        super().__init__(field, code, self.message)

    @property
    def reason(self) -> str:
        """The message, for a log line."""
        return self.message

    def __str__(self) -> str:
        """The message alone: safe to show, it never quotes the address."""
        return self.message


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be dialled.

    `networks`: CIDR lists of camera networks (nothing else passes). `allow_hosts`: exact "host:port" pairs,
    as written in the address, that pass whatever they resolve to (the demo's simulator). `refuse_hosts`: our
    own services, "host" or "host:port"; refused by name and by every address they resolve to; an entry with
    a slash is a network of ours (containers and their gateways), refused whole.
    """

    networks: tuple[str, ...] = PRIVATE_NETWORKS
    allow_hosts: frozenset[str] = frozenset()
    refuse_hosts: frozenset[str] = frozenset()
    parsed: tuple[IPNetwork, ...] = field(init=False, repr=False, compare=False, default=())
    own: tuple[IPNetwork, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        """Accept any iterables; a network that does not parse raises ValueError at start-up, not at grab."""
        networks = tuple(self.networks)
        object.__setattr__(self, "networks", networks)
        object.__setattr__(self, "allow_hosts", frozenset(h.lower() for h in self.allow_hosts))
        refused = frozenset(h.lower().rstrip(".") for h in self.refuse_hosts)
        own = frozenset(entry for entry in refused if "/" in entry)
        object.__setattr__(self, "refuse_hosts", refused - own)
        object.__setattr__(self, "parsed", _parsed(networks))
        object.__setattr__(self, "own", _parsed(sorted(own)))


def _parsed(networks: Iterable[str]) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(n, strict=False) for n in networks)


def _within(address: IPAddress, networks: Iterable[IPNetwork]) -> bool:
    return any(address in n for n in networks if n.version == address.version)


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: dial (`ip`, `port`), speak as `host`. `path` starts with / and has the query."""

    scheme: Scheme
    host: str
    ip: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """host[:port] as it belongs into a Host header, the port left out where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address without credentials, by name."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def numeric_url(self) -> str:
        """The address with the checked IP in the host's place, port always written."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme in ("rtsps", "https")


def check_url(url: str, policy: Policy, resolve: Resolver | None = None) -> Target:
    """The target behind an address, or AddressRefused. May block on DNS for at most DNS_TIMEOUT seconds."""
    scheme, host, port, path = _split(url)
    pair = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    allowed = pair in policy.allow_hosts
    if not allowed and (host in policy.refuse_hosts or pair in policy.refuse_hosts):
        raise AddressRefused("own_service")
    addresses = _addresses(host, resolve or resolve_name)
    if not allowed:
        _check_addresses(addresses, port, policy, resolve or resolve_name)
    return Target(scheme, host, str(addresses[0]), port, path)


def build_rtsp_url(target: Target, user: str = "", password: str = "") -> str:
    """A URL for libav with the checked IP and quoted credentials (`@ : / # ? %` and friends are safe).

    It carries the password: hand it to libav and forget it, never log it.
    """
    url = fill_credentials(target.numeric_url, user, password)
    if not user:
        return url
    scheme, rest = url.split("://", 1)
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"


def fill_credentials(text: str, user: str, password: str) -> str:
    """Some cameras want user and password inside the path; `{user}` and `{password}` stand for them there."""
    if "{" not in text:
        return text
    return text.replace("{user}", quote(user, safe="")).replace("{password}", quote(password, safe=""))


def _split(url: str) -> tuple[Scheme, str, int, str]:
    """Scheme, lower-case host without brackets, port, path with query; AddressRefused on anything odd."""
    _check_text(url)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused("port" if str(error).startswith("Port") else "malformed") from None
    scheme = parts.scheme.lower()
    found = {
        "scheme": scheme not in DEFAULT_PORTS,
        "userinfo": "@" in parts.netloc,
        "fragment": "#" in url,
        "port": port == 0,
        "malformed": not host or "%" in host or not parts.netloc.isascii(),
    }
    for code, hit in found.items():
        if hit:
            raise AddressRefused(code)
    path = _path(parts.path, parts.query, "?" in url)
    return cast(Scheme, scheme), host, port or DEFAULT_PORTS[scheme], path


def _check_text(url: str) -> None:
    """Refuse what no address contains, before urlsplit: it silently drops tabs and newlines."""
    if not url:
        raise AddressRefused("empty")
    if len(url) > MAX_URL:
        raise AddressRefused("too_long")
    if any(c.isspace() or ord(c) < 33 or 127 <= ord(c) < 160 or c == "\\" for c in url):
        raise AddressRefused("characters")


def _path(path: str, query: str, has_query: bool) -> str:
    """Path and query as sent: ASCII stays as written (cameras are picky), the rest is percent-encoded."""
    text = (path or "/") + (f"?{query}" if has_query else "")
    if _SECRET.search(text):
        raise AddressRefused("secret_in_path")
    return "".join(c if c.isascii() else quote(c, safe="") for c in text)


def _addresses(host: str, resolve: Resolver) -> list[IPAddress]:
    """Every address of a host: itself if it is a canonical IP, else what the resolver says."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    # inet_aton reads 2130706433, 0x7f.1 and 0177.0.0.1 as 127.0.0.1; nothing that ends in a number is a name.
    if _NUMERIC_TAIL.search(host):
        raise AddressRefused("numeric_host")
    if len(host) > 253 or not _HOST_NAME.fullmatch(host):
        raise AddressRefused("malformed")
    try:
        found = [ipaddress.ip_address(a.partition("%")[0]) for a in resolve(host)]
    except (OSError, ValueError, UnicodeError):
        raise AddressRefused("no_such_name") from None
    if not found:
        raise AddressRefused("no_such_name")
    return found


def _check_addresses(addresses: list[IPAddress], port: int, policy: Policy, resolve: Resolver) -> None:
    """All addresses of the host must pass, not only the one dialled."""
    own = _own_addresses(policy.refuse_hosts, port, resolve)
    for address in addresses:
        code = refusal(address, policy.parsed)
        if code is None and (address in own or _within(address, policy.own)):
            code = "own_service"
        if code is not None:
            raise AddressRefused(code)


def refusal(address: IPAddress, networks: Iterable[IPNetwork]) -> str | None:
    """Why an address may not be dialled (a key of MESSAGES), or None. Kinds come before the network list."""
    kinds = (
        ("loopback", address.is_loopback),
        ("link_local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("special", address.is_unspecified or _within(address, _NEVER)),
        ("not_listed", not _within(address, networks)),
    )
    return next((code for code, hit in kinds if hit), None)


def _own_addresses(refuse_hosts: frozenset[str], port: int, resolve: Resolver) -> set[IPAddress]:
    """Addresses of our own services that matter for this port. A name that does not resolve has none."""
    found: set[IPAddress] = set()
    for entry in refuse_hosts:
        host, entry_port = (entry, "") if not _WITH_PORT.search(entry) else entry.rsplit(":", 1)
        if entry_port and int(entry_port) != port:
            continue
        try:
            found.update(_addresses(host.strip("[]"), resolve))
        except AddressRefused:
            continue
    return found


_lookups = threading.BoundedSemaphore(8)
_names: dict[str, tuple[float, list[str]]] = {}
_NAME_TTL = 30.0


def resolve_name(host: str) -> list[str]:
    """Addresses of a name by the system resolver, in its order, within DNS_TIMEOUT seconds. Raises OSError.

    An answer, an empty one too, is kept for 30 s: hundreds of cameras behind one name are one question.
    """
    known = _names.get(host)
    if known is None or known[0] < time.monotonic():
        known = (time.monotonic() + _NAME_TTL, _look_up(host))
        if len(_names) >= 4096:
            _names.clear()
        _names[host] = known
    if not known[1]:
        raise OSError("name not resolved")
    return known[1]


def _look_up(host: str) -> list[str]:
    """One getaddrinfo, in a thread: it cannot be interrupted and may block for half a minute.

    A thread that takes too long is left behind; at most eight exist.
    """
    answer: list[str] = []

    def look() -> None:
        try:
            answer.extend(str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            pass
        finally:
            _lookups.release()

    if not _lookups.acquire(timeout=DNS_TIMEOUT):
        return []
    thread = threading.Thread(target=look, name="cctv-dns", daemon=True)
    thread.start()
    thread.join(DNS_TIMEOUT)
    return list(dict.fromkeys(answer))
