"""Daily prices of staple goods by market: what is asked, what may be the most, every answer ever given."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.origin import Origin
from markets.prices.amounts import MOST
from markets.prices.figures import Ceiling
from markets.prices.plausible import Limits
from markets.querysets.prices import PriceReadingQuerySet, PriceSeriesQuerySet

AMOUNT = [MinValueValidator(1), MaxValueValidator(MOST)]


class CommodityGroup(models.TextChoices):
    """Where a commodity stands on pages."""

    RICE = "beras", _("rice")
    MEAT = "daging", _("meat and eggs")
    SPICE = "bumbu", _("onions and chillies")
    OIL = "minyak", _("cooking oil")
    SUGAR = "gula", _("sugar")
    FISH = "ikan", _("fish")
    OTHER = "lain", _("other goods")


class Commodity(models.Model):
    """A thing with one unit; its code makes the indicator's code (`pangan.<code>.harga`)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    group = models.CharField(
        _("group"), max_length=10, choices=CommodityGroup.choices, default=CommodityGroup.OTHER
    )
    unit = models.CharField(_("unit"), max_length=20, help_text=_("As people say it: kg, liter."))
    unit_code = models.CharField(
        _("unit code"), max_length=3, blank=True, help_text=_("By UN/CEFACT: KGM, LTR, H87 (piece).")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    in_use = models.BooleanField(_("is asked"), default=True)
    ask_percent = models.PositiveSmallIntegerField(
        _("question from (%)"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text=_("A price that moved further than this from the last one is asked about."),
    )
    low = models.PositiveIntegerField(
        _("never below (Rp)"), null=True, blank=True, validators=AMOUNT,
        help_text=_("What it cannot cost at all; beyond it a digit slipped."),
    )  # fmt: skip
    high = models.PositiveIntegerField(_("never above (Rp)"), null=True, blank=True, validators=AMOUNT)

    class Meta:
        verbose_name = _("commodity")
        verbose_name_plural = _("commodities")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(group__in=CommodityGroup.values), name="commodity_group"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lt=F("high")),
                name="commodity_range",
                violation_error_message=_("The lower bound is below the upper one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def indicator(self) -> str:
        """The code under which an indicator store will keep it."""
        return f"pangan.{self.code}.harga"

    @property
    def limits(self) -> Limits:
        """When one of its prices is asked about."""
        return Limits(ask=self.ask_percent / 100, low=self.low, high=self.high)


class PriceCeiling(models.Model):
    """A reference price with its legal source, in force between two days."""

    class Kind(models.TextChoices):
        HET = "het", _("highest retail price (HET)")
        HAP = "hap", _("reference price (HAP)")
        LOCAL = "local", _("the region's own")

    commodity = models.ForeignKey(
        Commodity, verbose_name=_("commodity"), on_delete=models.CASCADE, related_name="ceilings"
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices, default=Kind.HET)
    rupiah = models.PositiveIntegerField(_("at most (Rp)"), validators=AMOUNT)
    decree = models.CharField(
        _("legal source"), max_length=160, help_text=_("For example: Kepbapanas 299/2025, zone I.")
    )
    first = models.DateField(_("in force from"))
    last = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: until another one."))
    checked = models.BooleanField(
        _("held against the decree"), default=False, help_text=_("Until somebody did, pages say “periksa”.")
    )

    class Meta:
        verbose_name = _("reference price")
        verbose_name_plural = _("reference prices")
        ordering = ["commodity", "-first"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["het", "hap", "local"]), name="priceceiling_kind"),
            models.CheckConstraint(
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                name="priceceiling_range",
                violation_error_message=_("The last day is before the first."),
            ),
            models.UniqueConstraint(
                fields=["commodity", "kind", "first"],
                name="priceceiling_once",
                violation_error_message=_("There is one of this kind from this day on already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commodity}: {self.decree}"

    def as_rule(self) -> Ceiling:
        """The row for the pure rules."""
        return Ceiling(self.rupiah, self.decree, self.first, self.last)


class PriceSurveyor(models.Model):
    """Who may write a market's prices beside the heads of its agency: a person and a market."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    market = models.ForeignKey(
        "markets.Market", verbose_name=_("market"), on_delete=models.CASCADE, related_name="surveyors"
    )

    class Meta:
        verbose_name = _("price surveyor")
        verbose_name_plural = _("price surveyors")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "market"],
                name="pricesurveyor_once",
                violation_error_message=_("This person surveys this market already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.market)


class PriceSeries(models.Model):
    """A commodity at a market (indicator × subject) with its newest day; what comes late changes nothing."""

    commodity = models.ForeignKey(
        Commodity, verbose_name=_("commodity"), on_delete=models.PROTECT, related_name="series"
    )
    market = models.ForeignKey(
        "markets.Market", verbose_name=_("market"), on_delete=models.PROTECT, related_name="price_series"
    )
    day = models.DateField(null=True, editable=False)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True, editable=False)
    observed_at = models.DateTimeField(null=True, editable=False)
    received_at = models.DateTimeField(null=True, editable=False)

    objects = PriceSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("price series")
        verbose_name_plural = _("price series")
        constraints = [models.UniqueConstraint(fields=["commodity", "market"], name="priceseries_once")]
        indexes = [models.Index(fields=["market", "commodity"], name="priceseries_market")]

    def __str__(self) -> str:
        return f"{self.commodity}, {self.market}"


class PriceReading(Origin):
    """One answer, which the database refuses to change: a correction is another revision of its day."""

    class Quality(models.TextChoices):
        GOOD = "good", _("good")
        SUSPECT = "suspect", _("doubtful")

    class Way(models.TextChoices):
        PHONE = "phone", _("typed on a phone")
        FILE = "file", _("from a file")
        FORM = "form", _("typed at a desk")
        MADE = "made", _("invented by the demo")

    # Its own index would only lead the planner away from the one of (series, day, revision).
    series = models.ForeignKey(PriceSeries, on_delete=models.PROTECT, related_name="readings", db_index=False)
    day = models.DateField(_("day"))
    observed_at = models.DateTimeField(pgettext_lazy("price", "asked"))
    value = models.DecimalField(_("price (Rp)"), max_digits=20, decimal_places=6)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    quality = models.CharField(_("quality"), max_length=8, choices=Quality.choices, default=Quality.GOOD)
    quotes = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    way = models.CharField(_("how"), max_length=6, choices=Way.choices)
    source = models.CharField(_("source"), max_length=120, blank=True)
    confirmed = models.BooleanField(_("confirmed when asked"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    key = models.UUIDField(null=True, editable=False)
    batch = models.ForeignKey(
        "markets.PriceImport", on_delete=models.PROTECT, null=True, editable=False, related_name="readings",
        db_index=False,
    )  # fmt: skip
    # Written once, whatever becomes of the login: the number and the name stay, the account may go.
    entered_by_id = models.BigIntegerField(null=True, editable=False)
    entered_by_name = models.CharField(_("entered by"), max_length=160, blank=True)
    received_at = models.DateTimeField(_("received"))

    objects = PriceReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(fields=["series", "day", "revision"], name="pricereading_revision"),
            models.UniqueConstraint(fields=["key"], condition=Q(key__isnull=False), name="pricereading_key"),
            models.CheckConstraint(condition=Q(value__gt=0), name="pricereading_above_zero"),
            models.CheckConstraint(condition=Q(quality__in=["good", "suspect"]), name="pricereading_quality"),
            models.CheckConstraint(
                condition=Q(way__in=["phone", "file", "form", "made"]), name="pricereading_way"
            ),
        ]
        indexes = [
            models.Index(fields=["day", "series"], name="pricereading_day"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="pricereading_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class PriceImport(models.Model):
    """A file that was looked through; its rows wait for a yes and are then written all together."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=160)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)
    rows: Any = models.JSONField(default=list)
    added = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("price file")
        verbose_name_plural = _("price files")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.created_at:%Y-%m-%d})" if self.created_at else self.name

    def clean(self) -> None:
        """Nothing is changed by hand."""
        if self.committed_at and not self.by_id:
            raise ValidationError(_("A file that was read in names who did."))
