"""Which pay scheme holds for whom on which day, out of the stored rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fieldstaff.ledger import Period, Versions
from fieldstaff.models import OfficerKind, Policy
from fieldstaff.payscheme import Scheme, SchemeError, read_scheme

BY_KIND = "amount_by_kind"
"""In stored rules: amounts of kinds of officers, ``{"pengawas": 4000000}``; ``amount_idr`` for the rest."""


def version_of(policy: Policy) -> str:
    """How a line cites its scheme: ``v12``, the number of the stored rules."""
    return f"v{policy.pk}"


def scheme_for(version: str, rules: Mapping[str, Any], kind: str = "") -> Scheme:
    """The scheme for one kind of officer. Raises SchemeError, which names the field."""
    plain = {name: value for name, value in rules.items() if name != BY_KIND}
    amounts = rules.get(BY_KIND, {})
    if not isinstance(amounts, Mapping):
        raise SchemeError(BY_KIND, "an object of kinds and amounts")
    for name, amount in amounts.items():
        if name not in OfficerKind.values:
            raise SchemeError(BY_KIND, "there is no kind of officer {name}", name=name)
        read_scheme(version, plain | {"amount_idr": amount})
    if kind in amounts:
        plain["amount_idr"] = amounts[kind]
    return read_scheme(version, plain)


@dataclass
class Book:
    """The schemes of one agency over a period, read once for all its officers."""

    period: Period
    holding: tuple[tuple[date, Policy], ...]
    """Rules by the first day they hold."""
    _made: dict[str, Versions] = field(default_factory=dict)

    def versions(self, kind: str) -> Versions:
        """Schemes for one kind of officer. Raises SchemeError where one cannot be read."""
        if kind not in self._made:
            self._made[kind] = [
                (since, scheme_for(version_of(policy), policy.rules, kind)) for since, policy in self.holding
            ]
        return self._made[kind]

    def policy(self, version: str) -> Policy | None:
        """The stored rules that a line cites."""
        return next((row for _since, row in self.holding if version_of(row) == version), None)

    def problem(self, kinds: Iterable[str]) -> SchemeError | None:
        """Why nothing can be reckoned, if so: no scheme on the first day, or one that cannot be read."""
        if not self.holding or self.holding[0][0] > self.period.first:
            return SchemeError("versions", "no scheme holds on {day}", day=self.period.first.isoformat())
        for kind in kinds:
            try:
                self.versions(kind)
            except SchemeError as error:
                return error
        return None


def book(agency: int, period: Period) -> Book:
    """The rules of an agency in a period: its own before those of all, then the newest."""
    rows = list(Policy.objects.bearing("pay", agency, period.last))
    days = sorted({period.first, *(row.valid_from for row in rows if row.valid_from > period.first)})
    found: list[tuple[date, Policy]] = []
    for day in days:
        row = _holding(rows, day)
        if row is not None and (not found or found[-1][1] != row):
            found.append((day, row))
    return Book(period, tuple(found))


def _holding(rows: list[Policy], day: date) -> Policy | None:
    """As :meth:`DutyPolicyQuerySet.holding` finds it, without asking again."""
    fit = [row for row in rows if row.valid_from <= day]
    return max(fit, key=lambda row: (row.agency_id is not None, row.valid_from, row.pk), default=None)
