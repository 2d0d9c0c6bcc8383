"""The findings in words: what is wrong, why it matters, what to do, by brand where brands differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fieldstaff.health.judge import Code, Finding
from fieldstaff.models.enrolment import Brand

TITLES: dict[Code, Any] = {
    Code.NEVER: _("Never connected"),
    Code.SILENT: _("Silent for %(n)d minutes while on duty"),
    Code.HEARTBEAT_OFF: _("Silent while standing still"),
    Code.STOP_DETECTION: _("Stop detection is on"),
    Code.INTERVAL: _("Reports only every %(n)d seconds"),
    Code.DISTANCE: _("Reports by distance (about %(n)d m), not by time"),
    Code.OWNTRACKS_MODE: _("OwnTracks is in “significant” mode"),
    Code.BATTERY_SAVER: _("The phone stops the app (longest gap %(n)d minutes)"),
    Code.CLOCK: _("The clock is wrong"),
    Code.MOCK: _("Fake GPS is on"),
    Code.LOCATION_OFF: _("Location is off"),
    Code.APPROXIMATE: _("Only an approximate location (about %(n)d m)"),
    Code.LOW_BATTERY: _("Battery low (%(n)d %%)"),
    Code.DATA: _("Much arrives late (%(n)d %%)"),
    Code.APP_UNKNOWN: _("App not known"),
    Code.PLAIN_HTTP: _("Sends without encryption"),
    Code.TWO_NETWORKS: _("Used from two networks at once"),
}
CHOICES: dict[Code, Any] = {
    Code.SILENT: _("Silent while on duty"),
    Code.INTERVAL: _("Reports too seldom"),
    Code.DISTANCE: _("Reports by distance"),
    Code.BATTERY_SAVER: _("The phone stops the app"),
    Code.APPROXIMATE: _("Only an approximate location"),
    Code.LOW_BATTERY: _("Battery low"),
    Code.DATA: _("Much arrives late"),
}
WHY: dict[Code, Any] = {
    Code.NEVER: _("No message has come from this phone yet."),
    Code.SILENT: _("The shift has begun and nothing arrives; the duty may look missed."),
    Code.HEARTBEAT_OFF: _("When you stand still, the app says nothing, and your duty looks interrupted."),
    Code.STOP_DETECTION: _("The app pauses when you stop moving; your place then looks old."),
    Code.INTERVAL: _("Long pauses between reports leave holes in your duty."),
    Code.DISTANCE: _("Who does not walk far enough is not seen."),
    Code.OWNTRACKS_MODE: _("In this mode the app is silent for a quarter of an hour and more."),
    Code.BATTERY_SAVER: _("The battery saver ends the app while you work; those minutes are missing."),
    Code.CLOCK: _("Times would be counted wrongly; the centre corrects what it can."),
    Code.MOCK: _("Positions from a fake GPS app never count as duty and are shown to your supervisor."),
    Code.LOCATION_OFF: _("The phone is in contact but does not say where it is."),
    Code.APPROXIMATE: _("The permission allows only an approximate place; a work area cannot be checked."),
    Code.LOW_BATTERY: _("A phone that goes out is silent."),
    Code.DATA: _("Reports wait on the phone until there is a connection. They count, but late."),
    Code.APP_UNKNOWN: _("We do not know which app and version sends; help is harder."),
    Code.PLAIN_HTTP: _("The secret link was sent over an open connection; somebody may have read it."),
    Code.TWO_NETWORKS: _("Two phones seem to use the same secret link in turns."),
}
CURES: dict[Code, Any] = {
    Code.NEVER: _("Scan the code of the enrolment sheet again and switch tracking on."),
    Code.SILENT: _("Open the app, check that tracking is on and that mobile data works."),
    Code.HEARTBEAT_OFF: _("In the app's settings set the heartbeat to 60 s and switch stop detection off."),
    Code.STOP_DETECTION: _("In the app's settings switch stop detection off."),
    Code.INTERVAL: _("In the app's settings set the interval to 60 seconds."),
    Code.DISTANCE: _("In the app's settings set the distance to 0 and the interval to 60 seconds."),
    Code.OWNTRACKS_MODE: _("In OwnTracks choose the mode “Move”."),
    Code.BATTERY_SAVER: _("Take the app out of battery saving:"),
    Code.CLOCK: _("In the phone's settings switch automatic date and time and automatic time zone on."),
    Code.MOCK: _("Remove the fake GPS app and switch developer options off."),
    Code.LOCATION_OFF: _("Switch location on and allow it to the app “all the time”."),
    Code.APPROXIMATE: _("In the app's permissions switch “precise location” on."),
    Code.LOW_BATTERY: _("Charge the phone before the shift; take a power bank along."),
    Code.DATA: _("Check the data package and that mobile data is allowed in the background."),
    Code.APP_UNKNOWN: _("Ask the administrator to write down the app and its version."),
    Code.PLAIN_HTTP: _("The administrator must issue a new link, with https."),
    Code.TWO_NETWORKS: _("The administrator must issue a new link; never pass the code on."),
}
BATTERY_STEPS: dict[str, Any] = {
    Brand.XIAOMI: _(
        "Xiaomi, Redmi, Poco: Settings › Apps › the app › Battery saver: No restrictions; "
        "Autostart: on; lock the app in the list of recent apps."
    ),
    Brand.OPPO: _(
        "Oppo, Realme, OnePlus: Settings › Battery › App battery management › the app: allow "
        "background activity and auto-launch."
    ),
    Brand.VIVO: _(
        "Vivo, iQOO: Settings › Battery › High background power consumption: allow the app; Autostart: on."
    ),
    Brand.SAMSUNG: _(
        "Samsung: Settings › Battery › Background usage limits › Never sleeping apps: add the app."
    ),
    Brand.TRANSSION: _(
        "Infinix, Tecno, Itel: Phone Master › Autostart management: on; Settings › Battery › the "
        "app: unrestricted."
    ),
    Brand.HUAWEI: _(
        "Huawei, Honor: Settings › Apps › App launch › the app: manage manually, all three switches on."
    ),
    Brand.IPHONE: _(
        "iPhone: Settings › the app › Location: Always, Precise: on; Background App Refresh: on; "
        "Low Power Mode: off."
    ),
    Brand.OTHER: _("Settings › Apps › the app › Battery: unrestricted; allow it to run in the background."),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A finding for people."""

    code: str
    weight: str
    title: str
    why: str
    cure: str


def say(found: Finding, brand: str = "") -> Said:
    """In the language of now; the battery's cure in the steps of the brand."""
    cure = str(CURES[found.code])
    if found.code == Code.BATTERY_SAVER:
        cure = f"{cure} {battery_steps(brand)}"
    title = str(TITLES[found.code]) % {"n": found.n}
    if found.code == Code.CLOCK:
        title = _clock(found.n)
    return Said(found.code.value, found.weight.value, title, str(WHY[found.code]), cure)


def plain(code: Code) -> str:
    """A finding without its number, for a list to choose from."""
    return str(CHOICES.get(code) or TITLES[code])


def battery_steps(brand: str) -> str:
    """What must be switched on a phone of this brand so that it lets the app work."""
    return str(BATTERY_STEPS.get(brand) or BATTERY_STEPS[Brand.OTHER])


def _clock(minutes: int) -> str:
    if minutes > 0:
        return _now("The clock is %(n)d minutes fast") % {"n": minutes}
    return _now("The clock is %(n)d minutes slow") % {"n": -minutes}
