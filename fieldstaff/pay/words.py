"""The ledger in plain words: what a rule says, what a line is computed by, how a day went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, tzinfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext, pgettext_lazy

from commandcenter.city import formats
from fieldstaff.days.translate import BUILT_IN
from fieldstaff.models import LedgerLine, State
from fieldstaff.pay.clocks import clocks
from fieldstaff.payscheme import BASIS_POINTS, SchemeError, Shape

_SHAPES = {
    Shape.DAILY: gettext_lazy("Daily pay: %(state)s earns %(share)s of a day's rate of %(rate)s."),
    Shape.HOURLY: gettext_lazy("Pay by the hour, in begun minutes: %(minutes)s at %(rate)s an hour."),
    Shape.ALL_OR_NOTHING: gettext_lazy(
        "All or nothing: a day that reaches the threshold earns %(rate)s, any other nothing (%(state)s)."
    ),
}  # fmt: skip
_RULES = {
    "base": gettext_lazy("Base pay of %(rate)s, for %(qty)s of %(per)s calendar days in service."),
    "absent": gettext_lazy(
        "Absent: a day's absence costs %(share)s of the base and nothing else. Missing: %(minutes)s."
    ),
    "partial": gettext_lazy("Only partly present: it costs %(share)s of the base. Missing: %(minutes)s."),
    "late": gettext_lazy(
        "Came %(minutes)s late, counted from the start of duty: %(bracket)s cost %(share)s of the base."
    ),
    "early": gettext_lazy(
        "Left %(minutes)s early, counted to the end of duty: %(bracket)s cost %(share)s of the base."
    ),
    "forfeit": gettext_lazy(
        "All or nothing for the period: a day below the threshold takes all of it. Missing: %(minutes)s."
    ),
    "floor": gettext_lazy("Nobody owes for a month of work: the sum is lifted to zero."),
}  # fmt: skip
_UNITS = {
    "days": pgettext_lazy("pay", "days"),
    "percent_of_day": pgettext_lazy("pay", "per cent of a day"),
    "minutes": pgettext_lazy("pay", "minutes × per cent"),
    "basis_points": pgettext_lazy("pay", "hundredths of a per cent"),
    "rupiah": pgettext_lazy("pay", "rupiah"),
}
_FLAGS: dict[str, str | Promise] = {
    "late": pgettext_lazy("attendance flag", "late"),
    "left_early": pgettext_lazy("attendance flag", "left early"),
    "mock": pgettext_lazy("attendance flag", "mock location"),
    "out_of_area": pgettext_lazy("attendance flag", "outside the work area"),
    "review_late_data": pgettext_lazy("attendance flag", "rests on late data"),
    "clock_ahead": pgettext_lazy("attendance flag", "phone's clock ahead"),
    "two_places": pgettext_lazy("attendance flag", "two places at once"),
    "late_waived": pgettext_lazy("attendance flag", "lateness waived"),
    "early_waived": pgettext_lazy("attendance flag", "leaving early waived"),
    "corrected": pgettext_lazy("attendance flag", "corrected"),
    "roll_call": pgettext_lazy("attendance flag", "roll-call"),
    "worked_off_duty": pgettext_lazy("attendance flag", "worked without duty"),
}
_MISTAKES = {
    "give this version a name": gettext_lazy("Give this version a name."),
    "not below 0": gettext_lazy("Not below 0."),
    "from 0 to 100 %": gettext_lazy("From 0 to 100 %."),
    "from 1 to 100": gettext_lazy("From 1 to 100."),
    "each state once": gettext_lazy("Each state once."),
    "nothing is paid for a day that is not over": gettext_lazy("Nothing is paid for a day that is not over."),
    "only a monthly base has deductions": gettext_lazy("Only a monthly base has deductions."),
    "only where it is all or nothing": gettext_lazy("Only where it is all or nothing."),
    "nothing can follow a bracket without end ({id})": gettext_lazy(
        "Nothing can follow a bracket without end ({id})."
    ),
    "minute {minute} is in no bracket": gettext_lazy("Minute {minute} is in no bracket: close the gap."),
    "minute {minute} is in two brackets": gettext_lazy(
        "Minute {minute} is in two brackets: take the overlap away."
    ),
    "bracket {id} ends before it begins": gettext_lazy("Bracket {id} ends before it begins."),
    "bracket {id}: from 0 to 100 %": gettext_lazy("Bracket {id}: from 0 to 100 %."),
    "no scheme holds on {day}": gettext_lazy("No pay scheme holds on {day}."),
    "there is no state {state}": gettext_lazy("There is no state {state}."),
    "there is no kind of officer {name}": gettext_lazy("There is no kind of officer {name}."),
    "is missing": gettext_lazy("Is missing."),
    "a whole number": gettext_lazy("A whole number."),
}  # fmt: skip


def language() -> str:
    """``id`` or ``en``."""
    return (get_language() or "id")[:2]


def zone() -> tzinfo:
    """The city's."""
    return timezone.get_current_timezone()


