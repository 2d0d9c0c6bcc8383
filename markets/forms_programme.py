"""Forms of the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from markets.models import Budget, Market, ProgrammeDocument, ProgrammePoint

if TYPE_CHECKING:
    PointBase = forms.ModelForm[ProgrammePoint]
    DocumentBase = forms.ModelForm[ProgrammeDocument]
else:
    PointBase = DocumentBase = forms.ModelForm


def _date(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


class PointForm(PointBase):
    """What a point costs and who builds it; the row is written by the service."""

    planned_on = _date(_("Planned to be live on"), required=False)

    class Meta:
        model = ProgrammePoint
        fields = ["reason", "cost", "planned_on", "budget", "vendor", "contract_cost"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def _post_clean(self) -> None:
        """The service checks the row whole."""


class ProposalForm(PointForm):
    """A new proposal: the market is chosen first."""

    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.none())

    field_order = ["market", "reason", "cost", "planned_on"]

    class Meta(PointForm.Meta):
        fields = ["reason", "cost", "planned_on"]

    def __init__(self, *args: Any, markets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["market"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = markets


class MoveForm(forms.Form):
    """A step: its day and, where something is taken back, the reason."""

    day = _date(_("Day"))
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()


class DocumentForm(DocumentBase):
    """A paper by its number."""

    day = _date(_("Dated"))

    class Meta:
        model = ProgrammeDocument
        fields = ["title", "number", "day"]

    def _post_clean(self) -> None:
        """The service checks the row whole."""


class WhatIfForm(forms.Form):
    """A budget and the cost of a point that nobody priced."""

    budget = forms.IntegerField(label=_("Budget (Rp)"), min_value=0, max_value=10**13)
    cost = forms.IntegerField(
        label=_("Cost of a point (Rp)"), min_value=0, max_value=10**12,
        help_text=_("Where a market has no cost of its own."),
    )  # fmt: skip


def budgets() -> Any:
    """Every fiscal year with its points at hand."""
    return Budget.objects.prefetch_related("points")
