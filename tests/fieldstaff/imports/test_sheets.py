"""Sheets of officers and rosters: every error by row and column, all or nothing, there and back, undone."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from openpyxl import Workbook

from commandcenter.city import table
from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import Viewer, viewer_of_user
from fieldstaff.imports import officers, rosters, verbs
from fieldstaff.models import Officer, PayrollPeriod, SheetImport, Shift, WorkArea
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_officer, make_shift

pytestmark = pytest.mark.django_db
ROSTER = [column.heading for column in rosters.COLUMNS]
PEOPLE = [column.heading for column in officers.COLUMNS]
DAY = date(2030, 11, 29)


def book(headings, *rows) -> bytes:
    """An XLSX as a person saves it, with cells of any kind."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (headings, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture
def scene():
    """A head with two officers, a work area, and an officer of another agency."""
    ensure_roles()
    own, other = make_agency("dinas-a"), make_agency("dinas-b")
    area = WorkArea.objects.create(agency=own, name="Alun-alun", lat=-6.12, lng=106.15)
    return {
        "head": viewer_of_user(make_user(Role.HEAD, agency=own)),
        "admin": viewer_of_user(make_user(Role.ADMIN)),
        "own": own,
        "other": other,
        "area": area,
        "siti": make_officer("S-1", agency=own, name="Siti", work_area=area),
        "budi": make_officer("S-2", agency=own, name="Budi"),
        "foreign": make_officer("F-1", agency=other, name="Orang Lain"),
    }


def told(scene, kind: str, content: bytes, *, save: bool = True, who: str = "head") -> verbs.Outcome:
    return verbs.read_in(viewer=scene[who], kind=kind, content=content, name="a.xlsx", save=save)


def places(outcome: verbs.Outcome) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in outcome.problems]


def test_a_roster_is_read_in_with_night_shifts_rests_and_the_spreadsheets_own_cells(scene):
    content = book(
        ROSTER,
        ["S-1", "", datetime(2030, 11, 29), datetime(2030, 1, 1, 7, 30).time(), "16:00", "11:30-13:00", ""],
        [None] * 7,
        ["S-2", "siapa saja", "29/11/2030", "22.00", "06.00", "23:30-00:15", "alun-ALUN"],
    )
    outcome = told(scene, "roster", content)
    assert outcome.problems == [] and (outcome.new, outcome.same) == (2, 0)
    day, night = Shift.objects.order_by("span")
    assert day.span.lower == datetime(2030, 11, 29, 0, 30, tzinfo=UTC) and day.work_area == scene["area"]
    assert day.breaks == [(datetime(2030, 11, 29, 4, 30, tzinfo=UTC), datetime(2030, 11, 29, 6, tzinfo=UTC))]
    assert night.span.upper - night.span.lower == timedelta(hours=8) and night.work_date == DAY
    assert night.breaks[0][1] == datetime(2030, 11, 29, 17, 15, tzinfo=UTC)
    assert (night.source, night.work_area) == ("import", scene["area"])


def test_every_error_is_told_with_row_and_column_and_nothing_is_half_done(scene):
    content = book(
        ROSTER,
        ["S-1", "", "2030-11-29", "07:30", "16:00", "", ""],
        ["X-9", "", "kemarin", "7", "16:00", "siang", ""],
        ["F-1", "", "2030-11-29", "07:30", "16:00", "", ""],
        ["S-2", "", "2030-11-29", "07:30", "16:00", "17:00-18:00", "Bulan"],
        ["S-2", "", "2030-11-30", "07:30", "16:00", "17:00-18:00", ""],
        ["S-2", "", "2030-12-01", "07:30", "16:00", "07:30-16:00", ""],
    )
    outcome = told(scene, "roster", content)
    assert places(outcome) == [
        (3, "code"), (3, "day"), (3, "rests"), (3, "start"), (4, "code"), (5, "area"), (6, "rests"),
        (7, "rests"),
    ]  # fmt: skip
    assert Shift.objects.count() == 0 and not SheetImport.objects.exists()


def test_overlaps_are_refused_by_name_in_the_sheet_and_beside_it(scene):
    make_shift(scene["budi"], datetime(2030, 11, 29, 0, 30, tzinfo=UTC))
    content = book(
        ROSTER,
        ["S-1", "", "2030-11-29", "22:00", "06:00", "", ""],
        ["S-1", "", "2030-11-30", "05:00", "12:00", "", ""],
        ["S-1", "", "2030-11-30", "12:00", "20:00", "", ""],
        ["S-2", "", "2030-11-29", "15:00", "22:00", "", ""],
    )
    outcome = told(scene, "roster", content)
    assert places(outcome) == [(3, "start"), (5, "start")]
    assert "Siti" in outcome.problems[0].text and "2" in outcome.problems[0].text
    assert "Budi" in outcome.problems[1].text and "07:30–15:30" in outcome.problems[1].text
    assert Shift.objects.count() == 1


