"""Hospitals of the demo city and a day of requests for rooms and ambulances, moved on by the real verbs.

All marked SIMULASI; they leave with the other reports of the demo.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from commandcenter.city.models import Agency
from commandcenter.city.origin import Source
from complaints.models import Channel, FreeBeds, Hospital, Outbox, Report, ReportKind, RoomRequest
from complaints.services import rooms
from complaints.services.filing import NewReport, file_report
from complaints.services.reporters import reporter_for

NAMESPACE = uuid.UUID("b6f0a3de-2c0f-4a57-9e0c-5a5f0a8f7d42")
FREE = {
    "rsud": {"maternity": 3, "bed": 11, "icu": 0, "ambulance": 2},
    "dinkes": {"maternity": 2, "bed": 4, "ambulance": 3},
}
"""What each of the demo's hospitals says is free: the city's own, and the health centres with beds."""


@dataclass(frozen=True, slots=True)
class Story:
    """A request that came ``ago`` minutes before the demo was seeded, and its steps.

    A step is (minutes after the request, verb, value): minutes of a hold, the reason of a refusal (with the
    code of the hospital asked instead), the reason of a cancellation.
    """

    need: str
    way: str
    ago: int
    text: str
    address: str
    steps: tuple[tuple[int, str, int | str], ...] = ()
    other: str = ""


STORIES = (
    Story("ambulance", "112", 4, "Bapak 58 tahun sesak napas, masih sadar. Rumah di dalam gang.",
          "Kp. Cikeusal RT 03/02, dekat mushala"),
    Story("bed", "phone", 34, "Demam berdarah, trombosit turun. Dirujuk klinik, perlu rawat inap.",
          "Klinik di Jl. Raya Pandeglang", ((9, "refuse", "Ruang penyakit dalam penuh sampai besok pagi."),)),
    Story("maternity", "phone", 22, "Hamil 39 minggu, mulas tiap 7 menit. Diantar suami dengan mobil.",
          "Perumahan Graha Walantaka, Ciruas", ((5, "hold", 60),)),
    Story("bed", "whatsapp", 75, "Pascaoperasi usus buntu, kontrol nyeri. Datang sore dengan keluarga.",
          "Kp. Ranca Sumur, Kopo", ((11, "hold", 360),)),
    Story("maternity", "whatsapp", 190, "Ketuban sudah pecah, jarak ke rumah sakit 40 menit.",
          "Desa Cinangka, dekat pasar", ((6, "hold", 60), (66, "expire", 0))),
    Story("maternity", "web", 420, "Hamil 37 minggu, tekanan darah tinggi. Bidan minta dirujuk.",
          "Polindes Padarincang",
          ((7, "refuse", "Ruang bersalin penuh."), (13, "hold", 60), (52, "arrive", 0)), "dinkes"),
    Story("ambulance", "112", 265, "Lansia jatuh di kamar mandi, tidak bisa berdiri.",
          "Perumahan Bumi Ciruas Permai blok C", ((3, "hold", 30), (24, "arrive", 0))),
    Story("icu", "phone", 1500, "Rujukan puskesmas: penurunan kesadaran, terpasang infus.",
          "Puskesmas Tunjung Teja", ((12, "hold", 60), (58, "arrive", 0))),
    Story("maternity", "phone", 530, "Hamil 40 minggu, mulas sejak subuh.", "Kp. Pasir Angin, Petir",
          ((8, "hold", 120), (47, "cancel", "Sudah melahirkan di bidan desa, ibu dan bayi sehat."))),
)  # fmt: skip


def hospitals() -> None:
    """The demo's hospitals, once, with what they say is free."""
    for code, free in FREE.items():
        agency = Agency.objects.filter(code=code).first()
        if agency is None or Hospital.objects.filter(agency=agency).exists():
            continue
        row = Hospital.objects.create(agency=agency, needs=list(free), origin=Source.SIMULATED)
        for need, count in free.items():
            FreeBeds.objects.create(hospital=row, need=need, count=count, at=timezone.now())


def seed() -> None:
    """Adds the requests once; a city without the demo's hospital gets none."""
    main = Agency.objects.filter(code="rsud", hospital__active=True).first()
    if main is None or Report.objects.filter(uuid=_key(0)).exists():
        return
    now = timezone.now()
    for number, story in enumerate(STORIES):
        with transaction.atomic():
            _one(number, story, main, now)


def _key(number: int) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, str(number))


def _one(number: int, story: Story, main: Agency, now: datetime) -> None:
    channel = Channel.objects.get(kind=story.way)
    at = now - timedelta(minutes=story.ago)
    person = reporter_for(
        channel=channel, address=f"demo-room-{number}", name=f"Warga Contoh {200 + number}",
        phone=f"0800000{number:04d}", wrote_at=at,
    )  # fmt: skip
    new = NewReport(
        channel=channel, text=story.text, uuid=_key(number), need=story.need,
        category=rooms.category_of(story.need), address=story.address, reporter=person, secret=True,
        kind=ReportKind.ROOM, sent_at=at, received_at=at, hospital=main, origin=Source.SIMULATED,
    )  # fmt: skip
    report = file_report(new).report
    last = at
    for minutes, verb, value in story.steps:
        last = at + timedelta(minutes=minutes)
        _step(report.pk, verb, value, story.other, last)
    RoomRequest.objects.filter(report=report).update(state_at=last)
    Outbox.objects.filter(report=report).delete()  # nobody of the demo is written to


def settle(report: Report, now: datetime) -> bool:
    """A request among the demo's ordinary reports: held within minutes, arrived within the hour.

    False where no hospital has it: then it is a report like any other.
    """
    if not RoomRequest.objects.filter(report=report, hospital__isnull=False).exists():
        return False
    held, came = report.received_at + timedelta(minutes=9), report.received_at + timedelta(minutes=50)
    for at, verb, value in ((held, "hold", 60), (came, "arrive", 0)):
        if at < now:
            _step(report.pk, verb, value, "", at)
            RoomRequest.objects.filter(report=report).update(state_at=at)
    return True


def _step(pk: int, verb: str, value: int | str, other: str, at: datetime) -> None:
    if verb == "hold":
        rooms.hold(pk=pk, minutes=int(value), viewer=None, at=at)
    elif verb == "refuse":
        instead = Agency.objects.filter(code=other, hospital__active=True).first() if other else None
        rooms.refuse(pk=pk, viewer=None, text=str(value), alternative=instead, at=at)
    elif verb == "arrive":
        rooms.arrive(pk=pk, viewer=None, at=at)
    elif verb == "cancel":
        rooms.cancel(pk=pk, viewer=None, text=str(value), at=at)
    else:
        rooms.expire(pk, at)
