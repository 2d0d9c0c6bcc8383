"""The programme: points with their road, money by fiscal year, weights of the priority."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.origin import Origin
from markets.models.market import LATITUDE, LONGITUDE, Fund
from markets.programme import Money, Stage, committed_cost
from markets.querysets.programme import ProgrammePointQuerySet
from markets.words import STAGES


class Budget(Origin):
    """The money of one fiscal year from one fund: as first decided and as amended."""

    year = models.PositiveSmallIntegerField(
        _("fiscal year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    fund = models.CharField(_("fund"), max_length=10, choices=Fund.choices, default=Fund.REGION)
    original = models.PositiveBigIntegerField(_("original budget (murni), Rp"))
    amended = models.PositiveBigIntegerField(
        _("amended budget (perubahan), Rp"), null=True, blank=True, help_text=_("Empty until it is amended.")
    )
    legal = models.CharField(
        pgettext_lazy("budget", "decided by"),
        max_length=160,
        blank=True,
        help_text=_("Number of the DPA or perda."),
    )

    class Meta:
        verbose_name = _("budget of the programme")
        verbose_name_plural = _("budgets of the programme")
        ordering = ["-year", "fund"]
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(fields=["year", "fund"], name="budget_once"),
            models.CheckConstraint(condition=Q(fund__in=Fund.values), name="budget_fund"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_fund_display()}"

    @property
    def money(self) -> Money:
        """With what its points take; prefetch ``points`` for a list."""
        taken = [(Stage(p.stage), p.cost, p.contract_cost) for p in self.points.all()]
        return Money(self.original, self.amended, committed_cost(taken))


class ProgrammePoint(Origin):
    """One point of the roll-out at a market: what it costs, who builds it, where it stands."""

    market = models.ForeignKey(
        "markets.Market", verbose_name=_("market"), on_delete=models.PROTECT, related_name="programme"
    )
    reason = models.TextField(_("reason"), max_length=2000, help_text=_("Why here, in a few sentences."))
    stage = models.CharField(
        _("stage"), max_length=12, choices=STAGES, default=Stage.PROPOSED.value, editable=False
    )
    cost = models.PositiveBigIntegerField(_("estimated cost (Rp)"), null=True, blank=True)
    contract_cost = models.PositiveBigIntegerField(_("cost by contract (Rp)"), null=True, blank=True)
    vendor = models.CharField(_("vendor"), max_length=120, blank=True)
    budget = models.ForeignKey(
        Budget,
        verbose_name=_("budget"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="points",
    )
    planned_on = models.DateField(_("planned to be live on"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, editable=False,
        related_name="+", verbose_name=_("approved by"),
    )  # fmt: skip
    approved_name = models.CharField(_("approved by"), max_length=120, blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    created_at = models.DateTimeField(_("proposed"), default=timezone.now, editable=False)

    objects = ProgrammePointQuerySet.as_manager()

    class Meta:
        verbose_name = _("point of the programme")
        verbose_name_plural = _("points of the programme")
        ordering = ["-created_at", "-pk"]
        permissions = [("approve_programmepoint", "Can approve a point of the programme")]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in Stage]), name="programmepoint_stage"
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_name="") | Q(approved_at__isnull=False),
                name="programmepoint_approved",
            ),
            models.UniqueConstraint(
                fields=["market"],
                condition=~Q(stage__in=["live", "handed_over", "dropped"]),
                name="programmepoint_one_open",
                violation_error_message=_("This market has a point on its way already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market}"

    @property
    def price(self) -> int | None:
        """By contract where there is one, else as estimated; whole rupiah."""
        return self.cost if self.contract_cost is None else self.contract_cost


class ProgrammeStep(Origin):
    """A step of a point: appended, never changed (the database refuses)."""

    point = models.ForeignKey(ProgrammePoint, on_delete=models.CASCADE, related_name="steps")
    source = models.CharField(_("from"), max_length=12, choices=STAGES, blank=True)
    target = models.CharField(_("to"), max_length=12, choices=STAGES)
    day = models.DateField(_("day"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    by_name = models.CharField(_("by"), max_length=120)
    at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("step of the programme")
        verbose_name_plural = _("steps of the programme")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"


class ProgrammeDocument(Origin):
    """A paper of a point by its number: contract, minutes of handing over. The archive has the paper."""

    point = models.ForeignKey(ProgrammePoint, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(_("document"), max_length=160)
    number = models.CharField(_("number"), max_length=80)
    day = models.DateField(_("dated"))
    added_by = models.CharField(_("added by"), max_length=120, editable=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    # The stage the point stood at: what a later stage asks for must be new.
    stage = models.CharField(max_length=12, choices=STAGES, editable=False)

    class Meta:
        verbose_name = _("document of the programme")
        verbose_name_plural = _("documents of the programme")
        ordering = ["day", "pk"]

    def __str__(self) -> str:
        return self.number


class Office(Origin):
    """The office from which distances count: that of the people who have to drive there."""

    name = models.CharField(_("name"), max_length=120)
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lng = models.FloatField(_("longitude"), validators=LONGITUDE)

    class Meta:
        verbose_name = _("office of the programme")
        verbose_name_plural = _("office of the programme")
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90)) & Q(lng__range=(-180, 180)), name="office_point_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriorityWeight(models.Model):
    """One criterion of the priority as the city weighs it."""

    code = models.SlugField(_("criterion"), max_length=20, unique=True, editable=False)
    weight = models.PositiveSmallIntegerField(_("weight"), validators=[MaxValueValidator(100)])
    low = models.FloatField(_("nothing at"), help_text=_("At this value a market earns nothing."))
    high = models.FloatField(_("all at"), help_text=_("At this value it earns the whole weight."))
    order = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("weight of the priority")
        verbose_name_plural = pgettext_lazy("priority", "weights of the priority")
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(low=F("high")),
                name="priorityweight_range",
                violation_error_message=_("“Nothing at” and “all at” are different values."),
            )
        ]

    def __str__(self) -> str:
        return self.code
