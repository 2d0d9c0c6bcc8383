"""The seed in the database, and a demo that comes and goes."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from commandcenter.city.origin import Source
from complaints import demo
from complaints.models import Category, Channel, Message, Report, SlaPolicy, StatusChange
from complaints.seed import CATEGORIES, CHANNELS
from complaints.services.seeding import load_seed
from tests.factories.city import make_agency, make_area
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


def test_the_demo_is_marked_lives_and_leaves_real_reports_alone(monkeypatch):
    monkeypatch.setattr(demo, "COUNT", 25)
    make_agency("diskominfo")
    make_area("36.04.19", "Petir", lat=-6.22, lng=106.2)
    real = make_report("Laporan sungguhan")
    demo.seed()
    demo.seed()
    rows = Report.objects.filter(origin=Source.SIMULATED)
    assert rows.count() == 25 and len(set(rows.values_list("status", flat=True))) >= 3
    demo.purge()
    assert list(Report.objects.all()) == [real]
    assert not Category.objects.exists() and not SlaPolicy.objects.exists()
    assert Channel.objects.get() == real.channel
    assert StatusChange.objects.filter(report=real).count() == 1 and Message.objects.count() == 1
