"""Registering and changing cameras. Every door (admin, import, API, demo) ends in `save_camera`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cctv.engine.settle import settle_soon
from cctv.models import Camera, CameraGroup
from cctv.models.choices import CaptureMode
from cctv.services.announce import announce, camera_scopes
from cctv.services.login_guard import URLS, check_login_stays
from commandcenter.city import audit, rights
from commandcenter.city.viewers import Viewer
from commandcenter.redaction import redact

ADDRESS = frozenset({"main_url", "sub_url", "still_url", "transport", "codec_hint"})
SECRET = ("username", "password")
# Columns that capture writes; a form that was open for a minute must not put old ones back.
MACHINE = frozenset(
    {
        "id",
        "state",
        "status",
        "status_reason",
        "status_since",
        "last_good_at",
        "picture_faults",
        "faults_since",
        "probe",
        "rev",
        "registered_at",
        "credentials_rev",
        "address_rev",
    }
)
REGISTER = tuple(
    field.attname for field in Camera._meta.concrete_fields if field.name not in MACHINE | set(SECRET)
)


def register_camera(
    *,
    by: Viewer | None,
    groups: Iterable[CameraGroup] | None = None,
    username: str = "",
    password: str = "",
    **values: Any,
) -> Camera:
    """A new camera from its column values; area and point default to the site's. ValidationError by field."""
    return save_camera(
        by=by, camera=Camera(**values), groups=groups, username=username or None, password=password or None
    )


def change_camera(*, by: Viewer | None, camera: Camera, **values: Any) -> Camera:
    """Changes named columns of a camera; machine columns and secrets are refused with TypeError."""
    for name, value in values.items():
        if name in MACHINE or name in SECRET or not hasattr(camera, name):
            raise TypeError(f"change_camera() does not change {name!r}")
        setattr(camera, name, value)
    return save_camera(by=by, camera=camera)


def set_credentials(*, by: Viewer | None, camera: Camera, username: str, password: str) -> Camera:
    """Replaces user and password; empty strings remove them."""
    return save_camera(by=by, camera=camera, username=username, password=password)


def retire_camera(*, by: Viewer | None, camera: Camera) -> Camera:
    """Takes a camera out of use; its history stays."""
    return change_camera(by=by, camera=camera, enabled=False)


def clone_camera(*, by: Viewer | None, camera: Camera) -> Camera:
    """A copy to be edited: own name and code, paused, without history; the login is copied along."""
    twin = Camera.objects.get(pk=camera.pk)
    groups = list(twin.groups.all())
    username, password, mode = twin.username, twin.password, twin.mode
    fresh = Camera(**{name: getattr(twin, name) for name in REGISTER})
    fresh.name = _("%(name)s (copy)") % {"name": twin.name[:110]}
    fresh.code = free_code(twin.code)
    fresh.notice_photo = ""
    fresh.notice_posted = False
    fresh.capture_mode, fresh.resume_mode = CaptureMode.PAUSED, mode
    return save_camera(by=by, camera=fresh, groups=groups, username=username, password=password)


def free_code(wish: str) -> str:
    """``wish`` as a code nobody has yet: "pasar-petir", "pasar-petir-2", …"""
    base = slugify(wish)[:52] or "camera"
    taken = set(Camera.objects.filter(code__startswith=base).values_list("code", flat=True))
    names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


