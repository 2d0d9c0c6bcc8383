"""The seed in the database, and a demo that comes and goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from commandcenter.city import audit
from commandcenter.city.origin import Source
from commandcenter.city.viewers import Role, viewer_of_user
from complaints import demo, demo_rooms, demo_rules, tiles
from complaints.models import (
    Attachment,
    Category,
    Channel,
    FreeBeds,
    Hospital,
    Message,
    Outbox,
    Report,
    RoomChange,
    RoomRequest,
    RoutingRule,
    SlaPolicy,
    StatusChange,
)
from complaints.seed import CATEGORIES, CHANNELS
from complaints.services.seeding import load_seed
from tests.factories.city import make_agency, make_area, make_user
from tests.factories.complaints import make_report

pytestmark = pytest.mark.django_db


def test_the_seed_loads_once_and_leaves_what_people_changed():
    make_agency(short_name="Dishub", name="Dinas Perhubungan")
    first = load_seed()
    assert first["categories"] == len(CATEGORIES) and first["channels"] == len(CHANNELS) == 12
    row = Category.objects.exclude(agency=None).first()
    assert row.agency.short_name == "Dishub"
    Category.objects.filter(pk=row.pk).update(name="Nama kota sendiri")
    call_command("load_report_seed")
    assert Category.objects.get(pk=row.pk).name == "Nama kota sendiri"
    assert Category.objects.count() == len(CATEGORIES)


def test_the_demo_is_marked_lives_and_leaves_real_reports_alone(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(demo, "COUNT", 40)
    make_agency("diskominfo")
    make_area("36.04.19", "Petir", lat=-6.22, lng=106.2)
    real = make_report("Laporan sungguhan")
    demo.seed()
    demo.seed()
    rows = Report.objects.filter(origin=Source.SIMULATED)
    assert rows.count() == 40 and len(set(rows.values_list("status", flat=True))) >= 3
    opened = rows.open()
    assert 2 <= opened.count() <= 20, "a city that is run well has few reports open"
    assert opened.overdue(timezone.now()).count() <= 5
    assert not opened.filter(priority="urgent", received_at__lt=timezone.now() - timedelta(days=3)).exists()
    drawn = [row.served for row in Attachment.objects.filter(report__in=rows)]
    assert drawn and all((tmp_path / path).exists() for path in drawn)
    demo.purge()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert list(Report.objects.all()) == [real]
    assert not Category.objects.exists() and not SlaPolicy.objects.exists()
    assert Channel.objects.get() == real.channel
    assert StatusChange.objects.filter(report=real).count() == 1 and Message.objects.count() == 1


def test_the_demos_rooms_stand_in_every_state_once_and_leave(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(demo, "COUNT", 0)
    first, second = make_agency("rsud"), make_agency("dinkes")
    demo.seed()
    demo.seed()
    rows = RoomRequest.objects.filter(report__origin=Source.SIMULATED)
    assert rows.count() == len(demo_rooms.STORIES) and set(rows.values_list("state", flat=True)) == {
        "asked", "held", "arrived", "expired", "refused", "cancelled",
    }  # fmt: skip
    sent_on = rows.get(alternative=str(second))
    steps = RoomChange.objects.filter(report=sent_on.report).order_by("pk")
    assert [row.state for row in steps] == ["asked", "refused", "asked", "held", "arrived"]
    assert [row.hospital for row in steps][::4] == [first, second]
    assert list(steps) == sorted(steps, key=lambda row: row.at) and steps[0].at == sent_on.report.received_at
    assert not rows.exclude(report__secret=True).exists() and not Outbox.objects.exists()
    assert rows.filter(state="held", held_until__gt=timezone.now()).count() == 2
    operator = viewer_of_user(make_user(Role.OPERATOR))
    told = tiles.room_figures(operator, {}, timezone.now())
    assert told["simulated"] and told["asked"] == 2 and told["expired"] == 1 and len(told["free"]) == 7
    demo.purge()
    left = (RoomRequest, RoomChange, Hospital, FreeBeds, Report)
    assert not any(model.objects.exists() for model in left)


def test_the_demos_rules_leave_but_one_that_somebody_changed_stays():
    make_agency("pln"), make_agency("polres"), make_agency("disperindag")
    demo_rules.seed()
    demo_rules.seed()
    assert RoutingRule.objects.filter(origin=Source.SIMULATED).count() == 3
    assert not RoutingRule.objects.filter(dispatch=True).exists()  # proposals: an operator confirms them
    admin, mine = make_user(Role.ADMIN), RoutingRule.objects.get(agency__code="polres")
    audit.record(viewer=viewer_of_user(admin), action="routing.changed", subject=mine)
    demo_rules.purge()
    assert list(RoutingRule.objects.all()) == [mine] and RoutingRule.objects.get().origin == Source.REAL
