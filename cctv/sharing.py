"""Who may see a camera: one rule, said once for a row and once for a query.

UU PDP (27/2022) art. 17 asks for a posted notice where a camera watches a public place. Without one a camera
is shared with nobody outside: whatever its class says, it counts as internal.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from commandcenter.city.sharing import EVERYTHING, PARTNERS, Sharing
from commandcenter.city.viewers import Viewer

EXPORT = "cctv.export_camera"
CONTROL = "cctv.control_camera"
NOTHING = Q(pk__in=())
# Never an empty Q(): "everything or these agencies" would then mean "these agencies".
ANYTHING = ~NOTHING


def effective_sharing(sharing: str, notice_posted: bool) -> str:
    """The class that counts: a shared camera without a posted notice is internal."""
    return Sharing.INTERNAL.value if sharing in PARTNERS and not notice_posted else sharing


def within(classes: Iterable[str], prefix: str = "") -> Q:
    """Cameras whose effective class is among ``classes``; ``prefix`` leads to the camera, as "camera__"."""
    wanted = frozenset(classes)
    if wanted >= EVERYTHING:
        return ANYTHING
    noticed = Q(**{f"{prefix}notice_posted": True})
    found = Q(**{f"{prefix}sharing__in": sorted(wanted & PARTNERS)}) & noticed
    found |= Q(**{f"{prefix}sharing__in": sorted(wanted - PARTNERS)})
    if Sharing.INTERNAL in wanted:
        found |= Q(**{f"{prefix}sharing__in": sorted(PARTNERS)}) & ~noticed
    return found


def visible(viewer: Viewer, prefix: str = "") -> Q:
    """Cameras that ``viewer`` may look at: by sharing class, and those of an agency head's own agencies."""
    return within(viewer.sharing, prefix) | Q(**{f"{prefix}agency__in": sorted(viewer.agencies)})


def exportable(viewer: Viewer, prefix: str = "") -> Q:
    """Cameras whose pictures and register rows ``viewer`` may take away. Looking is not exporting."""
    return visible(viewer, prefix) if viewer.can(EXPORT) else NOTHING


def controllable(viewer: Viewer, prefix: str = "") -> Q:
    """Cameras that ``viewer`` may pause, test or put into maintenance."""
    return visible(viewer, prefix) if viewer.can(CONTROL) else NOTHING


def scopes_of(viewer: Viewer) -> set[str]:
    """The scopes of camera events that ``viewer`` may hear."""
    by_class = {f"sharing-{value}" for value in viewer.sharing & EVERYTHING}
    return by_class | {f"agency-{pk}" for pk in viewer.agencies}


def scopes_for(sharing: str, notice_posted: bool, agency: int) -> set[str]:
    """The scopes that an event about such a camera goes to."""
    return {f"sharing-{effective_sharing(sharing, notice_posted)}", f"agency-{agency}"}
