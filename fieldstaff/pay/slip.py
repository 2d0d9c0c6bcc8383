"""A payslip on A4: letterhead, the month's sum, every line with its rule, the fingerprint, page numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from cctv.evaluation_pdf import BOLD, GREY, INK, MIDDLE, NOTE, PALE, TEXT, TITLE, Numbered
from commandcenter.city import formats
from commandcenter.city.region import Region
from fieldstaff.pay import words
from fieldstaff.pay.shown import Month, ShownLine

SIDE, HEAD, FOOT = 18 * mm, 38 * mm, 20 * mm
WIDE = A4[0] - 2 * SIDE
RIGHT = ParagraphStyle("amount", parent=TEXT, alignment=TA_RIGHT)
RIGHT_BOLD = ParagraphStyle("total", parent=BOLD, alignment=TA_RIGHT)
MARK = ParagraphStyle("mark", parent=BOLD, alignment=TA_CENTER)
SMALL = ParagraphStyle("small", parent=NOTE, fontSize=8.5, leading=10.5)
COLUMNS = [25 * mm, WIDE - 25 * mm - 34 * mm, 34 * mm]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed: the month, who is paid, and whether any of it is the demo's."""

    month: Month
    agency: str
    made_at: datetime
    simulated: bool = False


def paper(slip: Slip, region: Region) -> bytes:
    """The PDF as bytes."""
    out = BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, title=f"{_('Payslip')} {slip.month.officer.code} {slip.month.key}",
        author=region.title or region.name, leftMargin=SIDE, rightMargin=SIDE, topMargin=HEAD,
        bottomMargin=FOOT,
    )  # fmt: skip
    frame = Frame(SIDE, FOOT, WIDE, A4[1] - HEAD - FOOT, 0, 0, 0, 0)
    letterhead = partial(_letterhead, region, slip)
    document.addPageTemplates([PageTemplate(frames=[frame], onPage=letterhead)])
    document.build(_story(slip), canvasmaker=Numbered)
    return out.getvalue()


def _letterhead(region: Region, slip: Slip, canvas: Any, document: Any) -> None:
    """Emblem, government, agency, a double line; at the foot when it was printed."""
    top, left = A4[1] - 14 * mm, SIDE
    crest = _crest(region)
    if crest is not None:
        canvas.drawImage(crest, SIDE, top - 15 * mm, 15 * mm, 15 * mm, mask="auto", preserveAspectRatio=True)
        left += 19 * mm
    canvas.setFillColor(INK)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(left, top - 5 * mm, _plain((region.title or region.name).upper())[:60])
    canvas.setFont("Helvetica", 10)
    canvas.drawString(left, top - 10 * mm, _plain(slip.agency)[:90])
    canvas.setStrokeColor(INK)
    for width, low in ((1.6, 17), (0.5, 18)):
        canvas.setLineWidth(width)
        canvas.line(SIDE, top - low * mm, A4[0] - SIDE, top - low * mm)
    canvas.setFont("Helvetica", 10)
    canvas.setFillColor(GREY)
    made = formats.day_clock(slip.made_at, words.zone(), words.language())
    mark = f"  ·  {_('CONTAINS SIMULATED DATA')}" if slip.simulated else ""
    canvas.drawString(SIDE, 11 * mm, _plain(_("As of %(made)s") % {"made": made} + mark))


def _crest(region: Region) -> ImageReader | None:
    """The coat of arms where it is a picture that paper can show."""
    if not region.logo:
        return None
    try:
        with region.logo.open("rb") as file:
            return ImageReader(BytesIO(file.read()))
    except (OSError, ValueError):
        return None


def _plain(text: str) -> str:
    """What the paper's letters lack is left out."""
    return text.encode("cp1252", "ignore").decode("cp1252")


def _say(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Words of people are words, never markup."""
    return Paragraph(escape(_plain(text)), style)


def _story(slip: Slip) -> list[Flowable]:
    month = slip.month
    story: list[Flowable] = [
        _say(_("PAYSLIP"), TITLE),
        _say(_("Period %(period)s") % {"period": month.name}, MIDDLE),
        *([_say(_("CONTAINS SIMULATED DATA"), MARK)] if slip.simulated else []),
        Spacer(1, 4 * mm),
        _facts(slip),
        Spacer(1, 4 * mm),
        _lines(month),
        Spacer(1, 3 * mm),
        _say(_("Amounts are rate × quantity ÷ divisor, rounded half up to whole rupiah."), NOTE),
        _say(_("Every figure can be objected to on your own page; somebody else decides."), NOTE),
    ]
    if month.closing is None:
        story.append(_say(_("Not closed yet: these figures may still change."), BOLD))
    return story


def _facts(slip: Slip) -> Table:
    month = slip.month
    officer, closing = month.officer, month.closing
    facts = [
        (_("Officer"), f"{month.sheet.name if month.sheet else officer.name} ({officer.code})"),
        (_("Kind of work"), " · ".join(filter(None, [str(officer.get_kind_display()), officer.unit]))),
        (_("Days"), _tally(month)),
    ]
    if closing is not None:
        at = formats.day_clock(closing.at, words.zone(), words.language())
        facts.append((_("Closed"), f"{at} · {closing.by_name} · {_('round %(n)d') % {'n': closing.version}}"))
        facts.append((_("SHA-256 of the export"), closing.sha256))
    rows = [[_say(name, NOTE), _say(value, TEXT)] for name, value in facts]
    table = Table(rows, colWidths=[42 * mm, WIDE - 42 * mm])
    table.setStyle(
        TableStyle([
            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.3, GREY),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ])
    )  # fmt: skip
    return table


def _tally(month: Month) -> str:
    counts: dict[str, int] = {}
    for day in month.days:
        counts[day.state] = counts.get(day.state, 0) + 1
    return ", ".join(f"{state} {count}" for state, count in counts.items()) or "–"


def _lines(month: Month) -> Table:
    head = [_say(_("Date"), BOLD), _say(_("Line and rule"), BOLD), _say(_("Amount"), RIGHT_BOLD)]
    rows: list[list[Any]] = [head]
    rows += [_row("", line) for line in month.others]
    for day in month.days:
        date = formats.day(day.date, words.zone(), words.language())
        rows += [_row(date, line) for line in day.lines]
    total = formats.rupiah(month.total_idr or 0, words.language())
    rows.append(["", _say(_("Total"), BOLD), _say(total, RIGHT_BOLD)])
    table = Table(rows, colWidths=COLUMNS, repeatRows=1)
    table.setStyle(
        TableStyle([
            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("BACKGROUND", (0, 0), (-1, 0), PALE),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, GREY), ("LINEABOVE", (0, -1), (-1, -1), 1.2, INK),
            ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
        ])
    )  # fmt: skip
    return table


def _row(date: str, line: ShownLine) -> list[Any]:
    cited = _("Scheme %(scheme)s") % {"scheme": line.scheme}
    if line.rules:
        cited += " · " + _("attendance rules %(rules)s") % {"rules": line.rules}
    told = [_say(line.title, BOLD), _say(line.rule), _say(f"{line.sum} · {cited}", SMALL)]
    if line.spans:
        told.append(_say(_("Time: %(spans)s") % {"spans": line.spans}, SMALL))
    return [_say(date), told, _say(formats.rupiah(line.amount_idr, words.language()), RIGHT)]