def test_a_check_saves_nothing_and_says_what_would_come(scene):
    content = book(ROSTER, ["S-1", "", "2030-11-29", "07:30", "16:00", "", ""])
    outcome = told(scene, "roster", content, save=False)
    assert (outcome.new, outcome.saved) == (1, None) and not Shift.objects.exists()


def test_nobody_works_before_he_came_or_in_a_closed_period(scene):
    Officer.objects.filter(pk=scene["siti"].pk).update(joined_on=date(2030, 12, 1), left_on=date(2030, 12, 2))
    PayrollPeriod.objects.create(
        agency=scene["own"], days=(date(2030, 11, 1), date(2030, 12, 1)), sha256="c" * 64, by=make_user()
    )
    rows = [["S-1", "", f"2030-{day}", "07:30", "16:00", "", ""] for day in ("11-30", "12-01", "12-03")]
    outcome = told(scene, "roster", book(ROSTER, *rows, ["S-2", "", "2030-11-30", "07:30", "16:00", "", ""]))
    assert places(outcome) == [(2, "day"), (4, "day"), (5, "day")]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_roster_goes_out_and_comes_back_the_same(scene, kind):
    scene["budi"].name = "=1+1"
    scene["budi"].save()
    told(scene, "roster", book(
        ROSTER,
        ["S-1", "", "2030-11-29", "07:30", "16:00", "11:30-13:00; 14:00-14:15", ""],
        ["S-2", "", "2030-11-29", "22:00", "06:00", "", "Alun-alun"],
        ["S-2", "", "2030-11-30", "22:00", "22:00", "", ""],
    ))  # fmt: skip
    found = Shift.objects.select_related("officer", "work_area").order_by("pk")
    out = table.write("Jadwal", rosters.COLUMNS, rosters.rows_of(found), kind)
    again = verbs.read_in(viewer=scene["head"], kind="roster", content=out, name=f"a.{kind}", save=True)
    assert again.problems == [] and (again.new, again.same, again.saved) == (0, 3, None)
    before = sorted(Shift.objects.values_list("officer__code", "span", "work_area"), key=str)
    Shift.objects.all().delete()
    fresh = verbs.read_in(viewer=scene["head"], kind="roster", content=out, name=f"a.{kind}", save=True)
    assert (fresh.problems, fresh.new) == ([], 3)
    assert sorted(Shift.objects.values_list("officer__code", "span", "work_area"), key=str) == before


def test_a_roster_is_taken_back_whole_or_not_at_all(scene):
    rows = [["S-1", "", f"2030-11-{day}", "07:30", "16:00", "", ""] for day in (28, 29)]
    saved = told(scene, "roster", book(ROSTER, *rows)).saved
    assert saved and AuditEntry.objects.filter(action="sheetimport.read_in").exists()
    make_shift(scene["budi"], datetime(2030, 11, 29, 0, 30, tzinfo=UTC))
    worked = make_attendance(Shift.objects.filter(source="import").latest("work_date"))
    with pytest.raises(ValidationError):
        verbs.take_back(viewer=scene["head"], pk=saved.pk)
    assert Shift.objects.count() == 3, "one day has figures: nothing is undone"
    other = told(scene, "roster", book(ROSTER, ["S-1", "", "2030-12-09", "07:30", "16:00", "", ""])).saved
    assert other and worked
    verbs.take_back(viewer=scene["head"], pk=other.pk)
    assert Shift.objects.count() == 3
    with pytest.raises(ValidationError):
        verbs.take_back(viewer=scene["head"], pk=other.pk)


def test_what_has_begun_or_changed_is_not_taken_back(scene):
    saved = told(scene, "roster", book(ROSTER, ["S-1", "", "2020-11-29", "07:30", "16:00", "", ""])).saved
    later = told(scene, "roster", book(ROSTER, ["S-1", "", "2030-11-29", "07:30", "16:00", "", ""])).saved
    assert saved and later
    shift = Shift.objects.get(work_date=DAY)
    shift.span = (shift.span.lower, shift.span.upper + timedelta(hours=1))
    shift.save()
    for row in (saved, later):
        with pytest.raises(ValidationError):
            verbs.take_back(viewer=scene["head"], pk=row.pk)
    assert Shift.objects.count() == 2


def test_whose_sheets(scene):
    content = book(ROSTER, ["F-1", "", "2030-11-29", "07:30", "16:00", "", ""])
    saved = told(scene, "roster", content, who="admin").saved
    assert saved
    with pytest.raises(SheetImport.DoesNotExist):
        verbs.take_back(viewer=scene["head"], pk=saved.pk)
    mayor = viewer_of_user(make_user(Role.MAYOR))
    for viewer in (mayor, Viewer("public", None, "")):
        with pytest.raises(PermissionDenied):
            verbs.read_in(viewer=viewer, kind="roster", content=b"", name="a.xlsx", save=True)
        with pytest.raises(PermissionDenied):
            verbs.take_back(viewer=viewer, pk=saved.pk)


def person(code: str, name: str = "Ani", agency: str = "dinas-a", kind: str = "penyapu", **more: str):
    values = {"code": code, "name": name, "agency": agency, "kind": kind, **more}
    return [values.get(column.name, "") for column in officers.COLUMNS]


