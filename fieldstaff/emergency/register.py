"""What calls for help offer to the floors below and hear from them, told once at start-up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city import audit_words
from commandcenter.city.viewers import Viewer
from commandcenter.incidents import signals as alarms
from commandcenter.incidents import words
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.outcomes import name_outcomes
from commandcenter.incidents.procedures import name_procedure
from commandcenter.wall.registry import Panel, register
from fieldstaff import rights, signals
from fieldstaff.emergency import panels
from fieldstaff.emergency.settle import KIND, bring_back_pressed, call_of, settle

OUTCOMES = {
    "helped": pgettext_lazy("sos", "help was given"),
    "safe": pgettext_lazy("sos", "safe without help"),
    "false_alarm": pgettext_lazy("sos", "false alarm"),
    "test": pgettext_lazy("sos", "test of the phone"),
    "not_found": pgettext_lazy("sos", "not found, handed to the police"),
}


def hears(viewer: Viewer) -> bool:
    """Who may hear a call for help at all; which one, the rows say."""
    return viewer.kind in {"user", "display"} and (
        rights.SOS in viewer.permissions or viewer.kind == "display" or not viewer.roles
    )


def on_call(sender: Any, pk: int, **kwargs: Any) -> None:
    """A phone calls, or calls again (``sos_called``, ``sos_repeated``)."""
    settle(pk)
    bring_back_pressed(pk, is_new=kwargs.get("signal") is signals.sos_called)


def on_alarm(sender: Any, alarm_id: int, **kwargs: Any) -> None:
    """Somebody has acknowledged or closed an alarm."""
    alarm = Alarm.objects.filter(pk=alarm_id, kind=KIND).first()
    pk = call_of(alarm) if alarm else None
    if pk is not None:
        settle(pk)


def listen() -> None:
    """Signals of both floors lead to the one verb."""
    for signal in (signals.sos_called, signals.sos_repeated):
        signal.connect(on_call, dispatch_uid="fieldstaff.sos")
    for signal in (alarms.alarm_acknowledged, alarms.alarm_cleared):
        signal.connect(on_alarm, dispatch_uid="fieldstaff.sos_alarm")


TITLES = {
    KIND: _("Officer calls for help: %(name)s"),
    "phone_sos": _("Call for help from a phone of nobody"),
}
TEXTS = {
    "sos_silent": _("Silent call: do not phone, do not radio, go there unseen."),
    "sos_cancelled": _("Taken back with the PIN. Make sure that the officer is safe, then close it."),
}
STEPS = {
    "": (
        _("Take it by your name, then call the officer."),
        _("Send the two nearest officers."),
        _("Watch the cameras and tell them what you see."),
        _("A life in danger: 112."),
    ),
    "sos_silent": (
        _("Do not phone, do not radio."),
        _("Send officers without siren or call."),
        _("Watch the cameras. Police: 110."),
    ),
    "sos_cancelled": (
        _("Make sure with your own eyes that the officer is safe."),
        _("Then close it and say how it ended."),
    ),
}
DEEDS = {"cancelled": pgettext_lazy("audit", "taken back"), "pin_set": pgettext_lazy("audit", "PIN set")}


def offer() -> None:
    """Words, outcomes, panels."""
    words.name_titles(TITLES)
    words.name_texts(TEXTS)
    name_outcomes(KIND, OUTCOMES)
    for text, steps in STEPS.items():
        name_procedure(KIND, steps, text=text)
    audit_words.name_deeds(DEEDS)
    over, near, folder = "incidents.Takeover", _("Officers nearest"), "fieldstaff/"
    register(
        Panel(over, "fieldstaff.caller", _("Who calls"), folder + "caller.html", panels.caller, 10, hears),
        Panel(over, "fieldstaff.near", near, folder + "near.html", panels.near, 30, hears),
        Panel("incidents.Alarm", "fieldstaff.near", near, folder + "alarm.html", panels.on_page, 30, hears),
    )
