"""Orders of the demo city: some days of them that are over, and some that are open now, in every state.

Written with the times they would have had, by the same events; the pointers follow the events. Their pictures
are drawn and say SIMULASI. The readings of two invented gauges stand beside them.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from cctv.camsim.config import LoopSpec
from cctv.camsim.scenes import Painter
from commandcenter.city.boundaries import area_at
from commandcenter.city.origin import Source
from complaints.models.choices import Priority
from fieldstaff.demo_cast import Part
from fieldstaff.dispatch.orderflow import By
from fieldstaff.models import Officer, Order, OrderPhoto, OrderState, PhotoState, Shift, WaterLevel
from fieldstaff.models.orderwords import CLOSED, LOST
from fieldstaff.orders.waiting import WALL
from fieldstaff.orders.writing import Said, append, settle

NAMESPACE = uuid.UUID("0d6f1b52-39a4-4d0e-8f3a-5b1f6a7c9e04")
LASTS = timedelta(minutes=70)
WAITS = timedelta(hours=8)
"""The one open offer of the demo: somebody should have the time to accept it."""
_STEPS = {"A": "accepted", "E": "en_route", "S": "on_scene", "D": "done", "V": "verified", "R": "reopened",
          "N": "declined", "X": "expired", "C": "cancelled", "B": "reassigned"}  # fmt: skip
_WHY = {
    "R": "Masih ada sisa lumpur di sisi timur.", "N": "Motor mogok, mohon petugas lain.",
    "C": "Sudah ditangani warga.", "B": "Dialihkan: petugas lain lebih dekat.",
}  # fmt: skip
_ABOVE = {"V", "R", "C", "B"}


@dataclass(frozen=True, slots=True)
class Scene:
    """One order: whose, how many days ago, its steps by letter; ``child``: those of who it was passed to."""

    agency: str
    days: int
    steps: str
    text: str
    priority: str = Priority.NORMAL
    child: str = ""
    asked: bool = True


SCENES = (
    Scene("dlh", 6, "AESDV", "Angkut tumpukan sampah di depan pasar."),
    Scene("dpu", 5, "AESDV", "Bersihkan sumbatan gorong-gorong.", Priority.HIGH),
    Scene("dishub", 4, "AESDRESDV", "Perbaiki rambu yang roboh di simpang."),
    Scene("bpbd", 3, "AC", "Periksa pohon tumbang di pinggir jalan.", Priority.URGENT),
    Scene("satpolpp", 2, "AESDV", "Tertibkan lapak yang menutup trotoar."),
    Scene("dlh", 1, "A", "Sapu dan angkut sampah bekas hajatan.", child="AESDV"),
    Scene("dlh", 0, "A", "Bersihkan sampah yang menyumbat saluran pasar.", Priority.HIGH, child="AES"),
    Scene("dpu", 0, "AE", "Ukur tinggi muka air dan periksa pintu air.", Priority.HIGH),
    Scene("dishub", 0, "A", "Atur lalu lintas di depan sekolah."),
    Scene("satpolpp", 0, "AESD", "Turunkan spanduk liar di tiang listrik."),
    Scene("bpbd", 0, "AESDR", "Semprot jalan yang licin oleh lumpur.", Priority.URGENT),
    Scene("dlh", 0, "N", "Angkut kasur yang dibuang di bahu jalan."),
    Scene("satpolpp", 0, "X", "Cek laporan parkir di atas trotoar."),
    Scene("dpu", 0, "AB", "Tutup lubang galian yang terbuka."),
    Scene("dishub", 0, "", "Periksa lampu lalu lintas yang berkedip."),
    Scene("bpbd", 0, "", "Antar perahu karet ke posko.", asked=False),
)
GAUGES = ("Ciujung – pos simulasi hulu", "Cidurian – pos simulasi hilir")
WIDTH, HEIGHT, THUMB = 960, 540, 4


def seed(parts: list[Part], people: dict[int, Officer]) -> None:
    """Adds them once; agencies without the demo's people have none."""
    names = [_name("order", number) for number in range(len(SCENES))]
    if not Order.objects.filter(uuid__in=names).exists():
        for number, scene in enumerate(SCENES):
            with transaction.atomic():
                _play(number, scene, [part for part in parts if part.agency == scene.agency], people)
    _water([people[part.number] for part in parts if part.number in people and part.kind == "pemantau_kali"])


def _name(*about: object) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, " ".join(map(str, about)))


def _play(number: int, scene: Scene, parts: list[Part], people: dict[int, Officer]) -> None:
    now = timezone.now().replace(microsecond=0)
    hour = now - timedelta(days=scene.days, minutes=number % 4)
    begun = hour - (LASTS if scene.steps else LASTS / 20)
    mine = {people[part.number].pk: part for part in parts if part.number in people}
    duty = list(Shift.objects.filter(officer__in=mine, span__contains=hour).order_by("officer"))
    on_duty = [mine[row.officer_id] for row in duty]
    leaders, workers = [one for one in on_duty if one.leads], [one for one in on_duty if not one.leads]
    if not on_duty or (scene.child and not (leaders and workers)):
        return
    first = leaders[0] if scene.child else (workers or leaders)[number % len(workers or leaders)]
    order = _order(number, scene, first, begun)
    if not scene.asked:
        settle(order, fresh=True)
        return
    _told(order, people[first.number], scene.steps, begun, now, drawn=number)
    if scene.child:
        worker = people[workers[number % len(workers)].number]
        later = begun + LASTS / 10
        below = _order(number, scene, first, later, above=order)
        _told(below, worker, scene.child, later, now, drawn=number)
        Order.objects.filter(pk=order.pk, closed_at__isnull=False).update(closed_at=below.closed_at)


