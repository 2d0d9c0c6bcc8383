"""Officers, whom they answer to, what they have learned, where they work."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from commandcenter.city.models import phone_validator
from commandcenter.city.origin import Origin
from complaints.encryption import PersonalField
from fieldstaff.models.choices import OfficerKind, known
from fieldstaff.querysets.people import OfficerQuerySet, ThroughOfficer, WorkAreaQuerySet

LATITUDE = [MinValueValidator(-90), MaxValueValidator(90)]
LONGITUDE = [MinValueValidator(-180), MaxValueValidator(180)]


def new_code() -> str:
    """A number for the vest that tells nothing about the person: ``P-7K3M9Q``."""
    return "P-" + "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTVWXYZ") for _i in range(6))


class WorkArea(Origin):
    """Where somebody is expected to be: a circle, or a shape in GeoJSON (longitude first)."""

    agency = models.ForeignKey("city.Agency", models.PROTECT, related_name="+", verbose_name=_("agency"))
    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey(
        "city.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lies in")
    )
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    lng = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)
    radius_m = models.PositiveIntegerField(_("radius (m)"), default=150)
    boundary = models.JSONField(_("boundary (GeoJSON)"), null=True, blank=True)

    objects = WorkAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("work area")
        verbose_name_plural = _("work areas")
        ordering = ["name"]
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "name"],
                name="workarea_once",
                violation_error_message=_("This agency has a work area of that name."),
            ),
            models.CheckConstraint(
                condition=Q(boundary__isnull=False)
                | Q(lat__isnull=False, lng__isnull=False, lat__range=(-90, 90), lng__range=(-180, 180)),
                name="workarea_somewhere",
                violation_error_message=_("Give a point with a radius, or a boundary."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Officer(Origin):
    """One who works outside, with or without a login and with or without a phone."""

    code = models.CharField(_("number"), max_length=24, unique=True, default=new_code)
    name = models.CharField(_("name"), max_length=160)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="officer",
        verbose_name=_("login"),
    )  # fmt: skip
    agency = models.ForeignKey(
        "city.Agency", models.PROTECT, related_name="officers", verbose_name=_("agency")
    )
    unit = models.CharField(_("unit"), max_length=120, blank=True)
    supervisor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="team", verbose_name=_("supervisor")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=OfficerKind, default=OfficerKind.OTHER)
    skills = ArrayField(
        models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("skills"),
        help_text=_("Short words with commas, for instance first-aid,chainsaw."),
    )  # fmt: skip
    phone = PersonalField(_("phone"), max_length=40, validators=[phone_validator])
    work_area = models.ForeignKey(
        WorkArea, models.PROTECT, null=True, blank=True, related_name="officers", verbose_name=_("work area")
    )
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = OfficerQuerySet.as_manager()

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        ordering = ["code"]
        permissions = [
            ("count_officer", _("Can see numbers of officers, without persons")),
            ("manage_officer", _("Can keep people, leave and rosters")),
        ]
        constraints = [
            *Origin.Meta.constraints,
            known("kind", OfficerKind, "officer_kind"),
            models.CheckConstraint(
                condition=~Q(supervisor=models.F("id")) | Q(supervisor__isnull=True),
                name="officer_not_own_supervisor",
                violation_error_message=_("Nobody is his own supervisor."),
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(joined_on__isnull=True)
                | Q(left_on__gte=models.F("joined_on")),
                name="officer_left_after_joining",
                violation_error_message=_("Nobody leaves before he joined."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """The chain of supervisors ends somewhere; the database refuses the rest, in fewer words."""
        super().clean()
        seen, above = {self.pk}, self.supervisor
        while above is not None and self.pk is not None:
            if above.pk in seen:
                raise ValidationError({"supervisor": _now("This would make a circle of supervisors.")})
            seen.add(above.pk)
            above = above.supervisor


class Training(models.Model):
    """One thing learned, when, and until when it counts."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="trainings", verbose_name=_("officer"))
    topic = models.SlugField(_("topic"), max_length=40)
    on = models.DateField(_("date of training"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = ThroughOfficer.as_manager()

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["topic", "-on"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "topic", "on"], name="training_once"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("on")),
                name="training_dates",
                violation_error_message=_("The validity ends after the training."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.on:%Y-%m-%d}"
