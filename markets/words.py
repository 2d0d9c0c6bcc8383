"""Words for what the pure rules answer with codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from markets.condition import Fall, Grade
from markets.decline import Decline
from markets.priority import Outcome
from markets.programme import Stage
from markets.trading import Problem

DEEDS = {
    "finished": pgettext_lazy("audit", "finished"),
    "approved": pgettext_lazy("audit", "approved"),
    "moved": pgettext_lazy("audit", "moved on"),
    "document_added": pgettext_lazy("audit", "document added"),
    "discarded": pgettext_lazy("audit", "thrown away"),
}
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
GRADES = [
    (Grade.GOOD.value, _("good")),
    (Grade.LIGHT.value, _("lightly damaged")),
    (Grade.MEDIUM.value, _("damaged")),
    (Grade.HEAVY.value, _("heavily damaged")),
]
GRADE_STATES = {"good": "good", "light": "info", "medium": "warn", "heavy": "crit"}
MARKS = (
    (4, _("As it should be")),
    (3, _("Small faults")),
    (2, _("In need of work")),
    (1, _("Bad")),
    (0, _("Absent or dangerous")),
)
FALLS = {
    Fall.POINTS: _("The market is being let go"),
    Fall.CLASS: _("The market is being let go"),
    Fall.NEVER_AUDITED: _("Revitalised and never audited"),
    Fall.STALE: _("No audit for too long"),
}
FALLS_EXPLAINED = {
    Fall.POINTS: _("%(now)s of 100 on %(day)s; its best since the revitalisation: %(best)s on %(best_day)s."),
    Fall.CLASS: _(
        "A class lower: %(now)s on %(day)s, its best since the revitalisation: %(best)s on %(best_day)s."
    ),
    Fall.NEVER_AUDITED: _("Revitalised %(days)s days ago, and nobody has looked at its condition since."),
    Fall.STALE: _("The last audit was %(days)s days ago, on %(day)s."),
}
PHOTO_PROBLEMS = {
    "undecodable": _("The photo is damaged and cannot be opened."),
    "too_many_pixels": _("The photo is too large: up to 50 megapixels."),
    "infected": _("The virus scan found something in this photo."),
    "scanner_away": _("Waiting for the virus scan."),
    "storage": _("The storage failed; it is tried again."),
}
PHOTO_UNUSABLE = _("The photo could not be used. Take it again.")
STAGES = [
    (Stage.PROPOSED.value, pgettext_lazy("programme", "proposed")),
    (Stage.REVIEWED.value, pgettext_lazy("programme", "reviewed")),
    (Stage.BUDGETED.value, pgettext_lazy("programme", "budgeted")),
    (Stage.PROCURED.value, pgettext_lazy("programme", "procured")),
    (Stage.INSTALLED.value, pgettext_lazy("programme", "installed")),
    (Stage.LIVE.value, pgettext_lazy("programme", "live")),
    (Stage.HANDED_OVER.value, pgettext_lazy("programme", "handed over")),
    (Stage.DROPPED.value, pgettext_lazy("programme", "dropped")),
]
STAGE_STATES = {
    "proposed": "paused", "reviewed": "info", "budgeted": "info", "procured": "warn", "installed": "warn",
    "live": "good", "handed_over": "good", "dropped": "offline",
}  # fmt: skip
NEEDS = {
    "cost": _("Write the estimated cost first."),
    "approved_at": _("It is not approved yet: a name is missing."),
    "budget": _("Choose the budget it is paid from first."),
    "vendor": _("Write the vendor first."),
    "contract_cost": _("Write the cost by contract first."),
    "document": _("Add the document of this stage first: its number and date."),
}
CRITERIA = {
    "distance_km": (_("Distance to the office"), "km"),
    "travel_min": (_("Travel time to the office"), _("minutes")),
    "rebuilt": (_("Revitalised"), ""),
    "traders": (_("Traders"), ""),
    "condition": (_("Condition by its last audit"), _("of 100")),
    "complaints": (_("Open reports of citizens"), ""),
}
OUTCOMES = {
    Outcome.COMMITTED: (_("already decided"), "info"),
    Outcome.REACHED: (_("within the budget"), "good"),
    Outcome.SHORT: (_("the money does not reach"), "warn"),
    Outcome.NO_COST: (_("no cost yet"), "paused"),
    Outcome.UNRANKED: (_("nothing known"), "paused"),
}
TITLES = {
    "market_let_go": _("A revitalised market is being let go: %(name)s"),
    "market_unwatched": _("A revitalised market is not looked after: %(name)s"),
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
