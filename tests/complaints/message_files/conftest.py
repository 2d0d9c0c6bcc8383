"""The simulated providers, and a media folder."""

from __future__ import annotations

import pytest

from complaints.channelsim.process import SimProcess


@pytest.fixture(scope="module")
def world():
    with SimProcess(smtp_port=0, imap_port=0) as running:
        yield running


@pytest.fixture
def sim(world, settings, tmp_path):
    settings.CHANNEL_ALLOW_HOSTS = list(world.allow_hosts)
    settings.MEDIA_ROOT = tmp_path / "media"
    yield world
    world.control.clear()
