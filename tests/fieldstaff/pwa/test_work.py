"""Orders by the phone: accepted, passed on, done with a photo; repeated, foreign and impossible steps."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from fieldstaff.models import Order, OrderEvent, OrderPhoto
from fieldstaff.orders import making, moving
from tests.complaints.test_files import picture
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_officer
from tests.fieldstaff.pwa.stage import Pwa

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(redis_client, settings, tmp_path) -> dict[str, Any]:
    """A supervisor and a worker under him with phones; an order that the desk offered to the supervisor."""
    settings.MEDIA_ROOT = tmp_path
    ensure_roles()
    agency = make_agency("dlh")
    chief = Pwa(make_officer(agency=agency, name="Pak Anton", kind="pengawas"))
    worker = Pwa(make_officer(agency=agency, name="Ibu Siti", supervisor=chief.officer))
    for phone in (chief, worker):
        assert phone.sign_in().status_code == 201
    desk = viewer_of_user(make_user(Role.OPERATOR))
    order = making.create(making.NewOrder(agency=agency.pk, text="Angkut sampah liar"), viewer=desk)
    moving.offer(pk=order.pk, officers=[chief.officer.pk], viewer=desk)
    return {"chief": chief, "worker": worker, "order": order.pk, "desk": desk}


def orders(phone: Pwa) -> list[dict[str, Any]]:
    return phone.client.get("/petugas/tugas.json").json()["orders"]


def step(phone: Pwa, pk: int, target: str, **values: Any) -> Any:
    return phone.form(f"/petugas/tugas/{pk}/langkah/", target=target, **values)


def test_an_offer_is_there_with_its_end_and_what_may_be_done(cast):
    (row,) = orders(cast["chief"])
    assert row["state"] == "offered" and row["offered_until"] and row["moves"] == ["accepted", "declined"]
    assert orders(cast["worker"]) == []
    team = cast["chief"].client.get("/petugas/tugas.json").json()["team"]
    assert [one["name"] for one in team] == ["Ibu Siti"] and team[0]["on_duty"] is True


def test_the_whole_way_from_the_chief_to_the_photo(cast):
    chief, worker = cast["chief"], cast["worker"]
    answer = chief.form(f"/petugas/tugas/{cast['order']}/serahkan/", officers=str(worker.officer.pk))
    assert answer.status_code == 200, answer.content
    (mine,) = orders(worker)
    pk = mine["id"]
    for target in ("accepted", "en_route", "on_scene"):
        assert step(worker, pk, target).json() == {"state": target}
    assert step(worker, pk, "done").status_code == 409
    photo = worker.form(f"/petugas/tugas/{pk}/foto/", photo=picture(size=(60, 40)))
    assert photo.status_code == 200 and OrderPhoto.objects.get().officer == worker.officer
    assert step(worker, pk, "done").json() == {"state": "done"}
    (above,) = orders(chief)
    assert above["state"] == "done" and above["children"][0]["name"] == "Ibu Siti" and above["moves"] == []


def test_steps_that_waited_keep_the_phones_times_and_a_repeat_does_nothing(cast):
    chief, pk = cast["chief"], cast["order"]
    key, at = str(uuid.uuid4()), datetime.now(UTC) - timedelta(minutes=5)
    for _time in range(2):
        assert step(chief, pk, "accepted", id=key, at=at.isoformat()).status_code == 200
    row = OrderEvent.objects.get(target="accepted")
    assert str(row.uuid) == key and row.device_at == at and row.heard_at > at


def test_a_refusal_needs_its_reason(cast):
    assert step(cast["chief"], cast["order"], "declined").status_code == 409
    assert step(cast["chief"], cast["order"], "declined", text="Sedang di tempat lain").status_code == 200
    assert Order.objects.get(pk=cast["order"]).state == "declined" and orders(cast["chief"]) == []


@pytest.mark.parametrize("target", ["", "x", "cancelled", "reassigned", "expired", "offered", "new"])
def test_a_step_that_is_none_is_refused(cast, target):
    assert step(cast["chief"], cast["order"], target).status_code == 400


def test_others_neither_see_nor_move_it(cast):
    stranger = Pwa()
    stranger.sign_in()
    assert orders(stranger) == []
    assert step(stranger, cast["order"], "accepted").status_code == 404
    path = f"/petugas/tugas/{cast['order']}/"
    assert stranger.form(path + "foto/", photo=picture()).status_code == 404
    assert stranger.form(path + "serahkan/", officers=str(stranger.officer.pk)).status_code == 404
    answer = cast["chief"].form(path + "serahkan/", officers=str(stranger.officer.pk))
    assert answer.status_code == 404 and Order.objects.count() == 1


def test_the_phone_of_an_operator_is_an_officers_phone(cast):
    """Whatever roles a login has, they stay at the desk."""
    both = Pwa(make_officer(user=make_user(Role.OPERATOR)))
    both.sign_in()
    assert orders(both) == [] and step(both, cast["order"], "accepted").status_code == 404


def test_an_officer_enrolled_by_a_link_gets_an_account_that_no_password_opens(cast):
    user = cast["worker"].officer.__class__.objects.get(pk=cast["worker"].officer.pk).user
    assert user is not None and not user.has_usable_password() and user.roles == frozenset()
