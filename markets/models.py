"""Traditional markets of the city."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from markets.querysets import MarketQuerySet


class Market(Origin):
    """A market: its owner, its place, and when it trades (a quiet picture at 15.00 may be normal)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey(
        "city.Area", verbose_name=_("area"), on_delete=models.PROTECT, related_name="markets"
    )
    agency = models.ForeignKey(
        "city.Agency",
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="markets",
    )
    lat = models.FloatField(_("latitude"), validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lng = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    market_days = models.CharField(
        _("market days"),
        max_length=80,
        blank=True,
        help_text=_("For example: every day, or Monday, Thursday."),
    )
    hours = models.CharField(_("hours"), max_length=40, blank=True, help_text=_("For example: 02.00-14.00."))
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
        ]

    def __str__(self) -> str:
        return self.name
