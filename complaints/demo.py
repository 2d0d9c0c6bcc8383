"""Citizen reports of the demo city: eight weeks of them, moved on by the real verbs, all marked SIMULASI."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from commandcenter import demo
from commandcenter.city.models import Agency, Area
from commandcenter.city.origin import Source
from complaints.models import (
    Attachment,
    CannedText,
    Category,
    Channel,
    Outbox,
    Report,
    Reporter,
    SlaPolicy,
)
from complaints.sampletexts import sample_texts
from complaints.services import assigning, moving, reopening, talking
from complaints.services.filing import NewReport, file_report
from complaints.services.reporters import reporter_for
from complaints.services.seeding import load_seed
from complaints.workflow import Status

COUNT, DAYS = 120, 56
NAMESPACE = uuid.UUID("6a1c1a52-7f0e-4a53-9d5b-0a1d3f6f1c11")
WAYS = ("web", "whatsapp", "phone", "telegram", "email", "walk_in", "x", "instagram", "messenger", "lapor")
WEIGHTS = (30, 34, 10, 6, 5, 6, 3, 3, 2, 1)
ENDS = ((Status.RESOLVED, 78), (Status.UNABLE, 7), (Status.NOT_OURS, 8), (Status.REJECTED, 7))
WORDS = {
    Status.RESOLVED: "Sudah dikerjakan petugas di lapangan.",
    Status.UNABLE: "Belum dapat ditangani tahun ini: menunggu anggaran perubahan.",
    Status.NOT_OURS: "Bukan kewenangan pemerintah kabupaten.",
    Status.REJECTED: "Laporan tidak dapat dipahami dan pelapor tidak dapat dihubungi.",
}


def seed() -> None:
    """Adds the demo's reports once."""
    load_seed(origin=Source.SIMULATED)
    if Report.objects.filter(origin=Source.SIMULATED).exists():
        return
    dice, now = random.Random(36), timezone.now()
    categories = {row.code: row for row in Category.objects.all()}
    channels = {row.kind: row for row in Channel.objects.all()}
    areas = list(Area.objects.filter(level=3, lat__isnull=False))
    moments = sorted(
        now - timedelta(minutes=int(DAYS * 1440 * dice.random() ** 1.4) + 3) for _ in range(COUNT)
    )
    for number, (sample, at) in enumerate(zip(sample_texts(COUNT, seed=36), moments, strict=True)):
        with transaction.atomic():
            _one(number, sample.text, categories.get(sample.code), channels, areas, at, dice)


def _one(
    number: int,
    text: str,
    category: Category | None,
    channels: dict[str, Channel],
    areas: list[Area],
    at: datetime,
    dice: random.Random,
) -> None:
    channel = channels[dice.choices(WAYS, WEIGHTS)[0]]
    area = dice.choice(areas) if areas else None
    placed = area is not None and dice.random() < 0.85
    person = reporter_for(
        channel=channel, address=f"demo-{number}", name=f"Warga Contoh {number}", wrote_at=at
    )
    here = area if placed and area is not None and area.lat is not None and area.lng is not None else None
    new = NewReport(
        channel=channel, text=text, uuid=uuid.uuid5(NAMESPACE, str(number)), category=category,
        answers=_answers(category, dice), address=f"Kecamatan {area.name}" if area else "",
        sent_at=at, received_at=at, reporter=person, anonymous=dice.random() < 0.1, origin=Source.SIMULATED,
    )  # fmt: skip
    if here is not None and here.lat is not None and here.lng is not None:
        new.lat, new.lng = here.lat + dice.uniform(-0.02, 0.02), here.lng + dice.uniform(-0.02, 0.02)
    filed = file_report(new)
    _live(filed.report, at, dice)
    Outbox.objects.filter(report=filed.report).delete()  # nobody of the demo is written to


