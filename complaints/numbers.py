"""The number a report is known by, and the PIN that opens its private part.

A number is read aloud on the telephone and copied from a receipt, so it has no letter that looks like
another, and it is drawn at random: knowing one tells nothing about the next (a running number lets everybody
read everybody's reports). ``SRG-7K3M-92QF`` is a city's prefix and forty random bits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8
PIN_LENGTH = 8
_BROWSERS = uuid.UUID("5f7c1e0a-9d0b-4c53-8a43-0d1a3f6f4b2e")
_PREFIX = re.compile(r"[A-Z]{2,5}")
_BODY = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def draw_number(prefix: str) -> str:
    """A new number; ValueError for a prefix that is not two to five capital letters."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"prefix {prefix!r}: two to five capital letters are needed")
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{prefix}-{body[:4]}-{body[4:]}"


def read_number(text: str, prefix: str) -> str | None:
    """The number somebody typed, with or without prefix, dashes, spaces and capitals; None if it is none."""
    plain = re.sub(r"[\s\-–.]", "", text).upper()
    body = plain.removeprefix(prefix)
    if len(body) != LENGTH and len(plain) == LENGTH:
        body = plain  # a number may begin with the letters of the prefix
    if not _BODY.fullmatch(body):
        return None
    return f"{prefix}-{body[:4]}-{body[4:]}"


def draw_pin() -> str:
    """Eight digits, shown to the reporter once."""
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"


def pin_of_key(key: uuid.UUID, pepper: str) -> str:
    """Eight digits that the same key gives again: for senders who alone know their key (122 random bits)."""
    digest = hmac.new(pepper.encode(), b"pin of " + key.bytes, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**PIN_LENGTH:0{PIN_LENGTH}d}"


def mark_of_key(key: uuid.UUID) -> uuid.UUID:
    """The mark of a report whose key a stranger's browser drew.

    Marks of other channels' reports are made from ids that others know (a post's, a partner's); no key leads
    to one of those, so a stranger's form finds no report but those of its own keys.
    """
    return uuid.uuid5(_BROWSERS, key.hex)


def seal_pin(pin: str, number: str, pepper: str) -> str:
    """What is stored of a PIN: bound to its number and useless without the server's pepper.

    A million PINs are tried in a second, so what protects one is the limit of attempts, not the digest.
    """
    return hmac.new(pepper.encode(), f"{number}:{pin}".encode(), hashlib.sha256).hexdigest()


def pin_fits(pin: str, number: str, sealed: str, pepper: str) -> bool:
    """Whether this PIN opens that report; takes the same time whatever is wrong."""
    return hmac.compare_digest(seal_pin(pin.strip(), number, pepper), sealed)
