"""The empty import sheet: one line of headers, and a second sheet that explains every column."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from cctv.exchange import COLUMNS, NEEDED, SECRET
from cctv.exchange_cells import heading
from cctv.models import Camera


def template_sheet() -> bytes:
    """An XLSX file."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Cameras")
    sheet.append([heading(column) for column in (*COLUMNS, *SECRET)])
    sheet.freeze_panes = "C2"
    notes = book.create_sheet(_("Columns"))
    notes.append([_("Column"), _("Short name in CSV"), _("Possible values")])
    for column in (*COLUMNS, *SECRET):
        notes.append([heading(column), _meaning(column), _values(column)])
    for page in (sheet, notes):
        for cell in page[1]:
            cell.font = Font(bold=True)
            page.column_dimensions[str(cell.coordinate).rstrip("0123456789")].width = 22
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _meaning(column: str) -> str:
    return f"{column} ({_('required')})" if column in NEEDED else column


def _values(column: str) -> str:
    by = {
        "site": _("code of the site"),
        "agency": _("code of the agency"),
        "area": _("Kemendagri code; empty takes the site's"),
        "lat": _("empty takes the site's"),
        "lng": _("empty takes the site's"),
        "code": _("empty makes one from the name"),
        "device_model": _("brand and model"),
        "data_package": _("name of the package"),
        "groups": _("codes separated by ;"),
        "password": _("empty keeps what is stored; never exported"),
        "username": _("empty keeps what is stored; never exported"),
        "notice_posted": "ya, tidak",
        "enabled": "ya, tidak",
        "trial_until": "2026-12-31",
    }
    choices = getattr(Camera._meta.get_field(column), "flatchoices", [])
    return by.get(column) or "; ".join(f"{value} ({label})" for value, label in choices)
