"""Orders in wrong hands: one's own work checked, others' people sent out, phones with a desk's rights."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from fieldstaff.models import Officer, Order, OrderPhoto, PhotoState
from fieldstaff.orders import family, moving, photos
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.factories.orders import Crew, because, jpeg
from tests.fieldstaff.orders.conftest import crew as crew
from tests.fieldstaff.phones import Phone


def also(crew: Crew, role: Role, **values: object) -> Officer:
    """One who works outside and sits at the desk, or heads the agency, by the same login."""
    officer = make_officer(agency=crew.agency, user=make_user(role, **values))
    make_shift(officer, datetime.now(UTC) - timedelta(hours=2), 8)
    crew.viewers[officer.pk] = viewer_of_user(officer.user)
    return officer


def state(order: Order) -> str:
    return str(Order.objects.get(pk=order.pk).state)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.HEAD, Role.ADMIN])
def test_nobody_finds_his_own_work_well_done_whatever_else_he_is(crew, role):
    who = also(crew, role, agency=crew.agency if role is Role.HEAD else None)
    viewer = crew.viewer(who)
    order = moving.offer(pk=crew.order().pk, officers=[who.pk], viewer=viewer)
    crew.worked(order, who)
    with pytest.raises(PermissionDenied):
        family.verify(pk=order.pk, viewer=viewer)
    assert state(order) == "done"
    family.verify(pk=order.pk, viewer=crew.desk)
    assert state(order) == "verified"


def test_a_head_sends_out_nobody_of_another_agency(crew):
    head = viewer_of_user(make_user(Role.HEAD, agency=crew.agency))
    other = make_officer(agency=make_agency("lain"), name="Rahasia")
    order = crew.order()
    with pytest.raises(PermissionDenied):
        moving.offer(pk=order.pk, officers=[other.pk], viewer=head)
    moving.offer(pk=order.pk, officers=[crew.worker.pk], viewer=head)
    with pytest.raises(PermissionDenied):
        family.reassign(pk=order.pk, officers=[other.pk], viewer=head, said=because())
    assert Order.objects.get().assignee == crew.worker
    far = moving.offer(pk=crew.order().pk, officers=[other.pk], viewer=crew.desk)
    assert far.assignee == other, "the desk may"


def test_a_phone_has_an_officers_rights_and_not_those_of_its_officers_login(crew, redis_client):
    who = also(crew, Role.OPERATOR)
    phone = Phone(make_device(who, uid="app-7", protocol="app"))
    order = crew.offered(crew.stranger)
    crew.worked(order, crew.stranger)
    at = datetime.now(UTC).isoformat()
    said = {"id": str(uuid.uuid4()), "kind": "task", "at": at, "order": str(order.uuid), "move": "verified"}
    (answer,) = phone.batch([said]).json()["items"]
    assert (answer["result"], state(order)) == ("quarantined", "done")


def test_a_phone_of_a_closed_account_moves_nothing(crew, redis_client):
    order = crew.offered(crew.worker)
    crew.worker.user.is_active = False
    crew.worker.user.save()
    phone = Phone(make_device(crew.worker, uid="app-8", protocol="app"))
    at = datetime.now(UTC).isoformat()
    said = {"id": str(uuid.uuid4()), "kind": "task", "at": at, "order": str(order.uuid), "move": "accepted"}
    assert phone.batch([said]).json()["items"][0]["result"] == "quarantined"
    assert state(order) == "offered"


def test_photos_that_were_refused_do_not_fill_the_disk_for_ever(crew):
    order, viewer = crew.offered(crew.worker), crew.viewer(crew.worker)
    moving.accept(pk=order.pk, viewer=viewer)
    with pytest.raises(ValidationError):
        for _n in range(5 * photos.MOST_PHOTOS):
            row = photos.add(pk=order.pk, viewer=viewer, chunks=[jpeg()])
            OrderPhoto.objects.filter(pk=row.pk).update(state=PhotoState.REFUSED)
    assert photos.MOST_PHOTOS <= order.photos.count() < 4 * photos.MOST_PHOTOS
