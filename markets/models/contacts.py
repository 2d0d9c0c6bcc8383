"""Whom to call at a market."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from markets.querysets.contacts import MarketContactQuerySet


class MarketContact(models.Model):
    """A manager or another person of a market: personal data, for those who work with it."""

    market = models.ForeignKey(
        "markets.Market", verbose_name=_("market"), on_delete=models.CASCADE, related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(
        _("function"), max_length=80, blank=True, help_text=_("For example: head of the market's UPT.")
    )
    phone = models.CharField(
        _("phone"),
        max_length=25,
        blank=True,
        validators=[
            RegexValidator(r"^\+?[0-9][0-9 ().-]{5,23}$", _("A phone number has digits, and + in front."))
        ],
    )
    is_manager = models.BooleanField(_("manages the market"), default=False)

    objects = MarketContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-is_manager", "name"]

    def __str__(self) -> str:
        return self.name
