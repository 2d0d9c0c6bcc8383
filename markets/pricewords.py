"""Words for what the rules of prices answer with codes."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from commandcenter.city.formats import percent, rupiah
from markets.pricebook import Answer
from markets.prices.amounts import Problem
from markets.prices.plausible import Finding, Reason

AMOUNTS = {
    Problem.EMPTY: _("This cell is empty."),
    Problem.NOT_A_NUMBER: _("“%(found)s” is no price; write 13600."),
    Problem.FRACTION: _("“%(found)s” may be thirteen or thirteen thousand; write whole rupiah: 13600."),
    Problem.NEGATIVE: _("“%(found)s” is below zero."),
    Problem.ZERO: _("A price is not 0; leave out what was not there."),
    Problem.TOO_LARGE: _("“%(found)s” is more than anything costs."),
}
REFUSALS = {
    "market": _("The prices of this market are not yours to write."),
    "future": _("This day or hour has not come yet."),
    "old": _("This day is older than 400 days."),
    "key": _("This entry was sent before with another price."),
}
REASONS = {
    Reason.MOVED: _("%(price)s is %(change)s away from the last price, %(against)s."),
    Reason.APART: _("%(price)s is %(change)s away from the other markets of the day, %(against)s."),
    Reason.FOLD: _("%(price)s is many times, or a small part of, the last price, %(against)s."),
    Reason.RANGE: _("%(price)s is outside what this commodity can cost."),
}
MEANT = _("Did you mean %(meant)s?")


def explain(price: int, finding: Finding) -> str:
    """A finding in a sentence of the language of now; with what was perhaps meant."""
    lang = (get_language() or "id")[:2]
    change = finding.change or 0
    words = str(REASONS[finding.reason or Reason.RANGE]) % {
        "price": rupiah(price, lang),
        "change": f"{'+' if change > 0 else '−'}{percent(abs(change) * 100, lang, decimals=0)}",
        "against": rupiah(finding.against or 0, lang),
    }
    meant = f" {str(MEANT) % {'meant': rupiah(finding.meant, lang)}}" if finding.meant else ""
    return words + meant


def finding_words(answer: Answer) -> str:
    """Why an entry was asked about."""
    return explain(answer.entry.value, answer.finding) if answer.finding else ""


def refused_words(answer: Answer) -> str:
    """Why an entry was refused."""
    return str(REFUSALS[answer.why.value]) if answer.why else ""
