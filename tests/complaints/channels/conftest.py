"""What the channels' tests share: the sample of SP4N-LAPOR!, and the simulated providers in their process."""

from __future__ import annotations

from pathlib import Path

import pytest

from complaints.channels.http import Http
from complaints.channelsim.process import SimProcess


@pytest.fixture
def lapor_sample() -> bytes:
    """A page of SP4N-LAPOR! as we imagine it, written by hand."""
    return (Path(__file__).parent / "lapor.json").read_bytes()


@pytest.fixture(scope="session")
def world():
    """The simulated providers."""
    with SimProcess(smtp_port=0, imap_port=0) as running:
        yield running


@pytest.fixture
def sim(world):
    """The same without faults and with the clock as it is."""
    yield world
    world.control.clear()


@pytest.fixture
def http(world):
    """A client that may dial the simulator."""
    return Http(allow_hosts=world.allow_hosts, seconds=5, media_seconds=5)
