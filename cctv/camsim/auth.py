"""The camera's side of basic and digest authentication, for HTTP and RTSP alike.

Sources: RFC 7617 (basic), RFC 7616 and RFC 2069 (digest, MD5 as cameras use it).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass

REALM = "camsim"
NONCE_LIFE_S = 300

_FIELD = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))')


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Account:
    """Who may open a camera, and how it asks: ``scheme`` is none, basic or digest."""

    scheme: str
    user: str
    password: str
    qop: bool = True


class Gate:
    """Asks for and checks credentials. Nonces are signed times, so nothing is stored."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)

    def nonce(self) -> str:
        """A nonce valid for `NONCE_LIFE_S` seconds."""
        stamp = f"{int(time.time()):x}"
        return stamp + self._sign(stamp)

    def _sign(self, stamp: str) -> str:
        return hmac.new(self._secret, stamp.encode(), "sha256").hexdigest()[:24]

    def _fresh(self, nonce: str) -> bool:
        stamp, sign = nonce[:-24], nonce[-24:]
        if not hmac.compare_digest(sign.encode(), self._sign(stamp).encode()):
            return False
        return time.time() - int(stamp, 16) <= NONCE_LIFE_S

    def challenge(self, account: Account, stale: bool = False) -> str:
        """The value of ``WWW-Authenticate``."""
        if account.scheme == "basic":
            return f'Basic realm="{REALM}"'
        qop = ', qop="auth"' if account.qop else ""
        late = ", stale=true" if stale else ""
        return f'Digest realm="{REALM}", nonce="{self.nonce()}", algorithm=MD5{qop}{late}'

    def refuse(self, account: Account, method: str, header: str | None) -> str | None:
        """None when the request may pass, else the challenge to answer with."""
        if account.scheme == "none":
            return None
        scheme, _, rest = (header or "").partition(" ")
        if account.scheme == "basic":
            passed = scheme.lower() == "basic" and _basic_matches(account, rest)
            return None if passed else self.challenge(account)
        if scheme.lower() != "digest":
            return self.challenge(account)
        values = {m[1]: m[2] if m[2] is not None else m[3] for m in _FIELD.finditer(rest)}
        if not _digest_matches(account, method, values):
            return self.challenge(account)
        if not self._fresh(values.get("nonce", "")):
            return self.challenge(account, stale=True)
        return None


def _basic_matches(account: Account, token: str) -> bool:
    try:
        sent = base64.b64decode(token.strip(), validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(sent, f"{account.user}:{account.password}".encode())


def _digest_matches(account: Account, method: str, values: dict[str, str]) -> bool:
    """Compare the digest with ours, with or without ``qop=auth`` as the client chose."""
    ha1 = _md5(f"{account.user}:{REALM}:{account.password}")
    ha2 = _md5(f"{method}:{values.get('uri', '')}")
    nonce = values.get("nonce", "")
    if values.get("qop"):
        middle = f"{nonce}:{values.get('nc', '')}:{values.get('cnonce', '')}:{values['qop']}"
    else:
        middle = nonce
    same = hmac.compare_digest(values.get("response", "").encode(), _md5(f"{ha1}:{middle}:{ha2}").encode())
    return same and values.get("username") == account.user
