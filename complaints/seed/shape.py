"""What a seed row looks like. An empty city starts with seeds; every value is a setting it may change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from complaints.sla import Duration, Policy, Unit


class Severity(StrEnum):
    """How bad the thing itself usually is (RABEG: ringan, sedang, berat)."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


class Dimension(StrEnum):
    """The six dimensions of the smart-city programme."""

    GOVERNANCE = "governance"
    BRANDING = "branding"
    ECONOMY = "economy"
    LIVING = "living"
    SOCIETY = "society"
    ENVIRONMENT = "environment"


class DataType(StrEnum):
    """Kinds of answer (Open311 GeoReport v2, service definition)."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    ONE = "singlevaluelist"
    SEVERAL = "multivaluelist"


class Kind(StrEnum):
    """Requests for a room or an ambulance have a hold of their own beside the usual workflow."""

    COMPLAINT = "complaint"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class SeedQuestion:
    """One thing asked of the reporter. ``values``: pairs of key and name; ``public``: on open pages too."""

    code: str
    datatype: DataType
    text: str
    text_en: str
    required: bool = False
    hint: str = ""
    values: tuple[tuple[str, str], ...] = ()
    public: bool = False


def days(verify: int, answer: int, finish: int) -> Policy:
    """Three allowances in working days."""
    return Policy(*(Duration(amount, Unit.WORKING_DAYS) for amount in (verify, answer, finish)))


_DEFAULT = days(3, 5, 14)
"""SP4N-LAPOR's practice."""


@dataclass(frozen=True, slots=True)
class SeedCategory:
    """One kind of report. The code is part of addresses and never changes.

    ``agency_words``: words of the usual agency's name or short name, the best first; the first agency of the
    city that has one gets it, none leaves it to the triage desk. ``urgent``: sound, push, wall clock.
    ``secret``: never on maps and lists. ``external``: solved by an outside party. ``keywords``: everyday
    words, in colloquial Indonesian, Sundanese and Javanese too. Policy amounts are settings to begin with.
    """

    code: str
    name_id: str
    name_en: str
    parent: str = ""
    agency_words: tuple[str, ...] = ()
    urgent: bool = False
    secret: bool = False
    severity: Severity = Severity.LIGHT
    dimension: Dimension = Dimension.LIVING
    policy: Policy = _DEFAULT
    external: bool = False
    proof_photo: bool = False
    keywords: tuple[str, ...] = ()
    duplicate_radius_m: int = 250
    reopen_days: int = 14
    questions: tuple[SeedQuestion, ...] = ()
    kind: Kind = Kind.COMPLAINT


@dataclass(frozen=True, slots=True)
class SeedChannel:
    """One of the twelve ways in. ``local``: what cities call theirs, as (name, city), examples for the admin.

    ``quiet_after_h``: hours of silence after which somebody should look; 0 where silence is normal.
    """

    kind: str
    slug: str
    name: str
    local: tuple[tuple[str, str], ...] = ()
    quiet_after_h: int = 72


@dataclass(frozen=True, slots=True)
class SeedText:
    """A text that is written often; ``{number}``, ``{agency}`` and ``{category}`` are filled in."""

    code: str
    title: str
    text: str


def minutes(verify: int, answer: int, finish: int) -> Policy:
    """Three allowances by the wall clock, for what cannot wait for the office."""
    return Policy(*(Duration(amount, Unit.ELAPSED_MINUTES) for amount in (verify, answer, finish)))


def words(text: str) -> tuple[str, ...]:
    """A list written with commas."""
    return tuple(part.strip() for part in " ".join(text.split()).split(",") if part.strip())
