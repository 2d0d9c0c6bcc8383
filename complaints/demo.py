"""Citizen reports of the demo city: eight weeks of them, moved on by the real verbs, all marked SIMULASI."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import cv2
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from cctv.camsim.config import LoopSpec
from cctv.camsim.scenes import Painter
from commandcenter import demo
from commandcenter.city.models import Agency, Area
from commandcenter.city.origin import Source
from complaints import demo_rooms, demo_rules
from complaints.models import (
    Attachment,
    CannedText,
    Category,
    Channel,
    Hospital,
    Outbox,
    Report,
    Reporter,
    ReportKind,
    SlaPolicy,
)
from complaints.sampletexts import sample_texts
from complaints.services import assigning, files, moving, reopening, talking
from complaints.services.filing import NewReport, file_report
from complaints.services.reporters import reporter_for
from complaints.services.seeding import load_seed
from complaints.workflow import Status

COUNT, DAYS = 120, 56
MINUTE = timedelta(minutes=1)
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
    demo_rooms.hospitals()
    if not Report.objects.filter(origin=Source.SIMULATED).exists():
        _complaints()
    demo_rooms.seed()
    demo_rules.seed()


def _outside(at: datetime) -> None:
    """One report that an external responder has before him: an outage, sent on to the electricity company."""
    category = Category.objects.filter(code="UTL-02", agency__isnull=False).select_related("agency").first()
    channel = Channel.objects.filter(kind="phone").first()
    if category is None or category.agency is None or channel is None:
        return
    new = NewReport(
        channel=channel, text="Listrik padam sejak tadi di Kampung Kebon, gardunya berasap.",
        uuid=uuid.uuid5(NAMESPACE, "outside"), category=category, address="Kampung Kebon, Kecamatan Ciruas",
        lat=-6.1105, lng=106.2312, sent_at=at, received_at=at, origin=Source.SIMULATED,
    )  # fmt: skip
    report = file_report(new).report
    if report.status == Status.NEW:
        assigning.assign(
            pk=report.pk, agency=category.agency, viewer=None, text="Mohon segera diperiksa.",
            at=at + timedelta(minutes=9),
        )  # fmt: skip
    Outbox.objects.filter(report=report).delete()  # nobody of the demo is written to


def _complaints() -> None:
    dice, now = random.Random(36), timezone.now()
    categories = {row.code: row for row in Category.objects.all()}
    channels = {row.kind: row for row in Channel.objects.all()}
    areas = list(Area.objects.filter(level=3, lat__isnull=False))
    moments = sorted(
        now - timedelta(minutes=int(DAYS * 1440 * dice.random() ** 1.4) + 3) for _ in range(COUNT)
    )
    samples = sample_texts(COUNT, seed=36, noise=0.15, anywhere=True)
    outage: datetime | None = now - timedelta(hours=3)
    for number, (sample, at) in enumerate(zip(samples, moments, strict=True)):
        if outage is not None and at > outage:  # in its turn: the newest stand last
            _outside(outage)
            outage = None
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
    if filed.report.kind != ReportKind.ROOM or not demo_rooms.settle(filed.report, timezone.now()):
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
    """What a report of that age has gone through in a city that is run well: most in time, few late."""
    agency = report.category.agency if report.category else None
    agency = agency or Agency.objects.filter(code="diskominfo").first()
    if agency is None or report.status != Status.NEW:
        return
    course = _course(report, at, dice)
    if not course.reached(course.sent):
        return
    assigning.assign(pk=report.pk, agency=agency, viewer=None, text="Mohon ditindaklanjuti.", at=course.sent)
    if not course.reached(course.said):
        return
    talking.add_note(
        pk=report.pk, viewer=None, text="Petugas akan mengecek ke lokasi.", public=True, at=course.said
    )
    moving.move(pk=report.pk, target=Status.IN_PROGRESS, viewer=None, at=course.said + MINUTE)
    if course.reached(course.closed):
        _end(report, course.closed, dice)


@dataclass(frozen=True, slots=True)
class Course:
    """When a demo report is sent on, answered and closed; ``now`` is how far its story may go."""

    sent: datetime
    said: datetime
    closed: datetime
    now: datetime

    def reached(self, moment: datetime) -> bool:
        """Whether that has happened already."""
        return moment + MINUTE < self.now


def _course(report: Report, at: datetime, dice: random.Random) -> Course:
    """Moments within the report's own deadlines; one in twelve comes after the last of them."""
    fallback = at + timedelta(days=3)
    verify, answer = report.verify_due or fallback, report.answer_due or fallback
    finish = report.finish_due or fallback
    late = dice.random() < 0.08
    share = 1.1 + 0.5 * dice.random() if late else 0.25 + 0.65 * dice.random()
    sent = at + (verify - at) * (0.1 + 0.5 * dice.random())
    said = max(sent + MINUTE, at + (answer - at) * (0.2 + 0.6 * dice.random()))
    return Course(sent, said, max(said + 2 * MINUTE, at + (finish - at) * share), timezone.now())


