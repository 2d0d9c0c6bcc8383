"""The list, the page, the team and the month of officers: who sees whom, and what a day says."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from fieldstaff.attendance.day import Day
from fieldstaff.attendance.explain import Explanation, Gap, Why
from fieldstaff.attendance.states import Finality, State
from fieldstaff.days import codec
from fieldstaff.models import Attendance, Latest, Shift
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_device, make_officer, make_shift


@pytest.fixture
def house(db, redis_client):
    """Two agencies; in the first a supervisor with a login, one on duty and one at home."""
    ensure_roles()
    own, other = make_agency(short_name="DLH"), make_agency(short_name="BPBD")
    login = make_user()
    chief = make_officer(agency=own, name="Bu Ratna", kind="pengawas", user=login)
    busy = make_officer(agency=own, name="Pak Joko", unit="Regu 3", supervisor=chief, phone="0812 3456 7890")
    home = make_officer(agency=own, name="Bu Sri", unit="Regu 4", supervisor=chief)
    foreign = make_officer(agency=other, name="Pak Asing")
    now = timezone.now()
    make_shift(busy, now - timedelta(hours=2))
    make_shift(foreign, now - timedelta(hours=2))
    Latest.objects.create(officer=busy, device=make_device(busy), last_contact=now - timedelta(seconds=30))
    return {"own": own, "login": login, "chief": chief, "busy": busy, "home": home, "foreign": foreign}


def page(user, path: str, status: int = 200) -> str:
    answer = client_of(user).get(path)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_the_list_shows_each_his_own(house):
    desk = page(make_user(Role.OPERATOR), "/officers/")
    assert "Pak Joko" in desk and "Pak Asing" in desk and "Bu Sri" not in desk
    head = page(make_user(Role.HEAD, agency=house["own"]), "/officers/")
    assert "Pak Joko" in head and "Bu Sri" in head and "Pak Asing" not in head
    chief = page(house["login"], "/officers/")
    assert "Bu Sri" in chief and "Pak Asing" not in chief
    for role in (Role.MAYOR, Role.PARTNER):
        page(make_user(role), "/officers/", 403)
    assert client_of(make_user()).get("/officers/").status_code == 403


def test_search_filters_and_standings(house):
    head = make_user(Role.HEAD, agency=house["own"])
    found = page(head, "/officers/?q=regu+joko")
    assert "Pak Joko" in found and "Bu Sri" not in found and "terhubung" in found
    off = page(head, "/officers/?standing=off")
    assert "Bu Sri" in off and "Pak Joko" not in off
    assert "Tidak ada petugas yang cocok" in page(head, "/officers/?q=tidakada")
    assert "Pak Joko" in page(head, "/officers/?agency=nonsense&kind=nonsense&page=99")


def test_the_sheet_has_no_formula_no_phone_and_is_written_down(house):
    house["busy"].name = "=1+1"
    house["busy"].save()
    client = client_of(make_user(Role.HEAD, agency=house["own"]))
    text = client.get("/officers/export/csv/").content.decode("utf-8-sig")
    assert "'=1+1" in text and "0812" not in text and "Pak Asing" not in text
    assert client.get("/officers/export/xlsx/").content[:2] == b"PK"
    assert AuditEntry.objects.filter(action="export.officers").count() == 2


def test_a_foreign_officer_is_not_there(house):
    head = make_user(Role.HEAD, agency=house["own"])
    for path in ("", "trail/"):
        page(head, f"/officers/{house['foreign'].pk}/{path}", 404)


def test_the_day_tells_its_silences_with_their_reasons(house):
    start = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    shift = make_shift(house["busy"], start)
    a = int(start.timestamp())
    gaps = (Gap(a + 3600, a + 5100, 1500, 1500, Why.STILL), Gap(a + 9000, a + 16200, 7200, 120, Why.TOO_LONG))
    day = Day(shift.work_date, (a, a + 28_800), State.PARTIAL, Finality.FINAL, "v1", "0" * 64)
    kept = codec.write(codec.Evidence(Explanation(day, gaps, ())))
    online = [
        (start, start + timedelta(seconds=9120)),
        (start + timedelta(seconds=16200), start + timedelta(hours=8)),
    ]
    make_attendance(shift, state="partial", percent=71, evidence=kept, online=online, flags=["late"])
    head = make_user(Role.HEAD, agency=house["own"])
    path = f"/officers/{house['busy'].pk}/?day={shift.work_date}"
    found = page(head, path)
    assert "ponsel diam di satu tempat" in found and "terlalu lama diam" in found
    assert "25 mnt" in found and "2 mnt di antaranya dihitung" in found and "71%" in found
    assert 'class="oo-gap"' in found and 'class="oo-gap-bridged"' in found
    desk = page(make_user(Role.OPERATOR), path)
    assert "71%" not in desk and "oo-gap" not in desk.split("</main>")[0].split("oo-key")[0]


def test_a_day_without_its_shift_gives_way_to_one_that_came_later_and_a_moved_shift_counts_there(house):
    """The page reads the newest versions only, and finds those in force that ``current()`` finds."""
    start = timezone.now().replace(hour=2, minute=0, second=0, microsecond=0) - timedelta(days=9)
    shift, moved = (
        make_shift(house["busy"], start, 4),
        make_shift(house["busy"], start + timedelta(hours=6), 2),
    )
    make_attendance(shift, percent=71)
    make_attendance(shift, percent=83)
    make_attendance(moved, percent=37)
    day, head = shift.work_date, make_user(Role.HEAD, agency=house["own"])
    path = f"/officers/{house['busy'].pk}/?day={day}"
    found = page(head, path)
    assert "83%" in found and "37%" in found and "71%" not in found
    Shift.objects.filter(pk=moved.pk).update(work_date=day + timedelta(days=1))
    alone = make_attendance(shift, percent=12)
    Attendance.objects.create(
        officer=house["busy"], work_date=day, version=1, state="day_off", percent=43, input_hash="0" * 64,
        policy_id=alone.policy_id, computed_at=timezone.now(), finality=alone.finality,
    )  # fmt: skip
    found = page(head, path)
    assert "12%" in found and "37%" not in found and "43%" not in found


def test_what_a_day_costs_the_database(house):
    """A head's agencies are one question more; a day with orders asks once whose they are."""
    day = timezone.localdate() - timedelta(days=2)
    path = f"/officers/{house['busy'].pk}/?day={day}"
    for role, most in ((Role.HEAD, 10), (Role.ADMIN, 9)):
        client = client_of(make_user(role, agency=house["own"]))
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= most, [query["sql"][:80] for query in asked]


