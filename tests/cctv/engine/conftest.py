"""A simulator in its own process, and register rows that point at it."""

from __future__ import annotations

import pytest
from django.db import connection

from cctv.camsim.process import ROOT, SimProcess
from cctv.engine import batch, fleet_view, outcome
from cctv.models import CaptureMode
from commandcenter import keys
from tests.factories.cctv import make_camera, make_site

CAMERAS = [
    {"key": "pasar", "label": "Pasar Uji", "scene": "market"},
    {"key": "kunci", "same_as": "pasar", "auth": "digest", "user": "admin", "password": "p@ss:wo#rd/?%"},
    {"key": "tunggal", "same_as": "pasar", "max_sessions": 1},
]


@pytest.fixture(scope="session")
def engine_sim():
    with SimProcess(CAMERAS, ROOT / ".data" / "camsim-tests") as running:
        yield running


@pytest.fixture
def sim(engine_sim, settings, transactional_db):
    ready = engine_sim.ready
    settings.RTSP_OPENS_PER_SECOND = 1000  # these tests open at once, one after the other
    settings.CAMERA_ALLOW_HOSTS = [f"{ready['host']}:{ready[port]}" for port in ("rtsp_port", "http_port")]
    engine_sim.control.clear()
    _forget()
    yield engine_sim
    engine_sim.control.clear()
    _forget()


def _forget() -> None:
    """A process remembers the fleet for seconds; a test starts without."""
    keys.client().flushdb()
    fleet_view.view._at = 0.0
    fleet_view._specs.clear()
    outcome._faults.clear()
    connection.ensure_connection()


@pytest.fixture
def still_camera(sim):
    return make_camera(
        site=make_site(max_open=8, opens_per_second=50), still_url=sim.http_url("pasar", "still.jpg")
    )


@pytest.fixture
def rtsp_camera(sim):
    return make_camera(
        site=make_site(max_open=8, opens_per_second=50),
        still_url="",
        main_url=sim.rtsp_url("kunci", credentials=False),
        capture_mode=CaptureMode.RTSP_ON_DEMAND,
        username="admin",
        password="p@ss:wo#rd/?%",
    )


@pytest.fixture
def grab():
    """Runs a batch as the task does and writes the news down."""
    from cctv.tasks import grab_batch

    def run(*cameras) -> None:
        grab_batch([camera.pk for camera in cameras])

    yield run
    if batch._pool:
        batch._pool.shutdown(wait=True)
        batch._pool = None
