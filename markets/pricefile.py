"""A file of prices: each row looked through, an answer by row and column, all written together or nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commandcenter.city import audit
from commandcenter.city.table import Column, Line, Problem, read
from commandcenter.city.viewers import Viewer
from markets.models import Commodity, Market, PriceImport
from markets.pricebook import Answer, Entry, Result, write_prices
from markets.pricedays import asked_at
from markets.prices import amounts
from markets.prices.plausible import Verdict
from markets.pricewords import AMOUNTS, REFUSALS, finding_words, refused_words

COLUMNS = (
    Column("day", "Tanggal", gettext_lazy("day of the survey: 2026-11-20 or 20/11/2026"), True, ("date",)),
    Column("market", "Kode pasar", gettext_lazy("code or name of the market"), True, ("pasar", "kode_pasar")),
    Column(
        "commodity", "Kode komoditas", gettext_lazy("code or name of the commodity"), True,
        ("komoditas", "kode_komoditas"),
    ),
    Column("price", "Harga", gettext_lazy("whole rupiah a unit: 13600 or 13.600"), True, ("harga (rp)",)),
    Column("unit", "Satuan", gettext_lazy("the commodity's own, or empty; nothing is converted")),
    Column("hour", "Jam", gettext_lazy("when it was asked: 09.30; empty: 09.00")),
    Column("source", "Sumber", gettext_lazy("who asked, or where it comes from")),
)  # fmt: skip
HEADINGS = {column.name: column.heading for column in COLUMNS}
DRAFTS = timedelta(days=1)
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.]00)?")


@dataclass(slots=True)
class Looked:
    """What a file says: problems refuse it, questions want a yes."""

    problems: list[Problem] = field(default_factory=list)
    questions: list[Problem] = field(default_factory=list)
    added: int = 0
    corrected: int = 0
    same: int = 0
    draft: PriceImport | None = None


def look(*, by: Viewer, content: bytes, name: str) -> Looked:
    """Reads and judges a file; keeps its rows as a draft where none is wrong. SheetRefused for a bad file."""
    lines = read(content, name, COLUMNS)
    rows = _rows(by, lines)
    found = _judge(by, lines, rows)
    if not found.problems:
        PriceImport.objects.filter(by=by.pk, committed_at=None).delete()
        PriceImport.objects.filter(committed_at=None, created_at__lt=timezone.now() - DRAFTS).delete()
        found.draft = PriceImport.objects.create(name=name[-160:], by_id=by.pk, rows=rows)
    return found


def look_again(*, by: Viewer, draft: PriceImport) -> Looked:
    """A draft as it stands now: somebody may have written since."""
    lines = [Line(row["row"], {}) for row in draft.rows]
    found = _judge(by, lines, draft.rows)
    found.draft = draft
    return found


@transaction.atomic
def commit(*, by: Viewer, draft: PriceImport, confirmed: bool) -> Looked:
    """Writes a draft whole or nothing. ValidationError where it was written already."""
    row = PriceImport.objects.select_for_update().get(pk=draft.pk)
    if row.by_id != by.pk:
        raise PermissionDenied
    if row.committed_at is not None:
        raise ValidationError(_("This file was read in already."))
    found = look_again(by=by, draft=row)
    if found.problems or (found.questions and not confirmed):
        return found
    answers = write_prices(by=by, entries=_entries(row.rows, confirmed=True), way="file", batch=row)
    if any(answer.result in {Result.REFUSED, Result.ASKED} for answer in answers):
        raise ValidationError(_("Somebody changed these prices just now. Look at the file again."))
    counted = Counter(answer.result for answer in answers)
    row.committed_at, row.rows = timezone.now(), []
    row.added, row.corrected = counted[Result.ADDED], counted[Result.CORRECTED]
    row.same = counted[Result.SAME] + counted[Result.OLDER]
    row.save(update_fields=["committed_at", "rows", "added", "corrected", "same"])
    detail = {"rows": len(answers), "new": row.added, "changed": row.corrected}
    audit.record(viewer=by, action="priceimport.imported", subject=row, detail=detail)
    return found


def _rows(by: Viewer, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as plain values; what cannot be read stays with its line as a problem."""
    markets = _by_name(Market.objects.visible_to(by).values_list("pk", "code", "name"))
    mine = set(Market.objects.priced_by(by).values_list("pk", flat=True))
    goods = {row.pk: row for row in Commodity.objects.all()}
    names = _by_name((row.pk, row.code, row.name) for row in goods.values())
    seen: dict[tuple[Any, ...], int] = {}
    found = []
    for line in lines:
        row = _row(line, markets, mine, names, goods)
        key = (row["market"], row["commodity"], row["day"])
        if all(key):
            first = seen.setdefault(key, line.row)
            if first != line.row:
                told = _("The same market, commodity and day stand in row %(row)d already.")
                line.wrong("", told % {"row": first})
        found.append(row)
    return found