def test_officers_are_made_and_changed_with_supervisors_of_the_same_sheet(scene):
    content = book(
        PEOPLE,
        person("N-1", supervisor="N-2", skills="P3K, gergaji", phone="0812 0000 1111", joined_on="1/2/2030"),
        person("N-2", kind="Pengawas", supervisor="S-1"),
        person("S-2", name="Budi Baru", work_area="alun-alun"),
        person("S-1", name="Siti", work_area="Alun-alun"),
    )
    outcome = told(scene, "officers", content)
    assert (outcome.problems, outcome.new, outcome.changed, outcome.same) == ([], 2, 1, 1)
    new = Officer.objects.get(code="N-1")
    assert new.supervisor and (new.supervisor.code, new.skills) == ("N-2", ["p3k", "gergaji"])
    assert (new.phone, new.joined_on) == ("0812 0000 1111", date(2030, 2, 1))
    assert Officer.objects.get(code="S-2").name == "Budi Baru"
    assert outcome.saved
    verbs.take_back(viewer=scene["head"], pk=outcome.saved.pk)
    assert not Officer.objects.filter(code__startswith="N-").exists()
    old = Officer.objects.get(code="S-2")
    assert (old.name, old.work_area) == ("Budi", None)


def test_errors_of_officers(scene):
    make_officer("F-2", agency=scene["other"])
    content = book(
        PEOPLE,
        person("N-1", agency="dinas-b"),
        person("N-2", kind="pilot", phone="tidak ada", joined_on="2030-02-01", left_on="2030-01-01"),
        person("F-1"),
        person("N-3", name="", supervisor="N-4"),
        person("N-4", supervisor="N-3", work_area="Bulan"),
        person("N-5"),
        person("N-5"),
        person("N-6", supervisor="F-2"),
        person("S-1", supervisor="S-1"),
    )
    outcome = told(scene, "officers", content)
    assert places(outcome) == [
        (2, "agency"), (3, "kind"), (3, "left_on"), (3, "phone"), (4, "code"), (5, "name"), (5, "supervisor"),
        (6, "supervisor"), (6, "work_area"), (7, "code"), (8, "code"), (9, "supervisor"), (10, "supervisor"),
    ]  # fmt: skip
    assert Officer.objects.count() == 4


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_officers_go_out_and_come_back_the_same(scene, kind):
    new = {"supervisor": scene["budi"], "left_on": date(2031, 1, 1), "unit": "'@Regu"}
    Officer.objects.filter(code="S-1").update(**new)
    scene["siti"].refresh_from_db()
    scene["siti"].phone = "+62 811 0000"
    scene["siti"].save()
    mine = Officer.objects.filter(agency=scene["own"]).order_by("code")
    before = [officers.state(row) for row in mine]
    out = table.write("Petugas", officers.COLUMNS, officers.rows_of(mine), kind)
    again = verbs.read_in(viewer=scene["head"], kind="officers", content=out, name=f"a.{kind}", save=True)
    assert again.problems == [] and (again.new, again.changed, again.same) == (0, 0, 2)
    Officer.objects.filter(code="S-1").update(supervisor=None, unit="", left_on=None, name="?")
    fresh = verbs.read_in(viewer=scene["head"], kind="officers", content=out, name=f"a.{kind}", save=True)
    assert (fresh.problems, fresh.changed) == ([], 1)
    assert [officers.state(row) for row in mine.all()] == before


def test_officers_who_have_worked_or_were_changed_stay(scene):
    first = told(scene, "officers", book(PEOPLE, person("N-1"))).saved
    second = told(scene, "officers", book(PEOPLE, person("S-2", name="Budi B"))).saved
    make_shift(Officer.objects.get(code="N-1"), datetime(2030, 1, 1, tzinfo=UTC))
    Officer.objects.filter(code="S-2").update(unit="lain")
    for row in (first, second):
        assert row
        with pytest.raises(ValidationError):
            verbs.take_back(viewer=scene["head"], pk=row.pk)
    assert Officer.objects.filter(code="N-1").exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.xlsx"),
        (b"PK\x03\x04 kaputt", "a.xlsx"),
        (b"\xff\xfe\x00", "a.csv"),
        (b"Nomor petugas;Tanggal\n", "a.csv"),
        (b"a,b\x00,c\n1,2,3\n", "a.csv"),
        (b"x" * 5_000_001, "a.csv"),
        (b"Nomor petugas,Nomor petugas,Tanggal,Mulai,Selesai\n1,1,1,1,1\n", "a.csv"),
        (b"Nomor petugas,Tanggal,Mulai,Selesai\n,,,\n", "a.csv"),
        (b"Nomor petugas,Tanggal,Mulai,Selesai\n" + b"1,1,1,1\n" * 5_001, "a.csv"),
    ],
)
def test_files_that_are_none(scene, content, name):
    with pytest.raises(table.SheetRefused):
        verbs.read_in(viewer=scene["head"], kind="roster", content=content, name=name, save=True)
