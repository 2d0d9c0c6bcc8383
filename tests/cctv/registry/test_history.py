"""The database keeps the history: transitions are written once, held pictures stay."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from cctv.models import Camera, Still, Transition
from tests.factories.cctv import make_camera

pytestmark = pytest.mark.django_db


def add_transition(camera: Camera) -> Transition:
    return Transition.objects.create(
        camera=camera, from_status="online", to_status="offline", reason="timeout", at=timezone.now()
    )


def test_a_transition_can_be_neither_changed_nor_deleted() -> None:
    row = add_transition(make_camera())
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Transition.objects.filter(pk=row.pk).update(reason="nothing happened")
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        row.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            cursor.execute("TRUNCATE cctv_transition")
    assert Transition.objects.get().reason == "timeout"


def test_a_camera_with_history_stays() -> None:
    row = add_transition(make_camera())
    with pytest.raises(ProtectedError):
        row.camera.delete()


def test_the_demo_s_history_may_leave() -> None:
    row = add_transition(make_camera(origin="simulated"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Transition.objects.update(reason="x")
    row.delete()
    assert not Transition.objects.exists()


def test_a_held_picture_cannot_be_deleted_and_no_picture_rewritten() -> None:
    still = Still.objects.create(
        camera=make_camera(),
        captured_at=timezone.now(),
        bytes=1,
        sha256="0" * 64,
        legal_hold=True,
        held_reason="LP/12/2026",
    )
    with pytest.raises(IntegrityError, match="held as evidence"), transaction.atomic():
        Still.objects.all().delete()
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Still.objects.update(sha256="1" * 64)
    Still.objects.update(legal_hold=False, held_reason="")
    still.delete()
    assert not Still.objects.exists()


def test_a_hold_says_why() -> None:
    with pytest.raises(IntegrityError, match="still_hold_has_reason"):
        Still.objects.create(
            camera=make_camera(), captured_at=timezone.now(), bytes=1, sha256="0" * 64, legal_hold=True
        )
