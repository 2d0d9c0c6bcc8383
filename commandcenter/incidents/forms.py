"""Forms of the alarm pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer
from commandcenter.incidents.models import Alarm, Severity, State
from commandcenter.incidents.querysets import AlarmQuerySet
from commandcenter.incidents.standing import MINUTES, REASON

ALIVE = "alive"
ALL = _("All")
STATES = [
    ("", _("Not yet over")),
    (State.OPEN.value, _("Not acknowledged")),
    (State.ACKNOWLEDGED.value, State.ACKNOWLEDGED.label),
    (State.CLEARED.value, State.CLEARED.label),
    ("all", ALL),
]
MINUTES_WORD = pgettext_lazy("snooze", "minutes")
REALITY = [("", ALL), ("real", _("Real alarms")), ("drill", _("Drills"))]


class AlarmFilter(forms.Form):
    """The list's filters by query string; nonsense in one of them leaves that one out."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    severity = forms.ChoiceField(label=_("Severity"), required=False, choices=[("", ALL), *Severity.choices])
    reality = forms.ChoiceField(label=_("Drill"), required=False, choices=REALITY)
    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        Agency.objects.none(), label=_("Agency"), required=False, empty_label=ALL
    )

    def __init__(self, data: Any, *, viewer: Viewer) -> None:
        super().__init__(data)
        seen = Alarm.objects.visible_to(viewer).order_by()
        field: Any = self.fields["agency"]
        field.queryset = Agency.objects.filter(
            Q(pk__in=seen.values("agency")) | Q(pk__in=seen.values("forwarded_to"))
        )
        field.label_from_instance = lambda row: row.name
        self.is_valid()

    @property
    def wish(self) -> dict[str, Any]:
        """What was chosen and understood."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def apply(self, rows: AlarmQuerySet) -> QuerySet[Any]:
        """``rows`` narrowed and ordered: work by urgency, the past by time."""
        wish = self.wish
        state = wish.get("state", ALIVE)
        if state == ALIVE:
            rows = rows.alive()
        elif state != "all":
            rows = rows.filter(state=state)
        if "severity" in wish:
            rows = rows.filter(severity=wish["severity"])
        if "reality" in wish:
            rows = rows.filter(drill=wish["reality"] == "drill")
        if "agency" in wish:
            rows = rows.filter(Q(agency=wish["agency"]) | Q(forwarded_to=wish["agency"]))
        rows = rows.search(wish.get("q", ""))
        past = state in {State.CLEARED.value, "all"}
        return rows.order_by("-opened_at", "-pk") if past else rows.worst_first()


class DrillForm(forms.Form):
    """What is practised, and how loud."""

    title = forms.CharField(label=_("What is practised"), max_length=120)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.CRITICAL)


class SnoozeForm(forms.Form):
    """For how long an alarm leaves the walls, and why."""

    minutes = forms.TypedChoiceField(
        label=_("For how long"),
        choices=[(n, format_lazy("{n} {minutes}", n=n, minutes=MINUTES_WORD)) for n in MINUTES],
        coerce=int,
        initial=5,
    )
    reason = forms.CharField(
        label=pgettext_lazy("snooze", "Reason"),
        max_length=REASON,
        error_messages={"required": _("Write why it leaves the walls.")},
    )


class ForwardForm(forms.Form):
    """Which agency is asked to act, and what it is asked."""

    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("Agency"),
        empty_label=None,
        error_messages={"required": _("Choose an agency."), "invalid_choice": _("Choose an agency.")},
    )
    reason = forms.CharField(
        label=_("What it is asked to do"),
        max_length=REASON,
        error_messages={"required": _("Write what the agency is asked to do.")},
    )


def first_error(form: forms.Form) -> str:
    """The first thing that is wrong, as a sentence."""
    return next(str(texts[0]) for texts in form.errors.values())
