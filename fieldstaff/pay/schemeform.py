"""Rules of pay and attendance as people type them: lines of text, checked before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fieldstaff.attendance.policy import PolicyError, read_policy
from fieldstaff.models import Policy
from fieldstaff.pay import words
from fieldstaff.pay.schemes import BY_KIND, scheme_for
from fieldstaff.payscheme import SchemeError, Shape

if TYPE_CHECKING:
    Base = forms.ModelForm[Policy]
else:
    Base = forms.ModelForm
_BRACKET = re.compile(
    r"^\s*(\d{1,5})\s*(?:-|–|s\.?d\.?)\s*(\d{1,5})?\s*[=:]\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*%?\s*$"
)
_PAIR = re.compile(r"^\s*([a-z_]{1,20})\s*[=:]\s*([\d.]{1,15})\s*%?\s*$")
SHAPES = [
    (Shape.DAILY.value, gettext_lazy("a rate for each day")),
    (Shape.MONTHLY.value, gettext_lazy("a base for the month, less brackets")),
    (Shape.HOURLY.value, gettext_lazy("a rate for each credited hour")),
    (Shape.ALL_OR_NOTHING.value, gettext_lazy("all or nothing")),
]


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "cols": 40})


class PolicyForm(Base):
    """One version of the rules. What is left empty is not stored; the rules themselves judge the rest."""

    shape = forms.ChoiceField(label=gettext_lazy("shape"), choices=[("", "–"), *SHAPES], required=False)
    amount_idr = forms.IntegerField(label=gettext_lazy("amount (Rp)"), required=False, min_value=0)
    amount_by_kind = forms.CharField(
        label=gettext_lazy("other amounts by kind of officer"), required=False, widget=_lines(3),
        help_text=gettext_lazy("One a line: kind = rupiah, for instance pengawas = 4000000."),
    )  # fmt: skip
    absent = forms.DecimalField(
        label=gettext_lazy("a day's absence costs (%)"), required=False, max_digits=5, decimal_places=2
    )
    partial = forms.DecimalField(
        label=gettext_lazy("a partly present day costs (%)"), required=False, max_digits=5, decimal_places=2
    )
    late = forms.CharField(
        label=gettext_lazy("brackets of lateness"), required=False, widget=_lines(5),
        help_text=gettext_lazy("One a line, from minute 1 without gap: 1-30 = 0,5 and at last 91- = 2."),
    )  # fmt: skip
    early = forms.CharField(
        label=gettext_lazy("brackets of leaving early"), required=False, widget=_lines(5),
        help_text=gettext_lazy("As above."),
    )  # fmt: skip
    paid = forms.CharField(
        label=gettext_lazy("what a state earns (%)"), required=False, widget=_lines(5),
        help_text=gettext_lazy("For days and hours, one a line: present = 100, partial = 50, leave = 100."),
    )  # fmt: skip
    whole_pct = forms.IntegerField(label=gettext_lazy("threshold of all or nothing (%)"), required=False)
    whole_period = forms.BooleanField(label=gettext_lazy("all or nothing for the period"), required=False)
    numbers = forms.JSONField(
        label=gettext_lazy("numbers of attendance"), required=False, widget=_lines(6),
        help_text=gettext_lazy("For rules of attendance, as JSON: {\"late_grace_s\": 300}."),
    )  # fmt: skip

    class Meta:
        model = Policy
        fields = ["subject", "agency", "valid_from"]

    def clean(self) -> dict[str, Any]:
        """Puts the rules together and asks the rules' own reader; errors stand at their field."""
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        if found.get("subject") == Policy.Subject.ATTENDANCE:
            self._attendance(found)
        else:
            self._pay(found)
        return found

    def _attendance(self, found: dict[str, Any]) -> None:
        rules = found.get("numbers") or {}
        try:
            if not isinstance(rules, dict):
                raise ValidationError(_("An object of names and whole numbers."))
            read_policy("new", rules)
        except (PolicyError, ValidationError) as error:
            self.add_error("numbers", error if isinstance(error, ValidationError) else str(error))
        self.instance.rules = rules

    def _pay(self, found: dict[str, Any]) -> None:
        rules: dict[str, Any] = {}
        for name, read in _READERS.items():
            try:
                value = read(found.get(name))
            except ValidationError as error:
                self.add_error(name, error)
                continue
            if value not in (None, {}, []):
                rules[_STORED.get(name, name)] = value
        if self.errors:
            return
        try:
            scheme_for("new", rules)
        except SchemeError as error:
            self.add_error(_FIELDS.get(error.field, error.field), words.mistake(error))
        self.instance.rules = rules


_STORED = {"absent": "absent_bp", "partial": "partial_bp"}
_FIELDS = {stored: name for name, stored in _STORED.items()} | {"versions": "valid_from"}


def basis_points(text: str) -> int:
    """``0,5`` (per cent) as 50. Raises ValidationError."""
    try:
        return int(Decimal(text.replace(",", ".")) * 100)
    except InvalidOperation as error:
        raise ValidationError(_("A number of per cent, for instance 0,5.")) from error


def brackets(text: str | None) -> list[list[int | None]]:
    """Lines ``1-30 = 0,5`` as stored brackets. Raises ValidationError, which names the line."""
    found: list[list[int | None]] = []
    for number, line in enumerate((text or "").splitlines(), start=1):
        if not line.strip():
            continue
        match = _BRACKET.match(line)
        if match is None:
            raise ValidationError(
                _("Line %(n)d cannot be read: write it as 1-30 = 0,5."), params={"n": number}
            )
        first, last, share = match.groups()
        found.append([int(first), int(last) if last else None, basis_points(share)])
    return found


def pairs(text: str | None) -> dict[str, int]:
    """Lines ``present = 100`` as stored. Raises ValidationError, which names the line."""
    found: dict[str, int] = {}
    for number, line in enumerate((text or "").splitlines(), start=1):
        if not line.strip():
            continue
        match = _PAIR.match(line)
        if match is None or match[1] in found:
            raise ValidationError(
                _("Line %(n)d cannot be read: write a word, =, a number, each word once."),
                params={"n": number},
            )
        found[match[1]] = int(match[2].replace(".", ""))
    return found


def _share(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 100)


_READERS: dict[str, Callable[[Any], Any]] = {
    "shape": lambda value: value or None,
    "amount_idr": lambda value: value,
    BY_KIND: pairs,
    "absent": _share,
    "partial": _share,
    "late": brackets,
    "early": brackets,
    "paid": pairs,
    "whole_pct": lambda value: value,
    "whole_period": lambda value: value or None,
}