@transaction.atomic
def save_camera(
    *,
    by: Viewer | None,
    camera: Camera,
    groups: Iterable[CameraGroup] | None = None,
    username: str | None = None,
    password: str | None = None,
) -> Camera:
    """Validates and saves a new or edited instance; None leaves groups, user or password as they are."""
    before = Camera.objects.select_for_update().get(pk=camera.pk) if camera.pk else None
    _complete(camera, before)
    camera.full_clean(exclude=MACHINE | set(SECRET))
    check_login_stays(before, {name: getattr(camera, name) for name in URLS}, password)
    changed = _differences(before, camera)
    secret = _set_secrets(camera, before, username, password)
    if before is None:
        camera.save()
    elif changed or secret:
        _count(camera, before, changed, secret)
        camera.save(update_fields=[*REGISTER, *SECRET, "credentials_rev", "address_rev"])
    regrouped = _set_groups(camera, groups)
    detail = {**changed, **({"login": "changed"} if secret else {}), **regrouped}
    if before is None or detail:
        action = "camera.registered" if before is None else "camera.changed"
        audit.record(viewer=by, action=action, subject=camera, detail=detail)
        fields = frozenset(detail)
        announce(camera, also=camera_scopes(before) if before else (), fields=fields)
        if before and (camera_scopes(before), before.enabled) != (camera_scopes(camera), camera.enabled):
            rights.announce_to_all()  # sockets that show it ask again at once, not within the minute
        settle_soon([camera.pk])
    return camera


def problems_of(camera: Camera, known: set[str]) -> dict[str, list[ValidationError]]:
    """What else `save_camera` would find wrong, beside the fields that are ``known`` to be wrong."""
    before = Camera.objects.filter(pk=camera.pk).first() if camera.pk else None
    hidden = MACHINE | set(SECRET) | known
    if "site" in known:  # what would follow from it is not at fault
        hidden |= {"area", "lat", "lng"}
    try:
        _complete(camera, before)
        camera.full_clean(exclude=hidden)
    except ValidationError as error:
        return {name: texts for name, texts in error.error_dict.items() if name not in known}
    return {}


def _complete(camera: Camera, before: Camera | None) -> None:
    """Fills what follows from the rest: code, area and point of the site, the mode to resume."""
    if not camera.code:
        camera.code = free_code(camera.name)
    if camera.site_id:
        camera.area_id = camera.area_id or camera.site.area_id
        camera.lat = camera.site.lat if camera.lat is None else camera.lat
        camera.lng = camera.site.lng if camera.lng is None else camera.lng
    if camera.capture_mode != CaptureMode.PAUSED:
        camera.resume_mode = ""
    elif not camera.resume_mode and before:
        camera.resume_mode = before.mode


def _differences(before: Camera | None, after: Camera) -> dict[str, Any]:
    """``{column: [old, new]}`` without secrets; for a new camera ``{column: new}`` of what was filled."""
    found: dict[str, Any] = {}
    for name in REGISTER:
        new = _plain(getattr(after, name))
        if before is None:
            if new not in (None, "", [], {}):
                found[name] = new
        elif (old := _plain(getattr(before, name))) != new:
            found[name] = [old, new]
    return found


def _plain(value: Any) -> Any:
    """A value as the audit trail shows it; addresses pass the redactor once more."""
    if hasattr(value, "name") and hasattr(value, "storage"):
        value = value.name or ""
    return redact(value) if isinstance(value, str) else value


def _set_secrets(camera: Camera, before: Camera | None, username: str | None, password: str | None) -> bool:
    """Puts user and password on the instance; whether anything changed."""
    old = (before.username or "", before.password or "") if before else ("", "")
    new = (old[0] if username is None else username, old[1] if password is None else password)
    camera.username, camera.password = new[0] or None, new[1] or None
    return new != old


def _count(camera: Camera, before: Camera, changed: dict[str, Any], secret: bool) -> None:
    """Capture notices a new address or login by its revision."""
    camera.credentials_rev = before.credentials_rev + secret
    modes = {before.mode, camera.mode}
    moved = bool(ADDRESS & set(changed)) or len(modes) > 1
    camera.address_rev = before.address_rev + moved


def _set_groups(camera: Camera, groups: Iterable[CameraGroup] | None) -> dict[str, Any]:
    if groups is None:
        return {}
    old = sorted(camera.groups.values_list("code", flat=True))
    wanted = list(groups)
    new = sorted(group.code for group in wanted)
    if old == new:
        return {}
    camera.groups.set(wanted)
    return {"groups": [old, new]}