def _by_name(rows: Any) -> dict[str, int]:
    return {word.strip().lower(): pk for pk, *words in rows for word in words}


def _row(
    line: Line, markets: dict[str, int], mine: set[int], names: dict[str, int], goods: dict[int, Commodity]
) -> dict[str, Any]:
    text = line.cells
    market = markets.get(text["market"].lower())
    if market is None:
        line.wrong("market", _unknown(_("No market has the code or name “%(text)s”."), text["market"]))
    elif market not in mine:
        line.wrong("market", str(REFUSALS["market"]))
    good = names.get(text["commodity"].lower())
    if good is None:
        line.wrong(
            "commodity", _unknown(_("No commodity has the code or name “%(text)s”."), text["commodity"])
        )
    elif text["unit"] and text["unit"].lower() != goods[good].unit.lower():
        told = _("It is asked by %(unit)s; “%(text)s” is not converted.")
        line.wrong("unit", told % {"unit": goods[good].unit, "text": text["unit"][:20]})
    return {
        "row": line.row, "market": market, "commodity": good, "day": _day(line), "price": _price(line),
        "hour": _hour(line), "source": text["source"][:120],
    }  # fmt: skip


def _unknown(words: str, text: str) -> str:
    return words % {"text": text[:60]} if text else _("This cell is empty.")


def _day(line: Line) -> str:
    text = line.cells["day"].strip().removesuffix(" 00:00:00")
    for form in _DAYS:
        try:
            # A day has no zone.
            found = datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if 2000 <= found.year <= 2100:
            return found.isoformat()
    told = _("“%(text)s” is no day; write 2026-11-20.") % {"text": text[:40]} if text else ""
    line.wrong("day", told or _("This cell is empty."))
    return ""


def _price(line: Line) -> int:
    try:
        return amounts.rupiah(line.cells["price"])
    except amounts.NoAmount as error:
        line.wrong("price", str(AMOUNTS[error.problem]) % {"found": error.found[:40]})
        return 0


def _hour(line: Line) -> str:
    text = line.cells["hour"]
    found = _CLOCK.fullmatch(text)
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        return f"{int(found[1]):02d}:{found[2]}"
    if text:
        line.wrong("hour", _("“%(text)s” is no hour; write 09.30.") % {"text": text[:20]})
    return ""


def _entries(rows: Sequence[dict[str, Any]], *, confirmed: bool = False) -> list[Entry]:
    markets = Market.objects.in_bulk({row["market"] for row in rows})
    goods = Commodity.objects.in_bulk({row["commodity"] for row in rows})
    return [
        Entry(
            market=markets[row["market"]], commodity=goods[row["commodity"]], value=row["price"],
            day=date.fromisoformat(row["day"]), observed_at=_asked(row), confirmed=confirmed,
            source=row["source"],
        )
        for row in rows
        if row["market"] in markets and row["commodity"] in goods
    ]  # fmt: skip


def _asked(row: dict[str, Any]) -> datetime:
    """Never after now: a file of this morning without hours is no file of the future."""
    asked = asked_at(date.fromisoformat(row["day"]), time.fromisoformat(row["hour"]) if row["hour"] else None)
    now = timezone.now()
    return now if not row["hour"] and asked > now and asked.date() == timezone.localdate(now) else asked


def _judge(by: Viewer, lines: Sequence[Line], rows: Sequence[dict[str, Any]]) -> Looked:
    """Held against what is known: only rows without a problem of their own."""
    found = Looked()
    good = [(line, row) for line, row in zip(lines, rows, strict=True) if not line.problems]
    answers = write_prices(by=by, entries=_entries([row for _line, row in good]), way="file", save=False)
    if len(answers) != len(good):
        raise ValidationError(_("Somebody changed these prices just now. Look at the file again."))
    for (line, _values), answer in zip(good, answers, strict=True):
        _sort(found, line, answer)
    problems = [problem for line in lines for problem in line.problems]
    found.problems = sorted(problems, key=lambda one: (one.row, one.column))
    return found


def _sort(found: Looked, line: Line, answer: Answer) -> None:
    if answer.result is Result.REFUSED:
        column = "market" if answer.why and answer.why.value == "market" else "day"
        line.wrong(column, refused_words(answer))
    elif answer.result is Result.ASKED:
        # A file has no one at the stall to ask: a slipped digit is wrong, a moved price is a question.
        if answer.finding and answer.finding.verdict is Verdict.REFUSED:
            line.wrong("price", finding_words(answer))
        else:
            found.questions.append(Problem(line.row, "price", finding_words(answer)))
            _count(found, answer)
    else:
        _count(found, answer)


def _count(found: Looked, answer: Answer) -> None:
    if answer.result in {Result.SAME, Result.OLDER}:
        found.same += 1
    elif answer.result is Result.CORRECTED or answer.before is not None:
        found.corrected += 1
    else:
        found.added += 1
