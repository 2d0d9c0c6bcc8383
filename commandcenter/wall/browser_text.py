"""The words that our browser elements say, so that JavaScript holds no language of its own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# State words stand beside a shape and a colour; keys are the values of data-state.
STATE_WORDS = {
    "online": pgettext_lazy("camera state", "live"),
    "fresh": pgettext_lazy("camera state", "live"),
    "degraded": pgettext_lazy("camera state", "unsteady"),
    "late": pgettext_lazy("camera state", "late"),
    "gone": pgettext_lazy("camera state", "no contact"),
    "expired": pgettext_lazy("camera state", "expired"),
    "offline": pgettext_lazy("camera state", "down"),
    "auth_failed": pgettext_lazy("camera state", "wrong password"),
    "busy": pgettext_lazy("camera state", "camera busy"),
    "maintenance": pgettext_lazy("camera state", "maintenance"),
    "paused": pgettext_lazy("camera state", "paused"),
    "unknown": pgettext_lazy("camera state", "no data yet"),
    "never": pgettext_lazy("camera state", "no data yet"),
}
FAULT_WORDS = {
    "frozen": pgettext_lazy("picture fault", "FROZEN"),
    "black": pgettext_lazy("picture fault", "BLACK"),
    "covered": pgettext_lazy("picture fault", "COVERED"),
    "blurred": pgettext_lazy("picture fault", "BLURRED"),
    "moved": pgettext_lazy("picture fault", "MOVED"),
}
TEXT = {
    "sec": _("{n} s"),
    "min": _("{n} min"),
    "hour": _("{n} h"),
    "day": _("{n} d"),
    "down_for": _("down {age}"),
    "late_by": _("late {age}"),
    "last_picture": _("last picture {time}"),
    "simulation": _("SIMULATION"),
    "no_picture": _("no picture yet"),
    "old_picture": _("not live"),
    "link_lost": _("CONNECTION LOST since {time}"),
    "link_lost_help": _("What you see is no longer renewed. The page reconnects by itself."),
    "link_back": _("Connected again"),
    "live": _("LIVE"),
    "not_live": _("NOT LIVE"),
    "no_data": _("data not available yet"),
    "revoked": _("This screen has been disconnected by an operator."),
    "muted": _("sound off"),
    "sound_on": _("sound on"),
    "map_missing": _("The interactive map could not be loaded; this is the plain map."),
    "map_estimate": _("estimated boundaries"),
    "place_age": _("place {age} old"),
    "paired": _("Connected. One moment …"),
    "code_expired": _("Getting a new code …"),
    "offline_server": _("The server can't be reached. Trying again …"),
    "bar_help": _("Hold a ruler to the bar."),
    "more": _("{n} more"),
}
