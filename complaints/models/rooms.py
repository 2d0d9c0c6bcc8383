"""Hospitals and ambulance services: what they take, what is free, what happened to each request."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from complaints.models.desk import RoomRequest
from complaints.models.history import Happening


class Hospital(Origin):
    """An agency that answers requests for rooms or ambulances."""

    agency = models.OneToOneField(
        "city.Agency", models.PROTECT, related_name="hospital", verbose_name=_("agency")
    )
    needs = ArrayField(
        models.CharField(max_length=10, choices=RoomRequest.Need), verbose_name=_("takes requests for")
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("usual hold (minutes)"), default=60, validators=[MinValueValidator(5), MaxValueValidator(720)]
    )
    active = models.BooleanField(_("in use"), default=True)

    objects: models.Manager[Any] = models.Manager()

    class Meta:
        verbose_name = _("hospital or ambulance service")
        verbose_name_plural = _("hospitals and ambulance services")
        ordering = ["agency__name"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(hold_minutes__range=(5, 720)),
                name="hospital_hold",
                violation_error_message=_("A hold is 5 to 720 minutes."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.agency)


class FreeBeds(models.Model):
    """How many are free, as the hospital said at ``at``: it grows old, and every page says how old."""

    hospital = models.ForeignKey(
        Hospital, models.CASCADE, related_name="free", verbose_name=_("hospital or ambulance service")
    )
    need = models.CharField(_("need"), max_length=10, choices=RoomRequest.Need)
    count = models.PositiveSmallIntegerField(_("free"), validators=[MaxValueValidator(999)])
    at = models.DateTimeField(_("as of"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("free beds")
        verbose_name_plural = _("free beds")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "need"], name="freebeds_once"),
            models.CheckConstraint(condition=Q(count__lte=999), name="freebeds_count"),
        ]

    def __str__(self) -> str:
        return f"{self.hospital_id} {self.need}"


class RoomChange(Happening):
    """One step of a request: asked of whom, held until when, refused why. Never changed."""

    state = models.CharField(_("state"), max_length=10, choices=RoomRequest.State)
    hospital = models.ForeignKey(
        "city.Agency", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    hospital_name = models.CharField(max_length=160, blank=True)
    held_until = models.DateTimeField(null=True)
    text = models.CharField(_("reason"), max_length=500, blank=True)
