"""A trial's evaluation as an XLSX book: numbers stay numbers, words of people stay words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from cctv.evaluation import Evaluation, Line
from cctv.evaluation_words import Words, made_words, period_words, source_words
from commandcenter.city import sheets


def book(found: Evaluation) -> bytes:
    """Summary, one sheet per grouping, obstacles, and where the figures come from."""
    pages: list[tuple[str, list[str], list[list[Any]]]] = [
        (_("Summary"), headers(), [row(found.everything)]),
        *((title, headers(), [row(line) for line in lines]) for _key, title, lines in found.groups),
        (
            _("Obstacles"),
            [_("Date"), _("Where"), _("Kind"), _("What happened"), _("Simulation")],
            list(_obstacles(found)),
        ),
        (_("Sources"), [_("About"), _("Words")], _sources(found)),
    ]
    return sheets.write_book(pages)


def headers() -> list[str]:
    """Column titles of every grouping."""
    return [
        _("Name"), _("Place"), _("Cameras"), _("Days"), _("Availability (%)"), _("Up (h)"), _("Down (h)"),
        _("Maintenance (h)"), _("Unknown (h)"), _("Reasons of down time"), _("Data used (MB)"),
        _("Data a month (MB)"), _("Package (MB a month)"), _("Cost (Rp)"), _("Cost per working day (Rp)"),
        _("Pictures"), _("Faulty pictures (%)"), _("Obstacles"), _("Recommendation"), _("Because"),
        _("Simulation"),
    ]  # fmt: skip


def row(line: Line) -> list[Any]:
    """One group; a figure nobody knows is an empty cell."""
    totals, finding, words = line.totals, line.finding, Words(line)
    seconds = totals.seconds
    share = finding.fault_share
    return [
        line.name, line.note, totals.cameras, round(totals.days, 1), _rounded(finding.availability, 2),
        _hours(seconds.up), _hours(seconds.down), _hours(seconds.maintenance + seconds.paused),
        _hours(seconds.unknown), words.down, round(totals.mb_used, 1), _rounded(finding.mb_a_month, 1),
        totals.package_mb, _rounded(totals.cost, 0), _rounded(finding.cost_per_up_day, 0), totals.pictures,
        _rounded(None if share is None else 100 * share, 2), totals.obstacles, line.recommendation,
        words.why, _("SIMULATION") if line.simulated else "",
    ]  # fmt: skip


def _hours(seconds: float) -> float:
    return round(seconds / 3600, 2)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _obstacles(found: Evaluation) -> Iterator[list[Any]]:
    for obstacle in found.everything.obstacles:
        place: Any = obstacle.camera or obstacle.site
        simulated = _("SIMULATION") if place.is_simulated else ""
        yield [obstacle.noted_at, place.name, obstacle.get_kind_display(), obstacle.text, simulated]


def _sources(found: Evaluation) -> list[list[Any]]:
    made = made_words(found.made_at)
    rows = [
        [_("Period"), period_words(found.period)],
        [_("Made"), made],
        [_("Source"), source_words(made)],
        [_("Availability"), _("up / (up + down); maintenance, pauses and unknown time are left out")],
        [_("Cost"), _("price of the data package × months, parts of a month by their days")],
    ]
    if found.everything.simulated:
        rows.append([_("Simulation"), _("Contains simulated cameras of the demo; no basis for a decision.")])
    return rows
