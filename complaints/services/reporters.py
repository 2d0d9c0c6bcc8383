"""Knowing a reporter again without reading his number: keyed digests."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from complaints.models import Alias, Channel, Reporter
from complaints.texts import clean_text

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


def known_reporter(channel: Channel, *addresses: str) -> Reporter | None:
    """The person known under the first of these ids of a channel that anybody is known under."""
    for mark in _marks(addresses):
        found: Reporter | None = Reporter.objects.filter(channel=channel, address_digest=mark).first()
        found = found or Reporter.objects.filter(aliases__channel=channel, aliases__digest=mark).first()
        if found is not None:
            return found
    return None


def _marks(addresses: Iterable[str]) -> list[str]:
    return [digest("address", address) for address in dict.fromkeys(addresses) if address]


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
    aliases: Iterable[str] = (),
    claimed: bool = False,
) -> Reporter:
    """The person behind an address of a channel; without an address a new row for each report.

    What is newly told (a name, a phone, another id of his) is kept; what is known is never emptied.
    ``claimed``: nobody vouches for the address. Then only who told exactly the same before is known again.
    """
    known = digest("address", address)
    values = {
        "name": clean_text(name, NAME_LIMIT),
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
    others = tuple(aliases)
    if claimed:
        return _same(channel, values) or Reporter.objects.create(
            channel=channel, last_in_at=wrote_at, **values
        )
    row, created = known_reporter(channel, address, *others), False
    if row is None:
        row, created = Reporter.objects.get_or_create(
            channel=channel, address_digest=known, defaults={**values, "last_in_at": wrote_at}
        )
    if not created:
        _learn(row, values, wrote_at)
    _also_known_as(row, (address, *others))
    return row


def _same(channel: Channel, values: dict[str, str]) -> Reporter | None:
    marks = {name: values[name] for name in ("phone_digest", "email_digest")}
    rows = Reporter.objects.filter(channel=channel, address_digest="", erased_at__isnull=True, **marks)
    told = ("name", "phone", "email", "address")
    return next((row for row in rows[:20] if all(getattr(row, name) == values[name] for name in told)), None)


def _also_known_as(row: Reporter, addresses: tuple[str, ...]) -> None:
    further = [mark for mark in _marks(addresses) if mark != row.address_digest]
    known = set(row.aliases.filter(digest__in=further).values_list("digest", flat=True)) if further else set()
    new = [
        Alias(channel_id=row.channel_id, reporter=row, digest=mark) for mark in further if mark not in known
    ]
    if new:
        Alias.objects.bulk_create(new, ignore_conflicts=True)


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
