"""What is offered before sending tells no more of a place than the public map does."""

from __future__ import annotations

import pytest
from django.test import Client

from complaints import hurdle
from complaints.models import Report
from complaints.services import moving
from tests.complaints.devices import known_browser
from tests.factories.complaints import make_category, make_report

pytestmark = pytest.mark.django_db
HOUSE = (-6.12345, 106.15155)
MAPPED = (-6.123, 106.152)


def asked(lat: float, lng: float, category=None, client: Client | None = None) -> list[dict[str, object]]:
    query = {"lat": lat, "lng": lng, "text": "lampu mati", "category": category.pk if category else ""}
    return (client or Client()).get("/lapor/mirip.json", query).json()["reports"]


def at(point: tuple[float, float], category, **values) -> Report:
    report = make_report("Lampu mati", lat=point[0], lng=point[1], category=category, **values)
    moving.move(pk=report.pk, target="verified", viewer=None)
    return report


def test_a_nameless_report_lies_where_the_map_shows_it_from_every_side():
    category = make_category()
    at(HOUSE, category, anonymous=True)
    sides = [(-6.1245 + n * 0.0003, 106.1505 + m * 0.0003) for n in range(9) for m in range(9)]
    nameless = [asked(*point, category) for point in sides]
    Report.objects.update(anonymous=False, lat=MAPPED[0], lng=MAPPED[1])
    mapped = [asked(*point, category) for point in sides]
    assert nameless == mapped and any(mapped)


def test_the_reach_ends_where_it_ends_for_the_mapped_point():
    category = make_category()
    category.radius_m = 60
    category.save()
    at(HOUSE, category, anonymous=True)
    assert asked(*MAPPED, category) and not asked(*HOUSE, category)


def test_distances_come_in_steps_for_every_report():
    category = make_category()
    for n in range(5):
        at((HOUSE[0] + n * 0.0004, HOUSE[1]), category)
    found = [row["metres"] for row in asked(*HOUSE, category)]
    assert len(found) == 5 and {metres % 50 for metres in found} == {0} and min(found) == 50


def test_who_asks_and_asks_waits_and_others_do_not(redis_client, monkeypatch):
    monkeypatch.setattr(hurdle, "MOST_ASKED", 3)
    browser = known_browser()
    answers = [browser.get("/lapor/mirip.json?lat=-6.1&lng=106.1") for _turn in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert known_browser().get("/lapor/mirip.json?lat=-6.1&lng=106.1").status_code == 200