def mistake(error: SchemeError) -> str:
    """What is wrong with a scheme, for whoever wrote it."""
    text = str(_MISTAKES.get(error.text, error.text))
    values = dict(error.values)
    if isinstance(values.get("day"), str):
        values["day"] = formats.day(date.fromisoformat(str(values["day"])), zone(), language())
    return text.format(**values)


def state(value: str) -> str:
    """A state in words; its own code where it is none."""
    return str(State(value).label) if value in State.values else value


def flag(value: str) -> str:
    """A flag in words."""
    return str(_FLAGS.get(value, value))


def unit(value: str) -> str:
    """What a quantity counts."""
    return str(_UNITS.get(value, value))


def minutes(count: int) -> str:
    """``1 h 10 min``, ``12 min``."""
    hours, rest = divmod(count, 60)
    if not hours:
        return gettext("%(n)d min") % {"n": rest}
    if not rest:
        return gettext("%(h)d h") % {"h": hours}
    return gettext("%(h)d h %(n)d min") % {"h": hours, "n": rest}


def bracket(code: str) -> str:
    """``31-60`` and ``91-`` in words."""
    first, _dash, last = code.partition("-")
    if not last:
        return gettext("%(n)s minutes and more") % {"n": first}
    return gettext("%(a)s to %(b)s minutes") % {"a": first, "b": last}


def share(qty: int, per: int) -> str:
    """A part of something in per cent, without needless zeros."""
    value = 100 * qty / per if per else 0
    decimals = next((n for n in range(3) if abs(value - round(value, n)) < 1e-9), 2)
    return formats.percent(value, language(), decimals=decimals)


def rule(line: LedgerLine) -> str:
    """What the rule of a line says, with the line's own numbers."""
    name = line.rule
    if name.startswith("adjust."):
        return _adjusted(line)
    kind, _dot, rest = name.partition(".")
    text = _RULES.get(kind) or (_SHAPES[Shape(kind)] if kind in set(Shape) else None)
    if text is None:
        return name
    return str(text) % {
        "rate": formats.rupiah(int(line.rate), language()),
        "qty": int(line.quantity),
        "per": int(line.evidence["per"]),
        "minutes": minutes(int(line.evidence["minutes"])),
        "share": share(int(line.quantity), int(line.evidence["per"])),
        "state": state(rest),
        "bracket": bracket(rest),
    }


def _adjusted(line: LedgerLine) -> str:
    about = title(line.rule.removeprefix("adjust."))
    month = date.fromisoformat(line.evidence["of"])
    return gettext("Puts the closed period %(period)s right: %(what)s.") % {
        "period": month_name(month), "what": about,
    }  # fmt: skip


_TITLES = {
    "base": gettext_lazy("Base pay"), "absent": pgettext_lazy("pay", "Absence"),
    "partial": pgettext_lazy("pay", "Partly present"), "late": pgettext_lazy("pay", "Lateness"),
    "early": pgettext_lazy("pay", "Leaving early"), "forfeit": gettext_lazy("Whole period forfeited"),
    "floor": gettext_lazy("Lifted to zero"), "daily": gettext_lazy("Daily pay"),
    "hourly": gettext_lazy("Pay by the hour"), "all_or_nothing": gettext_lazy("Pay for a whole day"),
    "adjust": gettext_lazy("Adjustment"),
}  # fmt: skip


def title(name: str) -> str:
    """The name of a rule without its numbers."""
    kind, _dot, rest = name.partition(".")
    if kind == "adjust":
        return f"{_TITLES['adjust']}: {title(rest)}"
    return str(_TITLES.get(kind, name))


def sum_of(line: LedgerLine) -> str:
    """The line as a sum that a reader can do again: ``Rp3.333.333 × 50 ÷ 10.000``."""
    rate, qty, per = formats.rupiah(int(line.rate), language()), int(line.quantity), int(line.evidence["per"])
    if qty == per:
        return rate
    if line.unit == "basis_points" and per == BASIS_POINTS:
        return f"{rate} × {share(qty, per)}"
    return f"{rate} × {formats.number(qty, language())} ÷ {formats.number(per, language())}"


def spans(line: LedgerLine) -> str:
    """The time a line rests on, by the clock on the wall: ``07.35–11.30, 13.00–16.00 WIB``."""
    return clocks(line.evidence["spans"], zone(), language())


def month_name(first: date) -> str:
    """``Agustus 2026``."""
    from django.utils.formats import date_format

    return date_format(first, "F Y")


def kinds(values: Iterable[str]) -> list[str]:
    """Flags in words, in a steady order."""
    return [flag(value) for value in sorted(values)]


def rules_named(version: str) -> str:
    """A version of the rules of attendance; those that came with the software have no number."""
    return pgettext("rules", "as delivered") if version == BUILT_IN else version


def nothing_taken() -> str:
    """For a day without any line of its own."""
    return pgettext("pay", "Nothing is taken or added for this day.")
