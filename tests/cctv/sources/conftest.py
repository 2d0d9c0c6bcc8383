"""The camera simulator in its own process, on the loops that the simulator's own tests prepare."""

import pytest

from cctv.camsim.process import ROOT, SimProcess
from cctv.capture.address import Policy
from cctv.capture.sources import http
from cctv.capture.sources.base import CameraSpec, Mode

KEYS = {"user": "admin", "password": "p@ss:wo#rd/?%"}
CAMERAS = [
    {"key": "pasar", "label": "Pasar Uji", "scene": "market", "gop_s": 1},
    {"key": "jalan", "label": "Jalan Uji", "scene": "street", "codec": "h265"},
    {"key": "kunci", "same_as": "pasar", "auth": "digest", **KEYS},
    {"key": "tanpa-qop", "same_as": "pasar", "auth": "digest", "qop": False, **KEYS},
    {"key": "dasar", "same_as": "pasar", "auth": "basic", **KEYS},
    {"key": "gambar", "label": "Gambar Uji", "scene": "office", "codec": "mjpeg", "still_fps": 5},
    {"key": "satu", "same_as": "pasar", "max_sessions": 1, "linger_s": 30},
    {"key": "singkat", "same_as": "pasar", "session_timeout_s": 4},
]
LOOPS = ROOT / ".data" / "camsim-tests"


@pytest.fixture(scope="session")
def simulator():
    with SimProcess(CAMERAS, LOOPS) as running:
        yield running


class Cameras:
    """Specs of the simulator's cameras, the policy that allows them, and the control door."""

    def __init__(self, sim):
        self.sim = sim
        self.control = sim.control
        host, rtsp, web = sim.ready["host"], sim.ready["rtsp_port"], sim.ready["http_port"]
        self.policy = Policy(networks=(), allow_hosts={f"{host}:{rtsp}", f"{host}:{web}"})

    def rtsp(self, key, mode=Mode.RTSP_ON_DEMAND, camera_id=7, **more) -> CameraSpec:
        url = self.sim.rtsp_url(key, credentials=False)
        return CameraSpec(camera_id, mode, url, **self._keys(key) | more)

    def web(self, key, path="still.jpg", mode=Mode.HTTP_STILL, **more) -> CameraSpec:
        return CameraSpec(7, mode, self.sim.http_url(key, path), **self._keys(key), **more)

    def _keys(self, key):
        camera = self.sim.cameras[key]
        return {"user": camera.get("user", ""), "password": camera.get("password", "")}

    def state(self, key):
        """The simulator's counters for a camera."""
        return self.control.call(op="status")["cameras"][key]


@pytest.fixture
def cameras(simulator):
    simulator.control.clear()
    http.close_all()
    yield Cameras(simulator)
    http.close_all()
    simulator.control.clear()
