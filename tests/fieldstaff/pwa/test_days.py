"""Own days with their reasons and rupiah, the objection, and the roll-call of a supervisor."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from fieldstaff import trailing
from fieldstaff.attendance.day import Day
from fieldstaff.attendance.explain import Explanation, Gap, Step, Why
from fieldstaff.attendance.states import Finality, State
from fieldstaff.days import codec
from fieldstaff.models import Attendance, Correction, CorrectionDecision
from tests.complaints.test_files import picture
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_line, make_officer, make_shift
from tests.fieldstaff.pwa.stage import Pwa

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def phone(redis_client, settings, tmp_path) -> Pwa:
    settings.MEDIA_ROOT = tmp_path
    held = Pwa()
    assert held.sign_in().status_code == 201
    return held


def told(start: int, day: date) -> dict[str, Any]:
    """A duty of eight hours with a long silence in it, as the codec keeps it."""
    end = start + 8 * HOUR
    online = [(start, start + 2 * HOUR), (start + 4 * HOUR, end)]
    made = Day(
        day, (start, end), State.PARTIAL, Finality.FINAL, "1", "0" * 64, duty=[(start, end)], online=online
    )
    gap = Gap(start + 2 * HOUR, start + 4 * HOUR, 2 * HOUR, 120, Why.TOO_LONG)
    return codec.write(codec.Evidence(Explanation(made, (gap,), ((Step.SHIFT, 8 * HOUR),))))


def yesterday(phone: Pwa) -> Attendance:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=30)
    shift = make_shift(phone.officer, start)
    evidence = told(int(start.timestamp()), shift.work_date)
    return make_attendance(shift, evidence=evidence, state="partial", percent=75)


def test_a_day_shows_bar_silence_reason_and_rupiah(phone):
    row = yesterday(phone)
    make_line(row, rule="daily", amount_idr=112_500)
    (day,) = phone.client.get("/petugas/hari.json").json()["days"]
    assert [(part["kind"], part["x"], part["w"]) for part in day["parts"]] == [
        ("duty", 0, 1000), ("online", 0, 250), ("online", 500, 500),
    ]  # fmt: skip
    (gap,) = day["gaps"]
    assert (gap["silent_s"], gap["credited_s"], gap["bridged"]) == (7200, 120, False)
    assert "terlalu lama" in gap["why"] and day["pay"]["total"] == 112_500 and day["percent"] == 75


def test_a_month_reckoned_twice_pays_a_day_once(phone):
    row = yesterday(phone)
    for amount in (100_000, 112_500):
        make_line(row, rule="daily", amount_idr=amount)
    (day,) = phone.client.get("/petugas/hari.json").json()["days"]
    assert day["pay"]["total"] == 112_500 and len(day["pay"]["lines"]) == 1
    assert day["reckoned"] is True


def test_a_day_that_no_reckoning_has_seen_says_so(phone):
    yesterday(phone)
    (day,) = phone.client.get("/petugas/hari.json").json()["days"]
    assert day["pay"] is None and day["reckoned"] is False


def test_who_looked_is_told_to_a_phone_without_a_login(phone):
    assert phone.client.get("/petugas/dilihat.json").json() == {"looks": []}
    chief = viewer_of_user(make_user(Role.ADMIN))
    day = timezone.localdate() - timedelta(days=1)
    trailing.record_look(chief, phone.officer, day, "safety", "Ponsel tidak bergerak sejak pagi")
    trailing.record_look(chief, make_officer(), day, "safety", "Petugas lain sama sekali")
    (look,) = phone.client.get("/petugas/dilihat.json").json()["looks"]
    assert (look["who"], look["day"]) == (chief.name, day.isoformat())
    assert look["purpose"] == "keselamatan petugas" and "sejak pagi" in look["text"]
    assert Pwa().client.get("/petugas/dilihat.json").status_code == 401


def test_a_day_whose_evidence_cannot_be_read_shows_its_figures(phone):
    make_attendance(make_shift(phone.officer, datetime.now(UTC) - timedelta(hours=30)), evidence={"v": 0})
    (day,) = phone.client.get("/petugas/hari.json").json()["days"]
    assert day["span"] is None and day["credited_s"] == 25_200


def test_a_chief_reads_his_own_days_here_and_nobody_elses(phone):
    worker = make_officer(agency=phone.officer.agency, supervisor=phone.officer)
    make_attendance(make_shift(worker, datetime.now(UTC) - timedelta(hours=30)))
    assert phone.client.get("/petugas/hari.json").json() == {"days": []}


def test_an_objection_arrives_once_and_its_answer_is_told(phone):
    row = yesterday(phone)
    values = {"day": row.work_date.isoformat(), "reason": "Ponsel saya mati, saya ada di pos"}
    for _time in range(2):
        assert phone.form("/petugas/keberatan/", **values).status_code == 201
    kept = Correction.objects.get()
    assert (kept.officer, kept.kind, kept.requested_by_id) == (
        phone.officer,
        "objection",
        kept.officer.user_id,
    )
    boss = make_user(Role.HEAD, agency=phone.officer.agency)
    CorrectionDecision.objects.create(
        correction=kept, approved=False, text="Tidak ada saksi", decided_by=boss, decided_by_name="Pak Kabid"
    )
    (day,) = phone.client.get("/petugas/hari.json").json()["days"]
    assert day["objections"][0]["answer"] == "Tidak ada saksi" and day["objections"][0]["by"] == "Pak Kabid"


@pytest.mark.parametrize("values", [{"day": "x", "reason": "a"}, {"day": "2026-01-01", "reason": ""}, {}])
def test_an_objection_without_day_or_reason_is_refused(phone, values):
    assert phone.form("/petugas/keberatan/", **values).status_code == 400 and not Correction.objects.exists()


@pytest.fixture
def chief(phone) -> dict[str, Any]:
    """Two people without phones under him, one of them on duty now."""
    under = {"agency": phone.officer.agency, "supervisor": phone.officer}
    one, two = make_officer(**under), make_officer(**under)
    shift = make_shift(one, datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))
    return {"phone": phone, "one": one, "two": two, "shift": shift}


def call(chief: dict[str, Any], **values: Any) -> Any:
    now = timezone.now()
    given = {
        "officers": f"{chief['one'].pk},{chief['two'].pk}", "since": (now - timedelta(hours=3)).isoformat(),
        "until": now.isoformat(), "lat": "-6.12", "lon": "106.15", **values,
    }  # fmt: skip
    photo = given.pop("photo", picture(size=(60, 40)))
    return chief["phone"].form("/petugas/apel/", photo=photo, **given)


def test_a_roll_call_marks_the_time_of_those_on_duty_as_his_word(chief):
    key = str(uuid.uuid4())
    answers = [call(chief, id=key) for _time in range(2)]
    assert [one.status_code for one in answers] == [201, 201], answers[0].content
    row = Correction.objects.get()
    chief["shift"].refresh_from_db()
    assert (row.officer, row.kind, row.shift) == (chief["one"], "roll_call", chief["shift"])
    assert row.span.lower == chief["shift"].span.lower and "@-6.12" in row.attachment
    assert row.decision.approved and row.decision.decided_by_id == row.requested_by_id


@pytest.mark.parametrize(
    "values",
    [
        {"photo": b"kein Bild"}, {"lat": ""}, {"officers": ""}, {"since": "x"}, {"since": "2026-01-01T00:00"},
        {"until": "2020-01-01T00:00:00+00:00"},
    ],
)  # fmt: skip
def test_a_roll_call_that_lacks_something_is_refused(chief, values):
    assert call(chief, **values).status_code == 400 and not Correction.objects.exists()


def test_a_roll_call_of_last_week_is_no_memory_of_today(chief):
    then = timezone.now() - timedelta(days=5)
    make_shift(chief["two"], then)
    assert (
        call(chief, since=then.isoformat(), until=(then + timedelta(hours=8)).isoformat()).status_code == 400
    )
    assert not Correction.objects.exists()


def test_nobody_vouches_for_people_of_others_or_for_himself(chief):
    stranger = make_officer(agency=make_agency("lain"))
    for pk in (stranger.pk, chief["phone"].officer.pk):
        assert call(chief, officers=str(pk)).status_code == 403
    assert not Correction.objects.exists()
