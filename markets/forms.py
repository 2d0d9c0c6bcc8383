"""Forms of the market pages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from markets.models import MarketMonth
from markets.months import FIGURES
from markets.timeline import month_before

if TYPE_CHECKING:
    Form = forms.ModelForm[MarketMonth]
else:
    Form = forms.ModelForm


def last_month() -> date:
    """The first day of the month before this one: the one that is reported now."""
    return month_before(timezone.localdate())


class MonthForm(Form):
    """One month of one market. The market's own limits are checked where it is written."""

    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
        error_messages={"invalid": _("Write a month as 2026-10.")},
    )

    class Meta:
        model = MarketMonth
        fields = ["month", *FIGURES]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIGURES:
            self.fields[name].widget.attrs.pop("max", None)

    def _post_clean(self) -> None:
        """The row is written by the service, which checks it whole."""
