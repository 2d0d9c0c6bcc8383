"""The database's rule of reachability is the pure one, to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from fieldstaff.models import Latest, Officer, Shift
from fieldstaff.presence import limits, reach
from fieldstaff.reaching import NEVER, reach_of
from fieldstaff.views.listing import stand, with_standing
from tests.factories.fieldstaff import make_device, make_officer, make_shift

NOW = datetime(2026, 8, 21, 2, 0, 0, 400_000, tzinfo=UTC)
HEARTBEATS = (5, 60, 61, 90, 900)


@pytest.mark.django_db
@pytest.mark.parametrize("heartbeat", HEARTBEATS)
def test_the_limits_are_those_of_the_pure_rule(heartbeat):
    device = make_device(heartbeat_s=heartbeat)
    wanted = {}
    for limit in limits(heartbeat):
        for extra in (-1, 0, 1):
            contact = NOW - timedelta(seconds=limit + extra)
            officer = make_officer()
            Latest.objects.create(officer=officer, device=device, last_contact=contact)
            wanted[officer.pk] = reach(int(contact.timestamp()), int(NOW.timestamp()), heartbeat).value
    found = dict(Latest.objects.annotate(reach=reach_of(NOW)).values_list("officer_id", "reach"))
    assert found == wanted and len(set(wanted.values())) == 3


@pytest.mark.django_db
def test_a_phone_that_is_unknown_counts_as_a_usual_one_and_nothing_heard_is_never():
    silent, heard = make_officer(), make_officer()
    Latest.objects.create(officer=heard, last_contact=NOW - timedelta(seconds=181))
    rows = Officer.objects.annotate(reach=reach_of(NOW, "latest__"))
    assert dict(rows.values_list("pk", "reach")) == {silent.pk: NEVER, heard.pk: "late"}


@pytest.mark.django_db
def test_one_officer_in_hand_stands_as_the_list_says():
    begun = (timedelta(minutes=2), timedelta(minutes=5), timedelta(hours=3))
    quiet = (None, *(timedelta(seconds=n) for n in (10, 180, 181, 600, 601, 4000)), timedelta(hours=5))
    for since in begun:
        for silent in quiet:
            officer = make_officer()
            make_shift(officer, NOW - since)
            if silent is not None:
                device = make_device(heartbeat_s=90 if since == begun[2] else 60)
                Latest.objects.create(officer=officer, device=device, last_contact=NOW - silent)
    make_officer()
    rows = with_standing(Officer.objects.select_related("latest"), NOW)
    seen = set()
    for one in rows.annotate(heartbeat=F("latest__device__heartbeat_s")):
        listed, hours = one.standing, (one.begun_at, one.ends_at)
        stand(one, Shift.objects.filter(officer=one), NOW)
        assert (one.standing, one.begun_at, one.ends_at) == (listed, *hours)
        seen.add(listed)
    assert seen == {"fresh", "late", "gone", "absent", "awaited", "off"}
