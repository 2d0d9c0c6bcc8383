"""The privacy notice that is handed to an officer with his phone: UU 27/2022, basis, purpose and rights.

A change of what it says is a new ``VERSION``: who has the old one is handed the new one with his next code.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from fieldstaff.models import NoticeGiven, Officer

VERSION = "2026-11"
POINTS: list[tuple[Any, Any]] = [
    (
        _("Who keeps your data"),
        _("Your agency, through the city's command centre. Questions and complaints go to its data officer."),
    ),
    (
        _("What is kept, and when"),
        _(
            "During your shift and half an hour around it: where the phone is, its battery, the times of its "
            "messages. Outside that only that the phone was in contact, never where. The exceptions are a "
            "call for help and the steps of an order."
        ),
    ),
    (
        _("What for"),
        _(
            "To send the nearest officer, to help you in danger, and to compute duty and pay. The basis is a "
            "public task and your contract, not your consent: nothing beyond this notice may be asked of you."
        ),
    ),
    (
        _("Who sees it"),
        _(
            "The operators see where you are only while you are on shift. Your supervisor and the head of "
            "your agency also see your ways; each look is written down and you can ask who looked. Payroll "
            "sees figures only, the mayor only numbers without names."
        ),
    ),
    (
        _("How long"),
        _("Exact places go after 90 days at the latest; hours of duty and pay stay as long as the law asks."),
    ),
    (
        _("No machine decides about you"),
        _("Suspicion of a false place is reviewed by people; it never takes pay away by itself."),
    ),
    (
        _("Your rights"),
        _(
            "You may see your data, get a copy, have errors corrected, object, and complain. Your supervisor "
            "or the administrator takes it down; objecting brings you no disadvantage."
        ),
    ),
]


def was_given(officer: Officer) -> bool:
    """Whether he has the present version."""
    return NoticeGiven.objects.filter(officer=officer, version=VERSION).exists()
