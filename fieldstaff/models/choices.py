"""The words of this app that the database checks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OfficerKind(models.TextChoices):
    """What somebody does outside; the value is the Indonesian word of the trade."""

    SUPERVISOR = "pengawas", _("supervisor")
    SWEEPER = "penyapu", _("street sweeper")
    WASTE = "angkut_sampah", _("waste collector")
    LAKE_WATCHER = "pemantau_situ", _("lake watcher")
    RIVER_WATCHER = "pemantau_kali", _("river watcher")
    ROADS = "jalan", _("roads and drains crew")
    LIGHTS = "pju", _("street light crew")
    PARKS = "taman", _("parks crew")
    TRAFFIC = "lalu_lintas", _("traffic officer")
    PATROL = "patroli", _("public order patrol")
    RESCUE = "penyelamat", _("rescue and relief")
    DRIVER = "pengemudi", _("driver")
    OTHER = "lain", pgettext_lazy("kind of officer", "other")


class Protocol(models.TextChoices):
    """How a phone speaks; the answers it needs differ."""

    TRACCAR = "traccar", "Traccar Client, OsmAnd"
    OWNTRACKS = "owntracks", "OwnTracks HTTP"
    APP = "app", _("our own app")


class Zone(models.TextChoices):
    """The three zones of Indonesia, none with summer time."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


class ShiftSource(models.TextChoices):
    """Where a shift came from."""

    HAND = "hand", _("by hand")
    PATTERN = "pattern", _("from a roster")
    IMPORT = "import", _("from a sheet")
    ORDER = "order", _("called out")


class Duty(models.TextChoices):
    """What a shift is to the rules of attendance."""

    DEFAULT = "default", _("timetable of the agency")
    ROSTER = "roster", _("rostered")
    OVERTIME = "overtime", _("overtime")


class AreaRule(models.TextChoices):
    """What being outside the work area means."""

    IGNORE = "ignore", _("does not matter")
    FLAG = "flag", _("is marked")
    ONLY_INSIDE = "only_inside", _("does not count")


class LeaveKind(models.TextChoices):
    """Why somebody need not be there."""

    LEAVE = "cuti", _("leave")
    SICK = "sakit", _("sick")
    DUTY = "dinas_luar", _("duty travel")
    EXCUSED = "izin", _("excused")


class Kind(models.IntegerChoices):
    """What a stored message was."""

    FIX = 1, _("position")
    HEARTBEAT = 2, _("sign of life")
    CHECKIN = 3, _("check-in")
    TASK = 4, _("step of an order")
    SOS = 5, "SOS"
    ROLLCALL = 6, _("roll-call")


class Flag(models.IntegerChoices):
    """Bits of a stored message."""

    MOCK = 1, _("mock location")
    CLOCK_AHEAD = 2, _("clock ahead")
    LATE = 4, _("came late")
    NO_LOCATION = 8, _("without a place")
    LOW_ACCURACY = 16, _("inaccurate")
    OFF_DUTY = 32, _("place not kept: off duty")
    VOID = 64, _("declared void")
    TIME_ASSUMED = 128, _("time without zone, or none")
    CHARGING = 256, _("charging")
    UNPLUGGED = 512, _("off the plug")


class State(models.TextChoices):
    """How a day went."""

    NOT_STARTED = "not_started", pgettext_lazy("attendance", "not started")
    NO_SHOW_YET = "no_show_yet", pgettext_lazy("attendance", "not seen yet")
    IN_PROGRESS = "in_progress", pgettext_lazy("attendance", "at work")
    PRESENT = "present", pgettext_lazy("attendance", "present")
    PARTIAL = "partial", pgettext_lazy("attendance", "partly present")
    ABSENT = "absent", pgettext_lazy("attendance", "absent")
    LEAVE = "leave", pgettext_lazy("attendance", "on leave")
    SICK = "sick", pgettext_lazy("attendance", "sick")
    DUTY_TRAVEL = "duty_travel", pgettext_lazy("attendance", "duty travel")
    HOLIDAY = "holiday", pgettext_lazy("attendance", "holiday")
    DAY_OFF = "day_off", pgettext_lazy("attendance", "day off")
    SYSTEM_UNAVAILABLE = "system_unavailable", pgettext_lazy("attendance", "system unavailable")
    NOT_IN_SERVICE = "not_in_service", pgettext_lazy("attendance", "not in service")


class Finality(models.TextChoices):
    """Whether a version may still be followed by another."""

    PROVISIONAL = "provisional", pgettext_lazy("attendance", "provisional")
    FINAL = "final", pgettext_lazy("attendance", "final")
    CLOSED = "closed", pgettext_lazy("attendance", "closed")


class CorrectionKind(models.TextChoices):
    """What a correction does to a day."""

    ADD = "add", _("count this time as worked")
    VOID = "void", _("do not count this time")
    EXCUSE = "excuse", _("excuse a gap")
    WAIVE_LATE = "waive_late", _("waive lateness")
    WAIVE_EARLY = "waive_early", _("waive leaving early")
    SET_STATE = "set_state", _("set the state of the day")
    ROLL_CALL = "roll_call", _("seen by the supervisor")
    OBJECTION = "objection", _("objection of the officer")


class Reason(models.TextChoices):
    """Why an item is in quarantine."""

    OVERSIZED = "oversized", pgettext_lazy("quarantine", "too large")
    JSON = "json", pgettext_lazy("quarantine", "cannot be read")
    DEPTH = "depth", pgettext_lazy("quarantine", "nested too deeply")
    SHAPE = "shape", pgettext_lazy("quarantine", "not of the expected form")
    TEXT = "text", pgettext_lazy("quarantine", "impossible text")
    DEVICE = "device", pgettext_lazy("quarantine", "another device's name")
    TIME = "time", pgettext_lazy("quarantine", "impossible time")
    PLACE = "place", pgettext_lazy("quarantine", "impossible place")
    TOO_MANY = "too_many", pgettext_lazy("quarantine", "too many at once")
    ITEM_ID = "item_id", pgettext_lazy("quarantine", "without a usable id")
    KIND = "kind", pgettext_lazy("quarantine", "unknown kind of message")
    TOO_OLD = "too_old", pgettext_lazy("quarantine", "older than a week")
    ORDER = "order", pgettext_lazy("quarantine", "order of somebody else, or an impossible step")
    STORE = "store", pgettext_lazy("quarantine", "could not be stored")


def known(field: str, values: type[models.Choices], name: str) -> models.CheckConstraint:
    """The database's own check of a field with choices."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values.values}),
        name=name,
        violation_error_message=_("Choose from the lists."),
    )
