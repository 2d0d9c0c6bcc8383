"""Every door of orders, by everybody who has no business with this one."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer, viewer_of_user
from fieldstaff.models import Order, OrderEvent, OrderPhoto
from fieldstaff.orders import moving, photos, standing
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.orders import jpeg
from tests.test_rights_walk import patterns

MARK = "Tugas-Rahasia-77"


@pytest.fixture
def secret(crew, redis_client):
    """An order with a past and a photo that is ready."""
    order = crew.offered(crew.worker, text=MARK, address=MARK)
    viewer = crew.viewer(crew.worker)
    moving.accept(pk=order.pk, viewer=viewer)
    moving.on_scene(pk=order.pk, viewer=viewer)
    photo = photos.add(pk=order.pk, viewer=viewer, chunks=[jpeg()])
    photos.process(photo.pk)
    return order, photo


def doors(order, photo) -> list[str]:
    values = {"pk": order.pk, "name": photo.uuid, "target": "cancelled"}
    found = [route for route in patterns(get_resolver()) if route.startswith("fieldstaff/orders/")]
    return ["/" + re.sub(r"<\w+:(\w+)>", lambda match: str(values[match[1]]), route) for route in found]


@pytest.mark.parametrize("who", [Role.HEAD, Role.MAYOR, Role.PARTNER, "colleague", "nobody", None], ids=str)
def test_no_door_shows_or_moves_it(crew, secret, who):
    people = {
        "colleague": lambda: client_of(crew.stranger.user), "nobody": lambda: client_of(make_user()),
        None: Client,
    }  # fmt: skip
    client = people[who]() if who in people else client_of(make_user(who, agency=make_agency()))
    addresses = doors(*secret)
    assert len(addresses) >= 8
    for address in addresses:
        for answer in (client.get(address), client.post(address, {"text": "x", "officer": crew.stranger.pk})):
            assert answer.status_code in {200, 302, 400, 403, 404, 405}, address
            assert answer["Content-Type"] != "image/jpeg", address
            assert answer.streaming or MARK not in answer.content.decode(), address
    assert Order.objects.get().state == "on_scene"


def test_those_whose_it_is_see_it(crew, secret):
    order, photo = secret
    for viewer in (crew.desk, crew.viewer(crew.worker), crew.viewer(crew.boss)):
        assert Order.objects.visible_to(viewer).get() == order
        assert OrderPhoto.objects.visible_to(viewer).get() == photo
        assert OrderEvent.objects.visible_to(viewer).exists()
    answer = client_of(crew.boss.user).get(f"/fieldstaff/orders/photos/{photo.uuid}/")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")


def test_who_hears_of_it(crew, secret):
    order = Order.objects.get()
    told = standing.scopes_for(order)
    hears = {
        name: bool(standing.scopes_of(viewer) & told)
        for name, viewer in {
            "desk": crew.desk, "worker": crew.viewer(crew.worker), "boss": crew.viewer(crew.boss),
            "stranger": crew.viewer(crew.stranger), "second": crew.viewer(crew.second),
            "head": viewer_of_user(make_user(Role.HEAD, agency=crew.agency)),
            "token": Viewer("token", 1, "t", permissions=frozenset({standing.VIEW})),
            "public wall": Viewer("display", 1, "d", sharing=frozenset({"public"})),
        }.items()
    }  # fmt: skip
    assert hears == {
        "desk": True, "worker": True, "boss": True, "stranger": False, "second": False, "head": True,
        "token": False, "public wall": False,
    }  # fmt: skip
