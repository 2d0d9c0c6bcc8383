"""The trial's figures by hand, its periods, and exports that are safe to open."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone
from openpyxl import load_workbook

from cctv import evaluation as evaluations
from cctv import periods
from cctv.evaluation import Period, evaluation, months_between
from cctv.evaluation_words import Words
from cctv.models import Camera, HealthHour, Obstacle
from cctv.models.sites import DataPackage, DeviceModel
from commandcenter.city.models import AuditEntry, Region
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from tests.factories.cctv import make_agency, make_camera, make_site
from tests.factories.city import make_region, make_user

WIB = ZoneInfo("Asia/Jakarta")
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31), "month")
NOW = datetime(2026, 11, 5, 9, tzinfo=WIB)
EVIL = '=HYPERLINK("http://x")'


def on_trial(**values):
    camera = make_camera(phase="trial", trial_until=date(2026, 12, 31), **values)
    Camera.objects.filter(pk=camera.pk).update(registered_at=datetime(2026, 9, 1, tzinfo=WIB))
    return camera


def fill(camera, days=31, first=date(2026, 10, 1), **values):
    start = datetime(first.year, first.month, first.day, tzinfo=WIB)
    HealthHour.objects.bulk_create(
        HealthHour(camera=camera, hour=start + timedelta(hours=number), **values)
        for number in range(24 * days)
    )


def judged(**options):
    viewer = viewer_of_user(make_user(Role.MAYOR))
    return evaluation(viewer, OCTOBER, now=NOW, **options)


def test_seconds_are_added_and_never_averaged():
    site = make_site(name="Simpang Ciruas")
    good, bad = on_trial(site=site), on_trial(site=site)
    fill(good, up_s=3600)
    fill(bad, days=1, down_s=3600, reasons={"timeout": 3600})
    line = judged().sites[0]
    assert line.name == "Simpang Ciruas"
    assert line.finding.availability == pytest.approx(100 * 31 / 32)
    assert line.totals.cameras == 2
    assert line.outages == [("timeout", 86_400.0)]


def test_groups_money_data_and_reasons():
    package = DataPackage.objects.create(name="10 GB", mb_per_month=10_000, price=100_000)
    model = DeviceModel.objects.create(brand="Dahua", name="X")
    camera = on_trial(data_package=package, device_model=model)
    free = on_trial()
    fill(camera, up_s=3000, down_s=600, reasons={"timeout": 400, "refused": 200}, bytes_in=10_000_000, ok=60,
         fault_s={"blurred": 1500, "moved": 1500})  # fmt: skip
    fill(free, up_s=3600, ok=60)
    found = judged()
    assert [line.name for line in found.packages] == ["10 GB", "tanpa paket"]
    assert [line.name for line in found.models] == ["Dahua X", "belum dicatat"]
    line = found.packages[0]
    assert line.totals.cost == pytest.approx(100_000)
    assert line.totals.mb_used == pytest.approx(7440)
    assert line.totals.package_mb == 10_000
    assert line.totals.pictures == 60 * 744
    assert line.totals.faulty_pictures == 60 * 744  # two faults at once are not twice the time
    assert line.finding.recommendation == "change"
    assert line.outages[0] == ("timeout", 400 * 744)
    assert found.packages[1].totals.cost is None
    assert found.everything.totals.package_mb is None  # one camera's data is not counted


def test_a_links_allowance_counts_once_for_all_its_cameras():
    site = make_site(link="metered", monthly_mb=5000)
    for _ in range(2):
        fill(on_trial(site=site), up_s=3600, bytes_in=1_000_000)
    line = judged().sites[0]
    assert line.totals.package_mb == 5000
    assert line.finding.recommendation == "continue"


def test_a_price_counts_by_months_and_parts_by_their_days():
    begin = datetime(2026, 10, 1, tzinfo=WIB)
    assert months_between(begin, datetime(2026, 11, 1, tzinfo=WIB)) == 1
    assert months_between(begin, datetime(2027, 1, 1, tzinfo=WIB)) == 3
    assert months_between(datetime(2026, 11, 16, tzinfo=WIB), datetime(2026, 12, 1, tzinfo=WIB)) == 0.5
    assert months_between(begin, begin - timedelta(days=3)) == 0


def test_only_trial_cameras_of_that_time_count_unless_all_are_asked_for():
    fill(on_trial(), up_s=3600)
    permanent = make_camera()
    Camera.objects.filter(pk=permanent.pk).update(registered_at=datetime(2026, 9, 1, tzinfo=WIB))
    late = make_camera(phase="trial", trial_until=date(2027, 1, 1))
    Camera.objects.filter(pk=late.pk).update(registered_at=NOW)
    assert judged().everything.totals.cameras == 1
    assert judged(every_phase=True).everything.totals.cameras == 2


def test_obstacles_of_camera_and_site_count_once_and_permission_stops():
    site = make_site()
    one, two = on_trial(site=site), on_trial(site=site)
    for camera in (one, two):
        fill(camera, up_s=3600)
    at = datetime(2026, 10, 10, tzinfo=WIB)
    Obstacle.objects.create(site=site, kind="permission", text="Izin lahan dicabut", noted_at=at)
    Obstacle.objects.create(camera=one, kind="power", text="Padam", noted_at=at)
    Obstacle.objects.create(camera=one, kind="power", text="Dulu", noted_at=at - timedelta(days=60))
    found = judged()
    assert found.everything.totals.obstacles == 2
    assert found.sites[0].finding.recommendation == "stop"
    assert len(found.cameras[0].obstacles) + len(found.cameras[1].obstacles) == 3


def test_without_a_row_nothing_is_recommended_and_no_figure_invented():
    on_trial()
    line = judged().everything
    assert line.finding.availability is None
    assert line.finding.recommendation == "not_enough_data"
    assert line.finding.fault_share is None


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("period=2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("period=2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("period=2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("period=2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("period=custom&first=2026-10-05&last=2026-10-02", date(2026, 10, 2), date(2026, 10, 5)),
        ("period=custom&first=x&last=2026-10-02", date(2026, 11, 1), date(2026, 11, 30)),
        ("period=custom&first=0001-01-01&last=9999-12-31", date(2026, 11, 1), date(2026, 11, 30)),
        ("period=2026-13", date(2026, 11, 1), date(2026, 11, 30)),
        ("period=2026-Q5", date(2026, 11, 1), date(2026, 11, 30)),
        ("", date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_periods(query, first, last):
    found = periods.chosen(QueryDict(query), date(2026, 11, 22))
    assert (found.first, found.last) == (first, last)
    if found.kind != "custom":
        again = periods.chosen(QueryDict(f"period={periods.value_of(found)}"), date(2020, 1, 1))
        assert again == found


def test_a_very_long_wish_is_cut():
    found = periods.chosen(QueryDict("period=custom&first=2001-01-01&last=2099-01-01"))
    assert (found.last - found.first).days == periods.LONGEST_DAYS


def test_the_picker_offers_the_last_months_and_quarters():
    (_month, months), (_quarter, quarters) = periods.offers(date(2026, 2, 10))
    assert [value for value, _words in months][:3] == ["2026-02", "2026-01", "2025-12"]
    assert [value for value, _words in quarters][:2] == ["2026-Q1", "2025-Q4"]


URL = "/cctv/trial/?period=2026-10"


@pytest.fixture
def filled(redis_client):
    make_region()
    package = DataPackage.objects.create(name=EVIL, mb_per_month=100, price=50_000)
    camera = on_trial(name="<b>Kamera & kawan</b>", data_package=package, origin="simulated")
    fill(camera, up_s=3500, down_s=100, reasons={"timeout": 100}, ok=60, bytes_in=1000)
    at = datetime(2026, 10, 10, tzinfo=WIB)
    Obstacle.objects.create(
        camera=camera, kind="power", text=EVIL + " <script>alert(1)</script>", noted_at=at
    )
    with time_machine.travel(NOW, tick=True):
        yield camera


def test_the_page_shows_figures_reasons_and_the_word_simulation(operator, filled):
    text = operator.get(URL).content.decode()
    assert "97,2" in text
    assert "SIMULASI" in text
    assert "Rp50.000" in text
    assert "<b>Kamera" not in text and "<script>alert" not in text
    assert "Sumber: catatan kesehatan kamera" in text


def test_the_sheet_runs_no_formula_and_keeps_numbers(operator, filled):
    answer = operator.get(f"{URL.replace('?', 'export.xlsx?')}")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames[0] == "Ringkasan"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(cell.value == EVIL for cell in cells)
    assert any(isinstance(cell.value, float) and abs(cell.value - 97.22) < 0.01 for cell in cells)
    assert any(cell.value == "SIMULASI" for cell in cells)


def test_the_paper_is_a_small_pdf_of_a4_pages(operator, filled):
    answer = operator.get(f"{URL.replace('?', 'export.pdf?')}")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert len(answer.content) < 1_000_000
    assert b"/MediaBox [ 0 0 595" in answer.content
    assert "attachment" in answer["Content-Disposition"]


def test_many_sites_make_many_numbered_pages(operator, filled):
    for number in range(40):
        fill(on_trial(name=f"Kamera {number} " + "panjang " * 10), days=1, up_s=3600)
    answer = operator.get(f"{URL.replace('?', 'export.pdf?')}")
    assert answer.content.count(b"/MediaBox") >= 4


def test_exports_need_the_right_and_leave_a_row(enter, filled):
    paths = {kind: URL.replace("?", f"export.{kind}?") for kind in ("xlsx", "pdf")}
    for path in (URL, *paths.values()):
        assert enter(Role.PARTNER).get(path).status_code == 403
    for role in (Role.OPERATOR, Role.MAYOR, Role.ADMIN):
        for path in paths.values():
            assert enter(role).get(path).status_code == 200
    rows = AuditEntry.objects.filter(action="export.trial")
    assert rows.count() == 6
    assert {row.detail["format"] for row in rows} == {"xlsx", "pdf"}


def test_a_head_reads_only_the_own_cameras(enter, filled):
    on_trial(name="Milik sendiri", agency=make_agency("own"))
    text = enter(Role.HEAD).get(URL).content.decode()
    assert "Milik sendiri" in text
    assert "Kamera &amp; kawan" not in text


def test_an_empty_trial_says_so_and_still_prints(operator):
    assert "Tidak ada kamera uji coba" in operator.get("/cctv/trial/").content.decode()
    for kind in ("xlsx", "pdf"):
        assert operator.get(f"/cctv/trial/export.{kind}").status_code == 200


def test_every_reason_and_recommendation_has_its_words():
    from cctv.capture.trial import Because, Recommendation

    assert set(evaluations.BECAUSE) == set(Because)
    assert set(evaluations.WORDS) == set(Recommendation) == set(evaluations.STATES)


def test_the_trial_page_keeps_its_query_budget(operator, filled, django_assert_max_num_queries):
    for _ in range(5):
        fill(on_trial(), days=2, up_s=3600)
    operator.get(URL)
    with django_assert_max_num_queries(18):
        operator.get(URL)


def test_the_bar_has_the_colour_of_its_value_and_the_recommendation_stands_early(client):
    """A blocking obstacle stops a trial; the availability beside it is good all the same."""
    camera = on_trial()
    fill(camera, up_s=3590, down_s=10)
    Obstacle.objects.create(
        camera=camera, kind="permission", text="Menunggu izin", noted_at=datetime(2026, 10, 9, tzinfo=WIB)
    )
    client.force_login(make_user(Role.MAYOR))
    html = client.get("/cctv/trial/?period=custom&first=2026-10-01&last=2026-10-31").content.decode()
    assert 'data-state="crit" data-solid' in html, "the recommendation is to stop"
    meters = re.findall(r'<svg class="cc-meter" data-state="(\w+)"', html)
    assert meters and set(meters) == {"good"}
    head = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', html)
    assert head[:3] == ["Nama", "Rekomendasi", "Ketersediaan"]


@pytest.mark.parametrize(("up", "down", "state"), [(97, 3, "good"), (80, 20, "warn"), (40, 60, "crit")])
def test_the_colours_follow_the_rules_own_limits(up, down, state):
    fill(on_trial(), up_s=36 * up, down_s=36 * down)
    assert Words(judged().everything).availability_state == state


def test_the_demo_does_not_say_empty_beside_a_package_that_is_nearly_full(settings):
    from cctv import demo_past

    settings.CAMERA_ALLOW_HOSTS = ["127.0.0.1:28554", "127.0.0.1:28080"]
    call_command("demo", "seed", stdout=StringIO())
    found = evaluation(viewer_of_user(make_user(Role.MAYOR)), Period(*demo_days()), every_phase=True)
    for line in found.cameras:
        share = line.finding.package_share
        if share is not None and share < 0.9:
            assert "budget" not in line.totals.outages, line.name
            assert not any("kuota" in row.text.lower() for row in line.obstacles), line.name
    assert all("budget" not in reasons for reasons in demo_past.REASONS.values())


def demo_days():
    today = timezone.localdate()
    return today - timedelta(days=28), today


def texts_by_page(content: bytes) -> list[list[str]]:
    """The words of each page in the order they were drawn (uncompressed streams)."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.S)
    drawn = [re.findall(rb"\((.*?)(?<!\\)\) Tj", stream) for stream in streams]
    return [[text.decode("latin-1") for text in page] for page in drawn if any(b"Halaman" in t for t in page)]


def test_no_heading_stands_alone_at_the_foot_of_a_page(filled, monkeypatch):
    from dataclasses import replace

    from reportlab import rl_config

    from cctv.evaluation_pdf import paper

    monkeypatch.setattr(rl_config, "pageCompression", 0)
    for number in range(16):
        camera = on_trial(name=f"Kamera {number:02}", site=make_site(name=f"Tempat {number:02}"))
        fill(camera, days=1, up_s=3600)
        at = datetime(2026, 10, 10, tzinfo=WIB)
        Obstacle.objects.create(camera=camera, kind="power", text="Listrik padam", noted_at=at)
    found, region, pages = judged(), Region.current(), 0
    headings = ("Per lokasi", "Per model perangkat", "Per paket data", "Per kamera", "Kendala yang")
    for n in range(4, 17):
        for texts in texts_by_page(paper(replace(found, sites=found.sites[:n]), region)):
            pages += 1
            for heading in headings:
                last = [i for i, text in enumerate(texts) if text.startswith(heading)]
                # What follows it on the page: the table's head and a row, or the first obstacle.
                assert all(len(texts) - i > 4 for i in last), (n, texts[-4:])
    assert pages > 40
