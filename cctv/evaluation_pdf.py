"""A trial's evaluation on A4 paper: the region's letterhead, page numbers, legible without colour."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from cctv.evaluation import Evaluation, Line
from cctv.evaluation_words import Words, made_words, period_words, source_words
from commandcenter.city.models import Region

WIDTH, HEIGHT = A4
SIDE, HEAD, FOOT = 18 * mm, 38 * mm, 20 * mm
INK, GREY, PALE = colors.HexColor("#111111"), colors.HexColor("#555555"), colors.HexColor("#e9e9e9")
TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=13, textColor=INK)
BOLD = ParagraphStyle("bold", parent=TEXT, fontName="Helvetica-Bold")
RIGHT = ParagraphStyle("right", parent=TEXT, alignment=TA_RIGHT)
NOTE = ParagraphStyle("note", parent=TEXT, textColor=GREY, leading=12)
TITLE = ParagraphStyle("title", parent=BOLD, fontSize=15, leading=19, alignment=TA_CENTER)
MIDDLE = ParagraphStyle("middle", parent=TEXT, alignment=TA_CENTER)
HEADING = ParagraphStyle("heading", parent=BOLD, fontSize=12.5, leading=16, spaceBefore=8, spaceAfter=4)
GRID: list[Any] = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("BACKGROUND", (0, 0), (-1, 0), PALE),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, GREY),
    ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
]
HEADING_HEIGHT = HEADING.leading + HEADING.spaceBefore + HEADING.spaceAfter
# A table of at most this many rows stays on one page with its heading.
SHORT = 4
COLUMNS = [66 * mm, 27 * mm, 41 * mm, 40 * mm]


def paper(found: Evaluation, region: Region) -> bytes:
    """The PDF as bytes."""
    out = BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, title=_("Evaluation of the camera trial"), author=region.title or region.name,
        leftMargin=SIDE, rightMargin=SIDE, topMargin=HEAD, bottomMargin=FOOT,
    )  # fmt: skip
    frame = Frame(SIDE, FOOT, WIDTH - 2 * SIDE, HEIGHT - HEAD - FOOT, 0, 0, 0, 0)
    made = made_words(found.made_at)
    mark = _("CONTAINS SIMULATED DATA") if found.everything.simulated else ""
    head = partial(_letterhead, region, made, mark)
    document.addPageTemplates([PageTemplate(frames=[frame], onPage=head)])
    document.build(_story(found, made), canvasmaker=Numbered)
    return out.getvalue()


class Numbered(Canvas):
    """A canvas that knows the number of its last page: "Halaman 1 dari 3"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Keeps the page until all are known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Numbers the pages and writes them."""
        for state in self._pages:
            self.__dict__.update(state)
            words = _("Page %(number)d of %(total)d") % {
                "number": self.getPageNumber(),
                "total": len(self._pages),
            }
            self.setFont("Helvetica", 10)
            self.setFillColor(GREY)
            self.drawRightString(WIDTH - SIDE, 11 * mm, words)
            super().showPage()
        super().save()


def _letterhead(region: Region, made: str, mark: str, canvas: Any, document: Any) -> None:
    """Crest, government, a double line; at the foot the date and, where it applies, the word simulation."""
    top = HEIGHT - 14 * mm
    left = SIDE
    crest = _crest(region)
    if crest is not None:
        canvas.drawImage(crest, SIDE, top - 15 * mm, 15 * mm, 15 * mm, mask="auto", preserveAspectRatio=True)
        left += 19 * mm
    canvas.setFillColor(INK)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(left, top - 5 * mm, (region.title or region.name).upper()[:60])
    canvas.setFont("Helvetica", 10)
    canvas.drawString(left, top - 10 * mm, _("Command centre"))
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.6)
    canvas.line(SIDE, top - 17 * mm, WIDTH - SIDE, top - 17 * mm)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, top - 18 * mm, WIDTH - SIDE, top - 18 * mm)
    canvas.setFont("Helvetica", 10)
    canvas.setFillColor(GREY)
    canvas.drawString(SIDE, 11 * mm, _("As of %(made)s") % {"made": made} + (f"  ·  {mark}" if mark else ""))


def _crest(region: Region) -> ImageReader | None:
    """The coat of arms where it is a picture paper can show."""
    if not region.logo:
        return None
    try:
        with region.logo.open("rb") as file:
            return ImageReader(BytesIO(file.read()))
    except (OSError, ValueError):  # an SVG, or a file that is gone
        return None


def _say(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Words of people are words, never markup."""
    return Paragraph(escape(text), style)