def _order(number: int, scene: Scene, part: Part, at: datetime, above: Order | None = None) -> Order:
    lat, lng = part.route.lat + 0.001 * (number % 5), part.route.lon - 0.001 * (number % 4)
    area = area_at(lat, lng)
    agency = Officer.objects.get(code=part.code).agency
    order = Order.objects.create(
        uuid=_name("child" if above else "order", number), parent=above, parent_round=1 if above else None,
        agency=agency, text=scene.text, address=f"Kecamatan {area.name}" if area else "", lat=lat, lng=lng,
        area=area, priority=scene.priority, skills=[part.skill], created_at=at, reported_at=at - LASTS / 5,
        deadline=at + timedelta(hours=4), origin=Source.SIMULATED,
    )  # fmt: skip
    append(order, OrderState.NEW, By.OPERATOR, None, at=at, heard_at=at)
    return order


def _told(order: Order, officer: Officer, steps: str, at: datetime, now: datetime, *, drawn: int) -> None:
    """Offered right after ``at``, and moved step by step within the hour."""
    offered = at + timedelta(seconds=40)
    order.round, order.assignee, order.offered_at = 1, officer, offered
    order.state, order.offered_until = OrderState.OFFERED, now + WAITS
    order.save()
    append(order, OrderState.OFFERED, By.OPERATOR, None, at=offered, heard_at=offered)
    pause = LASTS * 0.85 / (len(steps) + 1)
    for place, letter in enumerate(steps, start=1):
        when = offered + place * pause
        if letter == "D":
            _photo(order, officer, when - timedelta(minutes=1), drawn * 10 + place)
        _step(order, letter, when)
        end = OrderState(_STEPS[letter])
        order.closed_at = when if end in CLOSED else None
        order.waiting_since = when if end in LOST else order.waiting_since
    # The ladder of unanswered offers would end in an alarm that nobody of the demo takes.
    order.waiting_since, order.rung = order.waiting_since or offered, WALL
    settle(order, fresh=True)


def _step(order: Order, letter: str, when: datetime) -> None:
    by = By.CLOCK if letter == "X" else By.OPERATOR if letter in _ABOVE else By.HOLDER
    said = Said(text=_WHY.get(letter, ""))
    if by is By.HOLDER:
        said = Said(text=said.text, device_at=when, lat=order.lat, lng=order.lng, acc_m=12)
    append(order, _STEPS[letter], by, None, said, at=when, heard_at=when + timedelta(seconds=2))


def _photo(order: Order, officer: Officer, at: datetime, number: int) -> None:
    """A drawn street; the word SIMULASI is in the picture itself."""
    spec = LoopSpec(
        ("street", "park")[number % 2], seed=300 + number, label="SIMULASI", width=WIDTH, height=HEIGHT
    )
    picture = Painter(spec).paint(7)
    small = cv2.resize(picture, (WIDTH // THUMB, HEIGHT // THUMB), interpolation=cv2.INTER_AREA)
    whole, thumb = (cv2.imencode(".jpg", shot)[1].tobytes() for shot in (picture, small))
    name = _name("photo", order.uuid, number)
    files = {
        column: default_storage.save(f"orders/{name.hex}{ending}", ContentFile(data))
        for column, ending, data in (
            ("original", ".bin", whole), ("served", ".jpg", whole), ("thumb", "-s.jpg", thumb),
        )
    }  # fmt: skip
    OrderPhoto.objects.create(
        order=order, uuid=name, at=at, device_at=at, recv_at=at + timedelta(seconds=3), lat=order.lat,
        lng=order.lng, acc_m=12, officer=officer, state=PhotoState.READY, width=WIDTH, height=HEIGHT,
        size=len(whole), sha256=hashlib.sha256(whole).hexdigest(), **files,
    )  # fmt: skip


def _water(watchers: list[Officer]) -> None:
    """Three days of readings, six hours apart; each says that it is invented."""
    if not watchers or WaterLevel.objects.filter(uuid=_name("water", 0, 0)).exists():
        return
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    WaterLevel.objects.bulk_create(
        WaterLevel(
            uuid=_name("water", gauge, back), officer=watchers[(gauge + back) % len(watchers)],
            station=station,
            level_cm=140 + 60 * gauge + (37 * back + 13 * gauge) % 50, note="SIMULASI",
            at=now - timedelta(hours=6 * back), said_at=now - timedelta(hours=6 * back),
            recv_at=now - timedelta(hours=6 * back) + timedelta(seconds=5),
        )
        for gauge, station in enumerate(GAUGES) for back in range(12)
    )  # fmt: skip
