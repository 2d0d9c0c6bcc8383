"""First run, region, admin pages and the demo."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation
from PIL import Image

from commandcenter.city import checklist, demo, formats
from commandcenter.city.models import Agency, ApiToken, Area, AreaShape, AuditEntry, Region, User
from commandcenter.city.posts import posts
from commandcenter.city.roles import Role
from tests.factories.cctv import make_site
from tests.factories.city import client_of, make_agency, make_area, make_region, make_user

pytestmark = pytest.mark.django_db
FORM = {
    "code": "3604",
    "name": "",
    "kind": "pemkab",
    "motif": "ombak",
    "palette": "",
    "accent": "",
    "zone": "Asia/Jakarta",
}


@pytest.fixture
def boss():
    return client_of(make_user(Role.ADMIN))


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600)) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", out.getvalue())


def own_steps() -> dict[str, bool]:
    return {step.key: done for step, done in checklist.state() if step.key.startswith("city.")}


def test_the_checklist_follows_the_first_run(boss, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert not any(own_steps().values())
    assert boss.post("/setup/region/", {**FORM, "logo_file": picture()})["Location"] == "/setup/"
    make_agency()
    region = Region.current()
    assert region.name == "Kabupaten Serang"
    assert Area.objects.filter(code="36.04").exists()
    response: Any = Client().get("/region/logo.png")
    with Image.open(BytesIO(b"".join(response.streaming_content))) as logo:
        assert (logo.format, logo.width) == ("PNG", 512)
    done = {key for key, ready in own_steps().items() if ready}
    # The look was chosen; nobody has looked at the zone, the maps are blank, nobody else can log in.
    assert done == {f"city.{name}" for name in ("area", "name", "logo", "motif", "agencies")}
    assert "Kabupaten Serang" in boss.get("/setup/").content.decode()
    assert AuditEntry.objects.filter(action="region.changed").exists()


def test_what_has_a_value_from_the_start_is_done_once_a_person_says_so(boss):
    boss.post("/setup/region/", {**FORM, "code": "71.71", "motif": "polos"})
    steps = own_steps()
    assert not steps["city.motif"] and not steps["city.zone"]
    page = boss.get("/setup/").content.decode()
    assert "WIB (UTC+7); provinsinya memakai WITA (UTC+8)" in page and page.count("Sudah benar") == 2
    assert boss.post("/setup/confirm/motif/")["Location"] == "/setup/"
    boss.post("/setup/region/", {**FORM, "code": "71.71", "motif": "polos", "zone": "Asia/Makassar"})
    steps = own_steps()
    assert steps["city.motif"] and steps["city.zone"]
    assert AuditEntry.objects.filter(action="region.confirmed", detail={"what": "motif"}).count() == 1
    assert boss.post("/setup/confirm/nonsense/").status_code == 302
    assert client_of(make_user(Role.OPERATOR)).post("/setup/confirm/zone/").status_code == 403
    assert boss.get("/setup/confirm/zone/").status_code == 405


def test_every_step_leads_to_a_page_where_it_can_be_done(boss):
    for step, done in checklist.state():
        assert not done, step.key
        assert boss.get(step.link).status_code == 200, step.key
    links = {step.key: step.link for step, _done in checklist.state()}
    assert links["cctv.camera"] == "/admin/cctv/site/add/", "a camera cannot be saved before its site"
    make_site()
    links = {step.key: step.link for step, _done in checklist.state()}
    assert links["cctv.camera"] == "/admin/cctv/camera/add/"


def test_people_are_there_once_somebody_else_can_log_in(boss):
    boss.post("/people/", {"username": "siti", "full_name": "Siti", "role": "operator"})
    assert not own_steps()["city.people"]
    assert "1 undangan menunggu" in boss.get("/setup/").content.decode()
    make_user(Role.OPERATOR)
    assert own_steps()["city.people"]


def outline(code: str, lat: float = -6.22, lng: float = 106.2) -> dict[str, Any]:
    ring = [[lng, lat], [lng + 0.02, lat], [lng + 0.02, lat + 0.02], [lng, lat + 0.02], [lng, lat]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"kode": code}, "geometry": shape}


def geojson(*features: dict[str, Any]) -> SimpleUploadedFile:
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return SimpleUploadedFile("kecamatan.geojson", text.encode())


def test_boundaries_come_in_by_a_page_all_or_nothing(boss):
    def send(step: str, *features: dict[str, Any], file: Any = None) -> str:
        body = {"file": file or geojson(*features), "step": step, "source": "BIG 2025"}
        return boss.post("/setup/boundaries/", body, follow=True).content.decode()

    assert "Pilih wilayahnya dahulu" in send("save", outline("36.04.19"))
    boss.post("/setup/region/", FORM)
    assert "belum dimasukkan" in boss.get("/tile/wall.map/").content.decode()
    assert "bukan JSON" in send("save", file=SimpleUploadedFile("a.geojson", b"PK"))
    assert "UTF-8" in send("save", file=SimpleUploadedFile("a.geojson", b"\xff\xfe"))
    assert "1 baru atau berubah" in send("check", outline("36.04.19"))
    assert not AreaShape.objects.exists()
    bad = {**outline("36.04.20"), "geometry": {"type": "Point", "coordinates": [106, -6]}}
    assert "1 masalah" in send("save", outline("36.04.19"), bad)
    assert "tidak berisi kecamatan" in send("check", outline("12.01.01", 1.0, 98.0))
    assert not AreaShape.objects.exists()
    send("save", outline("36.04.19"))
    assert Area.objects.get(code="36.04.19").boundary_source == "BIG 2025"
    assert "1 dari 29 kecamatan" in boss.get("/setup/").content.decode()
    assert not own_steps()["city.boundaries"]
    assert AuditEntry.objects.get(action="boundaries.imported").actor_kind == "user"
    assert "belum dimasukkan" not in boss.get("/tile/wall.map/").content.decode()
    assert client_of(make_user(Role.OPERATOR)).get("/setup/boundaries/").status_code == 403


def test_a_blank_map_says_so_and_leads_only_an_administrator_to_the_boundaries(boss):
    assert 'href="/setup/boundaries/"' in boss.get("/tile/wall.map/").content.decode()
    page = client_of(make_user(Role.MAYOR)).get("/tile/wall.map/").content.decode()
    assert "belum dimasukkan" in page and "/setup/" not in page


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"code": "9999"}, "daftar nasional"),
        ({"code": "36.04.19"}, "kabupaten atau kota"),
        ({"code": ""}, "tidak boleh kosong"),
        ({"palette": "#000000,#111111"}, "tujuh warna"),
        ({"accent": "biru"}, "#0d2c54"),
        ({"logo_file": SimpleUploadedFile("a.png", b"<svg onload=alert(1)>")}, "PNG, JPEG, atau WebP"),
    ],
)
def test_nonsense_in_the_region_form_is_explained_at_its_field(boss, change, text):
    page = boss.post("/setup/region/", {**FORM, **change})
    assert page.status_code == 200
    assert text in page.content.decode()
    assert not Region.objects.exists()


def test_there_is_one_region_only():
    make_region()
    with pytest.raises(IntegrityError), transaction.atomic():
        Region.objects.bulk_create([Region(pk=2)])


def test_an_own_palette_and_another_zone_show_at_once(boss):
    colours = ["#00000" + str(n) for n in range(7)]
    boss.post("/setup/region/", {**FORM, "palette": ",".join(colours), "zone": "Asia/Makassar"})
    assert "--m6: #000006;" in Client().get("/theme.css").content.decode()
    page = boss.get("/audit/").content.decode()
    assert "WITA" in page


@pytest.mark.parametrize("model", ["area", "agency", "user", "apitoken", "auditentry", "invitation"])
def test_admin_lists_and_forms_open_within_their_budget(boss, model, django_assert_max_num_queries):
    for number in range(20):
        make_agency(f"a{number}")
        make_user(Role.OPERATOR)
    make_area()
    with django_assert_max_num_queries(33):
        assert boss.get(f"/admin/city/{model}/?q=a").status_code == 200
    add = boss.get(f"/admin/city/{model}/add/").status_code
    assert add == (403 if model in {"auditentry", "invitation"} else 200)


def test_points_are_picked_on_a_map(boss):
    area = make_area(lat=-6.2, lng=106.2)
    assert "data-point-picker" in boss.get(f"/admin/city/area/{area.pk}/change/").content.decode()
    assert "data-point-picker" not in boss.get("/admin/city/agency/add/").content.decode()


def test_admin_changes_are_audited_field_by_field(boss):
    agency = make_agency("dlh")
    body = {
        "code": "dlh",
        "name": "Dinas LH",
        "short_name": "DLH",
        "kind": "opd",
        "phone_duty": "0254 000 999",
    }
    assert boss.post(f"/admin/city/agency/{agency.pk}/change/", body).status_code == 302
    entry = AuditEntry.objects.get(action="agency.changed")
    assert entry.detail["fields"]["phone_duty"] == ["0254 000 111", "0254 000 999"]
    boss.post(f"/admin/city/agency/{agency.pk}/delete/", {"post": "yes"})
    assert AuditEntry.objects.get(action="agency.deleted").subject_id == str(agency.pk)


def test_admin_issues_a_token_once_and_never_shows_it_again(boss):
    body = {"name": "Provinsi", "scopes": "read", "sharing": ["public"], "allowed_cidrs": ""}
    page = boss.post("/admin/city/apitoken/add/", body, follow=True).content.decode()
    token = ApiToken.objects.get()
    assert f"cc_{token.prefix}_" in page
    assert f"cc_{token.prefix}_" not in boss.get(f"/admin/city/apitoken/{token.pk}/change/").content.decode()


def test_a_person_added_in_the_admin_must_change_the_password(boss):
    body = {
        "username": "baru", "password1": "sandi-sementara-1", "password2": "sandi-sementara-1",
        "usable_password": "true",
    }  # fmt: skip
    boss.post("/admin/city/user/add/", body)
    assert User.objects.get(username="baru").must_change_password
    assert "sandi-sementara-1" not in str(list(AuditEntry.objects.values("detail")))


def test_the_audit_trail_is_read_only_in_the_admin(boss):
    make_agency()
    entry = AuditEntry.objects.create(actor_kind="system", action="test.made")
    assert boss.get(f"/admin/city/auditentry/{entry.pk}/change/").status_code == 200
    assert boss.post(f"/admin/city/auditentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_demo_comes_twice_and_leaves_without_a_trace_of_itself():
    mine = make_agency("opd-nyata")
    demo.seed()
    demo.seed()
    assert Area.objects.filter(level=3).count() == 29
    assert {u.username for u in User.objects.all()} == set(
        ["admin", "operator", "bupati", "kadis", "mitra", "rsud", "pln"]
    )
    response = Client().post("/login/", {"username": "kadis", "password": "kota-demo-kadis"})
    assert response.status_code == 302
    trail = AuditEntry.objects.count()
    demo.purge()
    assert list(Agency.objects.all()) == [mine]
    assert not Area.objects.exists()
    assert not User.objects.exists()
    assert not Region.objects.exists()
    assert AuditEntry.objects.count() >= trail


def test_what_real_rows_stand_on_stays_when_the_demo_leaves():
    demo.seed()
    polres = Agency.objects.get(code="polres")
    petir = Area.objects.get(code="36.04.19")
    make_agency("unit", parent=polres, area=petir)
    demo.purge()
    assert Agency.objects.get(code="polres").origin == "real"
    assert set(Area.objects.values_list("code", "origin")) == {
        ("36", "real"),
        ("36.04", "real"),
        ("36.04.19", "real"),
    }


def test_a_region_that_somebody_took_over_stays(boss):
    demo.seed()
    boss.post("/setup/region/", {**FORM, "code": "36.04", "name": "Kabupaten Serang Baru"})
    demo.purge()
    assert Region.current().name == "Kabupaten Serang Baru"
    assert Area.objects.filter(level=3).count() == 29


def test_the_demo_leaves_a_real_city_alone():
    make_region(name="Kota Nyata")
    make_user(Role.ADMIN, username="admin")
    demo.seed()
    assert Region.current().name == "Kota Nyata"
    assert User.objects.get(username="admin").origin == "real"


def test_nul_bytes_are_refused_before_the_database_sees_them(boss):
    assert boss.get("/search/?q=%00").status_code == 400
    assert boss.get("/areas/%00/").status_code == 400


def test_times_and_numbers_read_as_an_office_writes_them():
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    moment = datetime(2026, 11, 21, 17, 14, tzinfo=UTC)
    zone = ZoneInfo("Asia/Jakarta")
    assert formats.day_clock(moment, zone) == "22\u00a0Nov\u00a02026, 00.14\u00a0WIB"
    assert formats.clock(moment, ZoneInfo("Asia/Jayapura"), "en") == "02:14\u00a0WIT"
    assert formats.number(13600) == "13.600"
    assert formats.number(1234.5, decimals=1) == "1.234,5"
    assert formats.percent(61.4) == "61,4\u00a0%"
    assert formats.percent(61.4, "en") == "61.4%"
    assert formats.rupiah(-13600) == "-Rp13.600"
    assert formats.size(1_200_000_000) == "1,2\u00a0GB"
    assert formats.size(12) == "12\u00a0B"
    from commandcenter.city.templatetags import city

    with translation.override("en"):
        assert city.number(13600) == "13,600"
    assert city.percent(None) == "–"


def test_flush_is_refused_outside_tests(settings):
    settings.TESTING = False
    with pytest.raises(CommandError, match="audit"):
        call_command("flush", interactive=False)


def test_what_an_admin_takes_from_a_role_stays_away():
    from commandcenter.city.roles import ensure_roles

    group = Group.objects.get(name="operator")
    permission = group.permissions.get(codename="view_agency")
    group.permissions.remove(permission)
    ensure_roles()
    assert not group.permissions.filter(pk=permission.pk).exists()
    admins = Group.objects.get(name="admin")
    assert not admins.permissions.filter(codename="change_auditentry").exists()
    assert admins.permissions.filter(codename="change_agency").exists()


@pytest.mark.django_db(transaction=True)
def test_roles_survive_the_flush_between_transactional_tests():
    AuditEntry.objects.create(actor_kind="system", action="test.made")
    call_command("flush", interactive=False, verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == {*Role, *(post.key for post in posts.all())}
    assert not AuditEntry.objects.exists()
