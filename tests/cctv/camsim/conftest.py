"""One simulator for the whole session; its loops stay in the clone's data folder between runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cctv.camsim.process import ROOT, SimProcess

#: Few pictures a second: quick to draw in the first run.
FPS = 5
NASTY = "p@ss:wo#rd/?%"
LOOPS = ROOT / ".data" / "camsim-tests"

CAMERAS = [
    {"key": "pasar", "label": "Pasar Uji", "scene": "park", "fps": FPS, "gop_s": 1, "max_sessions": 2},
    {"key": "jalan", "label": "Jalan Uji", "scene": "office", "codec": "h265", "fps": FPS, "gop_s": 1},
    {"key": "kunci", "same_as": "pasar", "user": "admin", "password": NASTY, "auth": "digest"},
    {"key": "dasar", "same_as": "pasar", "user": "admin", "password": NASTY, "auth": "basic"},
    {"key": "gambar", "label": "Gambar Uji", "scene": "office", "codec": "mjpeg"},
    {"key": "lambat-lepas", "same_as": "pasar", "max_sessions": 1, "linger_s": 30},
    {"key": "lupa", "same_as": "pasar", "session_timeout_s": 2},
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
