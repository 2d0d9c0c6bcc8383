"""Traditional markets of the city."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from markets import trading
from markets.querysets.market import MarketQuerySet
from markets.words import PROBLEMS

LATITUDE = [MinValueValidator(-90), MaxValueValidator(90)]
LONGITUDE = [MinValueValidator(-180), MaxValueValidator(180)]


class Ownership(models.TextChoices):
    """Whose market it is: this decides whose budget may pay for it."""

    REGION = "region", _("the regency or city")
    VILLAGE = "village", _("a village")
    COMPANY = "company", _("a regional company (perumda, PD pasar)")


class MarketClass(models.TextChoices):
    """Types of SNI 8152 by the number of traders."""

    ONE = "1", _("I (more than 750 traders)")
    TWO = "2", _("II (501 to 750)")
    THREE = "3", _("III (250 to 500)")
    FOUR = "4", _("IV (fewer than 250)")


class Fund(models.TextChoices):
    """Where the money of a rebuilding came from."""

    STATE = "state", _("state budget (APBN)")
    PROVINCE = "province", _("provincial budget (APBD provinsi)")
    REGION = "region", _("regional budget (APBD)")
    VILLAGE = "village", _("village budget (APBDes)")
    OTHER = "other", _("other")


def _count(name: Any, help_text: Any = "") -> models.PositiveIntegerField[Any, Any]:
    """A number of places; empty where nobody counted, which is not 0."""
    return models.PositiveIntegerField(name, null=True, blank=True, help_text=help_text)


class Market(Origin):
    """A market: its owner, places and sites, and when it trades (a quiet picture at 15.00 may be normal)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey(
        "city.Area", verbose_name=_("area"), on_delete=models.PROTECT, related_name="markets"
    )
    agency = models.ForeignKey(
        "city.Agency",
        verbose_name=_("agency in charge"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="markets",
    )
    ownership = models.CharField(
        _("owned by"), max_length=10, choices=Ownership.choices, default=Ownership.REGION
    )
    owner_name = models.CharField(
        _("name of the owner"),
        max_length=120,
        blank=True,
        help_text=_("The village or the company; empty where the regency or city owns it."),
    )
    market_class = models.CharField(
        _("class"), max_length=1, choices=MarketClass.choices, blank=True, help_text=_("By SNI 8152.")
    )
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lng = models.FloatField(_("longitude"), validators=LONGITUDE)
    market_days = models.CharField(
        _("market days"),
        max_length=80,
        blank=True,
        help_text=_("For example: every day, or Monday, Thursday. Pahing, Wage and the others count too."),
    )
    hours = models.CharField(_("hours"), max_length=40, blank=True, help_text=_("For example: 02.00-14.00."))
    kiosks = _count(_("kiosks"), _("Closed rooms (kios)."))
    stalls = _count(_("stalls"), _("Open stalls under a roof (los)."))
    lots = _count(_("open lots"), _("Places without a roof (pelataran)."))
    traders = _count(_("traders"))
    former_site = models.CharField(
        _("former site"), max_length=160, blank=True, help_text=_("Where it stood before it moved.")
    )
    former_lat = models.FloatField(
        _("latitude of the former site"), null=True, blank=True, validators=LATITUDE
    )
    former_lng = models.FloatField(
        _("longitude of the former site"), null=True, blank=True, validators=LONGITUDE
    )
    moved_on = models.DateField(_("moved on"), null=True, blank=True)
    rebuilt_on = models.DateField(
        _("revitalised on"),
        null=True,
        blank=True,
        help_text=_("From this day on its condition is watched. Only the year known: 1 January."),
    )
    rebuilt_fund = models.CharField(_("paid from"), max_length=10, choices=Fund.choices, blank=True)
    rebuilt_cost = models.PositiveBigIntegerField(_("cost of the revitalisation (Rp)"), null=True, blank=True)
    travel_min = models.PositiveSmallIntegerField(
        _("travel time to the office (minutes)"),
        null=True,
        blank=True,
        help_text=_("By car on a working day."),
    )
    notes = models.TextField(_("notes"), blank=True)

    objects = MarketQuerySet.as_manager()

    class Meta:
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        ordering = ["name"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90)) & Q(lng__range=(-180, 180)),
                name="market_point_on_earth",
                violation_error_message=_("Latitude is -90 to 90, longitude -180 to 180."),
            ),
            models.CheckConstraint(
                condition=Q(former_lat__isnull=True, former_lng__isnull=True)
                | Q(
                    former_lat__isnull=False,
                    former_lng__isnull=False,
                    former_lat__range=(-90, 90),
                    former_lng__range=(-180, 180),
                ),
                name="market_former_point",
                violation_error_message=_("A former site has a latitude and a longitude, or neither."),
            ),
            models.CheckConstraint(condition=Q(ownership__in=Ownership.values), name="market_ownership"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The timetable is readable, and what was paid for a rebuilding has a rebuilding."""
        try:
            trading.read(self.market_days, self.hours)
        except trading.InvalidTimetable as error:
            raise ValidationError({error.field: PROBLEMS[error.problem] % {"found": error.found}}) from error
        if (self.rebuilt_cost or self.rebuilt_fund) and not self.rebuilt_on:
            raise ValidationError({"rebuilt_on": _("When was it revitalised? The cost has no date.")})
        if self.ownership != Ownership.REGION and not self.owner_name:
            raise ValidationError({"owner_name": _("Name the village or the company.")})

    @property
    def timetable(self) -> trading.Timetable | None:
        """When it trades; None where nothing readable is known (texts of older versions were free)."""
        try:
            return trading.read(self.market_days, self.hours)
        except trading.InvalidTimetable:
            return None

    @property
    def places(self) -> int | None:
        """Kiosks, stalls and open lots together; None where none of them was counted."""
        counted = [number for number in (self.kiosks, self.stalls, self.lots) if number is not None]
        return sum(counted) if counted else None

    @property
    def owner(self) -> str:
        """Whose it is, in words."""
        if self.owner_name:
            return f"{self.owner_name} ({self.get_ownership_display()})"
        return self.get_ownership_display()
