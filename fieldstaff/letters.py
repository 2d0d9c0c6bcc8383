"""One letter, one shape and small marks for a day: what the grid of a month, its print and its sheet say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import get_language, pgettext, pgettext_lazy

from commandcenter.city import formats
from fieldstaff.attendance.states import Flag, State
from fieldstaff.days.ahead import Ahead
from fieldstaff.models.choices import State as StateWords

AWAY = ("leave", "sick", "duty_travel")
# Letter and shape of each state, the worst first: of two shifts a day shows the worse.
LOOKS: dict[str, tuple[Any, str]] = {
    State.ABSENT.value: (pgettext_lazy("letter of a day", "A"), "absent"),
    State.NO_SHOW_YET.value: (pgettext_lazy("letter of a day", "?"), "absent"),
    State.PARTIAL.value: (pgettext_lazy("letter of a day", "P/2"), "partial"),
    State.IN_PROGRESS.value: (pgettext_lazy("letter of a day", "…"), "open"),
    State.NOT_STARTED.value: (pgettext_lazy("letter of a day", "·"), "open"),
    State.SYSTEM_UNAVAILABLE.value: (pgettext_lazy("letter of a day", "N"), "none"),
    State.PRESENT.value: (pgettext_lazy("letter of a day", "P"), "present"),
    State.SICK.value: (pgettext_lazy("letter of a day", "S"), "away"),
    State.LEAVE.value: (pgettext_lazy("letter of a day", "L"), "away"),
    State.DUTY_TRAVEL.value: (pgettext_lazy("letter of a day", "T"), "away"),
    State.HOLIDAY.value: (pgettext_lazy("letter of a day", "H"), "none"),
    State.DAY_OFF.value: (pgettext_lazy("letter of a day", "–"), "none"),
    State.NOT_IN_SERVICE.value: (pgettext_lazy("letter of a day", "×"), "none"),
}
_RANK = {state: number for number, state in enumerate(LOOKS)}
MARKS = {
    Flag.LATE.value: "▸",
    Flag.LEFT_EARLY.value: "◂",
    Flag.MOCK.value: "!",
    Flag.TWO_PLACES.value: "!",
    Flag.OUT_OF_AREA.value: "!",
    Flag.REVIEW_LATE_DATA.value: "!",
    Flag.CORRECTED.value: "*",
    Flag.ROLL_CALL.value: "*",
    Flag.LATE_WAIVED.value: "*",
    Flag.EARLY_WAIVED.value: "*",
    Flag.WORKED_OFF_DUTY.value: "+",
}
FLAG_WORDS = {
    Flag.LATE.value: pgettext_lazy("flag of a day", "late"),
    Flag.LEFT_EARLY.value: pgettext_lazy("flag of a day", "left early"),
    Flag.MOCK.value: pgettext_lazy("flag of a day", "mock location"),
    Flag.OUT_OF_AREA.value: pgettext_lazy("flag of a day", "outside the work area"),
    Flag.REVIEW_LATE_DATA.value: pgettext_lazy("flag of a day", "rests on late data"),
    Flag.CLOCK_AHEAD.value: pgettext_lazy("flag of a day", "phone's clock ahead"),
    Flag.TWO_PLACES.value: pgettext_lazy("flag of a day", "two places at once"),
    Flag.LATE_WAIVED.value: pgettext_lazy("flag of a day", "lateness waived"),
    Flag.EARLY_WAIVED.value: pgettext_lazy("flag of a day", "leaving early waived"),
    Flag.CORRECTED.value: pgettext_lazy("flag of a day", "corrected"),
    Flag.ROLL_CALL.value: pgettext_lazy("flag of a day", "seen at a roll-call"),
    Flag.WORKED_OFF_DUTY.value: pgettext_lazy("flag of a day", "worked without duty"),
}


class Cell(NamedTuple):
    """One day's figures; of several shifts the worst state, the sums and all flags."""

    state: str
    flags: tuple[str, ...]
    percent: int
    credited_s: int
    required_s: int
    late_s: int
    shifts: int = 1

    def with_another(self, other: Cell) -> Cell:
        """The day with one more shift."""
        worst = min(self, other, key=lambda cell: _RANK.get(cell.state, 0))
        required = self.required_s + other.required_s
        credited = self.credited_s + other.credited_s
        return worst._replace(
            flags=tuple(dict.fromkeys([*self.flags, *other.flags])),
            percent=100 * credited // required if required else worst.percent,
            credited_s=credited,
            required_s=required,
            late_s=self.late_s + other.late_s,
            shifts=self.shifts + other.shifts,
        )