def _end(report: Report, closed: datetime, dice: random.Random) -> None:
    end = dice.choices([end for end, _w in ENDS], [weight for _e, weight in ENDS])[0]
    body = "Balai Besar Pelaksanaan Jalan Nasional" if end is Status.NOT_OURS else ""
    if end is Status.RESOLVED and report.category and report.category.proof_photo:
        _proof(report)
    moving.move(pk=report.pk, target=end, viewer=None, text=WORDS[end], body_named=body, at=closed)
    if end is Status.RESOLVED and dice.random() < 0.6:
        reopening.rate(pk=report.pk, score=dice.choices((1, 2, 3, 4, 5), (4, 6, 14, 40, 36))[0])
    if end is Status.RESOLVED and dice.random() < 0.06 and timezone.now() - closed < timedelta(days=14):
        reopening.ask_reopening(pk=report.pk, text="Masih sama seperti kemarin, mohon dicek lagi.")


WIDTH, HEIGHT, THUMB = 960, 540, 4


@cache
def _scene(number: int) -> tuple[bytes, bytes]:
    """A drawn street or park and its thumbnail as JPEGs; the word SIMULASI is in the picture itself."""
    place = ("street", "park")[number % 2]
    picture = Painter(LoopSpec(place, seed=900 + number, label="SIMULASI", width=WIDTH, height=HEIGHT)).paint(
        7
    )
    small = cv2.resize(picture, (WIDTH // THUMB, HEIGHT // THUMB), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", picture)[1].tobytes(), cv2.imencode(".jpg", small)[1].tobytes()


def _proof(report: Report) -> None:
    """A picture of finished work, one of four."""
    served, thumb = (ContentFile(data) for data in _scene(report.pk % 4))
    stem = f"reports/{uuid.uuid4().hex}"
    Attachment.objects.create(
        report=report, moment=Attachment.Moment.AFTER, public=True, kind=Attachment.Kind.PHOTO,
        state=Attachment.State.READY, mime="image/jpeg", width=WIDTH, height=HEIGHT, size=served.size,
        served=default_storage.save(f"{stem}.jpg", served),
        thumb=default_storage.save(f"{stem}-s.jpg", thumb),
    )  # fmt: skip


def purge() -> None:
    """Takes the demo's reports, people and seed away; what real reports stand on stays and becomes real."""
    simulated = Report.objects.filter(origin=Source.SIMULATED)
    for row in Attachment.objects.filter(report__origin=Source.SIMULATED):
        files.erase(row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cc.erasing', 'on', true)")
    simulated.update(duplicate_of=None, parent=None, follows=None)
    for related in Report._meta.related_objects:
        model, name = related.related_model, related.field.name
        if isinstance(model, type) and model is not Report and name == "report":
            model._default_manager.filter(report__origin=Source.SIMULATED).delete()
    simulated.delete()
    Reporter.objects.filter(origin=Source.SIMULATED, reports=None, messages=None).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cc.erasing', 'off', true)")
    demo_rules.purge()
    _seed_rows()


def _seed_rows() -> None:
    """Seeds are settings: those in use stay as the city's own, the others leave."""
    CannedText.objects.filter(origin=Source.SIMULATED).delete()
    Hospital.objects.filter(origin=Source.SIMULATED).delete()
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
