"""The disposition of a report on A4 paper: to whom, until when, what was said, a code to its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from cctv.evaluation_pdf import BOLD, GREY, INK, NOTE, TEXT, TITLE, Numbered

SIDE = 18 * mm
WIDE = A4[0] - 2 * SIDE
TEXT_MOST = 3500
PHOTO_HIGH = 70 * mm


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper. ``photo``: a JPEG of ours; ``contact``: only where its reader may have it."""

    city: str
    agency: str
    number: str
    link: str
    facts: list[tuple[str, str]]
    text: str
    instruction: str
    signed_title: str
    signed_name: str
    made: str
    photo: bytes = b""
    contact: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    at: datetime | None = None


def paper(sheet: Sheet) -> bytes:
    """The PDF as bytes."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, title=f"{_('Disposition')} {sheet.number}", author=sheet.city,
        leftMargin=SIDE, rightMargin=SIDE, topMargin=16 * mm, bottomMargin=20 * mm,
    )  # fmt: skip
    document.build(_story(sheet), canvasmaker=Numbered)
    return out.getvalue()


def _story(sheet: Sheet) -> list[Flowable]:
    story: list[Flowable] = [
        _head(sheet),
        Spacer(1, 4 * mm),
        _say(_("DISPOSITION"), TITLE),
        Spacer(1, 4 * mm),
        _facts([*sheet.facts, *_contact(sheet)]),
        Spacer(1, 4 * mm),
        _say(_("What was reported"), BOLD),
        *(_say(line) for line in sheet.text[:TEXT_MOST].splitlines() if line.strip()),
    ]
    if sheet.photo:
        story += [Spacer(1, 3 * mm), _photo(sheet.photo)]
    return [*story, Spacer(1, 5 * mm), KeepTogether(_foot(sheet))]


def _head(sheet: Sheet) -> Table:
    """Letterhead on the left, on the right the code that opens the desk's page after a login."""
    names = [_say(sheet.city.upper(), BOLD), _say(sheet.agency, BOLD), _say(sheet.made, NOTE)]
    names += [_say(" · ".join(sheet.marks), BOLD)] if sheet.marks else []
    table = Table([[names, _code(sheet.link)]], colWidths=[WIDE - 32 * mm, 32 * mm])
    table.setStyle(
        TableStyle([
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LINEBELOW", (0, 0), (-1, 0), 1.2, INK),
            ("LEFTPADDING", (0, 0), (0, 0), 0),
        ])
    )  # fmt: skip
    return table


def _code(link: str) -> Drawing:
    widget = QrCodeWidget(link, barLevel="M")
    left, low, right, high = widget.getBounds()
    size = 28 * mm
    drawing = Drawing(size, size, transform=[size / (right - left), 0, 0, size / (high - low), 0, 0])
    drawing.add(widget)
    return drawing


def _facts(facts: list[tuple[str, str]]) -> Table:
    rows = [[_say(name, NOTE), _say(value or "–", BOLD)] for name, value in facts]
    table = Table(rows, colWidths=[42 * mm, WIDE - 42 * mm])
    table.setStyle(
        TableStyle([
            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.3, GREY),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ])
    )  # fmt: skip
    return table


def _contact(sheet: Sheet) -> list[tuple[str, str]]:
    said = " · ".join(value for value in sheet.contact.values() if value)
    return [(_("Reporter"), said)] if said else []


def _photo(content: bytes) -> Image:
    width, height = ImageReader(BytesIO(content)).getSize()
    scale = min(WIDE / width, PHOTO_HIGH / height)
    return Image(BytesIO(content), width * scale, height * scale, hAlign="LEFT")


def _foot(sheet: Sheet) -> list[Flowable]:
    """The instruction, lines to write on, and who signs."""
    lines = Table([[""]] * 3, colWidths=[WIDE], rowHeights=[8 * mm] * 3)
    lines.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.3, GREY)]))
    sign = [_say(sheet.signed_title), Spacer(1, 18 * mm), _say(sheet.signed_name or "……………………………", BOLD)]
    signature = Table([["", sign]], colWidths=[WIDE - 75 * mm, 75 * mm])
    return [
        _say(_("Instruction"), BOLD), _say(sheet.instruction or "–"), lines, Spacer(1, 6 * mm), signature,
        _say(_("A citizen's words: keep it in the office, destroy it when the report is closed."), NOTE),
    ]  # fmt: skip


def _say(text: str, style: object = TEXT) -> Paragraph:
    """Words of people are words, never markup; what the paper's letters lack is left out."""
    plain = text.encode("cp1252", "ignore").decode("cp1252")
    return Paragraph(escape(plain), style)  # type: ignore[arg-type]
