"""Knowing a reporter again without reading his number: keyed digests."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

from django.conf import settings
from django.db import transaction

from complaints.models import Channel, Reporter

NAME_LIMIT, PHONE_LIMIT, EMAIL_LIMIT, ADDRESS_LIMIT = 160, 40, 254, 200


def digest(kind: str, value: str) -> str:
    """A keyed digest, empty for an empty value: equal contacts are found, none can be read back."""
    if not value:
        return ""
    key = settings.FIELD_KEY.encode()
    return hmac.new(key, f"complaints:{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def plain_phone(text: str) -> str:
    """An Indonesian number as +62…, others with their digits; empty when there are too few."""
    digits = re.sub(r"\D", "", text)
    if digits.startswith("0"):
        digits = "62" + digits[1:]
    return f"+{digits}" if 8 <= len(digits) <= 15 else ""


def plain_email(text: str) -> str:
    """The address in small letters."""
    return text.strip().lower()[:EMAIL_LIMIT]


@transaction.atomic
def reporter_for(
    *,
    channel: Channel,
    address: str = "",
    name: str = "",
    phone: str = "",
    email: str = "",
    language: str = "id",
    wrote_at: datetime | None = None,
) -> Reporter:
    """The person behind an address of a channel; without an address a new row for each report.

    What is newly told (a name, a phone) is kept; what is known is never emptied.
    """
    known = digest("address", address)
    values = {
        "name": name.strip()[:NAME_LIMIT],
        "phone": phone.strip()[:PHONE_LIMIT],
        "email": plain_email(email),
        "address": address[:ADDRESS_LIMIT],
        "phone_digest": digest("phone", plain_phone(phone)),
        "email_digest": digest("email", plain_email(email)),
        "language": language if language in {"id", "en"} else "id",
        "origin": channel.origin,
    }
    if not known:
        return Reporter.objects.create(channel=channel, last_in_at=wrote_at, **values)
    row, created = Reporter.objects.get_or_create(
        channel=channel, address_digest=known, defaults={**values, "last_in_at": wrote_at}
    )
    if not created:
        _learn(row, values, wrote_at)
    return row


def _learn(row: Reporter, values: dict[str, str], wrote_at: datetime | None) -> None:
    fields = [
        name
        for name in ("name", "phone", "email", "phone_digest", "email_digest")
        if values[name] and values[name] != getattr(row, name)
    ]
    for name in fields:
        setattr(row, name, values[name])
    if wrote_at is not None and (row.last_in_at is None or wrote_at > row.last_in_at):
        row.last_in_at = wrote_at
        fields.append("last_in_at")
    if row.erased_at is not None:
        # Somebody who was forgotten writes again: from now on he is known again.
        row.erased_at, row.address = None, values["address"]
        fields += ["erased_at", "address"]
    if fields:
        row.save(update_fields=fields)
