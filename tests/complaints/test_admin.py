"""Admin pages of citizen reports: the table of moves, routing rules, channels and their secrets."""

from __future__ import annotations

import pytest

from commandcenter.city.models import AuditEntry
from commandcenter.city.office import CalendarDay, OfficeHours
from commandcenter.city.roles import Role
from complaints import moves
from complaints.models import AllowedMove, Category, Channel, Report, RoutingRule
from complaints.services import moving
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


def test_secrets_of_a_channel_are_written_and_never_read(admin):
    channel = make_channel("whatsapp")
    page = f"/admin/complaints/channel/{channel.pk}/change/"
    form = {
        "kind": "whatsapp",
        "slug": channel.slug,
        "name": "WA",
        "enabled": "on",
        "order": "1",
        "settings": "{}",
    }
    form |= {"quiet_after_h": "72"}
    admin.post(page, {**form, "new_secrets": '{"token": "sangat-rahasia"}'})
    assert "sangat-rahasia" in Channel.objects.get().secrets
    html = admin.get(page).content.decode()
    assert "sangat-rahasia" not in html and "token" in html
    admin.post(page, {**form, "new_secrets": ""})
    assert "sangat-rahasia" in Channel.objects.get().secrets
    assert admin.post(page, {**form, "new_secrets": "rahasia"}).status_code == 200
    admin.post(page, {**form, "new_secrets": "{}"})
    assert Channel.objects.get().secrets == ""
    assert "sangat-rahasia" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_dry_run_tells_and_changes_nothing(admin):
    agency = make_agency()
    rule = RoutingRule.objects.create(name="Semua lampu", agency=agency, words=["lampu"])
    make_report("Lampu mati")
    make_report("Banjir")
    before = list(Report.objects.values_list("pk", "agency", "rev"))
    answer = admin.post(
        "/admin/complaints/routingrule/", {"action": "dry_run", "_selected_action": [rule.pk]}, follow=True
    )
    assert "Semua lampu: 1" in answer.content.decode()
    assert list(Report.objects.values_list("pk", "agency", "rev")) == before


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
