"""The two short standards of Web Push: the body for one browser (RFC 8291) and who sends it (RFC 8292).

Pure: bytes in, bytes out. ``seal`` makes one record of ``aes128gcm`` (RFC 8188): a push holds no more.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECORD = 4096
MOST = RECORD - 86 - 16 - 1
"""Bytes of text that fit beside header, tag and the mark of the last record."""
TOKEN_S = 12 * 3600
"""Half of what RFC 8292 allows: a phone's clock is no part of it, a push service's may be."""


def b64(data: bytes) -> str:
    """base64url without padding, as all of these standards write it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The other way round; ValueError for anything else."""
    if not text.isascii():
        raise ValueError("not base64url")
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of a public key."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def public_of(point: bytes) -> ec.EllipticCurvePublicKey:
    """The key of 65 bytes; ValueError where they are no point of the curve."""
    if len(point) != 65:
        raise ValueError("a public key has 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh pair on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def _hkdf(salt: bytes, info: bytes, length: int, secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _keys(shared: bytes, auth: bytes, browser: bytes, sender: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Content key and nonce: RFC 8291 §3.4, then RFC 8188 §2.2 and §2.3."""
    secret = _hkdf(auth, b"WebPush: info\x00" + browser + sender, 32, shared)
    key = _hkdf(salt, b"Content-Encoding: aes128gcm\x00", 16, secret)
    return key, _hkdf(salt, b"Content-Encoding: nonce\x00", 12, secret)


def seal(
    text: bytes,
    *,
    browser: bytes,
    auth: bytes,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """The body that only the browser with this key (65 bytes) and secret (16 bytes) can read.

    ``sender`` and ``salt`` are fresh each time; the standard's own example gives them. ValueError for a text
    that is too long or keys that are none.
    """
    if len(text) > MOST:
        raise ValueError("a push holds one record")
    if len(auth) != 16:
        raise ValueError("an authentication secret has 16 bytes")
    sender, salt = sender or new_key(), salt or os.urandom(16)
    ours = point_of(sender.public_key())
    key, nonce = _keys(sender.exchange(ec.ECDH(), public_of(browser)), auth, browser, ours, salt)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def opened(body: bytes, *, key: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a browser does with ``seal``'s body; InvalidTag or ValueError for a body that is not for it."""
    salt, length = body[:16], body[20]
    sender, record = body[21 : 21 + length], body[21 + length :]
    own = point_of(key.public_key())
    content, nonce = _keys(key.exchange(ec.ECDH(), public_of(sender)), auth, own, sender, salt)
    return AESGCM(content).decrypt(nonce, record, None).rstrip(b"\x00")[:-1]


@dataclass(frozen=True, slots=True)
class Vapid:
    """Who sends: a key of ours, and where its people can be reached (``mailto:`` or ``https:``)."""

    key: ec.EllipticCurvePrivateKey
    subject: str

    @property
    def public(self) -> str:
        """What the browser is given when it subscribes."""
        return b64(point_of(self.key.public_key()))

    def header(self, endpoint: str, now: int) -> str:
        """The ``Authorization`` for one push service at ``now`` (epoch seconds)."""
        parts = urlsplit(endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now + TOKEN_S, "sub": self.subject}
        signed = f"{b64(_json({'typ': 'JWT', 'alg': 'ES256'}))}.{b64(_json(claims))}"
        r, s = utils.decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"vapid t={signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={self.public}"


def claims_of(header: str) -> dict[str, object]:
    """The claims of a header whose signature is right; ValueError for any other."""
    said = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    signed, _, coded = said.get("t", "").rpartition(".")
    raw = unb64(coded)
    try:
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        signature = utils.encode_dss_signature(r, s)
        public_of(unb64(said.get("k", ""))).verify(signature, signed.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ValueError("wrong signature") from None
    found: dict[str, object] = json.loads(unb64(signed.partition(".")[2]))
    return found


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
