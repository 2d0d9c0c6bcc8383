"""The signs of made-up places in plain words: what was seen, and why an honest phone may show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from fieldstaff.pay.clocks import clocks
from fieldstaff.pay.words import language, zone
from fieldstaff.spoofing import Finding, Report
from fieldstaff.spoofpolicy import Kind

MOST = 20
"""Findings that are named; a phone that jumps all day would fill the page."""
TITLES = {
    Kind.MOCK: pgettext_lazy("sign", "The phone says that its place is made up"),
    Kind.SAME_COORDINATE: pgettext_lazy("sign", "At a colleague's coordinate to the last digit"),
    Kind.FROZEN_COORDINATE: pgettext_lazy("sign", "One coordinate on several days to the last digit"),
    Kind.IMPOSSIBLE_JUMP: pgettext_lazy("sign", "A jump that no vehicle makes"),
    Kind.TOO_FAST: pgettext_lazy("sign", "Very fast without a task"),
    Kind.ZERO_JITTER: pgettext_lazy("sign", "A place that does not tremble"),
    Kind.CONSTANT_ACCURACY: pgettext_lazy("sign", "One accuracy all along a way"),
    Kind.TWO_PLACES: pgettext_lazy("sign", "Two phones of his in two places"),
    Kind.FLAT_BATTERY: pgettext_lazy("sign", "A battery that does not drain"),
    Kind.REPLAYED_TRAIL: pgettext_lazy("sign", "Another day's way, move by move"),
    Kind.SAME_HEIGHT: pgettext_lazy("sign", "One height above the sea all along a way"),
    Kind.TOGETHER: pgettext_lazy("sign", "Side by side with a colleague's phone"),
    Kind.PHOTO_ELSEWHERE: pgettext_lazy("sign", "A photo far from the route"),
}
SEEN = {
    Kind.MOCK: gettext_lazy("%(fixes)s fixes carry the mark of a mock location."),
    Kind.SAME_COORDINATE: gettext_lazy("%(fixes)s fixes at it; colleagues there: %(others)s."),
    Kind.FROZEN_COORDINATE: gettext_lazy("%(fixes)s fixes at it on this day, on %(days)s days in all."),
    Kind.IMPOSSIBLE_JUMP: gettext_lazy("%(metres)s m in %(seconds)s s: %(kmh)s km/h."),
    Kind.TOO_FAST: gettext_lazy("%(metres)s m in %(seconds)s s: %(kmh)s km/h."),
    Kind.ZERO_JITTER: gettext_lazy("%(fixes)s good fixes in a row do not differ by a digit."),
    Kind.CONSTANT_ACCURACY: gettext_lazy("%(fixes)s fixes all say %(metres)s m."),
    Kind.TWO_PLACES: gettext_lazy("%(pairs)s times, up to %(metres)s m apart."),
    Kind.FLAT_BATTERY: gettext_lazy("%(percent)s %% in %(fixes)s messages off the plug."),
    Kind.REPLAYED_TRAIL: gettext_lazy("%(same)s of %(moves)s moves are those of another day."),
    Kind.SAME_HEIGHT: gettext_lazy("%(fixes)s fixes all say %(metres)s m."),
    Kind.TOGETHER: gettext_lazy("Within 15 m in %(near)s of %(minutes)s minutes."),
    Kind.PHOTO_ELSEWHERE: gettext_lazy("%(metres)s m from the nearest of %(fixes)s fixes of those minutes."),
}
HONEST = {
    Kind.SAME_COORDINATE: gettext_lazy("Ask both: a good receiver trembles, even two in one room differ."),
    Kind.FROZEN_COORDINATE: gettext_lazy("Look whether the phone lay in one place."),
    Kind.IMPOSSIBLE_JUMP: gettext_lazy("A receiver that slips leaps back; this one stayed."),
    Kind.TOO_FAST: gettext_lazy("He may have been driven somewhere."),
    Kind.ZERO_JITTER: gettext_lazy("Android repeats a fix while a phone lies still."),
    Kind.CONSTANT_ACCURACY: gettext_lazy("Some phones always say the same."),
    Kind.FLAT_BATTERY: gettext_lazy("Some phones tell their battery seldom."),
    Kind.SAME_HEIGHT: gettext_lazy("Some phones give no true height, and some fakes give 0."),
    Kind.TOGETHER: gettext_lazy("A crew in one vehicle looks the same; or one carries both phones."),
    Kind.PHOTO_ELSEWHERE: gettext_lazy("He may have handed the phone over, or the receiver slipped."),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One sign: its name, its points, when, what was seen, how an honest phone may come to it."""

    title: str
    weight: int
    when: str
    seen: str
    honest: str


def say(report: Report) -> list[Said]:
    """The findings of a day, strongest first."""
    return [_said(one) for one in report.findings[:MOST]]


def _said(one: Finding) -> Said:
    facts: dict[str, int] = {**dict(one.facts), "others": len(one.others), "days": len(one.days)}
    return Said(
        str(TITLES[one.kind]), one.weight, _when(one.span), str(SEEN[one.kind]) % facts,
        str(HONEST.get(one.kind, "")),
    )  # fmt: skip


def _when(span: Sequence[int]) -> str:
    if span[0] != span[1]:
        return clocks([span], zone(), language())
    moment = datetime.fromtimestamp(span[0], UTC).astimezone(zone())
    return _("at %(clock)s") % {"clock": f"{moment:%H.%M}" if language() == "id" else f"{moment:%H:%M}"}
