"""``/pic/…jpg``: the newest picture for one viewer, for two minutes, and 404 for everything else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from asgiref.testing import ApplicationCommunicator
from django.test import Client
from django.utils import timezone

from commandcenter import keys
from commandcenter.asgi import application
from commandcenter.city.models import User
from commandcenter.city.services import change_password
from commandcenter.city.viewers import PUBLIC, viewer_of_user
from commandcenter.wall import jpeg_route
from commandcenter.wall.announce import announce_rights
from commandcenter.wall.identify import viewer_of_display
from commandcenter.wall.jpeg_route import picture_url
from commandcenter.wall.models import Display

from .conftest import FOREIGN, TestSource, in_db, publish

pytestmark = pytest.mark.django_db(transaction=True)


async def fetch(path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}
    one = ApplicationCommunicator(application, scope)
    start = await one.receive_output(3)
    body = await one.receive_output(3)
    await one.wait()
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, body["body"]


@pytest.fixture
def operator_url(source: TestSource, people: dict[str, User]) -> str:
    return picture_url(viewer_of_user(people["operator"]), "test", 1)


async def test_the_newest_picture(operator_url: str) -> None:
    assert (await fetch(operator_url))[0] == 404  # none yet
    publish(1, jpeg=b"\xff\xd8old")
    publish(1, jpeg=b"\xff\xd8new", at=1_790_000_000.25)
    status, headers, body = await fetch(operator_url)
    assert (status, body) == (200, b"\xff\xd8new")
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-captured-at"] == "1790000000250"
    assert (await fetch(operator_url, "HEAD"))[2] == b""
    assert (await fetch(operator_url, "POST"))[0] == 405


async def test_a_foreign_camera_is_404(source: TestSource, people: dict[str, User]) -> None:
    publish(FOREIGN)
    publish(1)
    for role, user in people.items():
        viewer = await in_db(viewer_of_user)(user)
        assert (await fetch(picture_url(viewer, "test", FOREIGN)))[0] == 404, role
        expected = 200 if "internal" in viewer.sharing else 404
        assert (await fetch(picture_url(viewer, "test", 1)))[0] == expected, role
    assert (await fetch(picture_url(PUBLIC, "test", 1)))[0] == 404
    assert (await fetch(picture_url(PUBLIC, "none", 1)))[0] == 404


async def test_a_forged_link_is_404(operator_url: str) -> None:
    publish(1)
    publish(2)
    forged = [operator_url.replace("test.1", "test.2"), operator_url[:-8] + "aaaa.jpg", operator_url + "/../"]
    for url in [*forged, "/pic/x.jpg", "/pic/"]:
        assert (await fetch(url))[0] == 404, url


def test_a_link_dies_after_two_minutes(operator_url: str) -> None:
    token = operator_url.removeprefix("/pic/").removesuffix(".jpg")
    assert jpeg_route._signer.unsign(token, max_age=jpeg_route.MAX_AGE).startswith("test.1.user.")
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=2, seconds=2)),
        pytest.raises(Exception, match="age"),
    ):
        jpeg_route._signer.unsign(token, max_age=jpeg_route.MAX_AGE)


async def test_rights_are_asked_again(operator_url: str, source: TestSource, monkeypatch: Any) -> None:
    publish(1)
    monkeypatch.setattr(jpeg_route, "RIGHTS_S", -1.0)
    assert (await fetch(operator_url))[0] == 200
    source.taken.add(1)
    assert (await fetch(operator_url))[0] == 404
    source.taken.clear()
    await in_db(User.objects.filter(username="operator").update)(is_active=False)
    assert (await fetch(operator_url))[0] == 404


async def test_rubbish_in_redis_is_no_picture(operator_url: str) -> None:
    keys.client().set(keys.key("snap", "test", 1), b"<html>" * 20)
    assert (await fetch(operator_url))[0] == 404


async def test_links_end_with_the_logout_and_those_of_the_next_page_live(
    source: TestSource, people: dict[str, User], clients: dict[str, Client]
) -> None:
    publish(1)
    user = people["operator"]
    viewer = await in_db(viewer_of_user)(user)
    before = [
        picture_url(viewer, "test", 1),
        picture_url(await in_db(viewer_of_user)(people["mayor"]), "test", 1),
    ]
    await in_db(clients["operator"].post)("/logout/")
    after = picture_url(viewer, "test", 1)
    assert [(await fetch(url))[0] for url in (*before, after)] == [404, 200, 200]


async def test_links_end_with_a_new_password_and_with_a_new_screen(
    source: TestSource, people: dict[str, User]
) -> None:
    publish(1)
    user = people["operator"]
    display = await in_db(Display.objects.create)(name="Dinding", sharing=["internal"], token_digest="a" * 64)
    urls = [
        picture_url(await in_db(viewer_of_user)(user), "test", 1),
        picture_url(viewer_of_display(display), "test", 1),
    ]
    assert [(await fetch(url))[0] for url in urls] == [200, 200]
    await in_db(change_password)(user=user, password="sandi-baru-44-hijau")
    await in_db(announce_rights)(display)
    assert [(await fetch(url))[0] for url in urls] == [404, 404]
