"""The cast: a person of every role, an own and a foreign camera for each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from cctv.models import Camera, Maintenance, Still
from commandcenter.city.roles import Role
from tests.factories.cctv import make_agency, make_camera
from tests.factories.city import client_of, make_user

JPEG = b"\xff\xd8\xff\xd9"


@pytest.fixture(autouse=True)
def _clean(db: None, redis_client: object, settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def enter() -> Callable[[Role | None], Client]:
    """A logged-in client of a role; the head leads the agency "own"."""

    def log_in(role: Role | None) -> Client:
        agency = make_agency("own") if role is Role.HEAD else None
        return client_of(make_user(role, agency=agency))

    return log_in


@pytest.fixture
def operator(enter: Callable[[Role | None], Client]) -> Client:
    return enter(Role.OPERATOR)


@pytest.fixture
def keep() -> Callable[..., Still]:
    """A kept picture of a camera, ``minutes`` ago."""

    def make(camera: Camera, minutes: int = 1, **values: Any) -> Still:
        taken = values.pop("at", None) or timezone.now() - timedelta(minutes=minutes)
        still = Still(camera=camera, captured_at=taken, bytes=len(JPEG), sha256="0" * 64, **values)
        still.file.save("still.jpg", ContentFile(JPEG), save=True)
        return still

    return make


@pytest.fixture
def foreign(keep: Callable[..., Still]) -> Callable[[Role | None], tuple[Camera, Still, Maintenance]]:
    """A camera that a role may not see, with a picture and a maintenance window."""

    def make(role: Role | None) -> tuple[Camera, Still, Maintenance]:
        kinds = {Role.OPERATOR: "restricted", Role.PARTNER: "internal", Role.HEAD: "public"}
        camera = make_camera(
            name="Rahasia",
            agency=make_agency("other"),
            sharing=kinds.get(role, "restricted"),
            notice_posted=True,
        )
        window = Maintenance.objects.create(camera=camera, reason="x")
        return camera, keep(camera), window

    return make
