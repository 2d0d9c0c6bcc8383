"""One token from two networks at once: noticed while phones speak, told as an alarm.

Redis alone remembers the network of a phone (never its address), for half an hour. The rule is
``health.networks``. Most messages cost one round trip and no more.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime

from django.db import Error
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from commandcenter import keys
from commandcenter.incidents import services as incidents
from commandcenter.incidents.words import sentence
from fieldstaff.health.networks import WINDOW_S, in_turns, network, noted
from fieldstaff.models import DeviceBinding, PhoneCare

log = logging.getLogger(__name__)
KIND = "phone_two_networks"
TITLES = {KIND: _("A phone's secret link is used from two networks at once: %(name)s")}
TEXTS = {KIND: _("Somebody may have copied the link. Ask the officer, then change the link.")}


def seen(device: int, address: str, now: datetime) -> None:
    """Notes from which network a phone spoke. Never raises: its message is stored already."""
    net = network(address)
    if not net:
        return
    try:
        last = keys.client().set(name(device), net, ex=WINDOW_S, get=True)
    except RedisError as error:
        log.warning("networks of phones are not noted: %s", type(error).__name__)
        return
    if is_other(last, net):
        moved(device, last, net, now)


def name(device: int) -> str:
    """Where Redis keeps the last network of a phone."""
    return _name("net", device)


def is_other(last: bytes | str | None, net: str) -> bool:
    """Whether the phone spoke from another network before."""
    return last is not None and _text(last) != net


def moved(device: int, last: bytes | str, net: str, now: datetime) -> None:
    """Notes a change of network, and tells when it is one too many. Never raises."""
    try:
        changed = _changed(device, _text(last), net, int(now.timestamp()))
    except RedisError as error:
        log.warning("networks of phones are not noted: %s", type(error).__name__)
        return
    if changed:
        _tell(device, now)


def settled(device: int) -> None:
    """A new token: whatever was seen of the old one is over."""
    try:
        keys.client().delete(_name("net", device), _name("nets", device))
    except RedisError as error:
        log.warning("networks of phones are not forgotten: %s", type(error).__name__)
    PhoneCare.objects.filter(pk=device).update(two_networks_at=None)
    incidents.clear_source(source=_source(device), kind=KIND)


def _changed(device: int, last: str, net: str, at: int) -> bool:
    """Whether this change is one too many; then the list begins anew, so that one case is told once."""
    name = _name("nets", device)
    kept = keys.client().get(name)
    runs = [(int(when), str(text)) for when, text in json.loads(kept)] if kept else [(at, last)]
    runs = noted(runs, at, net)
    if in_turns(runs):
        keys.client().delete(name)
        return True
    keys.client().set(name, json.dumps(runs), ex=WINDOW_S)
    return False


def _tell(device: int, now: datetime) -> None:
    try:
        holder = DeviceBinding.objects.filter(device=device).at(now).select_related("officer__agency").first()
        PhoneCare.objects.update_or_create(device_id=device, defaults={"two_networks_at": now})
        agency = holder.officer.agency if holder else None
        # No name and no number: an alarm goes to people who may not know who carries which phone.
        words = {"title": KIND, "text": KIND, "name": agency.short_name if agency else "–"}
        title, text = sentence(words)
        subject = incidents.Subject(
            agency=agency.pk if agency else None, words=words, href=f"/fieldstaff/phones/{device}/",
            origin=holder.officer.origin if holder else "real",
        )  # fmt: skip
        incidents.raise_alarm(
            source=_source(device), kind=KIND, severity="warning", title=title, text=text, subject=subject,
            at=now,
        )  # fmt: skip
    except Error as error:
        log.warning("a token in two networks was not told: %s", type(error).__name__)


def _source(device: int) -> str:
    return f"fieldstaff.device:{device}"


def _name(kind: str, device: int) -> str:
    return keys.key("fieldstaff", kind, device)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
