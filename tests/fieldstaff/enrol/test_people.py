"""People, leave and sheets through the front door: whose rows, what is refused and in which words."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from fieldstaff.models import Device, DeviceBinding, Leave, Officer, PhoneCare, SheetImport, Shift, Training
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift

pytestmark = pytest.mark.django_db
ROSTER = "Nomor petugas,Tanggal,Mulai,Selesai,Istirahat,Wilayah kerja\n"


@pytest.fixture
def scene():
    """A head with two people, one of them without a phone; an officer of another agency."""
    ensure_roles()
    own, other = make_agency("satu"), make_agency("dua")
    siti, budi = make_officer("S-1", agency=own, name="Siti"), make_officer("S-2", agency=own, name="Budi")
    make_shift(siti, datetime.now(UTC) - timedelta(hours=1))
    device = make_device(siti, app="Traccar Client 10")
    PhoneCare.objects.create(device=device, officer=siti, worst="crit", findings=[["mock", 1]])
    return {
        "own": own,
        "other": other,
        "siti": siti,
        "budi": budi,
        "foreign": make_officer("F-1", agency=other, name="Orang Lain"),
        "head": client_of(make_user(Role.HEAD, agency=own)),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Siti", "Budi"]),
        ("?q=s-1", ["Siti"]),
        ("?state=phoneless", ["Budi"]),
        ("?state=silent", ["Siti"]),
        ("?state=sick", ["Siti"]),
        ("?state=shift", ["Siti"]),
        ("?state=away", ["Budi"]),
        ("?state=left", []),
        ("?kind=penyapu", ["Siti", "Budi"]),
        ("?kind=pju", []),
        ("?agency=x&kind=y&state=z", ["Siti", "Budi"]),
    ],
)
def test_the_list(scene, query, names):
    now = timezone.now()
    Leave.objects.create(officer=scene["budi"], kind="cuti", span=(now, now + timedelta(days=1)))
    page = scene["head"].get(f"/fieldstaff/people/{query}").content.decode()
    assert [name for name in ("Siti", "Budi", "Orang Lain") if f"<strong>{name}</strong>" in page] == names


def form_of(scene, **more):
    return {
        "code": "N-1", "name": "Ani", "agency": scene["own"].pk, "kind": "penyapu", "skills": "p3k,gergaji",
        "phone": "0812 0000 1111", **more,
    }  # fmt: skip


def test_an_officer_is_written_down_and_changed(scene):
    answer = scene["head"].post("/fieldstaff/people/new/", form_of(scene, supervisor=scene["siti"].pk))
    ani = Officer.objects.get(code="N-1")
    assert answer.status_code == 302 and ani.skills == ["p3k", "gergaji"] and ani.supervisor == scene["siti"]
    path = f"/fieldstaff/people/{ani.pk}/"
    assert scene["head"].post(path, form_of(scene, name="Ani Baru", unit="Regu 2")).status_code == 302
    ani.refresh_from_db()
    assert (ani.name, ani.unit, ani.supervisor) == ("Ani Baru", "Regu 2", None)
    assert {"officer.added", "officer.changed"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_a_circle_another_agency_and_a_taken_number_are_refused(scene):
    siti, budi = scene["siti"], scene["budi"]
    Officer.objects.filter(pk=budi.pk).update(supervisor=siti)
    path = f"/fieldstaff/people/{siti.pk}/"
    circle = scene["head"].post(path, form_of(scene, code="S-1", supervisor=budi.pk))
    assert circle.status_code == 422 and "lingkaran" in circle.content.decode()
    for more in ({"agency": scene["other"].pk}, {"supervisor": scene["foreign"].pk}, {"code": "F-1"}):
        answer = scene["head"].post("/fieldstaff/people/new/", form_of(scene, **more))
        assert answer.status_code == 422, more
    assert Officer.objects.count() == 3


def leave(scene, **more):
    values = {"kind": "cuti", "first": "2030-03-04", "last": "2030-03-06", **more}
    return scene["head"].post(f"/fieldstaff/people/{scene['siti'].pk}/leave/", values)


def test_leave_by_days_and_by_hours_and_an_overlap_in_words(scene):
    assert leave(scene, note="alasan rahasia", document="SK-7").status_code == 302
    row = Leave.objects.get()
    assert row.span.lower == datetime(2030, 3, 3, 17, tzinfo=UTC)
    assert row.span.upper == datetime(2030, 3, 6, 17, tzinfo=UTC) and row.approved_by is not None
    clash = leave(scene, kind="sakit", first="2030-03-06", last="2030-03-08")
    text = clash.content.decode()
    assert clash.status_code == 422 and "dari 04-03-2030 sampai 06-03-2030 sudah tercatat" in text
    half = leave(scene, kind="sakit", first="2030-03-07", last="2030-03-07", start="12:00", end="16:00")
    assert half.status_code == 302 and Leave.objects.count() == 2
    assert leave(scene, first="2030-05-02", last="2030-05-01").status_code == 422
    assert leave(scene, first="2030-05-02", last="2032-05-02").status_code == 422
    assert "alasan rahasia" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    scene["head"].post(f"/fieldstaff/leave/{row.pk}/end/")
    assert not Leave.objects.filter(pk=row.pk).exists()


def test_trainings_by_topic(scene):
    path = f"/fieldstaff/people/{scene['siti'].pk}/training/"
    good = {"topic": "p3k", "on": "2026-01-05", "valid_until": "2028-01-05"}
    assert scene["head"].post(path, good).status_code == 302
    assert Training.objects.get().valid_until == date(2028, 1, 5)
    for bad in ({"on": "2026-01-05"}, {**good, "valid_until": "2020-01-01"}, good):
        assert scene["head"].post(path, bad).status_code == 422
    assert Training.objects.count() == 1


def test_nobody_touches_the_people_of_others(scene):
    foreign = scene["foreign"]
    row = Leave.objects.create(
        officer=foreign, kind="cuti", span=(timezone.now(), timezone.now() + timedelta(days=1))
    )
    paths = [f"/fieldstaff/people/{foreign.pk}/", f"/fieldstaff/people/{foreign.pk}/leave/",
             f"/fieldstaff/people/{foreign.pk}/training/", f"/fieldstaff/leave/{row.pk}/end/"]  # fmt: skip
    for path in paths:
        assert scene["head"].post(path, form_of(scene)).status_code == 404
    assert Leave.objects.filter(pk=row.pk).exists() and Officer.objects.get(code="F-1").name == "Orang Lain"
    sheet = SheetImport.objects.create(kind="roster")
    sheet.agencies.set([scene["other"]])
    assert scene["head"].post(f"/fieldstaff/sheets/{sheet.pk}/back/").status_code == 404
    mine = f"/fieldstaff/people/{scene['siti'].pk}/"
    pages = ["/fieldstaff/people/", "/fieldstaff/people/new/", "/fieldstaff/people/timetable/", mine,
             "/fieldstaff/sheets/roster/", "/fieldstaff/sheets/officers/xlsx/"]  # fmt: skip
    for path in pages:
        assert scene["head"].get(path).status_code == 200, path
        assert Client().get(path).status_code == 302
        for role in (Role.OPERATOR, Role.MAYOR, Role.PARTNER):
            assert client_of(make_user(role)).get(path).status_code == 403, path


def upload(scene, text: str, step: str = "save", kind: str = "roster"):
    file = SimpleUploadedFile("jadwal.csv", text.encode())
    return scene["head"].post(f"/fieldstaff/sheets/{kind}/", {"file": file, "step": step})


def test_a_sheet_is_checked_read_in_and_taken_back_on_the_page(scene):
    good = ROSTER + "S-1,2030-11-29,07:30,16:00,11:30-13:00,\n"
    checked = upload(scene, good, "check")
    assert "Semua baris benar: 1 baru" in checked.content.decode() and not SheetImport.objects.exists()
    bad = upload(scene, good + "F-1,kemarin,7,,,\n")
    text = bad.content.decode()
    assert bad.status_code == 422 and "Tidak ada petugas Anda bernomor" in text and "kemarin" in text
    assert "Orang Lain" not in text and Shift.objects.count() == 1
    assert upload(scene, "apa,saja\n1,2\n").status_code == 422
    assert upload(scene, good).status_code == 302
    assert Shift.objects.count() == 2
    row = SheetImport.objects.get()
    again = scene["head"].post(f"/fieldstaff/sheets/{row.pk}/back/", follow=True).content.decode()
    assert "dibatalkan seluruhnya" in again and Shift.objects.count() == 1
    assert scene["head"].get("/fieldstaff/sheets/lain/").status_code == 404


def test_what_is_taken_along_is_ones_own_and_comes_in_again(scene):
    for kind in ("officers", "roster"):
        template = scene["head"].get(f"/fieldstaff/sheets/{kind}/template/")
        book = load_workbook(io.BytesIO(template.content))
        assert book.worksheets[0]["A1"].value == "Nomor petugas" and len(book.worksheets) == 2
    out = scene["head"].get("/fieldstaff/sheets/officers/csv/")
    assert out["Cache-Control"] == "no-store, private" and "attachment" in out["Content-Disposition"]
    text = out.content.decode("utf-8-sig")
    assert "S-1" in text and "F-1" not in text and "Orang Lain" not in text
    assert "0 baru, 0 berubah, 2 tetap" in upload(scene, text, "check", "officers").content.decode()
    days = {"first": "2020-01-01", "last": "9999-99-99"}
    shifts = scene["head"].get("/fieldstaff/sheets/roster/csv/", days)
    assert shifts.status_code == 200 and "S-1" in shifts.content.decode()


def test_days_off_and_ramadan_are_shown(scene):
    from commandcenter.city.calendar import SEED_RAMADAN_WEEK
    from commandcenter.city.office import OfficeHours, write_week

    OfficeHours.objects.create(
        name="Ramadan 1448 H", first=date(2027, 2, 8), last=date(2027, 3, 9),
        hours=write_week(SEED_RAMADAN_WEEK),
    )  # fmt: skip
    page = scene["head"].get("/fieldstaff/people/timetable/").content.decode()
    assert "Ramadan 1448 H" in page and "08:00-12:00 12:30-15:00" in page and "Tahun Baru" in page


def test_of_several_phones_the_one_heard_last_is_shown(scene):
    traccar = Device.objects.get(app="Traccar Client 10")
    lost = make_device(
        scene["siti"], app="Ponsel dicabut", last_recv_at=timezone.now(), revoked_at=timezone.now()
    )
    app = Device.objects.create(uid="baru", app="Aplikasi petugas")
    bound_later = (timezone.now() - timedelta(hours=1), None)
    DeviceBinding.objects.create(device=app, officer=scene["siti"], valid=bound_later)
    traccar.last_recv_at = timezone.now() - timedelta(minutes=3)
    traccar.save()
    page = scene["head"].get("/fieldstaff/people/").content.decode()
    row = page.split("<strong>Siti</strong>")[1].split("</tr>")[0]
    assert f"/fieldstaff/phones/{traccar.pk}/" in row and "belum pernah" not in row
    assert lost.app not in row and app.app not in row
    assert ">Ponsel</th>" in page and 'data-label="Ponsel"' in page and "Telepon" not in row
    assert (
        "<strong>Siti</strong>" not in scene["head"].get("/fieldstaff/people/?state=silent").content.decode()
    )
