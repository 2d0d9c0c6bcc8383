"""Forms of the desks: filters, and what an operator types for a citizen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.models import Agency, Area
from commandcenter.city.viewers import Viewer
from complaints.models import Category, Channel, Priority
from complaints.models.choices import STATUS_CHOICES
from complaints.paging import CappedPaginator, FoundPaginator
from complaints.querysets.reports import ReportQuerySet
from complaints.workflow import Status

ALL = _("All")
LISTS = [
    ("", pgettext_lazy("report list", "To do")),
    ("new", pgettext_lazy("report list", "Not looked at")),
    ("mine", pgettext_lazy("report list", "Mine")),
    ("late", pgettext_lazy("report list", "Over deadline")),
    ("waiting", pgettext_lazy("report list", "Waiting for citizens")),
    ("unread", pgettext_lazy("report list", "Unread messages")),
    ("closed", pgettext_lazy("report list", "Closed")),
    ("placeless", pgettext_lazy("report list", "Without a place")),
    ("all", ALL),
]
SORTS = {
    "due": (F("next_due").asc(nulls_last=True), "-pk"),
    "new": ("-pk",),
    "old": ("pk",),
}
# Lists of years, where a search must not walk from the newest back to the first.
LONG = {"all", "closed"}
BY_DAY = {"new": ("-received_at", "-pk"), "old": ("received_at", "pk")}
SORT_WORDS = [("due", _("Deadline")), ("new", _("Newest")), ("old", _("Oldest"))]


class DeskFilter(forms.Form):
    """The inbox by query string; nonsense in one field leaves that one out."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    box = forms.ChoiceField(label=_("List"), required=False, choices=LISTS)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", ALL), *STATUS_CHOICES])
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=[("", ALL), *Priority.choices])
    category: forms.ModelChoiceField[Category] = forms.ModelChoiceField(
        Category.objects.all(), label=_("Category"), required=False, empty_label=ALL
    )
    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        Agency.objects.all(), label=_("Agency"), required=False, empty_label=ALL
    )
    area: forms.ModelChoiceField[Area] = forms.ModelChoiceField(
        Area.objects.filter(level=3), label=_("Area"), required=False, empty_label=ALL
    )
    channel: forms.ModelChoiceField[Channel] = forms.ModelChoiceField(
        Channel.objects.all(), label=_("Channel"), required=False, empty_label=ALL
    )
    first = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=SORT_WORDS)

    def __init__(self, data: Any, *, viewer: Viewer) -> None:
        super().__init__(data)
        self.viewer = viewer
        if viewer.agencies and not viewer.roles - {"agency-head"}:
            field: Any = self.fields["agency"]
            field.queryset = Agency.objects.filter(pk__in=viewer.agencies)
        self.is_valid()

    @property
    def wish(self) -> dict[str, Any]:
        """What was chosen and understood."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def folded(self) -> int:
        """How many of the folded filters are set."""
        return sum(1 for name in self.wish if name not in {"q", "box", "sort"})

    def apply(self, rows: ReportQuerySet) -> QuerySet[Any]:
        """``rows`` narrowed and ordered."""
        wish = self.wish
        rows = self._box(rows, wish.get("box", ""))
        for name in ("status", "priority", "category", "agency", "area", "channel"):
            if name in wish:
                rows = rows.filter(**{name: wish[name]})
        days = self._days
        if days:
            rows = rows.received_between(wish.get("first"), wish.get("last"))
        if "q" in wish:
            rows = rows.find(wish["q"])
        sort = self._sort
        # Days are read off the index of days: by number the newest years would be walked through first.
        return rows.order_by(*(BY_DAY if days else SORTS).get(sort, SORTS[sort]))

    def pages(self, rows: QuerySet[Any], per_page: int) -> CappedPaginator:
        """Pages of what :meth:`apply` gave."""
        walked = self.wish.get("box", "") in LONG and self._sort != "due" and not self._days
        if "q" in self.wish and walked:
            return FoundPaginator(rows, per_page, oldest=self._sort == "old")
        return CappedPaginator(rows, per_page)

    @property
    def _days(self) -> bool:
        return not self.wish.keys().isdisjoint({"first", "last"})

    @property
    def _sort(self) -> str:
        default = "due" if self.wish.get("box", "") in {"", "late", "mine"} else "new"
        return str(self.wish.get("sort", default))

    def _box(self, rows: ReportQuerySet, box: str) -> ReportQuerySet:
        if box == "new":
            return rows.untouched()
        if box == "mine":
            return rows.open().filter(claimed_by=self.viewer.pk)
        if box == "late":
            return rows.overdue(timezone.now())
        if box == "waiting":
            return rows.filter(status=Status.WAITING.value)
        if box == "unread":
            return rows.filter(unread__gt=0)
        if box == "closed":
            return rows.closed()
        if box == "placeless":
            return rows.open().filter(lat__isnull=True)
        return rows if box == "all" else rows.open()
