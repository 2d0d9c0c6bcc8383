"""Who may see which officer, and what of him: where he is now, where he was, what he earned.

Four questions, four answers, each said once for queries, sockets, exports and pictures:

* ``people``: his row. The desk sees those on shift, a supervisor his chain, a head his agency.
* ``live``: where he is now, and only while he is on shift.
* ``trails``: where he was. Never the mayor, never the payroll clerk; whoever shows one writes an audit row.
* ``figures`` and ``pay``: attendance, and what it is worth.

The mayor and the walls of the public get none of these rows: they read counts (``counted``).
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from commandcenter.city.viewers import Role, Viewer, own_agencies

OFFICERS = "fieldstaff.view_officer"
LIVE = "fieldstaff.view_latest"
TRAIL = "fieldstaff.view_position"
FIGURES = "fieldstaff.view_attendance"
PAY = "fieldstaff.view_ledgerline"
CLOSE = "fieldstaff.add_payrollperiod"
"""Close pay periods, open them again, and say of a marked day that it may be paid."""
COUNT = "fieldstaff.count_officer"
CLERKS = "payroll"
"""The group of payroll clerks."""
QUARANTINE = "fieldstaff.view_quarantine"
SOS = "fieldstaff.view_sosevent"
NOTHING = Q(pk__in=())
EVERYTHING = ~NOTHING

# UNION, not UNION ALL: it ends even where a loop was forced into the table.
_CHAIN = """
WITH RECURSIVE chain(id) AS (
  SELECT id FROM fieldstaff_officer WHERE user_id = %s
  UNION
  SELECT below.id FROM fieldstaff_officer below JOIN chain ON below.supervisor_id = chain.id
  WHERE EXISTS (SELECT FROM fieldstaff_officer me
                WHERE me.user_id = %s AND (me.left_on IS NULL OR me.left_on >= %s))
) SELECT id FROM chain
"""


def chain(viewer: Viewer, prefix: str = "") -> Q:
    """The officer behind a login and everybody under him, however deep; nobody else has a chain.

    Who has left keeps his own days and hears of nobody else's.
    """
    if viewer.kind != "user":
        return NOTHING
    return Q(**{f"{prefix}pk__in": RawSQL(_CHAIN, [viewer.pk, viewer.pk, timezone.localdate()])})  # noqa: S611 - no text of a caller


def himself(viewer: Viewer, prefix: str = "") -> Q:
    """The officer behind a login."""
    return Q(**{f"{prefix}user": viewer.pk}) if viewer.kind == "user" else NOTHING


def on_shift(at: datetime, prefix: str = "") -> Q:
    """Officers with a shift at that moment."""
    from fieldstaff.models import Shift

    return Q(**{f"{prefix}pk__in": Shift.objects.filter(span__contains=at).values("officer")})


def of_agencies(viewer: Viewer, permission: str, prefix: str = "") -> Q:
    """Officers of a head's agencies, where his role holds ``permission``."""
    if permission not in viewer.permissions or not viewer.agencies:
        return NOTHING
    return Q(**{f"{prefix}agency__in": sorted(viewer.agencies)})


def _admin(viewer: Viewer, permission: str) -> bool:
    return viewer.kind == "user" and viewer.has(Role.ADMIN) and permission in viewer.permissions


def _desk(viewer: Viewer, permission: str) -> bool:
    return viewer.kind == "user" and viewer.has(Role.OPERATOR) and permission in viewer.permissions


def is_clerk(viewer: Viewer) -> bool:
    """Whether this is a payroll clerk: somebody without any role of the house who may read the ledger.

    The group ``payroll`` makes one (:mod:`commandcenter.city.posts`). Beside a role it does nothing: who
    sends officers out or looks at trails keeps pay away from that login.
    """
    return viewer.kind == "user" and not viewer.roles and PAY in viewer.permissions


def agencies_of_clerk(viewer: Viewer, prefix: str = "") -> Q:
    """A clerk's own agency with all below it; the whole city for one of no agency."""
    from commandcenter.city.models import User

    user = User.objects.filter(pk=viewer.pk or 0).first() if is_clerk(viewer) else None
    if user is None:
        return NOTHING
    agencies = own_agencies(user)
    return Q(**{f"{prefix}agency__in": sorted(agencies)}) if agencies else EVERYTHING


def people(viewer: Viewer, prefix: str = "", at: datetime | None = None) -> Q:
    """Officers whose row ``viewer`` may read; ``prefix`` leads to the officer, as ``"officer__"``."""
    if _admin(viewer, OFFICERS):
        return EVERYTHING
    found = chain(viewer, prefix) | of_agencies(viewer, OFFICERS, prefix) | agencies_of_clerk(viewer, prefix)
    if _desk(viewer, OFFICERS):
        found |= on_shift(at or timezone.now(), prefix)
    return found


def live(viewer: Viewer, prefix: str = "", at: datetime | None = None) -> Q:
    """Officers whose place is shown to ``viewer`` now: nobody who is off shift, whoever asks."""
    everywhere = _admin(viewer, LIVE) or _desk(viewer, LIVE)
    if everywhere or (viewer.kind == "display" and "internal" in viewer.sharing):
        found = EVERYTHING
    else:
        found = chain(viewer, prefix) | of_agencies(viewer, LIVE, prefix)
    return found & on_shift(at or timezone.now(), prefix)


def trails(viewer: Viewer, prefix: str = "") -> Q:
    """Officers whose past ways ``viewer`` may read."""
    if _admin(viewer, TRAIL) or _desk(viewer, TRAIL):
        return EVERYTHING
    return chain(viewer, prefix) | of_agencies(viewer, TRAIL, prefix)


def figures(viewer: Viewer, prefix: str = "") -> Q:
    """Officers whose attendance and roster ``viewer`` may read."""
    if _admin(viewer, FIGURES):
        return EVERYTHING
    return chain(viewer, prefix) | of_agencies(viewer, FIGURES, prefix) | agencies_of_clerk(viewer, prefix)


def pay(viewer: Viewer, prefix: str = "") -> Q:
    """Officers whose rupiah ``viewer`` may read: one's own, one's agency's, the clerk's."""
    if _admin(viewer, PAY):
        return EVERYTHING
    return himself(viewer, prefix) | of_agencies(viewer, PAY, prefix) | agencies_of_clerk(viewer, prefix)


def payrolls(viewer: Viewer) -> Q:
    """Agencies whose pay periods ``viewer`` may read."""
    if viewer.kind != "user" or PAY not in viewer.permissions:
        return NOTHING
    if viewer.has(Role.ADMIN):
        return EVERYTHING
    if viewer.agencies:
        return Q(pk__in=sorted(viewer.agencies))
    return agencies_of_clerk(viewer, "officers__")


def counted(viewer: Viewer, prefix: str = "") -> Q:
    """Officers who may only ever become a number: for the mayor and the city's own walls all of them."""
    if viewer.kind == "display" and "internal" in viewer.sharing:
        return EVERYTHING
    if viewer.kind == "user" and COUNT in viewer.permissions and not viewer.has(Role.HEAD):
        return EVERYTHING
    return chain(viewer, prefix) | of_agencies(viewer, COUNT, prefix)


def emergencies(viewer: Viewer, prefix: str = "") -> Q:
    """Officers whose calls for help ``viewer`` hears: desk and internal walls all, on shift or not."""
    wall = viewer.kind == "display" and "internal" in viewer.sharing
    if wall or _admin(viewer, SOS) or _desk(viewer, SOS):
        return EVERYTHING
    return chain(viewer, prefix) | of_agencies(viewer, SOS, prefix)
