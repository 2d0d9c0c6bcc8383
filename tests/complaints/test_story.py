"""What a reader sees of a report's history: one deed is one entry, and nothing of weight is left out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from commandcenter.city.models import Agency
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Note, Report, Routing
from complaints.services import assigning, merging, moving, talking
from complaints.story import ONE_DEED, story, told
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_report

pytestmark = pytest.mark.django_db


def kinds(entry: dict[str, Any]) -> list[str]:
    return [line["kind"] for line in entry["rows"]]


def test_what_one_deed_wrote_is_one_entry_signed_by_the_person():
    operator, report = make_user(Role.OPERATOR), make_report()
    assigning.assign(pk=report.pk, agency=make_agency(), viewer=viewer_of_user(operator), text="Mohon dicek")
    report.refresh_from_db()
    newest = next(told(story(report, clocks=False)))
    assert kinds(newest)[0] == "statuschange" and "assignment" in kinds(newest)
    assert operator.display_name in newest["who"]


def test_deeds_apart_in_time_stay_apart_and_no_row_is_lost():
    report = make_report()
    begun = timezone.now() + timedelta(minutes=1)
    for step in range(3):
        at = begun + step * (ONE_DEED + timedelta(seconds=1))
        talking.add_note(pk=report.pk, viewer=None, text=f"Langkah {step}", public=False, at=at)
    moving.move(pk=report.pk, target="verified", viewer=None, at=begun + timedelta(minutes=5))
    report.refresh_from_db()
    lines = story(report, clocks=False)
    entries = list(told(lines))
    assert [kinds(entry) for entry in entries[:4]] == [["statuschange"], ["note"], ["note"], ["note"]]
    nowhere = [line for line in lines if line["kind"] == "routing" and line["row"].agency_id is None]
    assert sum(len(entry["rows"]) for entry in entries) == len(lines) - len(nowhere)


def test_one_entry_has_one_signature_however_close_people_work():
    first, second, report = make_user(Role.OPERATOR), make_user(Role.OPERATOR), make_report()
    at = timezone.now() + timedelta(minutes=1)
    talking.add_note(pk=report.pk, viewer=viewer_of_user(first), text="Satu", public=False, at=at)
    talking.add_note(pk=report.pk, viewer=viewer_of_user(second), text="Dua", public=False, at=at)
    newest, older = list(told(story(report, clocks=False)))[:2]
    assert {newest["who"], older["who"]} == {first.display_name, second.display_name}
    assert kinds(newest) == kinds(older) == ["note"]


def test_an_entry_does_not_grow_with_its_neighbours():
    report, at = make_report(), timezone.now() + timedelta(minutes=1)
    for step in range(5):
        talking.add_note(
            pk=report.pk, viewer=None, text=f"{step}", public=False, at=at + step * timedelta(seconds=1.5)
        )
    entries = [entry for entry in told(story(report, clocks=False)) if "note" in kinds(entry)]
    assert all(entry["rows"][0]["at"] - entry["rows"][-1]["at"] <= ONE_DEED for entry in entries)
    assert len(entries) == 3


def test_a_merge_stands_in_both_histories_and_a_hidden_one_is_not_named():
    operator, double, main = viewer_of_user(make_user(Role.OPERATOR)), make_report(), make_report()
    merging.merge(pk=double.pk, into=main.pk, viewer=operator)
    shown = [line for entry in told(story(main)) for line in entry["rows"] if line["kind"] == "linked"]
    assert [line["row"].report.number for line in shown] == [double.number]
    page = f"/reports/{main.number}/"
    reader = client_of(make_user(Role.OPERATOR))
    assert double.number in reader.get(page).content.decode()
    Report.objects.filter(pk=double.pk).update(secret=True)
    assert double.number not in reader.get(page).content.decode()


def test_an_outside_responder_reads_no_note_for_colleagues_but_those_of_his_own_house():
    outside = make_agency("pln", kind=Agency.Kind.OTHER)
    report = make_report()
    assigning.assign(pk=report.pk, agency=outside, viewer=None)
    theirs = make_user(Role.HEAD, agency=outside)
    for viewer, text in ((make_user(Role.OPERATOR), "Awas, pelapor marah"), (theirs, "Gardu 7 dicek")):
        talking.add_note(pk=report.pk, viewer=viewer_of_user(viewer), text=text, public=False)
    talking.add_note(pk=report.pk, viewer=None, text="Petugas berangkat", public=True)
    seen = client_of(theirs).get(f"/reports/{report.number}/").content.decode()
    assert "Awas, pelapor marah" not in seen and "Gardu 7 dicek" in seen and "Petugas berangkat" in seen
    Agency.objects.filter(pk=outside.pk).update(kind=Agency.Kind.OPD)
    assert "Awas, pelapor marah" in client_of(theirs).get(f"/reports/{report.number}/").content.decode()


def test_words_that_one_deed_wrote_twice_are_read_once():
    report = make_report()
    at = timezone.now() + timedelta(minutes=1)
    for _turn in range(2):
        Note.objects.create(report=report, at=at, text="Masih padam", visibility="internal")
    entry = next(told(story(report, clocks=False)))
    assert sorted(line["said"] for line in entry["rows"]) == [False, True]


def test_a_routing_that_led_nowhere_is_told_to_nobody_but_is_kept():
    report = make_report()
    Routing.objects.create(report=report, at=timezone.now(), actor_kind="system")
    shown = [line["kind"] for entry in told(story(report)) for line in entry["rows"]]
    assert "routing" not in shown and "routing" in [line["kind"] for line in story(report)]
