"""The app's socket: its officer hears that an order of his changed, and nobody else does."""

from __future__ import annotations

import asyncio

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.wall import socket_page
from fieldstaff.models import Device, Shift
from fieldstaff.pwa.identity import COOKIE
from tests.factories.city import client_of, make_user
from tests.factories.orders import make_crew
from tests.fieldstaff.pwa.stage import Pwa
from tests.wall.conftest import Socket, in_db, sockets

__all__ = ["sockets"]
pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/petugas/ws/"


async def test_an_offer_is_heard_by_its_officer_and_by_nobody_else(sockets, redis_client):
    crew = await in_db(make_crew)()
    await in_db(Shift.objects.all().delete)()  # each phone brings one
    phones = [await in_db(Pwa)(person) for person in (crew.boss, crew.stranger)]
    heard: list[Socket] = []
    for phone in phones:
        await in_db(phone.sign_in)()
        heard.append(sockets(PATH, cookies={COOKIE: phone.cookie()}))
        await heard[-1].hello()
        await heard[-1].say(t="join", topics=["fieldstaff.order", "complaints.report", "incidents.alarm"])
    await asyncio.sleep(0.3)  # a join has no answer
    order = await in_db(crew.offered)(crew.boss)
    event = await heard[0].text("event")
    assert (event["topic"], event["id"]) == ("fieldstaff.order", order.pk) and "text" not in event
    assert await heard[1].receive_nothing(0.3)


async def test_a_revoked_phone_loses_its_socket(sockets, redis_client, monkeypatch):
    monkeypatch.setattr(socket_page, "TICK_S", 0.2)
    monkeypatch.setattr(socket_page, "RECHECK_S", 0.1)
    phone = await in_db(Pwa)(user=await in_db(make_user)())
    await in_db(phone.sign_in)()
    socket = sockets(PATH, cookies={COOKIE: phone.cookie()})
    await socket.hello()
    await in_db(Device.objects.filter(pk=phone.device.pk).update)(revoked_at=timezone.now())
    assert await socket.closed(6) == 4401


async def test_who_is_no_officer_has_no_socket_here(sockets):
    operator = await in_db(make_user)(Role.OPERATOR)
    client = await in_db(client_of)(operator)
    for socket in (sockets(PATH), sockets(PATH, client), sockets(PATH, cookies={COOKIE: "x" * 43})):
        await socket.connect()
        assert await socket.closed() == 4401