def _answers(category: Category | None, dice: random.Random) -> dict[str, object]:
    """Answers to what the category insists on."""
    found: dict[str, object] = {}
    for question in category.questions.filter(required=True) if category else ():
        if question.values:
            found[question.code] = dice.choice(question.values)[0]
        elif question.datatype == "number":
            found[question.code] = str(dice.randint(10, 60))
        elif question.datatype == "datetime":
            found[question.code] = timezone.now().isoformat()
        else:
            found[question.code] = "contoh"
    return found


def _live(report: Report, at: datetime, dice: random.Random) -> None:
    """What a report of that age has gone through."""
    age = timezone.now() - at
    if age < timedelta(hours=5) or dice.random() < 0.04:
        return
    agency = report.category.agency if report.category else None
    agency = agency or Agency.objects.filter(code="diskominfo").first()
    if agency is None or report.status != Status.NEW:
        return
    assigning.assign(
        pk=report.pk, agency=agency, viewer=None, text="Mohon ditindaklanjuti.", at=at + timedelta(hours=2)
    )
    if age < timedelta(days=2) or dice.random() < 0.05:
        return
    said = at + timedelta(hours=6)
    talking.add_note(pk=report.pk, viewer=None, text="Petugas akan mengecek ke lokasi.", public=True, at=said)
    moving.move(pk=report.pk, target=Status.IN_PROGRESS, viewer=None, at=at + timedelta(hours=9))
    if age < timedelta(days=6) or dice.random() < 0.06:
        return
    end = dice.choices([end for end, _w in ENDS], [weight for _e, weight in ENDS])[0]
    body = "Balai Besar Pelaksanaan Jalan Nasional" if end is Status.NOT_OURS else ""
    closed = at + timedelta(hours=20 + 140 * dice.random())
    try:
        with transaction.atomic():
            moving.move(pk=report.pk, target=end, viewer=None, text=WORDS[end], body_named=body, at=closed)
    except ValidationError:
        return  # the category wants a photo of the work, and the demo has none
    if end is Status.RESOLVED and dice.random() < 0.6:
        reopening.rate(pk=report.pk, score=dice.choices((1, 2, 3, 4, 5), (4, 6, 14, 40, 36))[0])
    if end is Status.RESOLVED and dice.random() < 0.06 and timezone.now() - closed < timedelta(days=14):
        reopening.ask_reopening(pk=report.pk, text="Masih sama seperti kemarin, mohon dicek lagi.")


def purge() -> None:
    """Takes the demo's reports, people and seed away; what real reports stand on stays and becomes real."""
    simulated = Report.objects.filter(origin=Source.SIMULATED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cc.erasing', 'on', true)")
    simulated.update(duplicate_of=None, parent=None, follows=None)
    for related in Report._meta.related_objects:
        model, name = related.related_model, related.field.name
        if isinstance(model, type) and model is not Report and name == "report":
            model._default_manager.filter(report__origin=Source.SIMULATED).delete()
    Attachment.objects.filter(report__origin=Source.SIMULATED).delete()
    simulated.delete()
    Reporter.objects.filter(origin=Source.SIMULATED, reports=None, messages=None).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cc.erasing', 'off', true)")
    _seed_rows()


def _seed_rows() -> None:
    """Seeds are settings: those in use stay as the city's own, the others leave."""
    CannedText.objects.filter(origin=Source.SIMULATED).delete()
    used = Category.objects.filter(reports__isnull=False).values_list("pk", flat=True)
    parents = Category.objects.filter(children__reports__isnull=False).values_list("pk", flat=True)
    kept = {*used, *parents}
    Category.objects.filter(pk__in=kept).update(origin=Source.REAL)
    SlaPolicy.objects.filter(category__in=kept).update(origin=Source.REAL)
    Category.objects.filter(origin=Source.SIMULATED, parent__isnull=False).delete()
    Category.objects.filter(origin=Source.SIMULATED).delete()
    Channel.objects.filter(origin=Source.SIMULATED, reporters__isnull=False).update(origin=Source.REAL)
    Channel.objects.filter(origin=Source.SIMULATED).delete()


demo.register(demo.Demo(key="complaints", order=40, seed=seed, purge=purge))
