"""Many invitations from one XLSX: a template, a check row by row, and all or nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commandcenter.city import services, sheets
from commandcenter.city.models import Agency, Invitation
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer

COLUMNS = {
    "username": ("nama pengguna", "username"),
    "full_name": ("nama lengkap", "full name"),
    "email": ("email", "e-mail", "surel"),
    "phone": ("telepon", "phone"),
    "role": ("peran", "role"),
    "agency": ("kode opd", "agency"),
}
ROLE_WORDS = {
    "administrator": Role.ADMIN,
    "kepala opd": Role.HEAD,
    "kepala dinas": Role.HEAD,
    "bupati": Role.MAYOR,
    "wali kota": Role.MAYOR,
    "mitra": Role.PARTNER,
    **{role.value: role for role in Role},
}


@dataclass
class Row:
    """One line of the sheet: its number as Excel shows it, what it says, and what is wrong with it."""

    number: int
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)
    invitation: Invitation | None = None


def template() -> bytes:
    """An empty sheet with the headers and one example line."""
    headers = [accepted[0] for accepted in COLUMNS.values()]
    return sheets.write(
        _("Invitations"),
        headers,
        [["budi", "Budi Santoso", "budi@example.go.id", "0254 000000", "operator", ""]],
    )


def _one(row: Row, viewer: Viewer, agencies: dict[str, Agency], mail_from: str) -> None:
    values = row.values
    role = ROLE_WORDS.get(values["role"].strip().lower())
    agency = agencies.get(values["agency"].strip().lower())
    if role is None:
        row.errors.append(_("role: “%(role)s” is unknown") % {"role": values["role"]})
    if values["agency"] and agency is None:
        row.errors.append(_("agency: no agency has the code “%(code)s”") % {"code": values["agency"]})
    if row.errors or role is None:
        return
    try:
        with transaction.atomic():
            row.invitation = services.invite(
                viewer=viewer,
                username=values["username"],
                full_name=values["full_name"],
                email=values["email"],
                phone=values["phone"],
                role=role.value,
                agency=agency,
                mail_from=mail_from,
            )
    except ValidationError as error:
        for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
            row.errors += [f"{name}: {text}" if name != "__all__" else text for text in texts]


@transaction.atomic
def invite_from_sheet(*, viewer: Viewer, file: IO[bytes], save: bool, mail_from: str = "") -> list[Row]:
    """Checks every row; saves only when asked and when no row has an error. SheetError for a bad file."""
    rows = [Row(number, values) for number, values in enumerate(sheets.read(file, COLUMNS), 2)]
    agencies = {agency.code.lower(): agency for agency in Agency.objects.all()}
    twice = {
        name for name, n in Counter(row.values["username"].strip().lower() for row in rows).items() if n > 1
    }
    for row in rows:
        if row.values["username"].strip().lower() in twice:
            row.errors.append(_("username: appears more than once in the sheet"))
        _one(row, viewer, agencies, mail_from)
    if not save or any(row.errors for row in rows):
        transaction.set_rollback(True)
        for row in rows:
            row.invitation = None
    return rows
