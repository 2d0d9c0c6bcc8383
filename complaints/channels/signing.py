"""Signatures on raw bytes, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from complaints.channels.errors import MissingSignature, WrongSignature


def mac(secret: str, body: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), body, hashlib.sha256).digest()


def hex_signature(secret: str, body: bytes) -> str:
    """``sha256=`` and the hex digits, as Meta and our partners write it."""
    return f"sha256={mac(secret, body).hex()}"


def base64_signature(secret: str, body: bytes) -> str:
    """``sha256=`` and base64, as X writes it."""
    return f"sha256={base64.b64encode(mac(secret, body)).decode()}"


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value in whatever letters its name is written, empty when it is not there."""
    value = headers.get(name)
    if value is None:
        wanted = name.lower()
        value = next((text for key, text in headers.items() if key.lower() == wanted), "")
    return str(value).strip()


def secrets_of(secrets: Mapping[str, object], *names: str) -> list[str]:
    """The non-empty secrets of these names, as texts."""
    return [str(secrets[name]) for name in names if secrets.get(name)]


def check(given: str, expected: Iterable[str]) -> None:
    """Raises unless ``given`` is one of ``expected``; every one is compared, whichever fits.

    Nothing expected means the channel has no secret yet: nobody may write into it.
    """
    if not given:
        raise MissingSignature("signature_missing")
    fits = [same(given, one) for one in expected]
    if not any(fits):
        raise WrongSignature("signature_wrong" if fits else "secret_not_set")
