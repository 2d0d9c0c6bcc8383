"""What officers' own phones bring besides their places: a session of the phone, a PIN, water levels."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fieldstaff.models.people import LATITUDE, LONGITUDE
from fieldstaff.querysets.water import WaterQuerySet

LOWEST_CM, HIGHEST_CM = -300, 2500
"""What a staff gauge of a river or a lake can show; anything else is a slip of the finger."""


class PhoneSession(models.Model):
    """A phone signed in by its enrolment link. It lasts as long as the token's prefix and the binding do.

    Of the cookie only a keyed hash is kept. A token opens one session, once.
    """

    binding = models.ForeignKey("fieldstaff.DeviceBinding", models.CASCADE, related_name="phone_sessions")
    token_prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    begun_at = models.DateTimeField(_("signed in"), default=timezone.now)
    ended_at = models.DateTimeField(_("signed out"), null=True)

    class Meta:
        verbose_name = _("signed-in phone")
        verbose_name_plural = _("signed-in phones")

    def __str__(self) -> str:
        return f"phone session {self.pk}"


class WaterLevel(models.Model):
    """One reading of a gauge, in whole centimetres. Written once; a slip is followed by a better reading.

    ``at`` is the phone's time put right, ``said_at`` as the phone said it, ``recv_at`` ours.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, related_name="water_levels", verbose_name=_("officer")
    )
    device = models.ForeignKey(
        "fieldstaff.Device", models.PROTECT, null=True, related_name="+", verbose_name=_("phone")
    )
    station = models.CharField(pgettext_lazy("water level", "gauge"), max_length=120)
    level_cm = models.IntegerField(_("water level (cm)"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    lat = models.FloatField(_("latitude"), null=True, validators=LATITUDE)
    lng = models.FloatField(_("longitude"), null=True, validators=LONGITUDE)
    at = models.DateTimeField(_("time"))
    said_at = models.DateTimeField(_("time of the phone"))
    recv_at = models.DateTimeField(_("received"), default=timezone.now)

    objects = WaterQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of rivers and lakes", "water level")
        verbose_name_plural = pgettext_lazy("of rivers and lakes", "water levels")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["station", "-at"], name="waterlevel_of_station")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level_cm__range=(LOWEST_CM, HIGHEST_CM)),
                name="waterlevel_sane",
                violation_error_message=_("Between −300 and 2,500 cm."),
            ),
            models.CheckConstraint(
                condition=~Q(station=""),
                name="waterlevel_named",
                violation_error_message=_("Name the gauge."),
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lng__isnull=True)
                | Q(lat__range=(-90, 90), lng__range=(-180, 180)),
                name="waterlevel_place",
            ),
        ]

    def __str__(self) -> str:
        return f"water level {self.pk}"
