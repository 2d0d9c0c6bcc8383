"""Corrections: who may ask, who may decide, what becomes of the day, who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import PUBLIC, viewer_of_user
from fieldstaff import tasks
from fieldstaff.days import decisions, due, signals
from fieldstaff.models import Attendance, Correction, Outage
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_officer, make_shift
from tests.fieldstaff.days.rows import AFTER, moment, on_duty, send
from tests.fieldstaff.scenes import END, FRIDAY, START, at, every

pytestmark = pytest.mark.django_db
WHOLE = (moment(START), moment(END))


@pytest.fixture
def crew():
    """A worker with a day without any ping, his supervisor, the supervisor's, both agency heads, an admin."""
    ensure_roles()
    agency = make_agency("dinas")
    people = {name: make_user(username=name) for name in ("worker", "mandor", "boss", "beside")}
    boss = make_officer(agency=agency, user=people["boss"])
    mandor = make_officer(agency=agency, user=people["mandor"], supervisor=boss)
    worker, shift, device = on_duty(agency=agency, user=people["worker"], supervisor=mandor)
    make_officer(agency=agency, user=people["beside"])
    due.after_shifts(AFTER)
    found = {name: viewer_of_user(user) for name, user in people.items()}
    found["head"] = viewer_of_user(make_user(Role.HEAD, agency=agency))
    found["foreign"] = viewer_of_user(make_user(Role.HEAD, agency=make_agency("lain")))
    found["admin"] = viewer_of_user(make_user(Role.ADMIN))
    found["desk"] = viewer_of_user(make_user(Role.OPERATOR))
    found["mayor"] = viewer_of_user(make_user(Role.MAYOR))
    return {"officer": worker, "shift": shift, "device": device, **found}


def add(crew, who="mandor", **values):
    given = {"kind": "add", "span": WHOLE, "reason": "HP rusak, saya lihat sendiri", **values}
    return decisions.ask(viewer=crew[who], officer=crew["officer"].pk, day=FRIDAY, **given)


def newest():
    tasks.compute_due()
    row = Attendance.objects.current().get(officer__code=Correction.objects.last().officer.code)
    return row.state, row.percent, row.version


def test_a_second_person_approves_and_the_day_changes(crew):
    row = add(crew)
    assert newest() == ("absent", 0, 1), "asked is not decided"
    decisions.decide(viewer=crew["boss"], pk=row.pk, approved=True)
    assert newest() == ("present", 100, 2)
    day = Attendance.objects.current().get(work_date=FRIDAY, officer=crew["officer"])
    assert day.flags == ["corrected"] and day.reason == f"correction {row.pk}"
    told = AuditEntry.objects.filter(subject_type="fieldstaff.correction").order_by("pk")
    assert list(told.values_list("action", "actor_name")) == [
        ("correction.asked", crew["mandor"].name), ("correction.decided", crew["boss"].name),
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["worker", "beside", "foreign", "desk", "mayor"])
def test_who_may_neither_ask_nor_decide(crew, who):
    with pytest.raises(PermissionDenied):
        add(crew, who)
    row = add(crew)
    with pytest.raises(PermissionDenied):
        decisions.decide(viewer=crew[who], pk=row.pk, approved=True)
    for viewer in (PUBLIC, replace(crew["head"], read_only=True)):
        with pytest.raises(PermissionDenied):
            decisions.decide(viewer=viewer, pk=row.pk, approved=True)
    assert newest() == ("absent", 0, 1)


def test_who_asked_decides_nothing_and_nobody_decides_twice(crew):
    row = add(crew, "head")
    with pytest.raises(PermissionDenied):
        decisions.decide(viewer=crew["head"], pk=row.pk, approved=True)
    decisions.decide(viewer=crew["mandor"], pk=row.pk, approved=False, text="Tidak ada di pos")
    with pytest.raises(ValidationError, match="sudah diputuskan"):
        decisions.decide(viewer=crew["admin"], pk=row.pk, approved=True)
    assert newest() == ("absent", 0, 1)


def test_a_refusal_says_why(crew):
    with pytest.raises(ValidationError) as refused:
        decisions.decide(viewer=crew["boss"], pk=add(crew).pk, approved=False, text="  ")
    assert set(refused.value.message_dict) == {"text"}


