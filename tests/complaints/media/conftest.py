"""What tests of files share: a media folder, a small film made once, a virus scanner in its own process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings as house

from tests.complaints.media import films


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def short_film(tmp_path_factory) -> bytes:
    """A second of an iPhone's video, held upright, with its place in it."""
    return films.film(tmp_path_factory.mktemp("film") / "IMG_0001.MOV", turned=90)


class Scanner:
    """The simulated clamd; `address` is empty while it is away."""

    def __init__(self, address: str) -> None:
        self.wanted, self.address = address, ""
        self.process: subprocess.Popen[str] | None = None

    def start(self, limit: int = 100_000_000) -> str:
        command = [sys.executable, "-m", "tests.complaints.media.clamd", self.wanted, str(limit)]
        self.process = subprocess.Popen(command, cwd=house.BASE_DIR, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().split()[1]
        return self.address

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None


@pytest.fixture(params=["unix", "tcp"])
def scanner(request, tmp_path) -> Iterator[Scanner]:
    found = Scanner(f"unix:{tmp_path}/clamd.ctl" if request.param == "unix" else "tcp:127.0.0.1:0")
    yield found
    found.stop()
