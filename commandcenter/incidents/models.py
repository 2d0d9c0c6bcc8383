"""An alarm: something that needs a person now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.origin import Origin
from commandcenter.city.sharing import Sharing
from commandcenter.incidents.querysets import AlarmQuerySet


class Severity(models.TextChoices):
    """How loud; ordered by :data:`RANK`."""

    INFO = "info", pgettext_lazy("severity", "Information")
    WARNING = "warning", pgettext_lazy("severity", "Warning")
    CRITICAL = "critical", pgettext_lazy("severity", "Critical")
    PANIC = "panic", pgettext_lazy("severity", "Panic")


RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2, Severity.PANIC: 3}


class State(models.TextChoices):
    """An alarm is open until somebody says he has seen it, and gone when its cause is."""

    OPEN = "open", pgettext_lazy("alarm", "Open")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("alarm", "Acknowledged")
    CLEARED = "cleared", pgettext_lazy("alarm", "Cleared")


class Alarm(Origin):
    """One alarm per source and kind while it lasts: repeats count up, they do not multiply.

    ``source`` names the thing in its app's own words (``cctv.camera:12``), ``kind`` what is wrong with it
    (``camera_offline``). ``text`` holds no personal data: it is shown on walls.
    """

    source = models.CharField(_("source"), max_length=80)
    kind = models.CharField(_("kind"), max_length=40)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, default=Severity.WARNING)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    drill = models.BooleanField(_("drill"), default=False)
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), blank=True)
    words = models.JSONField(default=dict, editable=False)
    href = models.CharField(_("page"), max_length=200, blank=True)
    agency = models.ForeignKey(
        "city.Agency", verbose_name=_("agency"), on_delete=models.SET_NULL, null=True, blank=True,
        related_name="alarms",
    )  # fmt: skip
    # Another agency that was asked to act; the first one keeps seeing the alarm.
    forwarded_to = models.ForeignKey(
        "city.Agency", verbose_name=_("handed to"), on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    area = models.ForeignKey(
        "city.Area", verbose_name=_("area"), on_delete=models.SET_NULL, null=True, blank=True,
        related_name="alarms",
    )  # fmt: skip
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lng = models.FloatField(_("longitude"), null=True, blank=True)
    sharing = models.CharField(_("shared with"), max_length=10, choices=Sharing, default=Sharing.INTERNAL)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    last_at = models.DateTimeField(pgettext_lazy("alarm", "last seen"), default=timezone.now)
    count = models.PositiveIntegerField(_("times"), default=1)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("acknowledged by"), on_delete=models.SET_NULL,
        null=True, blank=True, related_name="+",
    )  # fmt: skip
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("away from the walls until"), null=True, blank=True)
    rev = models.PositiveIntegerField(default=1, editable=False)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["state", "-opened_at"])]
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(
                fields=["source", "kind", "drill"],
                condition=~Q(state="cleared"),
                name="alarm_one_open",
                violation_error_message=_("This alarm is already open."),
            ),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values) & Q(state__in=State.values),
                name="alarm_words_known",
                violation_error_message=_("Choose severity and state from the lists."),
            ),
            models.CheckConstraint(
                condition=Q(state="cleared", cleared_at__isnull=False)
                | (~Q(state="cleared") & Q(cleared_at__isnull=True)),
                name="alarm_cleared_has_time",
                violation_error_message=_("A cleared alarm says when it was cleared."),
            ),
        ]
        permissions = [
            ("handle_alarm", _("Can acknowledge and clear alarms")),
            ("snooze_alarm", _("Can put alarms away from the walls for some minutes")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it still needs or has a person's attention."""
        return self.state != State.CLEARED

    @property
    def rank(self) -> int:
        """0 for information up to 3 for panic."""
        return RANK[Severity(self.severity)]
