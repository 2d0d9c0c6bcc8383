"""What is to be done about an alarm, in a few short steps that are read on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from commandcenter.incidents.models import Alarm

MOST = 4
_steps: dict[tuple[str, str], tuple[Any, ...]] = {}
USUAL = (
    _("Take it by your name at the desk."),
    _("Look at the cameras, call the agency."),
    _("Close it once its cause is gone."),
)


def name_procedure(kind: str, steps: Sequence[Any], *, text: str = "") -> None:
    """At most four steps, lazily translated; ``text``: only while the alarm's details are of that code."""
    if len(steps) > MOST:
        raise ValueError(f"{kind}: more than {MOST} steps are not read on a wall")
    _steps[(kind, text)] = tuple(steps)


def steps_of(alarm: Alarm) -> list[str]:
    """The steps in the language of now: those of its details, else of its kind, else the usual ones."""
    text = alarm.words.get("text", "")
    found = _steps.get((alarm.kind, text)) or _steps.get((alarm.kind, "")) or USUAL
    return [str(step) for step in found]
