"""What cameras offer to the floors below, told once at start-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from cctv import sharing
from cctv.engine.alarm_words import TITLES
from cctv.engine.reasons import REASONS
from commandcenter import live
from commandcenter.city import audit_words, checklist, nav, search, shortcuts
from commandcenter.city.roles import Role, grant
from commandcenter.city.viewers import Viewer
from commandcenter.incidents import words as alarm_words

VIEW = [
    f"cctv.view_{model}"
    for model in (
        "camera",
        "site",
        "cameragroup",
        "devicemodel",
        "datapackage",
        "maintenance",
        "obstacle",
        "transition",
        "captureincident",
    )
]
UPKEEP = [
    "cctv.add_maintenance",
    "cctv.change_maintenance",
    "cctv.add_obstacle",
    "cctv.change_obstacle",
]


DEEDS = {
    "tested": pgettext_lazy("audit", "tested"),
    "view-accepted": pgettext_lazy("audit", "view of now accepted as right"),
    "held": pgettext_lazy("audit", "held as evidence"),
    "released": pgettext_lazy("audit", "released"),
    "planned": pgettext_lazy("audit", "planned"),
    "called-off": pgettext_lazy("audit", "called off"),
    "ended": pgettext_lazy("audit", "ended"),
}

PEOPLE = frozenset(Role)
# A partner sees shared cameras, not how the city plans and judges them.
READERS = PEOPLE - {Role.PARTNER}


def find(viewer: Viewer, query: str, n: int) -> list[search.Hit]:
    """Cameras the viewer may see, by name, site, market or area."""
    from cctv.models import Camera

    found = Camera.objects.visible_to(viewer).search(query).select_related("site", "area")[:n]
    return [
        search.Hit(c.name, f"{c.site.name} · {c.area.full_name}", f"/cctv/{c.pk}/", _("camera"))
        for c in found
    ]


def has_camera() -> bool:
    """Whether the first camera is there."""
    from cctv.models import Camera

    return Camera.objects.exists()


def has_site() -> bool:
    """Whether the first site is there."""
    from cctv.models import Site

    return Site.objects.exists()


def camera_form() -> str:
    """A camera cannot be saved without a site: without one, the site's form."""
    return "/admin/cctv/camera/add/" if has_site() else "/admin/cctv/site/add/"


def cameras_now() -> str:
    """How many cameras are registered."""
    from cctv.models import Camera

    n = Camera.objects.count()
    return ngettext("%(n)d camera", "%(n)d cameras", n) % {"n": n} if n else ""


def register() -> None:
    """Role defaults, the topic of camera events, search, navigation and the first-run step."""
    grant(Role.OPERATOR, *VIEW, *UPKEEP, sharing.CONTROL, sharing.EXPORT)
    grant(Role.HEAD, "cctv.view_camera", "cctv.view_site", sharing.EXPORT)
    grant(Role.MAYOR, "cctv.view_camera", "cctv.view_site")
    grant(Role.PARTNER, "cctv.view_camera")
    audit_words.name_deeds(DEEDS)
    alarm_words.name_titles(TITLES)
    alarm_words.name_texts(REASONS)
    live.register_topic(live.Topic(key="cctv.camera", scopes=sharing.scopes_of))
    shortcuts.register(
        shortcuts.Shortcut(
            "cctv.film", "← →", _("Picture before and after in the film of a day"), _("Cameras"), 210
        )
    )
    search.register(search.SearchSource("cctv.camera", _("Cameras"), find, 10, "cctv"))
    nav.register(nav.NavItem("cctv.list", _("Cameras"), "cctv:list", PEOPLE, 100, "cctv"))
    nav.register(nav.NavItem("cctv.coverage", _("Coverage"), "cctv:coverage", READERS, 140, "map"))
    nav.register(nav.NavItem("cctv.trial", _("Trial evaluation"), "cctv:trial", READERS, 150, "test"))
    for step in (
        checklist.Step(
            "cctv.site",
            _("Register the first site"),
            has_site,
            "/admin/cctv/site/add/",
            70,
            _("The place of the cameras and its network link."),
        ),
        checklist.Step(
            "cctv.camera",
            _("Register the first camera"),
            has_camera,
            camera_form,
            75,
            _("Its site comes first."),
            now=cameras_now,
        ),
    ):
        checklist.register(step)