def test_evidence_of_another_version_is_no_error(house):
    shift = make_shift(house["busy"], timezone.now() - timedelta(days=3))
    make_attendance(shift, evidence={"v": 99})
    head = make_user(Role.HEAD, agency=house["own"])
    assert "versi lain" in page(head, f"/officers/{house['busy'].pk}/?day={shift.work_date}")


def test_the_team_is_the_chain_and_a_call_is_one_tap(house):
    found = page(house["login"], "/officers/team/")
    assert 'href="tel:081234567890"' in found and "Bu Sri" in found and "Pak Asing" not in found
    assert client_of(make_user(Role.HEAD, agency=house["own"])).get("/officers/team/").status_code == 404


def test_the_month_has_letters_marks_sums_and_the_newest_version(house):
    start = timezone.now().replace(day=3, hour=1) if timezone.now().day > 3 else timezone.now()
    shift = make_shift(house["home"], start - timedelta(days=40))
    make_attendance(shift, state="absent", percent=0, credited_s=0)
    make_attendance(shift, state="present", percent=98, flags=["late"], late_s=301)
    month = f"{shift.work_date:%Y-%m}"
    head = make_user(Role.HEAD, agency=house["own"])
    found = page(head, f"/officers/month/?month={month}")
    assert f'href="/officers/{house["home"].pk}/?day={shift.work_date}" data-s="present"' in found
    assert "H▸</a>" in found and 'data-s="absent"' not in found.split("<tfoot>")[0]
    assert '<td class="om-sum">6</td>' in found
    assert "Pak Asing" not in found
    for role in (Role.OPERATOR, Role.MAYOR, Role.PARTNER):
        page(make_user(role), "/officers/month/", 403)
    sheet = client_of(head).get(f"/officers/month/export/csv/?month={month}").content.decode("utf-8-sig")
    assert "H▸" in sheet and AuditEntry.objects.filter(action="export.attendance").exists()


def test_two_shifts_of_a_day_show_the_worse_and_both_sums(house):
    day = timezone.now().replace(hour=1, minute=0) - timedelta(days=35)
    first = make_shift(house["home"], day, 4)
    second = make_shift(house["home"], day + timedelta(hours=5), 4)
    make_attendance(first, credited_s=14_400, required_s=14_400)
    make_attendance(second, state="absent", credited_s=0, required_s=14_400, percent=0)
    head = make_user(Role.HEAD, agency=house["own"])
    found = page(head, f"/officers/month/?month={first.work_date:%Y-%m}")
    assert 'data-s="absent"' in found and "<sup>2</sup>" in found and ">4:00</td>" in found


def test_three_hundred_officers_are_one_quick_page(house):
    first = date(2026, 8, 1)
    crew = [make_officer(agency=house["own"], name=f"Orang {n}") for n in range(300)]
    rows = [
        Attendance(officer=one, work_date=first + timedelta(days=n), version=version, state="present",
                   credited_s=25_000, required_s=25_200, percent=99, input_hash="0" * 64)
        for one in crew for n in range(31) for version in (1, 2)
    ]  # fmt: skip
    Attendance.objects.bulk_create(rows, batch_size=2_000)
    client = client_of(make_user(Role.HEAD, agency=house["own"]))
    client.get("/officers/month/?month=2026-08")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        begun, used = time.perf_counter(), time.process_time()
        answer = client.get("/officers/month/?month=2026-08")
        took, cpu = time.perf_counter() - begun, time.process_time() - used
    print(f"month of 300: {took * 1000:.0f} ms, of them {cpu * 1000:.0f} ms here, {len(queries)} queries")
    assert answer.content.count(b'data-s="present"') >= 9_269
    assert len(queries) <= 9 and cpu < 1.0