def _story(found: Evaluation, made: str) -> list[Flowable]:
    source = source_words(made)
    story: list[Flowable] = [
        _say(_("EVALUATION OF THE CAMERA TRIAL"), TITLE),
        _say(_("Period %(period)s") % {"period": period_words(found.period)}, MIDDLE),
        Spacer(1, 5 * mm),
        *_summary(found, source),
    ]
    for _key, title, lines in found.groups:
        if lines:
            story += _grouping(title, lines, source)
    story += _obstacles(found.everything)
    story.append(Spacer(1, 4 * mm))
    rule = _(
        "Availability is up / (up + down): maintenance, pauses and unknown time count in neither term."
        " Seconds are added, percentages never averaged. The recommendation follows one rule; people decide."
    )
    story.append(_say(rule, NOTE))
    return story


def _summary(found: Evaluation, source: str) -> list[Flowable]:
    line = found.everything
    words = Words(line)
    facts = [
        (_("Cameras"), str(line.totals.cameras)),
        (_("Availability"), words.availability),
        (_("Down time"), words.down),
        (_("Data"), words.data),
        (_("Cost of data packages"), words.cost),
        (_("Faulty pictures"), words.faults),
        (_("Obstacles noted"), str(line.totals.obstacles)),
        (_("Recommendation"), f"{line.recommendation.upper()}: {words.why}"),
        (_("Sites"), ", ".join(f"{word} {count}" for word, _state, count in found.tally)),
    ]
    rows = [[_say(name, BOLD), _say(value)] for name, value in facts]
    table = Table(rows, colWidths=[48 * mm, sum(COLUMNS) - 48 * mm])
    lines: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, GREY)]
    table.setStyle(TableStyle(lines))
    return [table, Spacer(1, 1.5 * mm), _say(source, NOTE)]


def _grouping(title: str, lines: list[Line], source: str) -> list[Flowable]:
    head = [_("Name and reasons"), _("Availability"), _("Data and cost"), _("Recommendation")]
    rows: list[list[Any]] = [[_say(text, BOLD) for text in head]]
    for line in lines:
        rows.append(_row(line))
    table = Table(rows, colWidths=COLUMNS, repeatRows=1)
    table.setStyle(TableStyle(GRID))
    block: list[Flowable] = [_say(title, HEADING), table]
    if len(rows) <= SHORT:
        block = [KeepTogether(block)]
    else:
        # A heading never stands alone at the foot: it needs room for the table's head and its first row.
        first = Table(rows[:2], colWidths=COLUMNS, style=GRID)
        block.insert(0, CondPageBreak(HEADING_HEIGHT + first.wrap(sum(COLUMNS), HEIGHT)[1]))
    return [*block, Spacer(1, 1.5 * mm), _say(source, NOTE)]


def _row(line: Line) -> list[Any]:
    words = Words(line)
    name = [_say(line.name, BOLD)]
    note = " · ".join(filter(None, [line.note, _("SIMULATION") if line.simulated else ""]))
    if note:
        name.append(_say(note, NOTE))
    name.append(_say(_("Down: %(reasons)s") % {"reasons": words.down}))
    if line.obstacles:
        name.append(_say(_("Obstacles noted: %(n)d") % {"n": len(line.obstacles)}))
    state = [_say(words.availability), _say(_("faulty pictures: %(share)s") % {"share": words.faults}, NOTE)]
    return [
        name,
        state,
        [_say(words.data), _say(words.cost)],
        [_say(line.recommendation, BOLD), _say(words.why)],
    ]


def _obstacles(line: Line) -> list[Flowable]:
    if not line.obstacles:
        return []
    story: list[Flowable] = []
    heading = [_say(_("Obstacles noted"), HEADING)]
    for obstacle in line.obstacles:
        place: Any = obstacle.camera or obstacle.site
        when = made_words(obstacle.noted_at)
        title = _say(f"{when} · {place.name} · {obstacle.get_kind_display()}", BOLD)
        story.append(KeepTogether([*heading, title, _say(obstacle.text[:1500])]))
        story.append(Spacer(1, 1.5 * mm))
        heading = []
    return story
