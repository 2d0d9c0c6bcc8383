"""The officers of the demo: forty invented people of five agencies, and how their phones are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from random import Random

from commandcenter.city.demo_places import CENTRES
from fieldstaff.phonesim.routes import Route

GIVEN = """
Asep Ujang Dadang Iwan Yanto Mulyadi Suherman Rohmat Sarif Nanang Wawan Encep Jajang Fahrudin Hasan
Lilis Euis Nining Tati Rohayati Siti Aminah Neneng Yuyun Kokom Iroh Ratna Sumiati Maryati Dedeh
Odang Karsono Tarmidi Juhaeri Sanusi Enok Wiwin Ipah Rukmini Titin
"""
FAMILY = """
Suhendra Hidayat Permana Kurniawan Saputra Maulana Firmansyah Gunawan Ramdani Setiawan Nurjanah
Rahmawati Kusuma Lestari Handayani Wibawa Santika Komara Sutisna Wahyudin
"""


class Habit(StrEnum):
    """What is the matter with a phone."""

    FINE = "fine"
    SLEEPS = "sleeps"
    """A battery saver: silent for a quarter of an hour again and again, then everything at once."""
    FROZEN = "frozen"
    """One and the same place to the last digit, all day."""
    CLOCK = "clock"
    """Its clock is 40 minutes fast."""
    OFFLINE = "offline"
    """An hour without network, then the backlog."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift by the clock on the wall (WIB), with its rest."""

    name: str
    start: time
    end: time
    rest: tuple[time, time]


DUTIES = (
    Duty("Pagi", time(6), time(14), (time(10), time(10, 30))),
    Duty("Siang", time(14), time(22), (time(18), time(18, 30))),
    Duty("Malam", time(22), time(6), (time(2), time(2, 30))),
)
# Who of an agency's eight works when; the first of each duty leads the others of it.
TEAM = (0, 0, 0, 1, 1, 1, 2, 2)
# agency, kind of its workers, unit, skill, topic of its training, pace (m/s), width of a round (m)
CREWS = (
    ("dishub", "lalu_lintas", "Seksi Pengendalian Lalu Lintas", "pengaturan-lalu-lintas",
     "keselamatan-jalan", 4.0, 900),
    ("satpolpp", "patroli", "Regu Patroli", "ketertiban-umum", "pengendalian-massa", 5.0, 1200),
    ("dlh", "penyapu", "UPT Kebersihan", "penyapuan-jalan", "pilah-sampah", 0.8, 500),
    ("dpu", "pemantau_kali", "UPT Sungai dan Drainase", "pembersihan-drainase", "keselamatan-air", 1.1, 700),
    ("bpbd", "penyelamat", "Pusdalops", "penyelamatan", "pertolongan-pertama", 6.0, 1500),
)  # fmt: skip
UNTRAINED = 3
"""Of so many officers the last has not been to the training yet: the desk is told why he is passed over."""
APPS = ("traccar10", "traccar10", "traccar9", "owntracks", "traccar7", "app", "traccar10", "uploader")
APP_NAMES = {
    "traccar7": "Traccar Client 7", "traccar9": "Traccar Client 9", "traccar10": "Traccar Client 10",
    "owntracks": "OwnTracks", "app": "Aplikasi petugas", "uploader": "Pengunggah OsmAnd",
}  # fmt: skip
"""As the pages of phones call them."""
HABITS = {
    4: Habit.SLEEPS, 9: Habit.FROZEN, 12: Habit.CLOCK, 19: Habit.SLEEPS, 22: Habit.OFFLINE, 30: Habit.SLEEPS,
}  # fmt: skip
AHEAD_S = 2_400
TASTE = {"owntracks": "owntracks", "app": "app"}
"""The protocol of an app, where it is none of Traccar's."""


@dataclass(frozen=True, slots=True)
class Part:
    """One officer of the demo."""

    number: int
    name: str
    agency: str
    unit: str
    kind: str
    skill: str
    topic: str
    """What the crew is trained in; empty for who has not been to it."""
    duty: int
    leads: bool
    app: str
    habit: Habit
    route: Route

    @property
    def code(self) -> str:
        """The number on the vest."""
        return f"SIM-{self.number:03d}"

    @property
    def uid(self) -> str:
        """The phone's own name."""
        return f"sim-{self.number:03d}"

    @property
    def protocol(self) -> str:
        """How the phone speaks, as ``models.Protocol`` says it."""
        return TASTE.get(self.app, "traccar")


def cast() -> list[Part]:
    """Everybody, leaders before those they lead."""
    dice = Random(4)
    given, family = GIVEN.split(), FAMILY.split()
    names = [f"{name} {dice.choice(family)}" for name in dice.sample(given, len(given))]
    parts = []
    for row, (agency, kind, unit, skill, topic, pace, width) in enumerate(CREWS):
        for place, duty in enumerate(TEAM):
            number = row * len(TEAM) + place
            leads = TEAM.index(duty) == place
            _code, lat, lon = CENTRES[(number * 5 + row) % len(CENTRES)]
            parts.append(
                Part(
                    number=number,
                    name=names[number],
                    agency=agency,
                    unit=unit,
                    kind="pengawas" if leads else kind,
                    skill=skill,
                    topic=topic if leads or number % UNTRAINED else "",
                    duty=duty,
                    leads=leads,
                    app=APPS[(number + row) % len(APPS)],
                    habit=HABITS.get(number, Habit.FINE),
                    route=Route(f"SIM-{number}", lat, lon, width, pace),
                )
            )
    return parts


def leader_of(part: Part) -> str:
    """The code of who leads this one's duty; empty for a leader."""
    first = part.number - part.number % len(TEAM) + TEAM.index(part.duty)
    return "" if part.leads else f"SIM-{first:03d}"
