"""A point's proposal on A4 paper: what, why, what it costs, its priority with reasons, lines to sign on."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from commandcenter.city.formats import number, rupiah
from commandcenter.city.models import Region
from markets.models import ProgrammePoint

INK, GREY, PALE = colors.HexColor("#111111"), colors.HexColor("#555555"), colors.HexColor("#e9e9e9")
TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=13, textColor=INK)
BOLD = ParagraphStyle("bold", parent=TEXT, fontName="Helvetica-Bold")
TITLE = ParagraphStyle("title", parent=BOLD, fontSize=15, leading=20, spaceAfter=6)
HEADING = ParagraphStyle("heading", parent=BOLD, fontSize=12, leading=16, spaceBefore=8, spaceAfter=4)
NOTE = ParagraphStyle("note", parent=TEXT, textColor=GREY, fontSize=9, leading=12)
LINES: list[Any] = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, GREY),
]


def _say(text: object, style: ParagraphStyle = TEXT) -> Paragraph:
    """Words of people are words, never markup."""
    return Paragraph(escape(str(text)), style)


def paper(point: ProgrammePoint, priority: dict[str, Any]) -> bytes:
    """The PDF as bytes; ``priority`` as the point's page shows it."""
    out, region = BytesIO(), Region.current()
    title = _("Proposal of a point of the market programme")
    document = SimpleDocTemplate(
        out, pagesize=A4, title=title, author=region.title or region.name, leftMargin=20 * mm,
        rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
    )  # fmt: skip
    story: list[Flowable] = [_say((region.title or region.name).upper(), BOLD), _say(title, TITLE)]
    if point.is_simulated:
        story.append(_say(_("CONTAINS SIMULATED DATA"), BOLD))
    story += [_facts(point), _say(_("Reason"), HEADING), _say(point.reason)]
    story += [_say(_("Priority"), HEADING), _reasons(priority)]
    made = date_format(timezone.localtime(), "j F Y, H.i")
    story += [Spacer(1, 4 * mm), _say(_("As of %(made)s") % {"made": made}, NOTE), _signatures(point)]
    document.build(story)
    return out.getvalue()


def _lang() -> str:
    return (get_language() or "id")[:2]


def _facts(point: ProgrammePoint) -> Table:
    market, lang = point.market, _lang()
    rows = [
        (_("Market"), market.name), (_("Area"), market.area.full_name), (_("Owned by"), market.owner),
        (_("Traders"), "–" if market.traders is None else number(market.traders, lang)),
        (_("Stage"), point.get_stage_display()),
        (_("Cost"), "–" if point.price is None else rupiah(point.price, lang)),
        (_("Vendor"), point.vendor or "–"), (_("Budget"), point.budget or "–"),
        (_("Planned to be live on"), date_format(point.planned_on, "j F Y") if point.planned_on else "–"),
    ]  # fmt: skip
    cells = [[_say(name, BOLD), _say(value)] for name, value in rows]
    return Table(cells, colWidths=[55 * mm, 115 * mm], style=TableStyle(LINES))


def _reasons(priority: dict[str, Any]) -> Table:
    lang = _lang()

    def figure(value: float | None) -> str:
        return "–" if value is None else number(value, lang, decimals=1)

    rows = [[_say(word, BOLD) for word in (_("Criterion"), _("Known"), _("Points"), _("At most"))]]
    rows += [
        [
            _say(word),
            _say(f"{figure(part.value)} {unit}"),
            _say(figure(part.points)),
            _say(figure(part.weight)),
        ]
        for word, unit, part in priority["parts"]
    ]
    rows.append(
        [_say(_("Priority of 100"), BOLD), _say(""), _say(figure(priority["score"]), BOLD), _say("100")]
    )
    style = TableStyle([*LINES, ("BACKGROUND", (0, 0), (-1, 0), PALE)])
    return Table(rows, colWidths=[70 * mm, 40 * mm, 30 * mm, 30 * mm], repeatRows=1, style=style)


def _signatures(point: ProgrammePoint) -> KeepTogether:
    approved = _("Approved by") + (f": {point.approved_name}" if point.approved_name else "")
    at = date_format(timezone.localtime(point.approved_at), "j F Y, H.i") if point.approved_at else ""
    cells: list[list[Any]] = [[_say(_("Proposed by")), _say(approved)], [_say(""), _say(at, NOTE)], ["", ""]]
    lines = [("LINEBELOW", (0, 2), (0, 2), 0.6, INK), ("LINEBELOW", (1, 2), (1, 2), 0.6, INK)]
    table = Table(
        cells, colWidths=[85 * mm, 85 * mm], rowHeights=[None, None, 22 * mm], style=TableStyle(lines)
    )
    return KeepTogether([Spacer(1, 10 * mm), table])
