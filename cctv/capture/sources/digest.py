"""HTTP and RTSP authentication as a client: Basic (RFC 7617) and Digest (RFC 7616, RFC 2617).

One `Credentials` object lives as long as the camera's password does. It keeps the server's last challenge
and counts `nc`, so that the second request needs no 401 round. A camera locks the account after a few wrong
tries, therefore `answer()` gives every challenge at most one answer.
"""

import base64
import hashlib
import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass

_PARAM = re.compile(r'([a-zA-Z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_SCHEME = re.compile(r"(?:^|,)\s*(Digest|Basic)(?=\s|$)\s*", re.IGNORECASE)
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}
MAX_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate challenge we can answer. `algorithm` is "" where the server named none (MD5)."""

    scheme: str
    realm: str = ""
    nonce: str = ""
    opaque: str | None = None
    algorithm: str = ""
    qop: str = ""
    stale: bool = False

    @property
    def strength(self) -> int:
        """The stronger challenge is answered: SHA-256, MD5, then Basic."""
        return {"SHA-256": 3, "MD5": 2, "": 2}[self._base()] if self.scheme == "digest" else 1

    def _base(self) -> str:
        return self.algorithm.upper().removesuffix("-SESS")


def parse_challenges(headers: Iterable[str]) -> list[Challenge]:
    """Challenges in WWW-Authenticate header values that we support, strongest first; garbage is skipped."""
    found: list[Challenge] = []
    for header in headers:
        text = header[:MAX_HEADER]
        starts = list(_SCHEME.finditer(text))
        for i, match in enumerate(starts):
            end = starts[i + 1].start() if i + 1 < len(starts) else len(text)
            challenge = _parse_one(match.group(1).lower(), text[match.end() : end])
            if challenge is not None:
                found.append(challenge)
    return sorted(found, key=lambda c: -c.strength)


def _parse_one(scheme: str, text: str) -> Challenge | None:
    params = {
        k.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        for k, quoted, bare in _PARAM.findall(text)
    }
    if scheme == "basic":
        return Challenge("basic", params.get("realm", ""))
    algorithm = params.get("algorithm", "")
    base = algorithm.upper().removesuffix("-SESS")
    offered = [q.strip().lower() for q in params.get("qop", "").split(",") if q.strip()]
    if (base and base not in _HASHES) or "nonce" not in params or (offered and "auth" not in offered):
        return None
    return Challenge(
        "digest",
        params.get("realm", ""),
        params["nonce"],
        params.get("opaque"),
        algorithm,
        "auth" if offered else "",
        params.get("stale", "").lower() == "true",
    )


class Credentials:
    """A user and password, and the conversation state with one server. Thread-safe.

    `remember` False (RTSP, where nonces belong to a connection) forgets the challenge with `reset()`.
    """

    def __init__(self, user: str, password: str) -> None:
        """Nothing is sent before a server asked."""
        self._user = user
        self._password = password
        self._challenge: Challenge | None = None
        self._count = 0
        self._rejected_reuse = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        """No name, no password."""
        return "<Credentials>"

    def matches(self, user: str, password: str) -> bool:
        """Whether these are still the camera's credentials."""
        return (self._user, self._password) == (user, password)

    def header(self, method: str, uri: str) -> str | None:
        """The Authorization value for a request, from the last known challenge; None before the first.

        A server that turns reused nonces down twice gets no more of them: each could count as a wrong try.
        """
        with self._lock:
            if self._challenge is None or (self._rejected_reuse >= 2 and self._count):
                return None
            return self._build(self._challenge, method, uri)

    def answer(self, challenges: list[Challenge], method: str, uri: str, *, sent: str | None) -> str | None:
        """The Authorization value after a 401, or None when another try is useless: the password is wrong.

        `sent`: the Authorization value the refused request carried. It is tried again only if that one was
        made from an older nonce than the server now offers.
        """
        if not self._user or not challenges:
            return None
        best = challenges[0]
        with self._lock:
            if sent is not None and not self._worth_retrying(best, sent):
                self._challenge = None
                return None
            self._challenge, self._count = best, 0
            return self._build(best, method, uri)

    def accepted(self) -> None:
        """The last header was good."""
        if self._rejected_reuse < 2:
            self._rejected_reuse = 0

    def reset(self) -> None:
        """Forget the challenge, as with a new RTSP connection."""
        with self._lock:
            self._challenge, self._count = None, 0

    def _worth_retrying(self, best: Challenge, sent: str) -> bool:
        if best.scheme == "basic" or sent.startswith("Basic "):
            # The server asks in another way than last time: one more try, in its way.
            return sent.partition(" ")[0].lower() != best.scheme
        if f'nonce="{_quoted(best.nonce)}"' in sent:
            return best.stale and "nc=00000001" not in sent
        if best.stale:
            return True
        # Another nonce without stale=true: old firmware says that for an expired nonce, but also for a wrong
        # password. A first use (nc 1) was fresh, so the password is wrong; a reuse may try once more.
        self._rejected_reuse += 1
        return self._count > 1

    def _build(self, c: Challenge, method: str, uri: str) -> str:
        if c.scheme == "basic":
            pair = f"{self._user}:{self._password}".encode()
            self._count += 1
            return "Basic " + base64.b64encode(pair).decode("ascii")
        self._count += 1
        return digest_header(c, self._user, self._password, method, uri, self._count, secrets.token_hex(8))


def digest_header(
    c: Challenge, user: str, password: str, method: str, uri: str, count: int, cnonce: str
) -> str:
    """The Digest response of RFC 7616 §3.4 (without qop: RFC 2069's short form)."""
    name = _HASHES[c.algorithm.upper().removesuffix("-SESS") or "MD5"]

    def hashed(text: str) -> str:
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

    ha1 = hashed(f"{user}:{c.realm}:{password}")
    if c.algorithm.upper().endswith("-SESS"):
        ha1 = hashed(f"{ha1}:{c.nonce}:{cnonce}")
    ha2 = hashed(f"{method}:{uri}")
    nc = f"{count:08x}"
    middle = f"{c.nonce}:{nc}:{cnonce}:{c.qop}" if c.qop else c.nonce
    response = hashed(f"{ha1}:{middle}:{ha2}")
    parts = [
        f'username="{_quoted(user)}"',
        f'realm="{_quoted(c.realm)}"',
        f'nonce="{_quoted(c.nonce)}"',
        f'uri="{uri}"',
        f'response="{response}"',
    ]
    if c.algorithm:
        parts.append(f"algorithm={c.algorithm}")
    if c.opaque is not None:
        parts.append(f'opaque="{_quoted(c.opaque)}"')
    if c.qop:
        parts += [f"qop={c.qop}", f"nc={nc}", f'cnonce="{cnonce}"']
    elif c.algorithm.upper().endswith("-SESS"):
        parts.append(f'cnonce="{cnonce}"')
    return "Digest " + ", ".join(parts)


def _quoted(text: str) -> str:
    """A quoted-string's inside; control characters could split the header."""
    clean = "".join(ch for ch in text if ch >= " " and ch != "\x7f")
    return clean.replace("\\", "\\\\").replace('"', '\\"')
