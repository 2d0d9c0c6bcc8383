"""Heat, areas and figures of a month: counts under the reader's rights."""

from __future__ import annotations

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import PUBLIC, viewer_of_user
from commandcenter.wall import registry
from complaints import tiles_counts
from complaints.models import Report
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_channel, make_report

pytestmark = pytest.mark.django_db


def test_heat_counts_open_reports_by_square_and_only_what_one_may_read():
    for lng in (106.1001, 106.1002, 106.1003, 106.3):
        make_report(lat=-6.2001, lng=lng)
    make_report(lat=-6.2001, lng=106.3, secret=True)
    found = tiles_counts.heat(viewer_of_user(make_user(Role.OPERATOR)), timezone.now())["features"]
    assert [(row["properties"]["count"], row["properties"]["share"]) for row in found] == [(3, 1), (1, 0.333)]
    (ring,) = found[0]["geometry"]["coordinates"]
    assert ring[0][0] <= 106.1001 <= ring[1][0] and ring[0][1] <= -6.2001 <= ring[2][1]
    assert tiles_counts.heat(viewer_of_user(make_user(Role.PARTNER)), timezone.now())["features"] == []


def test_villages_count_for_their_district():
    assert tiles_counts._of_districts({"36.04.01.2001": 2, "36.04.01": 1, "36.04.02": 4, None: 9}) == {
        "36.04.01": 3, "36.04.02": 4,
    }  # fmt: skip


@pytest.mark.parametrize("key", ["complaints.answers", "complaints.by_channel"])
def test_tiles_of_a_month_are_drawn_full_and_empty(key):
    client = client_of(make_user(Role.OPERATOR))
    assert client.get(f"/tile/{key}/").status_code == 200
    agency, channel = make_agency(), make_channel(name="Loket Ciruas")
    report = make_report(channel=channel)
    Report.objects.filter(pk=report.pk).update(agency=agency)
    page = client.get(f"/tile/{key}/").content.decode()
    assert "Loket Ciruas" in page or "1 laporan" in page
    other = viewer_of_user(make_user(Role.HEAD, agency=make_agency()))
    assert tiles_counts.by_channel(other, {}, timezone.now())["most"] == 0
    assert not registry.tile(key).permission(PUBLIC)


@pytest.mark.parametrize("key", ["complaints.heat", "complaints.areas"])
def test_layers_answer(key):
    make_report(lat=-6.2, lng=106.1)
    client = client_of(make_user(Role.OPERATOR))
    assert client.get(f"/wall/layer/{key}.geojson").status_code == 200
