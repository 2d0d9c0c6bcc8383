"""What stands on the enrolment sheet: the code, what is typed, the steps by app and by brand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import segno
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fieldstaff.health.words import battery_steps
from fieldstaff.models import App, Brand, Device
from fieldstaff.pwa.identity import link_of
from fieldstaff.wire import settings_link

SCAN_10 = [
    _("Install Traccar Client from Google Play or the App Store."),
    _("Open the app, touch the scanner at the top and hold it over the code."),
    _("Confirm the settings, then switch tracking on."),
]
SCAN_9 = [
    _("Install Traccar Client from Google Play or the App Store."),
    _("Open the app's settings. Hold its scanner over the code, or type server and device id as printed."),
    _("Interval 60, distance 0, heartbeat 60, stop detection off."),
    _("Switch tracking on."),
]
TYPE_7 = [
    _("Open Traccar Client. The service must be off while you type."),
    _("Type device id and server URL exactly as printed."),
    _("Frequency 60, distance 0, angle 0, accuracy high, offline buffering on."),
    _("Switch the service on."),
]
SCAN_OWNTRACKS = [
    _("Install OwnTracks from Google Play or the App Store."),
    _("Hold the phone's camera over the code and open the link in OwnTracks."),
    _("Confirm the import; the mode must be “Move”."),
]
OWN = [
    _("Open the link of the code in the phone's browser and put the page on the home screen."),
    _("The page alone reports only while it is open: enrol Traccar Client or OwnTracks for your duty too."),
]
STEPS: dict[str, list[Any]] = {
    App.TRACCAR_10: SCAN_10, App.TRACCAR_9: SCAN_9, App.TRACCAR_7: TYPE_7, App.OWNTRACKS: SCAN_OWNTRACKS,
    App.OWN: OWN,
}  # fmt: skip
EVERY_PHONE = [
    _("Location: allowed “all the time”, and precise."),
    _("Notifications: allowed, so that the app may stay awake."),
    _("Date, time and time zone: automatic."),
    _("Mobile data: allowed in the background."),
]


@dataclass(frozen=True, slots=True)
class Shown:
    """The secret part of the sheet; it lives as long as one answer."""

    qr: str
    link: str = field(repr=False)
    health: str = field(repr=False)
    typed: list[tuple[str, str]] = field(default_factory=list, repr=False)


def shown(device: Device, program: str, token: str, origin: str) -> Shown:
    """The code and what is typed. ValueError where ``origin`` would send the secret in the open.

    The link of our own app opens once and signs that phone in; its token has no page of its own afterwards.
    """
    url, uid = settings_link.traccar_typed(origin, token, device.uid)
    typed = [(_now("Server URL"), url), (_now("Device id"), uid)]
    if program == App.OWNTRACKS:
        base = url.partition("/fieldstaff/")[0]
        configuration = settings_link.owntracks_configuration(
            url=f"{base}/fieldstaff/owntracks", user="petugas", secret=token, device=uid, tid=uid[-2:]
        )
        link = settings_link.owntracks_link(configuration)
        typed = [
            (_now("Mode"), "HTTP"), (_now("URL"), f"{base}/fieldstaff/owntracks"),
            (_now("User name"), "petugas"), (_now("Password"), token), (_now("Device id"), uid),
        ]  # fmt: skip
    elif program == App.OWN:
        link = link_of(url.partition("/fieldstaff/")[0], token)
        typed = [(_now("Address"), link)]
    else:
        link = settings_link.traccar_link(origin, token, device.uid)
    picture = segno.make(link, error="m", micro=False)
    return Shown(
        qr=picture.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"),
        link=link, health="" if program == App.OWN else f"{url}kesehatan/", typed=typed,
    )  # fmt: skip


def steps(program: str, brand: str) -> dict[str, Any]:
    """What is done on the phone, in order, and what must be switched on there."""
    return {
        "steps": STEPS.get(program, SCAN_10),
        "switches": [*EVERY_PHONE, battery_steps(brand)],
        "brand": Brand(brand).label if brand in Brand.values else "",
    }
