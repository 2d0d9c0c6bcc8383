"""``{% load market_prices %}``: change, age and ceiling of a price, in Python for pages of hundreds."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commandcenter.city.templatetags.city import day as day_words
from commandcenter.city.templatetags.city import percent, rupiah
from commandcenter.wall.templatetags.cc import icon
from markets.models import PriceCeiling
from markets.prices.figures import Change, Over

register = template.Library()
NONE = mark_safe('<span class="cc-muted">–</span>')
CHANGE = '<span class="cc-price-change" title="{}">{}{}</span>'


@register.simple_tag
def price_change(change: Change | None) -> SafeString:
    """An arrow and percent, with what it is held to as a title; a dash where nothing is."""
    if change is None:
        return NONE
    told = _("from %(before)s on %(day)s") % {"before": rupiah(change.before), "day": day_words(change.since)}
    if change.rupiah == 0:
        return format_html(CHANGE, told, "", _("unchanged"))
    arrow, sign = ("arrow-up", "+") if change.rupiah > 0 else ("arrow-down", "")
    return format_html(CHANGE, told, icon(arrow), f"{sign}{percent(change.percent)}")


@register.simple_tag
def price_age(state: str, day: date | None) -> SafeString:
    """The day alone while it is fresh; a chip that says late or out of date afterwards."""
    if state == "never" or day is None:
        return format_html('<span class="cc-chip" data-state="never">{}</span>', _("never written"))
    if state == "fresh":
        return format_html("<span>{}</span>", day_words(day))
    words = _("late: %(day)s") if state == "late" else _("out of date: %(day)s")
    chip = '<span class="cc-chip" data-state="{}">{}{}</span>'
    return format_html(chip, state, icon("late"), words % {"day": day_words(day)})


@register.simple_tag
def price_over(over: Over | None, ceiling: PriceCeiling | None) -> SafeString:
    """How far above which reference price; within it; or a dash where there is none."""
    if ceiling is None:
        return NONE
    if over is None:
        words = _("within %(top)s") % {"top": rupiah(ceiling.rupiah)}
        return format_html('<small class="cc-muted">{}</small>', words)
    return format_html(
        '<span class="cc-chip" data-state="crit">{}+{}</span><br><small class="cc-muted">{}{}</small>',
        icon("alert"),
        percent(over.percent),
        f"{rupiah(ceiling.rupiah)} · {ceiling.decree}",
        "" if ceiling.checked else f" · {pgettext('decree', 'to be checked')}",
    )
