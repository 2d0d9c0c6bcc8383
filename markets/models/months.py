"""What a market reported of a month: places in use, traders, retribution."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from markets.decline import Month
from markets.querysets.months import MarketMonthQuerySet

KINDS = ("kiosks", "stalls", "lots")


class MarketMonth(Origin):
    """One month of one market. An empty figure was not reported; a hole is no zero."""

    market = models.ForeignKey(
        "markets.Market", verbose_name=_("market"), on_delete=models.CASCADE, related_name="months"
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    kiosks = models.PositiveIntegerField(_("kiosks in use"), null=True, blank=True)
    stalls = models.PositiveIntegerField(_("stalls in use"), null=True, blank=True)
    lots = models.PositiveIntegerField(_("open lots in use"), null=True, blank=True)
    traders = models.PositiveIntegerField(_("active traders"), null=True, blank=True)
    target = models.PositiveBigIntegerField(_("retribution, target (Rp)"), null=True, blank=True)
    realised = models.PositiveBigIntegerField(_("retribution, realised (Rp)"), null=True, blank=True)
    source = models.CharField(
        _("source"), max_length=120, help_text=_("For example: manager's report, UPT's cash book.")
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = MarketMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("market's month")
        verbose_name_plural = _("markets' months")
        ordering = ["-month"]
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(
                fields=["market", "month"],
                name="market_month_once",
                violation_error_message=_("This month is there already: change it instead."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="market_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.month:%Y-%m}"

    def clean(self) -> None:
        """Not the future, no more places in use than there are, and something is reported."""
        errors: dict[str, object] = {}
        if self.month and self.month > timezone.localdate():
            errors["month"] = _("This month has not begun yet.")
        for kind in KINDS:
            used, there = getattr(self, kind), getattr(self.market, kind)
            if used is not None and there is not None and used > there:
                errors[kind] = _("Only %(there)d are there. If more were built, change the market first.") % {
                    "there": there
                }
        if all(getattr(self, name) is None for name in (*KINDS, "traders", "target", "realised")):
            errors["kiosks"] = _("Fill at least one figure.")
        if errors:
            raise ValidationError(errors)

    @property
    def used_share(self) -> float | None:
        """Used places of those that are there, 0-1, over the kinds that have both figures."""
        pairs = [(getattr(self, kind), getattr(self.market, kind)) for kind in KINDS]
        known = [(used, there) for used, there in pairs if used is not None and there]
        total = sum(there for _used, there in known)
        return sum(used for used, _there in known) / total if total else None

    @property
    def share(self) -> float | None:
        """Realised of the target, 0 upwards."""
        return self.as_month().share

    def as_month(self) -> Month:
        """The row for the pure rules."""
        return Month(self.month, self.used_share, self.target, self.realised)
