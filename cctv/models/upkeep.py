"""Planned work, trouble noted by people, and the fleet guard's incidents."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv.models.cameras import Camera
from cctv.models.choices import ObstacleKind
from cctv.models.sites import Site
from cctv.querysets import MaintenanceQuerySet


def _one_subject(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(camera__isnull=False, site__isnull=True) | Q(camera__isnull=True, site__isnull=False),
        name=name,
        violation_error_message=_("Choose a camera or a site, not both."),
    )


class Maintenance(models.Model):
    """A window of planned work on one camera or a whole site; its time counts in no availability."""

    camera = models.ForeignKey(
        Camera, verbose_name=_("camera"), on_delete=models.CASCADE, null=True, blank=True,
        related_name="maintenance",
    )  # fmt: skip
    site = models.ForeignKey(
        Site, verbose_name=_("site"), on_delete=models.CASCADE, null=True, blank=True,
        related_name="maintenance",
    )  # fmt: skip
    starts = models.DateTimeField(_("starts"), default=timezone.now)
    ends = models.DateTimeField(_("ends"), null=True, blank=True, help_text=_("Empty means until ended."))
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", editable=False,
    )  # fmt: skip

    objects = MaintenanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("maintenance window")
        verbose_name_plural = _("maintenance windows")
        ordering = ["-starts"]
        indexes = [models.Index(fields=["starts", "ends"])]
        constraints = [
            _one_subject("maintenance_camera_or_site"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=models.F("starts")),
                name="maintenance_ends_after_start",
                violation_error_message=_("Maintenance ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera or self.site}: {self.reason}"

    def covers(self, at: datetime) -> bool:
        """Whether the window holds at that moment."""
        return self.starts <= at and (self.ends is None or at < self.ends)


class Obstacle(models.Model):
    """Something that stood in the way, noted by a person for the trial's evaluation."""

    camera = models.ForeignKey(
        Camera, verbose_name=_("camera"), on_delete=models.CASCADE, null=True, blank=True,
        related_name="obstacles",
    )  # fmt: skip
    site = models.ForeignKey(
        Site, verbose_name=_("site"), on_delete=models.CASCADE, null=True, blank=True,
        related_name="obstacles",
    )  # fmt: skip
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", editable=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=12, choices=ObstacleKind, default=ObstacleKind.OTHER)
    text = models.TextField(_("what happened"))

    class Meta:
        verbose_name = _("obstacle")
        verbose_name_plural = _("obstacles")
        ordering = ["-noted_at"]
        constraints = [
            _one_subject("obstacle_camera_or_site"),
            models.CheckConstraint(
                condition=Q(kind__in=ObstacleKind.values),
                name="obstacle_kind_known",
                violation_error_message=_("Choose a kind from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera or self.site}: {self.get_kind_display()}"


class CaptureIncident(models.Model):
    """The fleet guard: many cameras gone at once are one incident of a site, or of our own system."""

    class Kind(models.TextChoices):
        SITE = "site", _("Site")
        SYSTEM = "system", _("System")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    site = models.ForeignKey(
        Site,
        verbose_name=_("site"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="incidents",
    )
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("capture incident")
        verbose_name_plural = _("capture incidents")
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="site", site__isnull=False) | Q(kind="system", site__isnull=True),
                name="captureincident_site_of_kind",
                violation_error_message=_("A site incident names its site, a system incident names none."),
            ),
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(closed_at__isnull=True, kind="site"),
                name="captureincident_one_open_site",
                violation_error_message=_("This site already has an open incident."),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(closed_at__isnull=True, kind="system"),
                name="captureincident_one_open_system",
                violation_error_message=_("A system incident is already open."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.site or ''}".strip()
