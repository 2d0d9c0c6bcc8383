"""What the bench asks of a million reports, by whom, and how soon it wants the answer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.test import Client
from django.utils import timezone

from commandcenter.city.demo_places import USERS
from commandcenter.city.models import User
from complaints.models import Category, Channel, Report
from tests.bench.citizen import Browser
from tests.bench.plans import queries_of, read_whole
from tests.bench.report import Metric, metric
from tests.bench.reports_seed import BIG

LIST, SEARCH, MAP, PAGE = 300.0, 500.0, 200.0, 100.0
PASSWORDS = {username: password for username, _f, _l, _r, _a, password, _label in USERS}
WARM = 3


@dataclass(frozen=True, slots=True)
class Question:
    """One address, or several of a kind in turn; ``who`` is a user name, empty for the public."""

    name: str
    who: str
    paths: tuple[str, ...]
    target: float


def questions() -> list[Question]:
    """Lists, filters, searches, maps and pages."""
    return [*_lists(), *_searches(), *_pages()]


def _lists() -> list[Question]:
    category = Category.objects.get(code="JLN-01")
    rare = (
        Category.objects.filter(reports__isnull=False, private=False).order_by("-order").first() or category
    )
    channel = Channel.objects.get(kind="partner")
    placed = Report.objects.filter(area__isnull=False, agency__isnull=False).order_by("-pk")[0]
    today = timezone.localdate()
    year = f"first={today - timedelta(days=800)}&last={today - timedelta(days=760)}"
    wanted = {
        "first": "", "new": "box=new", "mine": "box=mine", "late": "box=late", "waiting": "box=waiting",
        "unread": "box=unread", "closed": "box=closed", "placeless": "box=placeless", "all": "box=all",
        "status": "box=all&status=unable", "priority": "box=all&priority=urgent",
        "category": f"box=all&category={category.pk}", "agency": f"box=all&agency={placed.agency_id}",
        "area": f"box=all&area={placed.area_id}", "channel": f"box=all&channel={channel.pk}",
        "days": f"box=all&{year}", "oldest": "box=all&sort=old", "by_deadline": "box=all&sort=due",
        "several": f"box=closed&category={rare.pk}&area={placed.area_id}&channel={channel.pk}",
        "page_30": "box=all&page=30",
    }  # fmt: skip
    rows = [
        Question(f"desk_{name}", "operator", (f"/reports/?{query}",), LIST) for name, query in wanted.items()
    ]
    for name in ("first", "closed", "all", "late"):
        rows.append(Question(f"agency_{name}", "kadis", (f"/reports/?{wanted[name]}",), LIST))
    return rows


def _searches() -> list[Question]:
    words = {
        "common": ("lampu jalan", "sampah", "jalan rusak"),
        "rare": ("puskesmas antrean", "kucing", "tidak-ada-kata-ini"),
        "phrase": ('"lampu jalan mati"', "banjir -sampah"),
        "address": ("Jl. Veteran No. 17", "Kenanga No. 4"),
        "unlikely": ("lampu sampah", "banjir puskesmas"),
        "number": tuple(Report.objects.filter(pk__in=(77, 1234, 9876)).values_list("number", flat=True)),
    }
    found = []
    for name, texts in words.items():
        for box in ("", "all"):
            paths = tuple(f"/reports/?box={box}&q={quote(text)}" for text in texts)
            found.append(Question(f"search_{name}_{box or 'open'}", "operator", paths, SEARCH))
        found.append(
            Question(
                f"search_{name}_public", "", tuple(f"/lapor/daftar/?q={quote(t)}" for t in texts), SEARCH
            )
        )
    found.append(
        Question("search_filtered", "operator", ("/reports/?box=all&q=lampu&status=rejected",), SEARCH)
    )
    found.append(Question("search_agency", "kadis", ("/reports/?box=all&q=pasar",), SEARCH))
    return found


def _pages() -> list[Question]:
    public = Report.objects.public().order_by("-pk")
    numbers = [row.number for row in (*public[:3], *public.filter(pk__lt=5000)[:3])]
    near = "lat=-6.12&lng=106.15&text=lampu+jalan+mati"
    return [
        Question("map_4000", "operator", ("/wall/layer/complaints.reports.geojson",), MAP),
        Question("map_agency", "kadis", ("/wall/layer/complaints.reports.geojson",), MAP),
        Question("public_page", "", tuple(f"/lapor/{number}/" for number in numbers), PAGE),
        Question("public_list", "", ("/lapor/daftar/", "/lapor/daftar/?page=20"), LIST),
        Question("alike", "", (f"/lapor/mirip.json?{near}",), LIST),
        Question("report_page", "operator", tuple(f"/reports/{number}/" for number in numbers), LIST),
    ]


def browsers(port: int) -> dict[str, Browser]:
    """One for each who asks, signed in."""
    found = {"": Browser(port)}
    for who in ("operator", "kadis"):
        found[who] = Browser(port)
        found[who].log_in(who, PASSWORDS[who])
    return found


def ask(port: int, asked: Sequence[Question], rounds: int) -> dict[str, list[float]]:
    """Seconds of every answer by question; the first few of each are not counted."""
    doors = browsers(port)
    times: dict[str, list[float]] = {question.name: [] for question in asked}
    for number in range(-WARM, rounds):
        for question in asked:
            answer = doors[question.who].get(question.paths[number % len(question.paths)])
            if answer.status != 200:
                raise RuntimeError(f"{question.name}: {answer.status} {answer.location}")
            if number >= 0:
                times[question.name].append(answer.seconds)
    return times


def plans(asked: Sequence[Question]) -> dict[str, Metric]:
    """How many queries of these pages would read a big table from end to end."""
    bad: list[str] = []
    seen = 0
    for question in asked:
        client = Client(SERVER_NAME="127.0.0.1")
        if question.who:
            client.force_login(
                User.objects.get(username=question.who), "django.contrib.auth.backends.ModelBackend"
            )
        for path in question.paths:
            for sql in queries_of(client, path):
                seen += 1
                whole = read_whole(sql, BIG)
                bad += [f"{question.name}: {table}" for table in whole]
                if whole and os.environ.get("BENCH_SHOW"):
                    print(question.name, sql, flush=True)
    return {
        "sequential_scans": metric(len(bad), "queries", "<=", 0, n=seen, reason="; ".join(sorted(set(bad)))),
    }
