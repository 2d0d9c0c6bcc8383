"""Rooms and ambulances: asked, held until a time, arrived, expired, sent on; and never a word to others."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone, translation
from openpyxl import load_workbook

from commandcenter.city.viewers import PUBLIC, Role, Viewer, viewer_of_user
from commandcenter.incidents import words
from commandcenter.incidents.models import Alarm
from complaints import receivers, rights, tiles
from complaints.models import FreeBeds, Hospital, Outbox, Question, Report, RoomChange, RoomRequest
from complaints.roomflow import ENDS, MOVES, Room
from complaints.services import assigning, filing, moving, rooms
from complaints.tasks import sweep_rooms
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
WORDS = "Ketuban pecah istri Zubaidah"


def hospital(name, *needs, free=None):
    row = Hospital.objects.create(agency=make_agency(name), needs=list(needs or ("maternity",)))
    if free is not None:
        FreeBeds.objects.create(hospital=row, need=row.needs[0], count=free, at=timezone.now())
    return row


def head(row):
    return viewer_of_user(make_user(Role.HEAD, agency=row.agency))


def operator():
    return viewer_of_user(make_user(Role.OPERATOR))


def request(need="maternity", **values):
    channel = make_channel("whatsapp")
    reporter = make_reporter(channel, name="Zubaidah Contoh", phone="081233344455")
    new = filing.NewReport(
        channel=channel,
        text=WORDS,
        kind="room",
        need=need,
        reporter=reporter,
        lat=-6.12,
        lng=106.15,
        **values,
    )
    return filing.file_report(new).report


def test_the_table_has_ends_and_no_trap():
    assert set(MOVES) == set(Room) == {Room(value) for value in RoomRequest.State.values}
    assert {Room.ARRIVED, Room.CANCELLED} == ENDS
    for start in MOVES:
        seen, todo = {start}, [start]
        while todo:
            fresh = MOVES[todo.pop()] - seen
            seen |= fresh
            todo += fresh
        assert start in ENDS or seen >= ENDS


def test_it_is_secret_urgent_and_asked_of_the_hospital_with_the_most_free():
    hospital("kecil", free=1)
    big = hospital("besar", free=6)
    hospital("ambulans", "ambulance", free=9)
    report = Report.objects.get(pk=request().pk)
    room = report.room
    assert (report.secret, report.kind, report.priority) == (True, "room", "urgent")
    assert (room.state, room.hospital, report.agency, report.status) == (
        "asked", big.agency, big.agency, "forwarded",
    )  # fmt: skip
    assert report.finish_due - report.received_at <= timedelta(days=1)
    assert [row.state for row in RoomChange.objects.filter(report=report)] == ["asked"]


def test_old_figures_choose_no_hospital_and_the_desk_decides():
    row = hospital("satu", free=5)
    hospital("dua")
    FreeBeds.objects.filter(hospital=row).update(at=timezone.now() - timedelta(hours=13))
    room = request().room
    assert room.hospital is None and room.report.agency is None
    rooms.send_to(pk=room.report_id, hospital=row.agency, viewer=operator())
    room.refresh_from_db()
    assert room.hospital == row.agency and Report.objects.get().agency == row.agency


def test_held_arrived_and_the_requester_hears_of_each_step_without_the_illness():
    row = hospital("rsud", free=2)
    report = request()
    now = timezone.now()
    room = rooms.hold(pk=report.pk, minutes=60, viewer=head(row), at=now)
    assert room.held_until == now + timedelta(minutes=60)
    fresh = Report.objects.get()
    assert fresh.status == "in_progress" and fresh.answered_at
    rooms.arrive(pk=report.pk, viewer=head(row))
    assert (RoomRequest.objects.get().state, Report.objects.get().status) == ("arrived", "resolved")
    told = list(Outbox.objects.filter(purpose="room").order_by("pk").values_list("body", flat=True))
    assert len(told) == 2 and "rsud" in told[1].lower() and all("Ketuban" not in body for body in told)
    with pytest.raises(ValidationError):
        rooms.hold(pk=report.pk, minutes=60, viewer=head(row))


def test_a_hold_ends_by_itself_and_never_before_its_time():
    row = hospital("rsud", free=2)
    report = request()
    start = timezone.now()
    rooms.hold(pk=report.pk, minutes=30, viewer=head(row), at=start)
    assert rooms.sweep(start + timedelta(minutes=29)) == 0
    assert rooms.sweep(start + timedelta(minutes=30)) == 1
    assert rooms.sweep(start + timedelta(minutes=31)) == 0
    assert RoomRequest.objects.get().state == "expired" and Report.objects.get().is_open
    assert Outbox.objects.filter(purpose="room").count() == 3
    rooms.hold(pk=report.pk, minutes=30, viewer=head(row))
    sweep_rooms()
    assert RoomRequest.objects.get().state == "held"


def test_a_refusal_with_an_alternative_asks_there_and_the_first_hospital_sees_no_more():
    first, second = hospital("pertama", free=3), hospital("kedua")
    one, two = head(first), head(second)
    report = request()
    with pytest.raises(ValidationError, match=r"."):
        rooms.refuse(pk=report.pk, viewer=one, text=" ")
    rooms.refuse(pk=report.pk, viewer=one, text="Penuh", alternative=second.agency)
    room = RoomRequest.objects.get()
    assert (room.state, room.hospital) == ("asked", second.agency)
    assert list(RoomRequest.objects.visible_to(two)) == [room]
    assert not RoomRequest.objects.visible_to(one).exists() and not Report.objects.visible_to(one).exists()
    with pytest.raises(RoomRequest.DoesNotExist):
        rooms.hold(pk=report.pk, minutes=60, viewer=one)
    assert [row.state for row in RoomChange.objects.all()] == ["asked", "refused", "asked"]


def test_a_refusal_without_one_is_back_at_the_desk_and_sounds_again(django_capture_on_commit_callbacks):
    row = hospital("rsud", free=3)
    with django_capture_on_commit_callbacks(execute=True):
        report = request()
    alarm = Alarm.objects.alive().get(kind=receivers.ROOM_KIND)
    assert alarm.severity == "critical" and alarm.agency_id == row.agency_id and alarm.lat is None
    assert report.number not in f"{alarm.title} {alarm.text} {alarm.href}"
    assert not Alarm.objects.filter(kind=receivers.KIND).exists()
    with django_capture_on_commit_callbacks(execute=True):
        rooms.hold(pk=report.pk, minutes=60, viewer=head(row))
    assert not Alarm.objects.alive().exists()
    with django_capture_on_commit_callbacks(execute=True):
        rooms.refuse(pk=report.pk, viewer=head(row), text="Ruang rusak")
    assert Alarm.objects.alive().filter(kind=receivers.ROOM_KIND).count() == 1
    room = RoomRequest.objects.get()
    assert room.state == "refused" and room.hospital is None and Report.objects.get().agency is None


@pytest.mark.parametrize("need", RoomRequest.Need.values)
def test_the_alarm_of_each_need_is_told_in_the_readers_language(need):
    """Whatever language the process that raised it spoke."""
    alarm = Alarm(title="Waits", words={"title": f"{receivers.ROOM_KIND}_{need}"})
    with translation.override("id"):
        assert words.speak(alarm).title.startswith("Menunggu jawaban: ")
    with translation.override("en"):
        assert words.speak(alarm).title.startswith("Waits for an answer: ")


def test_a_report_that_is_closed_another_way_takes_its_request_along():
    hospital("rsud", free=3)
    report = request()
    moving.move(pk=report.pk, target="rejected", viewer=None, text="Iseng")
    assert rooms.sweep() == 1 and RoomRequest.objects.get().state == "cancelled"


def test_a_report_that_becomes_a_request_is_secret_from_then_on():
    from complaints.services import classifying

    hospital("rsud", free=3)
    report = make_report("Istri mau melahirkan")
    category = make_category("KES-04", kind="room", private=True, priority="urgent")
    classifying.set_category(pk=report.pk, category=category, viewer=operator())
    fresh = Report.objects.get()
    assert (fresh.kind, fresh.secret, fresh.room.need) == ("room", True, "maternity")


def test_only_the_room_desk_sends_it_on():
    row, other = hospital("rsud", free=3), hospital("lain")
    report = request()
    admin = viewer_of_user(make_user(Role.ADMIN))
    with pytest.raises(ValidationError):
        assigning.assign(pk=report.pk, agency=other.agency, viewer=admin)
    with pytest.raises(PermissionDenied):
        rooms.send_to(pk=report.pk, hospital=other.agency, viewer=head(row))
    with pytest.raises(ValidationError):
        rooms.send_to(pk=report.pk, hospital=make_agency(), viewer=operator())


def test_history_is_written_once():
    hospital("rsud", free=3)
    request()
    for sql in ("UPDATE {} SET text = 'x'", "DELETE FROM {}"):
        refused = pytest.raises(DatabaseError, match="written once")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format("complaints_roomchange"))


# --- nobody else ------------------------------------------------------------------------------------------


@pytest.fixture
def leaky():
    """A request of one hospital, and everything by which it could leak."""
    row, other = hospital("rsud", free=3), hospital("lain", "bed")
    make_category("KES-04", kind="room", private=True, priority="urgent")
    report = request()
    rooms.hold(pk=report.pk, minutes=60, viewer=head(row))
    return row, other, Report.objects.get(pk=report.pk)


DOORS = [
    "/reports/", "/reports/?box=all&q=Ketuban", "/search/?q=Ketuban", "/lapor/daftar/",
    "/open311/v2/requests.json", "/reports/rooms/",
]  # fmt: skip


def test_an_operator_meets_it_at_the_room_desk_and_nowhere_else(leaky):
    _row, _other, report = leaky
    client = client_of(make_user(Role.OPERATOR))
    for door in DOORS[:-1]:
        page = client.get(door).content.decode()
        assert report.number not in page and "Zubaidah" not in page, door
    assert client.get(f"/reports/{report.number}/").status_code == 404
    assert report.number in client.get("/reports/rooms/").content.decode()
    page = client.get(f"/reports/rooms/{report.number}/").content.decode()
    assert WORDS in page and "081233344455" not in page
    sheet = load_workbook(BytesIO(client.get("/reports/export.xlsx?box=all").content)).active
    assert not any(report.number in str(cell.value) for line in sheet.iter_rows() for cell in line)
    assert report.number not in tiles.points_text(operator(), timezone.now())


@pytest.mark.parametrize("who", ["public", "mayor", "foreign head", "partner"])
def test_nobody_else_meets_it_at_all(leaky, who):
    _row, other, report = leaky
    roles = {"mayor": Role.MAYOR, "foreign head": Role.HEAD, "partner": Role.PARTNER}
    agency = other.agency if who == "foreign head" else None
    client = client_of(make_user(roles[who], agency=agency)) if who in roles else Client()
    for door in [*DOORS, f"/reports/rooms/{report.number}/", f"/lapor/{report.number}/"]:
        page = client.get(door).content.decode()
        assert "Zubaidah" not in page and "Ketuban pecah" not in page, door
        if "lapor/LAP" not in door:
            assert report.number not in page.replace(door, ""), door
    for verb in ("hold", "arrive", "refuse", "send", "cancel"):
        assert client.post(f"/reports/rooms/{report.number}/{verb}/", {"minutes": 60}).status_code in {
            302,
            403,
            404,
        }
    assert RoomRequest.objects.get().state == "held"


def test_a_mayor_reads_how_many_are_worked_on_and_is_not_told_that_nobody_waits(leaky):
    page = client_of(make_user(Role.MAYOR)).get("/reports/rooms/").content.decode()
    assert "1 permintaan sedang ditangani" in page and "Tidak ada yang menunggu" not in page
    foreign = client_of(make_user(Role.HEAD, agency=leaky[1].agency)).get("/reports/rooms/").content.decode()
    assert "Tidak ada yang menunggu" in foreign and "sedang ditangani" not in foreign


def test_walls_get_counts_and_no_word(leaky):
    _row, other, report = leaky
    wall = Viewer(kind="display", pk=1, name="dinding", sharing=frozenset({"public", "internal"}))
    told = tiles.room_figures(wall, {}, timezone.now())
    assert (told["held"], told["asked"]) == (1, 0)
    said = json.dumps(told, default=str)
    assert report.number not in said and "Zubaidah" not in said
    foreign = tiles.room_figures(head(other), {}, timezone.now())
    assert foreign["held"] == 0 and all(row["name"] == str(other) for row in foreign["free"])
    assert report.number not in tiles.points_text(wall, timezone.now())
    assert (
        not RoomRequest.objects.visible_to(wall).exists()
        and not RoomRequest.objects.visible_to(PUBLIC).exists()
    )


def test_events_go_to_the_hospital_and_the_room_desk_only(leaky):
    row, other, report = leaky
    scopes = rights.scopes_for(report)
    assert scopes == {"secret", "rooms", f"agency-{row.agency_id}"}
    wall = Viewer(kind="display", pk=1, name="dinding", sharing=frozenset({"internal"}))
    for viewer in (PUBLIC, wall, head(other), viewer_of_user(make_user(Role.MAYOR))):
        assert not rights.scopes_of(viewer) & scopes
    assert "rooms" in rights.scopes_of(operator())


# --- doors ------------------------------------------------------------------------------------------------


def test_a_citizen_asks_follows_by_pin_and_sees_the_hold():
    make_channel("web")
    row = hospital("rsud", free=2)
    phone = Client()
    answer = phone.post(
        "/lapor/kamar/",
        {"need": "maternity", "phone": "0812 0000 0001", "address": "Gang Melati", "text": WORDS},
        follow=True,
    )
    report = Report.objects.get()
    page = answer.content.decode()
    assert report.number in page and row.agency.name in page and report.channel.kind == "web"
    shown = re.search(r'"cp-number">(\d{8})<', page)
    assert shown and 'http-equiv="refresh"' not in page, "a page with a PIN stays until it is written down"
    again = phone.get(f"/lapor/kamar/{report.number}/").content.decode()
    assert shown[1] not in again and 'http-equiv="refresh"' in again
    rooms.hold(pk=report.pk, minutes=60, viewer=head(row))
    assert "data-until" in phone.get(f"/lapor/kamar/{report.number}/").content.decode()
    stranger = Client()
    for number in (report.number, "LAP-2222-2222"):
        page = stranger.get(f"/lapor/kamar/{number}/").content.decode()
        assert row.agency.name not in page and "PIN" in page
        assert stranger.post(f"/lapor/kamar/{number}/", {"pin": "000000"}).status_code == 302
    assert "data-until" not in stranger.get(f"/lapor/kamar/{report.number}/").content.decode()
    assert phone.post("/lapor/kamar/", {"need": "x", "phone": ""}).status_code == 200


def test_the_operators_form_the_112_desk_and_every_button():
    make_channel("phone"), make_channel("112")
    row, other = hospital("rsud", "maternity", "ambulance", free=2), hospital("lain", "maternity")
    client = client_of(make_user(Role.OPERATOR))
    category = make_category("KES-02", kind="room", private=True, priority="urgent")
    answer = client.post("/reports/112/send/", {"category": category.pk, "phone": "08120001"}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/reports/rooms/") and answer.status_code == 200
    assert RoomRequest.objects.get().need == "ambulance"
    RoomRequest.objects.all().delete()
    page = client.get("/reports/rooms/new/").content.decode()
    assert "data per jam" in page
    channel = Report.objects.get().channel.__class__.objects.get(kind="phone")
    values = {
        "channel": channel.pk, "need": "maternity", "hospital": row.agency.pk, "text": WORDS,
        "phone": "08123",
    }  # fmt: skip
    assert client.post("/reports/rooms/new/", {**values, "text": ""}).status_code == 200
    client.post("/reports/rooms/new/", values)
    room = RoomRequest.objects.get()
    at = f"/reports/rooms/{room.report.number}/"
    desk = client_of(make_user(Role.HEAD, agency=row.agency))
    for verb, data, state in [
        ("hold", {"minutes": "nonsense"}, "asked"),
        ("hold", {"minutes": "60", "rev": "1"}, "asked"),
        ("hold", {"minutes": "60"}, "held"),
        ("refuse", {"text": "Penuh", "hospital": other.agency.pk}, "asked"),
    ]:
        assert desk.post(at + verb + "/", data, follow=True).status_code == 200
        room.refresh_from_db()
        assert room.state == state, verb
    assert desk.get(at).status_code == 404
    for verb, data, state in [
        ("send", {"hospital": row.agency.pk}, "asked"),
        ("cancel", {"text": "Pulih"}, "cancelled"),
    ]:
        assert client.post(at + verb + "/", data, follow=True).status_code == 200
        room.refresh_from_db()
        assert room.state == state, verb
    assert client.post(at + "explode/").status_code == 404
    assert client.get("/reports/rooms/").status_code == 200


def test_a_required_question_never_keeps_a_request_or_a_call_out():
    make_channel("web")
    hospital("rsud", free=2)
    category = make_category("KES-04", kind="room", private=True, priority="urgent")
    Question.objects.create(category=category, code="MINGGU", datatype="number", text="Minggu", required=True)
    values = {"need": "maternity", "phone": "0812 0000 0001", "address": "Gang Melati", "text": WORDS}
    assert Client().post("/lapor/kamar/", values).status_code == 302
    assert Report.objects.get().category == category


def test_a_hospital_tells_what_is_free_and_only_its_own():
    row, other = hospital("rsud"), hospital("lain")
    desk = client_of(make_user(Role.HEAD, agency=row.agency))
    desk.post(f"/reports/rooms/free/{row.pk}/", {"maternity": "4"})
    assert FreeBeds.objects.get().count == 4
    desk.post(f"/reports/rooms/free/{row.pk}/", {"maternity": "-1"})
    assert FreeBeds.objects.get().count == 4
    assert desk.post(f"/reports/rooms/free/{other.pk}/", {"maternity": "9"}).status_code == 404
    page = desk.get("/reports/rooms/").content.decode()
    assert "data per jam" in page and other.agency.name not in page
    assert client_of(make_user(Role.MAYOR)).post(f"/reports/rooms/free/{row.pk}/").status_code == 404
