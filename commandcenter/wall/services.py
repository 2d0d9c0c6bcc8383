"""Verbs of the wall: displays, scenes, playlists, casting. Each saves, audits and announces in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from commandcenter.wall import layouts
from commandcenter.wall.announce import announce_all_displays, announce_display, announce_rights
from commandcenter.wall.models import Display, Playlist, PlaylistItem, Scene, SceneLayer

CAST_LIMIT = timedelta(hours=12)


@transaction.atomic
def save_display(*, viewer: Viewer | None, display: Display) -> Display:
    """Creates or changes a display (already validated by its form).

    A person gives and takes only sharing classes they hold; the others stay as they are.
    """
    created = display.pk is None
    stored = None if created else Display.objects.select_for_update().get(pk=display.pk)
    before = stored.sharing if stored else []
    if viewer is not None:
        held = viewer.sharing
        display.sharing = sorted((set(display.sharing) & held) | (set(before) - held))
    display.full_clean(exclude=["origin"])
    if not created:
        display.rev += 1
    display.save()
    audit.record(
        viewer=viewer,
        action="display.created" if created else "display.changed",
        subject=display,
        detail={
            "sharing": {"old": sorted(before), "new": sorted(display.sharing)},
            "networks": {"old": stored.allowed_cidrs if stored else [], "new": display.allowed_cidrs},
        },
    )
    announce_rights(display)
    announce_display(display.pk)
    return display


@transaction.atomic
def delete_display(*, viewer: Viewer, display: Display) -> None:
    """Removes a display; a screen that held it returns to pairing."""
    audit.record(viewer=viewer, action="display.deleted", subject=display)
    announce_rights(display)
    announce_display(display.pk)
    display.delete()


@transaction.atomic
def set_programme(
    *, viewer: Viewer, display: Display, scene: Scene | None, playlist: Playlist | None
) -> Display:
    """The display's own programme: a default scene, and a playlist that comes before it."""
    display.scene, display.playlist = scene, playlist
    display.rev += 1
    display.save(update_fields=["scene", "playlist", "rev"])
    audit.record(
        viewer=viewer,
        action="display.programme",
        subject=display,
        detail={"scene": scene.name if scene else "", "playlist": playlist.name if playlist else ""},
    )
    announce_display(display.pk)
    return display


@transaction.atomic
def put_on(
    *,
    viewer: Viewer | None,
    display: Display,
    scene: Scene,
    kind: str,
    minutes: int | None = None,
    reason: str = "",
    priority: int = 0,
    params: dict[str, Any] | None = None,
) -> SceneLayer:
    """Lays a scene over the display's programme: a ``cast`` for minutes, a ``pin`` until taken off."""
    now = timezone.now()
    if kind not in SceneLayer.Kind.values:
        raise ValidationError(_("A scene is cast, pinned, or taken over by an alarm."))
    if kind == SceneLayer.Kind.CAST and not minutes:
        raise ValidationError({"minutes": _("For how many minutes?")})
    ends = now + timedelta(minutes=minutes) if minutes else None
    if ends and (ends <= now or ends - now > CAST_LIMIT):
        raise ValidationError({"minutes": _("Between one minute and twelve hours.")})
    if kind == SceneLayer.Kind.PIN:
        display.layers.filter(kind=kind).delete()
    layer = SceneLayer.objects.create(
        display=display,
        scene=scene,
        kind=kind,
        priority=priority,
        params=params or {},
        starts_at=now,
        ends_at=ends,
        by=viewer.name if viewer else "",
        reason=reason[:200],
    )
    audit.record(
        viewer=viewer,
        action=f"display.{kind}",
        subject=display,
        detail={"scene": scene.name, "minutes": minutes},
    )
    announce_display(display.pk)
    return layer


@transaction.atomic
def take_off(*, viewer: Viewer | None, display: Display, kind: str | None = None) -> int:
    """Takes casts and pins (or one kind) off the display; how many went."""
    kinds = [kind] if kind else [SceneLayer.Kind.CAST, SceneLayer.Kind.PIN]
    gone, _by_model = display.layers.filter(kind__in=kinds).delete()
    if gone:
        audit.record(viewer=viewer, action="display.taken_off", subject=display, detail={"kinds": kinds})
        announce_display(display.pk)
    return gone


@transaction.atomic
def save_scene(*, viewer: Viewer | None, scene: Scene) -> Scene:
    """Creates or changes a scene; a layout that can't be drawn raises ValidationError on ``layout``."""
    wrong = layouts.problems(scene.layout)
    if wrong:
        raise ValidationError({"layout": wrong})
    created = scene.pk is None
    scene.full_clean(exclude=["origin"])
    if not created:
        scene.rev += 1
    scene.save()
    audit.record(viewer=viewer, action="scene.created" if created else "scene.changed", subject=scene)
    announce_all_displays()
    return scene


@transaction.atomic
def duplicate_scene(*, viewer: Viewer, scene: Scene) -> Scene:
    """A copy under a free name."""
    names = set(Scene.objects.values_list("name", flat=True))
    name = next(candidate for n in range(2, 1000) if (candidate := f"{scene.name[:74]} ({n})") not in names)
    copy = Scene(name=name, preset=scene.preset, layout=scene.layout, tag=scene.tag)
    return save_scene(viewer=viewer, scene=copy)


@transaction.atomic
def delete_scene(*, viewer: Viewer, scene: Scene) -> None:
    """Removes a scene; playlists skip it and displays fall back to what is left."""
    audit.record(viewer=viewer, action="scene.deleted", subject=scene, detail={"layout": scene.layout})
    scene.delete()
    announce_all_displays()


@transaction.atomic
def save_playlist(*, viewer: Viewer | None, playlist: Playlist, items: Sequence[PlaylistItem]) -> Playlist:
    """Replaces the playlist's items by ``items`` in their order."""
    created = playlist.pk is None
    playlist.full_clean(exclude=["origin"])
    playlist.save()
    playlist.items.all().delete()
    for position, item in enumerate(items):
        item.pk, item.playlist, item.position = None, playlist, position
        item.full_clean()
    PlaylistItem.objects.bulk_create(items)
    action = "playlist.created" if created else "playlist.changed"
    audit.record(viewer=viewer, action=action, subject=playlist, detail={"items": len(items)})
    announce_all_displays()
    return playlist


@transaction.atomic
def delete_playlist(*, viewer: Viewer, playlist: Playlist) -> None:
    """Removes a playlist; displays that ran it show their default scene."""
    audit.record(viewer=viewer, action="playlist.deleted", subject=playlist)
    playlist.delete()
    announce_all_displays()


def forget_ended_layers() -> int:
    """Deletes casts and takeovers that ended more than a week ago (kept that long for questions)."""
    old = timezone.now() - timedelta(days=7)
    gone, _by_model = SceneLayer.objects.filter(ends_at__lt=old).filter(ends_at__gt=F("starts_at")).delete()
    return gone
