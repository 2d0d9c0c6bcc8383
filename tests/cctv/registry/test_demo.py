"""The demo's cameras: register and simulator agree, seeding is repeatable, purging leaves real rows."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command

from cctv import demo_cameras
from cctv.camsim.config import parse
from cctv.models import Camera, HealthHour, Site
from markets.models import Market
from tests.factories.cctv import make_camera, make_market
from tests.seeded import SIMULATOR, seeded_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowed(settings) -> None:
    settings.CAMERA_ALLOW_HOSTS = SIMULATOR


def demo(verb: str) -> None:
    call_command("demo", verb, yes=True, stdout=StringIO())


def test_seeding_twice_changes_nothing_and_purging_leaves_the_real(allowed: None) -> None:
    mine, stall = make_camera(), make_market()
    demo("seed")
    rows = Camera.objects.count(), Site.objects.count(), Market.objects.count()
    demo("seed")
    assert (Camera.objects.count(), Site.objects.count(), Market.objects.count()) == rows
    assert Market.objects.count() >= 13
    shared = make_camera(site=Site.objects.get(code="pasar-petir"))
    demo("purge")
    assert set(Camera.objects.all()) == {mine, shared}
    kept = Site.objects.get(code="pasar-petir")
    assert kept.origin == kept.market.origin == "real"
    shared.delete(), kept.delete(), kept.market.delete()
    assert list(Camera.objects.all()) == [mine] and list(Market.objects.all()) == [stall]
    assert list(Site.objects.all()) == [mine.site]


def test_without_the_allow_list_the_demo_says_what_is_missing(settings) -> None:
    settings.CAMERA_ALLOW_HOSTS = []
    with pytest.raises(CommandError, match="CC_CAMERA_ALLOW_HOSTS"):
        demo("seed")


@pytest.fixture(scope="class")
def seeded(django_db_setup, django_db_blocker) -> Iterator[None]:
    with seeded_city(django_db_blocker):
        yield


@pytest.mark.usefixtures("seeded")
class TestSeeded:
    """What was seeded once, before them."""

    def test_register_and_simulator_agree(self, allowed: None) -> None:
        simulated = {c.key: c for c in parse(demo_cameras.simulator(SIMULATOR)).cameras}
        cameras = {c.code: c for c in Camera.objects.all()}
        assert set(simulated) == set(cameras) and len(cameras) >= 24
        for code, camera in cameras.items():
            assert (camera.username or "", camera.password or "") == (
                simulated[code].user,
                simulated[code].password,
            )
            port = "28554" if camera.is_rtsp else "28080"
            assert camera.still_address.split("/")[2] == f"127.0.0.1:{port}"
            assert camera.still_address.split("/")[3] == code
        modes = [c.capture_mode for c in cameras.values()]
        assert sum(mode.startswith("rtsp") for mode in modes) >= 14
        assert {"http_still", "mjpeg", "hls", "rtsp_held", "rtsp_on_demand"} == set(modes)
        assert sum(c.password == demo_cameras.NASTY for c in cameras.values()) == 2

    def test_the_past_adds_up_and_differs_between_cameras(self, allowed: None) -> None:
        from django.db.models import Sum

        sums = HealthHour.objects.values("camera__code").annotate(
            up=Sum("up_s"), down=Sum("down_s"), mb=Sum("bytes_in")
        )
        share = {row["camera__code"]: row["up"] / (row["up"] + row["down"]) for row in sums}
        assert share["simpang-cinangka"] < 0.9 < 0.97 < share["petir-pintu"]
        hour = HealthHour.objects.filter(hour__lt=HealthHour.objects.latest("hour").hour).first()
        assert hour.up_s + hour.down_s + hour.maintenance_s + hour.paused_s + hour.unknown_s == pytest.approx(
            3600
        )
        camera = Camera.objects.get(code="simpang-cinangka")
        assert camera.obstacles.count() == 2 and camera.status == "unknown"
        assert camera.transitions.first().to_status == "unknown"
        log = list(camera.transitions.order_by("at"))
        assert all(a.to_status == b.from_status for a, b in pairwise(log))

    def test_the_cameras_go_along_when_the_simulator_moves_to_other_ports(
        self, allowed: None, settings
    ) -> None:
        edited = Camera.objects.get(code="petir-pintu")
        Camera.objects.filter(pk=edited.pk).update(name="Diubah orang")
        settings.CAMERA_ALLOW_HOSTS = ["127.0.0.1:38554", "127.0.0.1:38080"]
        demo("seed")
        for camera in Camera.objects.all():
            for url in filter(None, (camera.main_url, camera.sub_url, camera.still_url)):
                assert ":38554/" in url or ":38080/" in url
        edited.refresh_from_db()
        assert (edited.name, edited.has_password) == ("Diubah orang", True)
