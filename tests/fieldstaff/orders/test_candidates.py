"""Who could go, out of the tables: reasons for each, counts of those passed over, in two statements."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from fieldstaff.dispatch.suggest import Need, Passed, Why
from fieldstaff.models import Latest, Officer, Shift, SosEvent, Training
from fieldstaff.orders import candidates
from tests.factories.fieldstaff import make_device, make_officer

HERE = Need(-6.12, 106.15)


def seen(officer: Officer, lat: float = -6.12, lng: float = 106.15, ago: float = 20) -> None:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    Latest.objects.create(
        officer=officer, last_contact=at, fix_at=at, lat_e7=round(lat * 1e7), lon_e7=round(lng * 1e7)
    )


def test_nearest_first_and_everybody_else_with_his_reason(crew):
    seen(crew.worker, -6.14)
    seen(crew.second, -6.121)
    seen(crew.boss, ago=4000)
    off = make_officer(agency=crew.agency)
    seen(off)
    now = datetime.now(UTC)
    seen(crew.stranger)
    SosEvent.objects.create(
        device=make_device(), officer=crew.stranger, client_key="1", fix_at=now, recv_at=now, last_at=now
    )
    found = candidates.find(HERE, viewer=crew.desk, agencies=[crew.agency.pk])
    assert [row.name for row in found.candidates] == [crew.second.name, crew.worker.name]
    assert Why.CLOSEST in found.candidates[0].pick.why
    assert found.passed == {Passed.OFF_SHIFT: 1, Passed.SOS: 1, Passed.UNREACHABLE: 1}


def test_skill_training_and_load(crew):
    for officer in (crew.worker, crew.second, crew.boss):
        seen(officer)
    Officer.objects.filter(pk__in=[crew.worker.pk, crew.second.pk]).update(skills=["chainsaw"])
    Training.objects.create(officer=crew.worker, topic="rescue", on=date(2026, 1, 1))
    Training.objects.create(
        officer=crew.second, topic="rescue", on=date(2020, 1, 1), valid_until=date(2021, 1, 1)
    )
    need = Need(-6.12, 106.15, frozenset({"chainsaw"}), frozenset({"rescue"}))
    found = candidates.find(need, viewer=crew.desk, agencies=[crew.agency.pk])
    assert [row.name for row in found.candidates] == [crew.worker.name]
    assert found.passed[Passed.UNTRAINED] == 1 and found.passed[Passed.NO_SKILL] == 1
    for _thrice in range(3):
        crew.offered(crew.worker)
    found = candidates.find(need, viewer=crew.desk, agencies=[crew.agency.pk])
    assert found.passed[Passed.OVERLOADED] == 1


def test_a_supervisor_is_shown_his_own_people(crew):
    for officer in (crew.worker, crew.stranger, crew.boss):
        seen(officer)
    found = candidates.find(HERE, viewer=crew.viewer(crew.boss), agencies=[crew.agency.pk])
    assert [row.name for row in found.candidates] == [crew.worker.name]
    assert found.passed == {Passed.UNREACHABLE: 1}


@pytest.mark.alone
def test_three_thousand_officers_in_two_statements(crew, django_assert_num_queries):
    now = datetime.now(UTC)
    people = Officer.objects.bulk_create(
        Officer(code=f"M-{n}", name=f"Orang {n}", agency=crew.agency, kind="penyapu") for n in range(3000)
    )
    Latest.objects.bulk_create(
        Latest(officer=row, last_contact=now, fix_at=now, lat_e7=-61200000 + n, lon_e7=1061500000 + n)
        for n, row in enumerate(people)
    )
    start = now - timedelta(hours=1)
    Shift.objects.bulk_create(
        Shift(officer=row, span=(start, start + timedelta(hours=8)), work_date=start.date()) for row in people
    )
    need = Need(-6.12, 106.15, topics=frozenset({"x"}))
    took = []
    for _try in range(3):
        begun = time.perf_counter()
        with django_assert_num_queries(2):
            found = candidates.find(need, viewer=crew.desk, agencies=[crew.agency.pk])
        took.append(time.perf_counter() - begun)
    assert found.passed[Passed.UNTRAINED] >= 3000
    print("3000 officers:", min(took))
    assert min(took) < 1.0


def test_an_order_without_a_place_has_no_suggestion(crew):
    found = candidates.for_order(crew.order(lat=None, lng=None), viewer=crew.desk)
    assert found.candidates == () and {one.pk for one in found.others} >= {crew.worker.pk, crew.boss.pk}
    assert {one.why for one in found.others} == {None}
