"""Words for what the pure rules answer with codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from markets.decline import Decline
from markets.trading import Problem

PROBLEMS = {
    Problem.UNKNOWN_DAY: _("“%(found)s” is no day. Write for example: every day, or Monday, Thursday."),
    Problem.BAD_HOURS: _("“%(found)s” are no hours. Write for example: 02.00-14.00."),
    Problem.NO_TIME: _("Opening and closing are the same: “%(found)s”. A market of 24 hours is 00.00-24.00."),
}
DECLINES = {
    Decline.OCCUPANCY: _("Fewer places are used"),
    Decline.RETRIBUTION_SHORT: _("Retribution stays below its target"),
    Decline.RETRIBUTION_FALL: _("Retribution falls"),
}
TITLES = {
    "market_occupancy": _("Fewer places are used: %(name)s"),
    "market_retribution_short": _("Retribution stays below its target: %(name)s"),
    "market_retribution_fall": _("Retribution falls: %(name)s"),
}
EXPLAINED = {
    Decline.OCCUPANCY: _(
        "%(now)s %% of the places in use in %(month)s; usual in the months before: %(before)s %%."
    ),
    Decline.RETRIBUTION_SHORT: _("%(now)s %% of the target in %(month)s, %(before)s %% in the month before."),
    Decline.RETRIBUTION_FALL: _("Rp %(now)s in %(month)s; usual in the months before: Rp %(before)s."),
}
