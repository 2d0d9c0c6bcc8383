"""What the wall adds to the city's navigation, home pages, first steps and search."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city import audit_words, checklist, home, nav, search
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer
from commandcenter.wall.models import Display, Scene
from commandcenter.wall.views.home import HOMES

DESK = frozenset({Role.ADMIN, Role.OPERATOR})

DEEDS = {
    "paired": pgettext_lazy("audit", "paired"),
    "pairing_approved": pgettext_lazy("audit", "pairing approved"),
    "programme": pgettext_lazy("audit", "programme changed"),
    "cast": pgettext_lazy("audit", "scene put on for a while"),
    "pin": pgettext_lazy("audit", "scene put on"),
    "taken_off": pgettext_lazy("audit", "scene taken off"),
    "tested": pgettext_lazy("audit", "tested"),
}


def _find(viewer: Viewer, query: str, n: int) -> list[search.Hit]:
    match = Q(name__icontains=query) | Q(room__icontains=query)
    rows = Display.objects.visible_to(viewer).filter(match)[:n] if viewer.kind == "user" else []
    hits = [search.Hit(row.name, row.room, f"/desk/displays/{row.pk}/", _("display")) for row in rows]
    if "wall.view_scene" in viewer.permissions:
        scenes = Scene.objects.filter(name__icontains=query)[:n]
        hits += [search.Hit(row.name, "", f"/desk/wall/{row.pk}/", _("scene")) for row in scenes]
    return hits[:n]


def register_offers() -> None:
    """Called once, when the app is ready."""
    audit_words.name_thing("shift", _("shift test"))
    audit_words.name_deeds(DEEDS)
    desk = (
        nav.NavItem("wall.desk", _("My wall"), "wall:desk-wall", DESK | {Role.MAYOR}, 20, "grid"),
        nav.NavItem("wall.displays", _("Displays"), "wall:displays", DESK | {Role.MAYOR}, 500, "display"),
        nav.NavItem("wall.shift", _("Shift test"), "wall:shift-test", DESK, 510, "test"),
    )
    for item in desk:
        nav.register(item)
    for role, name in HOMES.items():
        home.register_home(role, name)
    done = Display.objects.paired().exists
    made = _("Pairing the first screen makes one too: pictures, trouble and the clock.")
    scene = _("Make the first scene")
    for step in (
        checklist.Step("wall.scene", scene, Scene.objects.exists, "/desk/scenes/new/", 80, made),
        checklist.Step("wall.display", _("Pair the first screen"), done, "/desk/displays/pair/", 90),
    ):
        checklist.register(step)
    search.register(search.SearchSource("wall.display", _("Displays and scenes"), _find, 80, "display"))