def look(state: str, flags: Sequence[str], language: str | None = None) -> tuple[str, str, str]:
    """Letter, shape and words of a state with its flags; who asks for thousands says the active language."""
    return _looked(state, tuple(flags), language or get_language())


@lru_cache(maxsize=4_096)
def _looked(state: str, flags: tuple[str, ...], _language: str | None) -> tuple[str, str, str]:
    """A month of three hundred officers has nine thousand cells and a few dozen looks, in each language."""
    letter, shape = LOOKS.get(state, ("?", "none"))
    words = [str(StateWords(state).label), *(str(FLAG_WORDS.get(flag, flag)) for flag in flags)]
    return str(letter), shape, ", ".join(words)


def marks(flags: Sequence[str]) -> str:
    """The marks of the flags, each once: late ▸, early ◂, to look at !, changed by people *, off duty +."""
    return _marked(tuple(flags)) if flags else ""


@lru_cache(maxsize=1_024)
def _marked(flags: tuple[str, ...]) -> str:
    return "".join(dict.fromkeys(MARKS[flag] for flag in flags if flag in MARKS))


def text(cell: Cell | None, ahead: Ahead | None = None) -> str:
    """A cell of a sheet; what is only planned stands in brackets."""
    if cell is None:
        return "" if ahead is None else _bracketed(ahead)
    more = _bracketed(ahead) if ahead is not None and not ahead.planned else ""
    return f"{look(cell.state, ())[0]}{marks(cell.flags)}{more}"


def _bracketed(ahead: Ahead) -> str:
    letter = look(ahead.state, ())[0]
    return f"({letter})" if ahead.planned else letter


def look_ahead(one: Ahead) -> tuple[str, str, str]:
    """Letter, shape and words of a day without figures: its shift runs, or it is still to come."""
    letter, shape, words = look(one.state, ())
    if one.start is not None and one.end is not None:
        zone, language = timezone.get_current_timezone(), get_language() or "id"
        hours = [formats.clock(at, zone, language, named=False) for at in (one.start, one.end)]
        words = f"{words} · {hours[0]}–{hours[1]}"
    if one.planned:
        return letter, "plan", pgettext("day of a month", "planned: %(what)s") % {"what": words}
    return letter, shape, words


def plan_key() -> list[tuple[str, str, str]]:
    """Letter, shape and words of what is planned, for the legend."""
    return [
        (look("not_started", ())[0], "plan", pgettext("day of a month", "planned: a shift")),
        (look("leave", ())[0], "plan", pgettext("day of a month", "planned: leave, sick or duty travel")),
        (look("day_off", ())[0], "plan", pgettext("day of a month", "planned: no duty")),
    ]


def key() -> list[tuple[str, str, str]]:
    """Letter, shape and word of every state, for the legend."""
    return [(*look(state, ())[:2], str(StateWords(state).label)) for state in LOOKS]


def marks_key() -> list[tuple[str, str]]:
    """Every mark and what it stands for."""
    return [
        ("▸", pgettext("mark of a day", "late")),
        ("◂", pgettext("mark of a day", "left early")),
        (
            "!",
            pgettext("mark of a day", "a person should look: mock location, two places, outside, late data"),
        ),
        ("*", pgettext("mark of a day", "changed by people: corrected, roll-call, waived")),
        ("+", pgettext("mark of a day", "worked without duty")),
    ]