def test_of_two_decisions_the_later_wins_and_both_are_shown(crew):
    first = add(crew, kind="set_state", state="present", span=None)
    second = add(crew, kind="set_state", state="sick", span=None)
    decisions.decide(viewer=crew["boss"], pk=second.pk, approved=True)
    decisions.decide(viewer=crew["boss"], pk=first.pk, approved=True)
    assert newest()[0] == "present"
    kept = Attendance.objects.current().get(officer=crew["officer"]).evidence["day"]["corrections"]
    assert kept == [second.pk, first.pk]


def test_a_roll_call_is_the_supervisors_own_word(crew):
    row = add(crew, kind="roll_call", attachment="foto.jpg")
    decisions.decide(viewer=crew["mandor"], pk=row.pk, approved=True)
    assert newest() == ("present", 100, 2)


def test_an_objection_is_the_officers_own_changes_nothing_and_is_answered(crew):
    row = decisions.object_to(
        viewer=crew["worker"], day=FRIDAY, reason="Saya di tempat", shift=crew["shift"].pk
    )
    assert (row.kind, row.officer) == ("objection", crew["officer"])
    decisions.decide(viewer=crew["mandor"], pk=row.pk, approved=True, text="Benar, saya ajukan koreksi")
    assert newest() == ("absent", 0, 1)
    with pytest.raises(PermissionDenied):
        decisions.object_to(viewer=crew["desk"], day=FRIDAY, reason="x")
    with pytest.raises(PermissionDenied):
        add(crew, kind="objection")
    for _ in range(decisions.MOST_OBJECTIONS):
        decisions.object_to(viewer=crew["worker"], day=FRIDAY, reason="Lagi")
    with pytest.raises(ValidationError, match="menunggu jawaban"):
        decisions.object_to(viewer=crew["worker"], day=FRIDAY, reason="Lagi")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"span": None}, "span"),
        ({"span": WHOLE[::-1]}, "span"),
        ({"span": (WHOLE[0], WHOLE[0] + timedelta(days=3))}, "span"),
        ({"span": (WHOLE[0] - timedelta(days=9), WHOLE[0] - timedelta(days=8.9))}, "span"),
        ({"kind": "set_state", "state": "in_progress"}, "state"),
        ({"kind": "set_state"}, "state"),
        ({"kind": "bonus"}, "kind"),
        ({"reason": " \u200b "}, "reason"),
        ({"shift": 0}, "shift"),
    ],
)
def test_half_a_correction_is_refused_by_its_field(crew, values, field):
    with pytest.raises(ValidationError) as refused:
        add(crew, **values)
    assert set(refused.value.message_dict) == {field} and not Correction.objects.exists()


def test_a_day_that_can_not_be_computed_is_not_corrected(crew):
    for day in (timezone.localdate() + timedelta(days=4), FRIDAY - timedelta(days=200)):
        with pytest.raises(ValidationError) as refused:
            decisions.ask(
                viewer=crew["boss"], officer=crew["officer"].pk, day=day, kind="add", span=WHOLE, reason="x"
            )
        assert set(refused.value.message_dict) == {"day"}


def test_an_outage_is_excused_for_ones_own_people_there_in_one_go(crew, django_capture_on_commit_callbacks):
    told = []

    def hear(pk, **_about):
        told.append(pk)

    signals.correction_asked.connect(hear)
    other = make_officer(agency=crew["officer"].agency, supervisor=crew["officer"].supervisor)
    make_shift(other, moment(at("10:00")), 8)
    foreign = make_officer()
    make_shift(foreign, moment(START), 8)
    send(crew["device"], every(60, last=at("09:00")))
    outage = Outage.objects.create(
        span=(moment(at("09:00")), moment(at("11:00"))), why="BTS", confirmed_at=None
    )
    with django_capture_on_commit_callbacks(execute=True):
        made = decisions.excuse(viewer=crew["mandor"], outage=outage.pk, reason="BTS mati")
    assert {(row.officer, row.span) for row in made} == {
        (crew["officer"], (moment(at("09:00")), moment(at("11:00")))),
        (other, (moment(at("10:00")), moment(at("11:00")))),
    }
    assert told == [row.pk for row in made]
    pks = [row.pk for row in made]
    done, refused = decisions.decide_all(viewer=crew["mandor"], pks=pks, approved=True)
    assert not done and set(refused) == set(pks)
    done, refused = decisions.decide_all(viewer=crew["boss"], pks=pks, approved=True)
    assert len(done) == 2 and not refused
    tasks.compute_due()
    assert Attendance.objects.current().get(officer=crew["officer"]).neutral_s == 7_200 - 120
