"""On-demand cameras share the open tokens: a batch uses what the limiter gives, and nobody starves."""

from __future__ import annotations

from cctv.engine import names
from cctv.models import CaptureMode, Transition
from commandcenter import keys
from tests.factories.cctv import make_camera, make_site


def _cameras(sim, count):
    site = make_site(max_open=8, opens_per_second=50)
    return [
        make_camera(
            site=site, still_url="", main_url=sim.rtsp_url("pasar"), capture_mode=CaptureMode.RTSP_ON_DEMAND
        )
        for _ in range(count)
    ]


def test_a_batch_opens_as_many_on_demand_cameras_as_the_limiter_allows(sim, grab, settings):
    settings.RTSP_OPENS_PER_SECOND = 10
    cameras = _cameras(sim, 5)

    grab(*cameras)

    assert all(keys.client().exists(names.snap(camera.pk)) for camera in cameras)


def test_a_camera_that_got_no_token_is_due_again_soon_and_has_not_failed(sim, grab, settings):
    settings.RTSP_OPENS_PER_SECOND = 1
    cameras = _cameras(sim, 4)

    grab(*cameras)

    without = [camera for camera in cameras if not keys.client().exists(names.snap(camera.pk))]
    assert without
    for camera in without:
        assert keys.client().zscore(names.due(), str(camera.pk)) is not None
        assert not keys.client().exists(names.puller(camera.pk))
        assert not Transition.objects.filter(camera=camera).exists()
