"""Where phones were, where each officer is now, calls for help, and what could not be read.

``Position`` is partitioned by the day (UTC) of its fix time; ``fieldstaff.partitions`` makes and drops them.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fieldstaff.models.choices import Kind, Protocol, Reason, known
from fieldstaff.querysets.trails import LatestQuerySet, PositionQuerySet, QuarantineQuerySet, SosQuerySet


class Position(models.Model):
    """One message of a phone: time UTC, place in 1e-7 degrees, speed in dm/s, the rest whole units.

    Without foreign keys in the database: rows are written by thousands and leave by dropping a day.
    ``fix_at`` is the phone's own clock, ``recv_at`` ours. ``officer`` had the phone at the corrected time.
    """

    pk = models.CompositePrimaryKey("device_id", "fix_at", "kind")
    device = models.ForeignKey("fieldstaff.Device", models.DO_NOTHING, db_constraint=False, related_name="+")
    fix_at = models.DateTimeField(_("time"))
    recv_at = models.DateTimeField(_("received"))
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    mono_ms = models.BigIntegerField(null=True)
    lat_e7 = models.IntegerField(null=True)
    lon_e7 = models.IntegerField(null=True)
    kind = models.SmallIntegerField(_("kind"), choices=Kind)
    flags = models.SmallIntegerField(_("flags"), default=0)
    acc_m = models.SmallIntegerField(null=True)
    speed_dms = models.SmallIntegerField(null=True)
    course = models.SmallIntegerField(null=True)
    alt_m = models.SmallIntegerField(null=True)
    batt = models.SmallIntegerField(null=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "fieldstaff_position"
        verbose_name = _("position")
        verbose_name_plural = _("positions")

    def __str__(self) -> str:
        return f"position of device {self.device_id}"

    @property
    def lat(self) -> float | None:
        """Degrees."""
        return None if self.lat_e7 is None else self.lat_e7 / 1e7

    @property
    def lon(self) -> float | None:
        """Degrees."""
        return None if self.lon_e7 is None else self.lon_e7 / 1e7


class Latest(models.Model):
    """The newest place of an officer, and when anything was last heard of him: two clocks, never mixed.

    ``fix_at`` is the corrected time of the place and only ever grows; ``last_contact`` is when we received.
    """

    officer = models.OneToOneField(
        "fieldstaff.Officer", models.CASCADE, primary_key=True, related_name="latest",
        verbose_name=_("officer"),
    )  # fmt: skip
    device = models.ForeignKey(
        "fieldstaff.Device", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    last_contact = models.DateTimeField(_("last contact"))
    fix_at = models.DateTimeField(_("time of the place"), null=True)
    recv_at = models.DateTimeField(_("received"), null=True)
    lat_e7 = models.IntegerField(null=True)
    lon_e7 = models.IntegerField(null=True)
    flags = models.SmallIntegerField(_("flags"), default=0)
    acc_m = models.SmallIntegerField(null=True)
    speed_dms = models.SmallIntegerField(null=True)
    course = models.SmallIntegerField(null=True)
    batt = models.SmallIntegerField(null=True)

    objects = LatestQuerySet.as_manager()

    class Meta:
        verbose_name = _("latest position")
        verbose_name_plural = _("latest positions")
        indexes = [models.Index(fields=["last_contact"], name="latest_contact")]

    def __str__(self) -> str:
        return f"latest of officer {self.officer_id}"

    @property
    def lat(self) -> float | None:
        """Degrees."""
        return None if self.lat_e7 is None else self.lat_e7 / 1e7

    @property
    def lon(self) -> float | None:
        """Degrees."""
        return None if self.lon_e7 is None else self.lon_e7 / 1e7


class SosEvent(models.Model):
    """A call for help. Written before any rule about duplicates or duty; repeats of one call count up."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    device = models.ForeignKey(
        "fieldstaff.Device", models.PROTECT, related_name="sos_events", verbose_name=_("phone")
    )
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, null=True, related_name="sos_events", verbose_name=_("officer")
    )
    # The call's own name on the phone: its id, or the time of its fix. The same name is the same call.
    client_key = models.CharField(max_length=64)
    fix_at = models.DateTimeField(_("time"))
    recv_at = models.DateTimeField(_("received"))
    last_at = models.DateTimeField(_("repeated last"))
    repeats = models.PositiveIntegerField(_("repeats"), default=0)
    lat = models.FloatField(_("latitude"), null=True)
    lng = models.FloatField(_("longitude"), null=True)
    silent = models.BooleanField(_("silent"), default=False, db_default=False)
    cancelled_at = models.DateTimeField(_("taken back"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(
        "city.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("acknowledged by")
    )
    ended_at = models.DateTimeField(_("over"), null=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)

    objects = SosQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for help")
        verbose_name_plural = _("calls for help")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["device", "client_key"], name="sosevent_once")]
        indexes = [
            models.Index(fields=["-recv_at"], condition=Q(ended_at__isnull=True), name="sosevent_open")
        ]

    def __str__(self) -> str:
        return f"SOS {self.pk}"


class Quarantine(models.Model):
    """An item that could not be used, answered as received: a refused one would block its phone for ever.

    ``raw`` is cut, without tokens and coordinates: those are shown for a purpose, and never here.
    """

    device = models.ForeignKey(
        "fieldstaff.Device", models.CASCADE, related_name="quarantine", verbose_name=_("phone")
    )
    recv_at = models.DateTimeField(_("received"))
    protocol = models.CharField(_("protocol"), max_length=10, choices=Protocol)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    detail = models.CharField(_("detail"), max_length=120, blank=True)
    raw = models.TextField(_("as it came"), max_length=2000, blank=True)

    objects = QuarantineQuerySet.as_manager()

    class Meta:
        verbose_name = _("item in quarantine")
        verbose_name_plural = _("quarantine")
        ordering = ["-pk"]
        constraints = [known("reason", Reason, "quarantine_reason")]
        indexes = [
            models.Index(fields=["device", "-id"], name="quarantine_of_device"),
            models.Index(fields=["recv_at"], name="quarantine_age"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.pk}"
