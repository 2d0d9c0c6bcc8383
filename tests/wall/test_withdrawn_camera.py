"""A camera whose sharing class is narrowed disappears from open walls at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.test import Client

from cctv.models import Camera
from cctv.services import save_camera
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
