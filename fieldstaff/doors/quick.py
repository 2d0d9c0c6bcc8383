"""Which requests may take the short way, and what they are answered. The servers' forms are in ``fronts``.

The short way is for what phones send all day: a few plain fixes by a token that has been in use, on the
road of the stream. Whatever else comes (a call for help, anything bad, another device's name, a new or wrong
token, a long body, a stream that is not safe) is declined untouched, and the view decides as it always did.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import Error
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from commandcenter.city.middleware import address_behind_proxies
from fieldstaff import ingest, stream, tokens
from fieldstaff.doors.together import Fate, Job, net_of
from fieldstaff.enrol import twice
from fieldstaff.ingest import Overload
from fieldstaff.views import intake
from fieldstaff.wire import forms, owntracks
from fieldstaff.wire.point import Decoded, Decoder

MOST_BYTES = 16_384
"""Of a body on the short way: it is read before anybody has looked at the token."""
_DOOR = re.compile(r"/fieldstaff/t/(cc_[0-9a-f]{8}_[A-Za-z0-9_-]{43})/?")
_OWNTRACKS = "/fieldstaff/owntracks"


@dataclass(frozen=True, slots=True)
class Came:
    """A request as any server hands it over; ``headers`` by names in any case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    host: str
    remote: str
    forwarded: str
    secure: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the phone hears."""

    status: int
    body: bytes
    content_type: str
    more: tuple[tuple[str, str], ...] = ()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The view's own, and what the stack of middlewares would have added."""
        return [
            ("Content-Type", self.content_type), ("Content-Length", str(len(self.body))),
            ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"), *self.more, *_strict(),
        ]  # fmt: skip


def may_be_quick(method: str, length: int) -> bool:
    """Asked before a body is read."""
    return (
        method in {"GET", "POST"}
        and 0 <= length <= MOST_BYTES
        and settings.POSITION_ROAD == "stream"
        and stream.may_be_durable()
    )


def job_of(came: Came, body: bytes, done: Callable[[], object]) -> Job | None:
    """The request, read; None where the view decides."""
    if (settings.HTTPS and not came.secure) or not _is_ours(came.host):
        return None
    token, decode = _door(came)
    if not token:
        return None
    now = timezone.now()
    decoded = decode(came.method, "", came.query, came.headers, body, now)
    if decoded.status != 200 or decoded.bad or decoded.alarms:
        return None
    return Job(token, decoded, _address(came.remote, came.forwarded), now, done)


def _door(came: Came) -> tuple[str, Decoder]:
    """The token and the form of one of the two doors; no token where it is neither."""
    if came.path == _OWNTRACKS:
        login = next((value for name, value in came.headers.items() if name.lower() == "authorization"), "")
        return (intake.password(login) if came.method == "POST" else ""), owntracks.decode
    found = _DOOR.fullmatch(came.path)
    return (found[1] if found else ""), forms.decode


def recall(job: Job) -> bool:
    """Has the table's verdict about a forgotten token remembered; whether there is one, and it is good."""
    try:
        return tokens.check(job.token, job.now, use=False) is not None
    except Error:
        return False


def needs_more(job: Job) -> bool:
    """Whether something slow is left to do before the answer."""
    return job.fate is Fate.COUNTED or job.last is not None


def finish(job: Job) -> Answer:
    """The answer to a request that was not declined; the rare slow things are done here."""
    try:
        if job.fate is Fate.OVER:
            raise Overload(429)
        if job.fate is Fate.COUNTED and job.request is not None:
            ingest.keep_counted(job.request)
    except Overload as overload:
        return Answer(overload.status, b"", intake.TEXT, (("Retry-After", str(intake.RETRY_S)),))
    if job.last is not None and job.known is not None:
        twice.moved(job.known.pk, job.last, net_of(job.address), job.now)
    return said(job.decoded)


def said(decoded: Decoded) -> Answer:
    """What the form answers."""
    return Answer(decoded.status, decoded.reply, decoded.content_type)


@lru_cache(maxsize=4096)
def _address(remote: str, forwarded: str) -> str:
    return address_behind_proxies(remote, forwarded) or ""


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    """Whether Django would take this Host."""
    domain, _port = split_domain_port(host)
    return bool(domain and validate_host(domain, settings.ALLOWED_HOSTS))


def _strict() -> list[tuple[str, str]]:
    if not settings.SECURE_HSTS_SECONDS:
        return []
    return [
        ("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload")
    ]
