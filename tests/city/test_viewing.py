"""Who sees what: viewers, "view as role", search, audit trail."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from commandcenter.city import audit, audit_words, search, viewers
from commandcenter.city.models import Agency, AuditEntry
from commandcenter.city.registry import Registry
from commandcenter.city.roles import Role
from commandcenter.city.viewers import PUBLIC, viewer_of_user
from tests.factories.city import client_of, make_agency, make_area, make_user

pytestmark = pytest.mark.django_db


def test_roles_become_sharing_classes():
    seen = {role: viewer_of_user(make_user(role)).sharing for role in Role}
    everything = {"public", "partner", "internal", "restricted"}
    assert seen[Role.ADMIN] == seen[Role.MAYOR] == everything
    assert seen[Role.PARTNER] == {"public", "partner"}
    assert seen[Role.HEAD] == set()
    assert PUBLIC.sharing == {"public"}


def test_a_head_is_scoped_to_the_agency_and_what_lies_below_it():
    top = make_agency("dinas")
    middle = make_agency("bidang", parent=top)
    bottom = make_agency("seksi", parent=middle)
    make_agency("lain")
    assert viewer_of_user(make_user(Role.HEAD, agency=top)).agencies == {top.pk, middle.pk, bottom.pk}
    assert viewer_of_user(make_user(Role.HEAD, agency=bottom)).agencies == {bottom.pk}
    assert viewer_of_user(make_user(Role.OPERATOR, agency=top)).agencies == frozenset()


def test_agencies_in_a_ring_end_the_walk():
    one = make_agency("a")
    two = make_agency("b", parent=one)
    Agency.objects.filter(pk=one.pk).update(parent=two)
    assert viewer_of_user(make_user(Role.HEAD, agency=one)).agencies == {one.pk, two.pk}


def test_people_without_role_or_switched_off_see_nothing():
    assert viewer_of_user(make_user()).sharing == frozenset()
    assert viewer_of_user(make_user(Role.ADMIN, is_active=False)) is PUBLIC
    make_agency()
    assert not Agency.objects.visible_to(viewer_of_user(make_user())).exists()
    assert not Agency.objects.visible_to(PUBLIC).exists()


def test_another_kind_of_viewer_is_asked_only_without_a_user(monkeypatch):
    display = viewers.Viewer(kind="display", pk=7, name="Layar 1")
    monkeypatch.setattr(viewers, "_sources", [lambda request: display])
    request: Any = RequestFactory().get("/")
    request.session = {}
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    assert viewers.viewer_of(request) is display
    other: Any = RequestFactory().get("/")
    other.session, other.user = {}, make_user(Role.MAYOR)
    assert viewers.viewer_of(other).has(Role.MAYOR)


def start(client, role, agency=""):
    return client.post("/view-as/", {"role": role, "agency": agency})


def test_view_as_shows_the_roles_pages_and_changes_nothing():
    client = client_of(make_user(Role.ADMIN))
    start(client, "mayor")
    page = client.get("/account/").content.decode()
    assert "Anda sedang melihat sistem sebagai: Bupati/Wali Kota" in page
    assert client.get("/audit/").status_code == 403
    assert client.get("/admin/city/agency/").status_code == 302
    before = AuditEntry.objects.count()
    response = client.post("/account/", {"phone": "0811 000 000"}, follow=True)
    assert "tidak ada yang dapat diubah" in response.content.decode()
    assert client.post("/account/", {"phone": "1"}, headers={"HX-Request": "true"}).status_code == 403
    assert AuditEntry.objects.count() == before
    client.post("/view-as/leave/")
    assert client.get("/audit/").status_code == 200
    assert set(AuditEntry.objects.filter(action__startswith="view_as").values_list("action", flat=True)) == {
        "view_as.started",
        "view_as.left",
    }


def test_view_as_a_head_needs_an_agency_and_is_scoped_to_it():
    agency = make_agency("dlh")
    client = client_of(make_user(Role.ADMIN))
    start(client, "agency-head")
    assert client.get("/audit/").status_code == 200
    start(client, "agency-head", agency.pk)
    assert client.get("/audit/").status_code == 403


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MAYOR, Role.HEAD, Role.PARTNER])
def test_only_admins_view_as(role):
    client = client_of(make_user(role))
    assert start(client, "admin").status_code == 403
    session = client.session
    session["view_as"] = {"role": "admin"}
    session.save()
    assert client.get("/audit/").status_code == 403


def test_search_finds_and_leaks_nothing():
    make_agency("rahasia", name="Dinas Rahasia")
    area = make_area("36.04.19", "Petir")
    person = make_user(Role.OPERATOR, username="rahmat")
    boss = client_of(make_user(Role.ADMIN))
    page = boss.get("/search/?q=rah").content.decode()
    assert "Dinas Rahasia" in page
    assert person.username in page
    mayor = client_of(make_user(Role.MAYOR)).get("/search/?q=rah").content.decode()
    assert "Dinas Rahasia" in mayor
    assert "rahmat" not in mayor
    nobody = client_of(make_user()).get("/search/?q=rah").content.decode()
    assert "Dinas Rahasia" not in nobody
    assert f"/areas/{area.code}/" in boss.get("/search/?q=petir").content.decode()


def test_search_answers_htmx_with_the_results_alone_and_escapes():
    client = client_of(make_user(Role.ADMIN))
    make_agency("skrip", name="<script>alert(1)</script> Dinas")
    page = client.get("/search/?q=dinas", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "<script>alert" not in page


def test_a_broken_search_source_spoils_nobody_elses_answer(monkeypatch, caplog):
    def broken(viewer, query, n):
        raise RuntimeError("boom")

    registry: Registry[search.SearchSource] = Registry("test")
    registry.register(
        search.SearchSource("good", "Baik", lambda v, q, n: [search.Hit("Ada", "", "/", "x")], 1)
    )
    registry.register(search.SearchSource("bad", "Rusak", broken, 2))
    monkeypatch.setattr(search, "sources", registry)
    page = client_of(make_user(Role.MAYOR)).get("/search/?q=ada").content.decode()
    assert "Ada" in page
    assert "sedang tidak tersedia" in page


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE city_auditentry SET action = 'x'",
        "DELETE FROM city_auditentry",
        "TRUNCATE city_auditentry",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_audit_trail(sql):
    entry = audit.record(viewer=None, action="test.made")
    with (
        pytest.raises(IntegrityError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert AuditEntry.objects.filter(pk=entry.pk, action="test.made").exists()


def test_audit_never_stores_secrets_and_notes_the_address():
    user = make_user(Role.OPERATOR)
    client = client_of(user)
    client.post("/account/", {"phone": "0811 000 111", "email": ""}, REMOTE_ADDR="10.9.8.7")
    assert AuditEntry.objects.get(action="profile.changed").ip == "10.9.8.7"
    row = audit.record(
        viewer=None, action="test.made", detail={"password": "abc", "fields": {"stream_password": ["a", "b"]}}
    )
    assert "abc" not in str(row.detail)
    assert row.detail["fields"]["stream_password"] == "•••"


def test_audit_page_filters_and_exports_with_a_trace():
    from io import BytesIO

    from openpyxl import load_workbook

    boss = make_user(Role.ADMIN)
    client = client_of(boss)
    audit.record(viewer=viewer_of_user(boss), action="camera.changed", subject_label="=cmd|'/c calc'!A1")
    audit.record(viewer=None, action="login.failed", subject_label="siapa")
    page = client.get("/audit/?action=camera").content.decode()
    assert "camera.changed" in page
    assert "siapa" not in page
    response = client.get("/audit/export.xlsx?action=camera")
    sheet = load_workbook(BytesIO(response.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert any(cell.value == "=cmd|'/c calc'!A1" and cell.data_type == "s" for cell in cells) or not any(
        cell.data_type == "f" for cell in cells
    )
    export = AuditEntry.objects.get(action="export.audit")
    assert export.detail == {"action": "camera"}
    assert client.get("/audit/?before=abc&since=tidak").status_code == 200


def _codes(source: str) -> set[str]:
    """Every audit code that a module writes as plain text."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        named = isinstance(node, ast.keyword) and node.arg in {"action", "how"}
        assigned = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action"
        window = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_save_window"
        default = isinstance(node, ast.FunctionDef) and node.name == "change_password"
        if named or assigned or window or default:
            found |= {
                str(part.value)
                for part in ast.walk(node)
                if isinstance(part, ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_-]+", str(part.value))
            }
    return found


