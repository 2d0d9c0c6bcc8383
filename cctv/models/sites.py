"""Places that cameras stand at, and the lists cameras are described from."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cctv.models.choices import LinkKind, PlaceKind
from cctv.querysets import SiteQuerySet
from commandcenter.city.origin import Origin


class DeviceModel(Origin):
    """A make and model of camera."""

    brand = models.CharField(_("brand"), max_length=60)
    name = models.CharField(_("model"), max_length=80)
    template = models.CharField(
        _("address template"), max_length=40, blank=True, help_text=_("Key of the brand's address template.")
    )
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("device model")
        verbose_name_plural = _("device models")
        ordering = ["brand", "name"]
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(
                fields=["brand", "name"],
                name="devicemodel_unique",
                violation_error_message=_("This model is already in the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.name}"


class DataPackage(Origin):
    """A data plan that cameras with a metered link run on."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    provider = models.CharField(_("provider"), max_length=60, blank=True)
    mb_per_month = models.PositiveIntegerField(
        _("MB per month"), null=True, blank=True, help_text=_("Empty means unlimited.")
    )
    price = models.PositiveIntegerField(_("price per month (Rp)"), default=0)

    class Meta:
        verbose_name = _("data package")
        verbose_name_plural = _("data packages")
        ordering = ["name"]
        constraints = Origin.Meta.constraints

    def __str__(self) -> str:
        return self.name


class CameraGroup(Origin):
    """A named set of cameras."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("camera group")
        verbose_name_plural = _("camera groups")
        ordering = ["name"]
        constraints = Origin.Meta.constraints

    def __str__(self) -> str:
        return self.name


class Site(Origin):
    """A place with one network link: a market, an office, a street corner."""

    name = models.CharField(_("name"), max_length=120)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind of place"), max_length=12, choices=PlaceKind, default=PlaceKind.MARKET)
    area = models.ForeignKey(
        "city.Area", verbose_name=_("area"), on_delete=models.PROTECT, related_name="sites"
    )
    market = models.ForeignKey(
        "markets.Market",
        verbose_name=_("market"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
    )
    office = models.CharField(_("office"), max_length=120, blank=True)
    lat = models.FloatField(_("latitude"), validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lng = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    link = models.CharField(_("link"), max_length=10, choices=LinkKind, default=LinkKind.UNMETERED)
    link_mbps = models.FloatField(
        _("link speed (Mbit/s)"), null=True, blank=True, validators=[MinValueValidator(0.01)]
    )
    monthly_mb = models.PositiveIntegerField(
        _("data allowance (MB per month)"), null=True, blank=True, help_text=_("Only for a metered link.")
    )
    max_open = models.PositiveSmallIntegerField(
        _("connections at once"), default=8, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    opens_per_second = models.FloatField(
        _("new connections per second"),
        default=4,
        validators=[MinValueValidator(0.05), MaxValueValidator(100)],
    )
    contact = models.CharField(_("contact"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["name"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90)) & Q(lng__range=(-180, 180)),
                name="site_point_on_earth",
                violation_error_message=_("Latitude is -90 to 90, longitude -180 to 180."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PlaceKind.values),
                name="site_kind_known",
                violation_error_message=_("Choose a kind of place from the list."),
            ),
            models.CheckConstraint(
                condition=Q(link__in=LinkKind.values),
                name="site_link_known",
                violation_error_message=_("Choose metered or unmetered."),
            ),
            models.CheckConstraint(
                condition=Q(max_open__gte=1) & Q(opens_per_second__gt=0),
                name="site_limits_positive",
                violation_error_message=_("A site needs at least one connection."),
            ),
            models.CheckConstraint(
                condition=Q(market__isnull=True) | Q(office=""),
                name="site_market_or_office",
                violation_error_message=_("A site belongs to a market or to an office, not to both."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
