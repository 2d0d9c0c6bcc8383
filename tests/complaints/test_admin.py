"""Admin pages of citizen reports: the table of moves, routing rules, channels and their secrets."""

from __future__ import annotations

import json

import pytest

from commandcenter.city.models import AuditEntry
from commandcenter.city.office import CalendarDay, OfficeHours
from commandcenter.city.roles import Role
from complaints import moves
from complaints.models import AllowedMove, Category, Channel, Report, RoutingRule
from complaints.services import assigning, moving
from complaints.services.seeding import load_seed
from complaints.workflow import SEED
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    moves.forget()
    yield client_of(make_user(Role.ADMIN, is_superuser=True))
    moves.forget()


@pytest.mark.parametrize(
    "page",
    [
        "complaints/category", "complaints/routingrule", "complaints/allowedmove", "complaints/channel",
        "complaints/cannedtext", "complaints/outbox", "complaints/deputy", "city/officehours",
        "city/calendarday",
    ],
)  # fmt: skip
def test_every_list_and_form_opens(admin, page):
    load_seed()
    make_report()
    assert admin.get(f"/admin/{page}/").status_code == 200
    if page != "complaints/outbox":
        assert admin.get(f"/admin/{page}/add/").status_code == 200
    assert admin.get(f"/admin/{page}/?q=a").status_code == 200


def test_the_table_of_moves_is_edited_and_never_becomes_a_trap(admin):
    load_seed()
    assert AllowedMove.objects.count() == len(SEED)
    row = AllowedMove.objects.get(source="new", target="verified")
    admin.post(f"/admin/complaints/allowedmove/{row.pk}/delete/", {"post": "yes"})
    report = make_report()
    with pytest.raises(moving.ValidationError):
        moving.move(pk=report.pk, target="verified", viewer=None)
    for last in AllowedMove.objects.filter(source="waiting"):
        admin.post(f"/admin/complaints/allowedmove/{last.pk}/delete/", {"post": "yes"})
    # The last way out of waiting stays: without it a report would be trapped.
    assert AllowedMove.objects.filter(source="waiting").exists()
    silent = {"source": "new", "target": "resolved", "right": "handle_report"}
    row = AllowedMove.objects.get(source="new", target="resolved")
    answer = admin.post(f"/admin/complaints/allowedmove/{row.pk}/change/", silent)
    assert answer.status_code == 200 and AllowedMove.objects.get(pk=row.pk).text_required


def test_settings_and_secrets_of_a_channel_are_fields_and_secrets_are_never_read(admin):
    channel = make_channel("whatsapp")
    page = f"/admin/complaints/channel/{channel.pk}/change/"
    form = {"slug": channel.slug, "name": "WA", "enabled": "on", "order": "1", "quiet_after_h": "72"}
    html = admin.get(page).content.decode()
    lacking = "ID nomor WhatsApp (phone_number_id), Rahasia aplikasi (app_secret)"
    assert f"/hooks/{channel.slug}/" in html and lacking in html and "Token akses (token)" in html
    told = admin.post(page, {**form, "secret_token": "sangat-rahasia"}, follow=True).content.decode()
    assert f"tetapi masih kurang: {lacking}" in told  # in use, and said what it lacks
    admin.post(page, {**form, "setting_phone_number_id": "1234", "secret_app_secret": "kunci-dua"})
    channel = Channel.objects.get()
    assert channel.settings == {"phone_number_id": "1234"}
    assert json.loads(channel.secrets) == {"token": "sangat-rahasia", "app_secret": "kunci-dua"}
    html = admin.get(page).content.decode()
    assert "sangat-rahasia" not in html and "kunci-dua" not in html and 'value="1234"' in html
    admin.post(page, {**form, "erase_secrets": ["token"]})
    channel = Channel.objects.get()
    assert channel.settings == {} and json.loads(channel.secrets) == {"app_secret": "kunci-dua"}
    assert "rahasia" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_setting_keeps_its_type_and_nonsense_is_named(admin):
    load_seed()
    mail = Channel.objects.get(kind="email")
    page = f"/admin/complaints/channel/{mail.pk}/change/"
    form = {"slug": mail.slug, "name": mail.name, "order": "1", "quiet_after_h": "72"}
    wrong = admin.post(page, {**form, "setting_smtp_port": "banyak", "setting_smtp_tls": "ssl3"})
    errors = wrong.context["adminform"].errors
    assert wrong.status_code == 200 and set(errors) == {"setting_smtp_port", "setting_smtp_tls"}
    Channel.objects.filter(pk=mail.pk).update(settings={"of_another_kind": "stays"})
    admin.post(page, {**form, "setting_smtp_port": "587", "setting_smtp_tls": "starttls"})
    mail.refresh_from_db()
    assert mail.settings == {"of_another_kind": "stays", "smtp_port": 587, "smtp_tls": "starttls"}
    messenger = Channel.objects.get(kind="messenger")
    page = f"/admin/complaints/channel/{messenger.pk}/change/"
    form = {"slug": messenger.slug, "name": "FB", "order": "1", "quiet_after_h": "72"}
    admin.post(page, {**form, "setting_human_agent": "on"})
    messenger.refresh_from_db()
    assert messenger.settings["human_agent"] is True
    for row in Channel.objects.all():  # every kind has a form
        assert admin.get(f"/admin/complaints/channel/{row.pk}/change/").status_code == 200