def test_every_code_that_is_written_has_words():
    root = Path(settings.BASE_DIR)
    sources = [path for app in ("commandcenter", "cctv", "markets") for path in (root / app).rglob("*.py")]
    codes = set().union(*(_codes(path.read_text(encoding="utf-8")) for path in sources))
    assert codes >= {"camera.changed", "maintenance.planned", "password.reset", "login.failed"}
    codes |= {f"{thing}.{deed}" for thing in ("agency", "camera", "site") for deed in ("added", "deleted")}
    codes |= {"display.cast", "display.pin"}
    assert len(codes) > 55
    assert [code for code in sorted(codes) if not audit_words.is_named(code)] == []


def test_the_trail_reads_in_words_and_is_found_by_them():
    audit.record(viewer=None, action="camera.viewed", subject_label="Brankas")
    audit.record(viewer=None, action="display.paired", subject_label="Layar-Uji")
    client = client_of(make_user(Role.ADMIN))
    assert "Kamera: dilihat" in client.get("/audit/").content.decode()
    for wish in ("dilihat", "Kamera: dilihat", "camera.viewed", "KAMERA"):
        page = client.get("/audit/", {"action": wish}).content.decode()
        assert "Brankas" in page, wish
        assert "Layar-Uji" not in page, wish


def test_audit_details_named_like_dictionary_methods_are_shown():
    audit.record(
        viewer=None,
        action="test.made",
        detail={"items": 3, "keys": ["a", "b"], "fields": {"phone": ["", "0811"]}},
    )
    page = client_of(make_user(Role.ADMIN)).get("/audit/?action=test").content.decode()
    assert "– → 0811" in page
    assert "a, b" in page
