"""A camera whose sharing class is narrowed disappears from open walls at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.test import Client

from cctv.models import Camera
from cctv.services import save_camera
from commandcenter import keys
from commandcenter.city.models import AuditEntry, User
from commandcenter.city.rights import announce_to_all
from tests.factories.cctv import make_camera

from .conftest import Socket, in_db


def narrow(pk: int, **values: Any) -> None:
    camera = Camera.objects.get(pk=pk)
    for name, value in values.items():
        setattr(camera, name, value)
    save_camera(by=None, camera=camera)


@pytest.mark.django_db(transaction=True)
async def test_a_camera_made_restricted_leaves_the_open_wall(
    redis_client: Any, clients: dict[str, Client], sockets: Any
) -> None:
    one, two = await in_db(make_camera)(sharing="internal"), await in_db(make_camera)(sharing="internal")
    socket: Socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    await socket.say(t="show", source="cctv", ids=[one.pk, two.pk])
    assert (await socket.text("shown"))["ids"] == [one.pk, two.pk]
    async with asyncio.timeout(2):
        await in_db(narrow)(one.pk, sharing="restricted")
        assert (await socket.text("shown"))["ids"] == [two.pk]
        await in_db(narrow)(two.pk, enabled=False)
        assert (await socket.text("shown"))["ids"] == []


@pytest.mark.django_db(transaction=True)
async def test_a_camera_that_becomes_restricted_on_an_open_page_is_noted_and_again_later(
    redis_client: Any, people: dict[str, User], clients: dict[str, Client], sockets: Any
) -> None:
    rows = AuditEntry.objects.filter(action="camera.viewed")
    camera = await in_db(make_camera)(sharing="internal")
    socket: Socket = sockets("/ws/desk/", clients["mayor"])
    await socket.hello()
    await socket.say(t="show", source="cctv", ids=[camera.pk])
    await socket.text("shown")
    assert await in_db(rows.count)() == 0
    async with asyncio.timeout(5):
        await in_db(narrow)(camera.pk, sharing="restricted")
        while await in_db(rows.count)() < 1:
            await asyncio.sleep(0.05)
        # The page stays open; after the quiet time its next re-check is another look.
        await in_db(redis_client.delete)(keys.key("cctv", "looked", "user", people["mayor"].pk, camera.pk))
        await in_db(announce_to_all)()
        while await in_db(rows.count)() < 2:
            await asyncio.sleep(0.05)
