"""Citizen reports for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from complaints.models import Category, Channel, Report, Reporter
from complaints.services.filing import NewReport, file_report
from complaints.services.reporters import reporter_for

_number = count(1)


def make_channel(kind: str = "web", **values: Any) -> Channel:
    slug = values.pop("slug", f"{kind}-{next(_number)}")
    return Channel.objects.create(kind=kind, slug=slug, **{"name": slug.title(), **values})


def make_category(code: str = "", **values: Any) -> Category:
    code = code or f"KAT-{next(_number)}"
    return Category.objects.create(code=code, **{"name": f"Kategori {code}", **values})


def make_reporter(channel: Channel | None = None, **values: Any) -> Reporter:
    channel = channel or make_channel("whatsapp")
    given = {"address": f"6281{next(_number):09d}", "name": "Warga Contoh", **values}
    return reporter_for(channel=channel, **given)


def make_report(text: str = "Lampu jalan mati sejak kemarin", **values: Any) -> Report:
    values.setdefault("channel", None)
    channel = values.pop("channel") or make_channel()
    return file_report(NewReport(channel=channel, text=text, **values)).report
