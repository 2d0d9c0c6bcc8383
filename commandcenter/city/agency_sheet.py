"""The list of agencies as XLSX: out, checked row by row, and back in all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commandcenter.city import areas, audit, sheets
from commandcenter.city.models import Agency, Area
from commandcenter.city.services.agencies import save_agency
from commandcenter.city.viewers import Viewer

COLUMNS = {
    "code": ("kode", "code"),
    "name": ("nama", "name"),
    "short_name": ("nama singkat", "short name"),
    "kind": ("jenis", "kind"),
    "parent": ("kode induk", "parent"),
    "head_title": ("jabatan pimpinan", "title of the head"),
    "head_name": ("nama pimpinan", "name of the head"),
    "phone_duty": ("telepon piket", "duty phone"),
    "email": ("email", "e-mail", "surel"),
    "area": ("kode wilayah", "area"),
}
KINDS = {
    "opd": "opd",
    "kecamatan": "kecamatan",
    "desa": "desa",
    "lainnya": "other",
    "other": "other",
    "": "opd",
}


@dataclass
class Row:
    """One line: its number as Excel shows it, what it says, what is wrong, whether it changes anything."""

    number: int
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)
    changed: bool = False


def export(viewer: Viewer) -> bytes:
    """All agencies the viewer may see, in the columns of the import; audited."""
    rows = Agency.objects.visible_to(viewer).select_related("parent", "area")
    audit.record(viewer=viewer, action="export.agencies", detail={"rows": len(rows)})
    return sheets.write(
        _("Agencies"),
        [accepted[0] for accepted in COLUMNS.values()],
        [
            (
                a.code,
                a.name,
                a.short_name,
                a.kind,
                a.parent.code if a.parent else "",
                a.head_title,
                a.head_name,
                a.phone_duty,
                a.email,
                a.area.code if a.area else "",
            )
            for a in rows
        ],
    )


def _area(code: str) -> Area | None:
    return areas.ensure_area(code) if code else None


def _save(row: Row, viewer: Viewer) -> None:
    values = row.values
    kind = KINDS.get(values["kind"].lower())
    parent = Agency.objects.filter(code=values["parent"].lower()).first() if values["parent"] else None
    if kind is None:
        row.errors.append(_("kind: “%(kind)s” is unknown") % {"kind": values["kind"]})
    if values["parent"] and parent is None:
        row.errors.append(_("parent: no agency has the code “%(code)s”") % {"code": values["parent"]})
    if row.errors:
        return
    plain = {
        name: values[name]
        for name in ("name", "short_name", "head_title", "head_name", "phone_duty", "email")
    }
    try:
        with transaction.atomic():
            _agency, row.changed = save_agency(
                viewer=viewer,
                code=values["code"].lower(),
                kind=kind,
                parent=parent,
                area=_area(values["area"]),
                **plain,
            )
    except ValidationError as error:
        for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
            row.errors += [f"{name}: {text}" if name and name != "__all__" else text for text in texts]


@transaction.atomic
def load(*, viewer: Viewer, file: IO[bytes], save: bool) -> list[Row]:
    """Checks every row (parents may come later in the sheet); saves only when asked and all are good.

    SheetError for a file that cannot be read.
    """
    rows = [Row(number, values) for number, values in enumerate(sheets.read(file, COLUMNS), 2)]
    # Those without a parent first: a parent must be there before its children.
    waiting = sorted(rows, key=lambda row: bool(row.values["parent"]))
    codes = {row.values["code"].lower() for row in rows}
    done: set[str] = set()
    while waiting:
        ready = [r for r in waiting if (p := r.values["parent"].lower()) not in codes or p in done]
        for row in ready or waiting:
            _save(row, viewer)
            done.add(row.values["code"].lower())
        waiting = [row for row in waiting if row not in ready] if ready else []
    if not save or any(row.errors for row in rows):
        transaction.set_rollback(True)
    return rows
