"""The admin pages of field officers: every list and form opens, each person finds his own rows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from commandcenter.city.roles import Role, ensure_roles
from fieldstaff.models import Device, Officer, Outage, Quarantine, Shift
from tests.factories.city import client_of, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.test_rights import furnish

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    ensure_roles()
    return client_of(make_user(Role.ADMIN, is_superuser=True))


def test_every_list_form_and_filter_opens(boss):
    officer = make_officer("P-UJI")
    furnish(officer, on_shift=True)
    ours = [
        model for model in admin.site._registry if model in apps.get_app_config("fieldstaff").get_models()
    ]
    assert len(ours) >= 14
    for model in ours:
        base = f"admin:fieldstaff_{model._meta.model_name}"
        assert boss.get(reverse(f"{base}_changelist"), {"q": "P-UJI"}).status_code == 200
        row = model.objects.first()
        if row is not None:
            assert boss.get(reverse(f"{base}_change", args=[row.pk])).status_code == 200, model
    for name, values in {
        "officer": ["now=shift", "now=phoneless", "now=left"],
        "device": [f"trouble={kind}" for kind in ("silent", "clock", "unused", "exposed", "revoked")],
    }.items():
        for query in values:
            page = boss.get(reverse(f"admin:fieldstaff_{name}_changelist") + "?" + query)
            assert page.status_code == 200
    page = boss.get(reverse("admin:fieldstaff_officer_changelist") + "?now=shift")
    assert "P-UJI" in page.content.decode()


def test_an_officer_is_written_by_hand_and_a_circle_is_a_sentence(boss):
    top = make_officer("P-ATAS")
    low = make_officer("P-BAWAH", supervisor=top, agency=top.agency)
    form = {
        "code": "P-ATAS", "name": "Bu Ani", "kind": "pengawas", "agency": top.agency.pk, "supervisor": low.pk,
        "skills": "p3k,gergaji", "phone": "081200001111", "trainings-TOTAL_FORMS": 0,
        "trainings-INITIAL_FORMS": 0,
    }  # fmt: skip
    page = boss.post(f"/admin/fieldstaff/officer/{top.pk}/change/", form)
    assert "lingkaran pengawas" in page.content.decode()
    boss.post(f"/admin/fieldstaff/officer/{top.pk}/change/", form | {"supervisor": ""})
    top.refresh_from_db()
    assert (top.name, top.skills, top.phone) == ("Bu Ani", ["p3k", "gergaji"], "081200001111")


def test_a_shift_gets_its_rest_and_an_overlap_is_a_sentence(boss):
    officer = make_officer()
    make_shift(officer, datetime(2026, 8, 21, 0, 30, tzinfo=UTC), 4)
    form = {
        "officer": officer.pk, "work_date": "2026-08-21", "zone": "Asia/Jakarta", "source": "hand",
        "duty": "roster", "area_rule": "ignore",
        "span_0": "2026-08-21 09:00", "span_1": "2026-08-21 16:00",
        "rest_from": "2026-08-21 12:00", "rest_until": "2026-08-21 13:00",
    }  # fmt: skip
    page = boss.post("/admin/fieldstaff/shift/add/", form)
    assert "punya tugas jaga lain" in page.content.decode()
    page = boss.post("/admin/fieldstaff/shift/add/", form | {"span_0": "2026-08-21 11:30"})
    assert page.status_code == 302, page.context["adminform"].form.errors
    shift = Shift.objects.order_by("pk").last()
    noon = datetime(2026, 8, 21, 5, tzinfo=UTC)
    assert shift.breaks == [(noon, noon + timedelta(hours=1))]


def test_an_outage_is_picked_from_calendars_and_told_by_the_citys_clock(boss):
    page = boss.get("/admin/fieldstaff/outage/add/").content.decode()
    assert page.count('type="datetime-local"') == 2 and "Confirmed" not in page
    form = {"span_0": "2026-08-21T10:00:00", "span_1": "2026-08-21T11:30:00", "why": "Listrik padam"}
    assert boss.post("/admin/fieldstaff/outage/add/", form).status_code == 302
    page = boss.get("/admin/fieldstaff/outage/").content.decode().replace("\u00a0", " ")
    assert "21 Agu 2026, 10.00 – 11.30" in page and "+00:00" not in page
    row = Outage.objects.get()
    page = boss.get(f"/admin/fieldstaff/outage/{row.pk}/change/").content.decode()
    assert 'value="2026-08-21T10:00:00"' in page and 'value="2026-08-21T11:30:00"' in page


def test_a_token_is_shown_once_and_revoked_from_the_list(boss):
    from fieldstaff import tokens

    device = make_device(uid="70011234")
    act = {"_selected_action": device.pk}
    pages = [
        boss.post("/admin/fieldstaff/device/", act | {"action": name}, follow=True).content.decode()
        for name in ("issue", "rotate")
    ]
    texts = [re.search(r"cc_[0-9a-f]{8}_[\w-]{43}", page)[0] for page in pages]
    assert all(tokens.check(text) for text in texts)
    assert texts[1] not in boss.get("/admin/fieldstaff/device/").content.decode()
    assert texts[1] not in boss.get(f"/admin/fieldstaff/device/{device.pk}/change/").content.decode()
    boss.post("/admin/fieldstaff/device/", act | {"action": "revoke"})
    device.refresh_from_db()
    assert device.revoked_at and Device.objects.alive().count() == 0


def test_the_desk_finds_in_the_admin_whom_it_may_see_and_the_quarantine():
    ensure_roles()
    here, away = make_officer("P-ADA"), make_officer("P-PULANG")
    now = datetime.now(UTC)
    make_shift(here, now - timedelta(hours=1))
    device = make_device(away, uid="70011234")
    Quarantine.objects.create(
        device=device, recv_at=now, reason="place", protocol="traccar", raw="lat=91", detail="lat"
    )
    desk = client_of(make_user(Role.OPERATOR))
    page = desk.get("/admin/fieldstaff/officer/").content.decode()
    assert "P-ADA" in page and "P-PULANG" not in page
    assert desk.get(f"/admin/fieldstaff/officer/{away.pk}/change/").status_code == 302
    page = desk.get(f"/admin/fieldstaff/quarantine/{Quarantine.objects.get().pk}/change/").content.decode()
    assert "lat=91" in page and "lokasi mustahil" in page
    assert desk.get("/admin/fieldstaff/attendance/").status_code == 403
    assert Officer.objects.count() == 2
