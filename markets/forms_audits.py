"""The form of an audit: two fields a line, built from the version it is asked with."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from markets.models import AuditAnswer, ConditionAudit, Way
from markets.words import MARKS

NO_MARK = ("", _("Not seen, or does not apply"))
HEAD = ("day", "way", "remark")


class AuditForm(forms.Form):
    """Day, way and summary, then ``v-CODE`` (mark) and ``r-CODE`` (remark) for every line."""

    day = forms.DateField(
        label=_("Day of the look"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    way = forms.ChoiceField(label=_("Looked"), choices=Way.choices)
    remark = forms.CharField(
        label=_("Summary"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What whoever reads only one sentence should know."),
    )  # fmt: skip

    def __init__(self, *args: Any, audit: ConditionAudit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audit = audit
        self.fields["day"].widget.attrs["max"] = timezone.localdate().isoformat()
        for item in audit.version.items:
            self._line(item)

    def _line(self, item: dict[str, Any]) -> None:
        self.fields[f"v-{item['code']}"] = forms.TypedChoiceField(
            label=item["text"], choices=[*MARKS, NO_MARK], coerce=int, empty_value=None, required=False,
            widget=forms.RadioSelect,
        )  # fmt: skip
        spoken = _("Remark on “%(line)s”") % {"line": item["text"]}
        self.fields[f"r-{item['code']}"] = forms.CharField(
            label=item["text"], required=False, max_length=500,
            widget=forms.TextInput(attrs={"placeholder": _("Remark"), "aria-label": spoken}),
        )  # fmt: skip

    def clean_day(self) -> date:
        """Here too, so that an autosave keeps what stands beside a wrong day."""
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def keep_to(self, names: set[str]) -> None:
        """Leaves only these fields: an autosave sends what changed."""
        for name in [name for name in self.fields if name not in names]:
            del self.fields[name]

    def head(self) -> dict[str, Any]:
        """The cleaned fields of the audit itself, as far as they are good."""
        return {name: self.cleaned_data[name] for name in HEAD if name in self.cleaned_data}

    def lines(self) -> dict[str, dict[str, Any]]:
        """The good values by line."""
        found: dict[str, dict[str, Any]] = {}
        for name, value in self.cleaned_data.items():
            if name[:2] in ("v-", "r-"):
                found.setdefault(name[2:], {})["value" if name[0] == "v" else "remark"] = value
        return found


def initial_of(audit: ConditionAudit, answers: dict[str, AuditAnswer]) -> dict[str, Any]:
    """What a draft has so far."""
    values: dict[str, Any] = {"day": audit.day, "way": audit.way, "remark": audit.remark}
    for code, row in answers.items():
        values[f"v-{code}"] = "" if row.value is None else row.value
        values[f"r-{code}"] = row.remark
    return values