def test_a_dry_run_tells_and_changes_nothing(admin):
    agency = make_agency()
    rule = RoutingRule.objects.create(name="Semua lampu", agency=agency, words=["lampu"])
    lamp, flood = make_report("Lampu mati"), make_report("Banjir")
    assigning.assign(pk=lamp.pk, agency=make_agency(), viewer=None)
    assigning.assign(pk=flood.pk, agency=agency, viewer=None)
    before = list(Report.objects.values_list("pk", "agency", "rev"))
    for ticked in ({"_selected_action": [rule.pk]}, {}):
        given = {"action": "dry_run", **ticked}
        html = admin.post("/admin/complaints/routingrule/", given, follow=True).content.decode()
        assert "2 laporan diperiksa." in html and "Semua lampu: 1" in html
        assert "1 di antaranya kini berada di perangkat daerah lain." in html
        assert f'href="/reports/{lamp.number}/"' in html and flood.number not in html
    assert list(Report.objects.values_list("pk", "agency", "rev")) == before


def test_days_of_a_rule_are_ticked_by_name(admin):
    page = "/admin/complaints/routingrule/add/"
    html = admin.get(page).content.decode()
    assert html.count('type="checkbox" name="weekdays"') == 7 and "Senin" in html
    assert "Pisahkan dengan koma" in html
    form = {"name": "Akhir pekan", "order": "1", "agency": make_agency().pk, "words": "lampu, tiang listrik"}
    admin.post(page, {**form, "weekdays": ["5", "6"], "active": "on"})
    rule = RoutingRule.objects.get()
    assert (rule.weekdays, rule.words) == ([5, 6], ["lampu", "tiang listrik"])
    page = f"/admin/complaints/routingrule/{rule.pk}/change/"
    assert admin.get(page).content.decode().count("checked") >= 3
    assert admin.post(page, {**form, "weekdays": ["7"]}).status_code == 200, "there is no eighth day"
    admin.post(page, form)
    rule.refresh_from_db()
    assert rule.weekdays == []


def test_the_table_of_moves_speaks_in_words(admin):
    load_seed()
    html = admin.get("/admin/complaints/allowedmove/").content.decode()
    assert "Boleh memindahkan status laporan" in html and "handle_report" not in html
    assert "?source=new" in html and ">new<" not in html
    found = admin.get("/admin/complaints/allowedmove/?source=new").content.decode()
    assert f"{AllowedMove.objects.filter(source='new').count()} " in found
    row = AllowedMove.objects.first()
    html = admin.get(f"/admin/complaints/allowedmove/{row.pk}/change/").content.decode()
    assert "Boleh meminta dibuka kembali" in html


def test_a_category_keeps_its_code(admin):
    category = make_category("PJU-01")
    html = admin.get(f"/admin/complaints/category/{category.pk}/change/").content.decode()
    assert 'name="code"' not in html
    assert Category.objects.get().code == "PJU-01"


@pytest.mark.parametrize(
    ("hours", "saved"),
    [
        ("07:30-12:00 13:00-16:00\n" * 4 + "07:30-11:30\n-\n-", True),
        ("-\n" * 6 + "-", False),
        ("07:30-12:00\n" * 6, False),
        ("12:00-07:30\n" + "-\n" * 5 + "-", False),
        ("07:30-12:00 11:00-16:00\n" + "-\n" * 5 + "-", False),
        ("pagi sampai sore\n" + "-\n" * 5 + "-", False),
    ],
)
def test_hours_without_working_time_are_an_error_of_the_form(admin, hours, saved):
    answer = admin.post("/admin/city/officehours/add/", {"name": "Biasa", "hours": hours})
    assert answer.status_code == (302 if saved else 200)
    assert OfficeHours.objects.exists() is saved


def test_a_local_day_off_moves_the_deadlines_of_new_reports(admin):
    before = make_report().verify_due
    day = before.date()
    admin.post("/admin/city/calendarday/add/", {"day": day.isoformat(), "name": "Pilkada", "kind": "off"})
    assert CalendarDay.objects.exists()
    assert make_report().verify_due > before
