"""What happened to a camera: transitions, hourly sums, kept pictures."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cctv.models.cameras import Camera
from cctv.models.choices import Status
from cctv.querysets import StillQuerySet, TransitionQuerySet


class Transition(models.Model):
    """One change of status, appended and never edited: the database refuses it."""

    camera = models.ForeignKey(
        Camera, verbose_name=_("camera"), on_delete=models.PROTECT, related_name="transitions"
    )
    from_status = models.CharField(_("from"), max_length=12, choices=Status)
    to_status = models.CharField(_("to"), max_length=12, choices=Status)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), help_text=_("When it began; down time starts at the first failure."))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["camera", "-at"]), models.Index(fields=["-at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=Status.values) & Q(to_status__in=Status.values),
                name="transition_status_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.camera_id}: {self.from_status} → {self.to_status}"


class HealthHour(models.Model):
    """One camera's hour: attempts, seconds in each state, bytes. Longer periods sum these rows."""

    camera = models.ForeignKey(
        Camera, verbose_name=_("camera"), on_delete=models.CASCADE, related_name="health_hours"
    )
    hour = models.DateTimeField(_("hour"))
    expected = models.PositiveIntegerField(_("expected"), default=0)
    ok = models.PositiveIntegerField(_("good"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    up_s = models.FloatField(_("up (s)"), default=0)
    down_s = models.FloatField(_("down (s)"), default=0)
    maintenance_s = models.FloatField(_("maintenance (s)"), default=0)
    paused_s = models.FloatField(_("paused (s)"), default=0)
    unknown_s = models.FloatField(_("unknown (s)"), default=0)
    bytes_in = models.PositiveBigIntegerField(_("bytes"), default=0)
    latency_ms = models.FloatField(_("median latency (ms)"), null=True, blank=True)
    reasons = models.JSONField(_("down seconds by reason"), default=dict)
    fault_s = models.JSONField(_("seconds by picture fault"), default=dict)

    class Meta:
        verbose_name = _("hour of health")
        verbose_name_plural = _("hours of health")
        ordering = ["-hour"]
        constraints = [models.UniqueConstraint(fields=["camera", "hour"], name="healthhour_once")]
        indexes = [models.Index(fields=["hour"])]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.hour:%Y-%m-%d %H}"


def still_path(still: Still, filename: str) -> str:
    """``stills/<camera>/<year>/<month>/<day>/<uuid>.jpg``: nothing of it is guessed or typed."""
    return f"stills/{still.camera_id}/{still.captured_at:%Y/%m/%d}/{uuid.uuid4()}.jpg"


class Still(models.Model):
    """One kept picture."""

    camera = models.ForeignKey(
        Camera, verbose_name=_("camera"), on_delete=models.PROTECT, related_name="stills"
    )
    captured_at = models.DateTimeField(_("captured"))
    file = models.FileField(_("file"), upload_to=still_path, max_length=200)
    bytes = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    faults = models.JSONField(_("picture faults"), default=list)
    legal_hold = models.BooleanField(_("held as evidence"), default=False)
    held_reason = models.CharField(_("reason of hold"), max_length=200, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("held by"), on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    held_at = models.DateTimeField(_("held since"), null=True, blank=True)

    objects = StillQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-captured_at"]
        indexes = [
            models.Index(fields=["camera", "-captured_at"]),
            models.Index(fields=["captured_at"], condition=Q(legal_hold=False), name="still_droppable"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(legal_hold=False) | ~Q(held_reason=""),
                name="still_hold_has_reason",
                violation_error_message=_("Say why the picture is held."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.captured_at:%Y-%m-%d %H:%M:%S}"
