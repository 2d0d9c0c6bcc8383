"""One simulator for the whole session; its loops stay in the clone's data folder between runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cctv.camsim.process import ROOT, SimProcess

#: Few pictures a second: quick to draw in the first run.
FPS = 6
NASTY = "p@ss:wo#rd/?%"
LOOPS = ROOT / ".data" / "camsim-tests"

CAMERAS = [
    {"key": "pasar", "label": "Pasar Uji", "scene": "market", "fps": FPS, "max_sessions": 2},
    {"key": "jalan", "label": "Jalan Uji", "scene": "street", "codec": "h265", "fps": FPS},
    {"key": "kunci", "same_as": "pasar", "user": "admin", "password": NASTY, "auth": "digest"},
    {"key": "dasar", "same_as": "pasar", "user": "admin", "password": NASTY, "auth": "basic"},
    {"key": "gambar", "label": "Gambar Uji", "scene": "office", "codec": "mjpeg", "still_fps": 5},
    {"key": "lambat-lepas", "same_as": "pasar", "max_sessions": 1, "linger_s": 30},
]


@pytest.fixture(scope="session")
def loops_folder() -> Path:
    return LOOPS


@pytest.fixture(scope="session")
def simulator(loops_folder: Path) -> Iterator[SimProcess]:
    with SimProcess(CAMERAS, loops_folder) as running:
        yield running


@pytest.fixture
def sim(simulator: SimProcess) -> Iterator[SimProcess]:
    """The simulator with every fault cleared before and after."""
    simulator.control.clear()
    yield simulator
    simulator.control.clear()
