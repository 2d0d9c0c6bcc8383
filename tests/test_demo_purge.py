"""`demo purge`: it asks, keeps what people made and changed, and never locks everybody out."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client

from cctv.models import Camera, Site, Still
from cctv.services import change_camera, save_camera
from commandcenter.city.models import Agency, Area, Invitation, Region, User
from commandcenter.city.services import invite, save_agency
from commandcenter.city.viewers import viewer_of_user
from commandcenter.runtime import house, up
from commandcenter.wall import services as wall
from commandcenter.wall.models import Display, Playlist, Scene
from tests.factories.city import make_user
from tests.seeded import SIMULATOR, seeded_city

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def seeded(django_db_setup, django_db_blocker) -> Any:
    with seeded_city(django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def city(settings) -> Any:
    settings.CAMERA_ALLOW_HOSTS = SIMULATOR
    yield
    house.purged_note().unlink(missing_ok=True)


def purge(**options: Any) -> str:
    out = StringIO()
    call_command("demo", "purge", stdout=out, **{"yes": True, **options})
    return out.getvalue()


def rows() -> list[int]:
    return [model.objects.count() for model in (User, Camera, Site, Agency, Area, Region, Scene, Display)]


def test_nobody_is_locked_out_the_new_login_is_told_once_and_works():
    said = purge()
    found = re.search(r"  administrator  (\S+)  (\S+)", said)
    assert found and found[1] == "admin"
    boss = User.objects.get()
    assert boss.is_superuser and boss.must_change_password and boss.origin == "real"
    answer = Client().post("/login/", {"username": "admin", "password": found[2]})
    assert answer.status_code == 302
    assert not User.objects.exclude(pk=boss.pk).exists()
    assert "Leaves with the demo:" in said and "cameras" in said
    assert found[2] not in purge()


def test_the_name_of_the_new_administrator_may_be_chosen_and_must_be_free():
    make_user(username="siti")
    with pytest.raises(CommandError, match="--admin siti"):
        purge(admin="siti")
    assert Camera.objects.exists()
    assert "budi" in purge(admin="budi")
    assert User.objects.get(is_superuser=True).username == "budi"


def test_where_an_administrator_stays_none_is_made():
    make_user(username="kepala", is_superuser=True)
    said = purge()
    assert "Administrators that stay: kepala." in said
    assert [user.username for user in User.objects.all()] == ["kepala"]


def test_a_switched_off_administrator_does_not_count():
    make_user(username="admin-lama", is_superuser=True, is_active=False)
    assert "administrator  admin " in purge()


def test_it_asks_first_and_no_means_that_nothing_changed(monkeypatch):
    before = rows()
    with pytest.raises(CommandError, match="--yes"):
        purge(yes=False)
    assert rows() == before
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer in ("", "n"):
        monkeypatch.setattr("builtins.input", lambda _q, answer=answer: answer)
        with pytest.raises(CommandError, match="Nothing was changed"):
            purge(yes=False)
    assert rows() == before
    monkeypatch.setattr("builtins.input", lambda _q: "ya")
    purge(yes=False)
    assert not Camera.objects.exists()


def test_what_an_administrator_changed_since_stays():
    boss = viewer_of_user(User.objects.get(username="admin"))
    camera = Camera.objects.get(code="petir-pintu")
    camera.name, camera.main_url, camera.sub_url, camera.still_url = (
        "Gerbang Petir",
        "rtsp://10.20.0.7/1",
        "",
        "",
    )
    save_camera(by=boss, camera=camera, username="", password="")
    change_camera(by=boss, camera=Camera.objects.get(code="baros-pintu"), name="Masih simulator")
    save_agency(viewer=boss, code="bpbd", phone_duty="0254 555 777")
    invite(viewer=boss, username="danru", role="agency-head", agency=Agency.objects.get(code="satpolpp"))
    scene = Scene.objects.get(name="Peta daerah")
    own = wall.save_display(viewer=boss, display=Display(name="Aula", scene=scene))
    changed = Display.objects.get(name="Dinding Demo")
    wall.set_programme(viewer=boss, display=changed, scene=changed.scene, playlist=None)
    said = purge()
    assert {camera.name for camera in Camera.objects.all()} == {"Gerbang Petir"}
    assert Site.objects.get().origin == "real"
    assert {"bpbd", "satpolpp"} <= set(Agency.objects.values_list("code", flat=True))
    assert Invitation.objects.filter(username="danru").exists()
    assert set(Display.objects.values_list("name", flat=True)) == {"Aula", "Dinding Demo"}
    own.refresh_from_db()
    assert own.scene == scene and set(Scene.objects.values_list("name", flat=True)) == {
        "Peta daerah",
        "Semua kamera",
    }
    assert not Playlist.objects.exists()
    assert Region.current().name == "Kabupaten Serang", "the camera that stays stands in it"
    assert "stays" in said
    for model in (Camera, Site, Agency, Display, Scene, Area, User):
        assert not model.objects.filter(origin="simulated").exists()


def test_a_login_stays_only_without_the_password_of_the_readme():
    boss = User.objects.get(username="admin")
    client = Client()
    client.force_login(boss)
    new = {"new_password1": "Angsana-Besar-71", "new_password2": "Angsana-Besar-71"}
    client.post("/account/password/", {"old_password": "kota-demo-admin", **new})
    operator = User.objects.get(username="operator")
    client.force_login(operator)
    client.post(
        "/account/",
        {"phone": "0254 111 222", "email": "op@kota.example", "current_password": "kota-demo-operator"},
    )
    operator.refresh_from_db()
    assert operator.phone == "0254 111 222"
    purge()
    kept = User.objects.get()
    assert kept.username == "admin" and kept.check_password("Angsana-Besar-71")
    assert kept.groups.get() == Group.objects.get(name="admin")


def test_pictures_leave_the_disk_only_when_the_rows_have_left(django_capture_on_commit_callbacks):
    from django.core.files.base import ContentFile
    from django.utils import timezone

    still = Still(camera=Camera.objects.first(), captured_at=timezone.now(), bytes=4, sha256="0" * 64)
    still.file.save("uji.jpg", ContentFile(b"jpeg"), save=False)
    still.save()
    storage, name = still.file.storage, still.file.name
    with django_capture_on_commit_callbacks() as later:
        purge()
    assert storage.exists(name)
    for call in later:
        call()
    assert not storage.exists(name)


def test_a_purged_city_does_not_get_the_demo_logins_back_by_a_plain_up():
    assert up.parse([]).demo
    purge()
    assert not up.parse([]).demo
    assert up.parse(["--demo"]).demo
    call_command("demo", "seed", stdout=StringIO())
    assert up.parse([]).demo and not up.parse(["--no-demo"]).demo
