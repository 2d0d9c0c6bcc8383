"""The desk's button "to an outside party", and what its page shows of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from complaints import rights
from complaints.models import Forwarding, OutsideParty, Report
from complaints.services import forwarding
from complaints.views.doors import action, revision
from complaints.workflow import Status


@action
def hand_on(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """On to an outside party, or once more after it failed."""
    if request.POST.get("again"):
        row = forwarding.retry(pk=report.pk, viewer=viewer)
    else:
        text = request.POST.get("party", "")
        pk = int(text) if len(text) < 12 and text.isascii() and text.isdecimal() else 0
        party = OutsideParty.objects.filter(pk=pk, enabled=True).first()
        if party is None:
            raise ValidationError({"party": _("Choose an outside party from the list.")})
        row = forwarding.forward(pk=report.pk, party=party, viewer=viewer, rev=revision(request))
    return _("On its way to %(party)s.") % {"party": row.party}


def outside_of(report: Report, viewer: Viewer, moves: list[dict[str, Any]]) -> dict[str, Any]:
    """Where it is outside, and to whom it could go from here."""
    may = viewer.can("complaints.assign_report") and rights.sees_desk(viewer) and not report.secret
    open_now = any(move["value"] == Status.EXTERNAL.value for move in moves)
    return {
        "forwarding": Forwarding.objects.filter(report=report).select_related("party").first(),
        "parties": forwarding.parties_for(report.category) if may and open_now else [],
    }
