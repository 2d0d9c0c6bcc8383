"""System checks of combinations that are legal one by one and wrong together."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def simulator_is_not_allowed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A production server must not dial the demo's loopback cameras."""
    if not settings.CAMERA_ALLOW_HOSTS:
        return []
    return [
        Error(
            "CC_CAMERA_ALLOW_HOSTS lets cameras point at the demo's simulator.",
            hint="Unset it in production; camera networks belong in CC_CAMERA_NETWORKS.",
            id="commandcenter.E001",
        )
    ]


@register(Tags.security, deploy=True)
def field_key_is_its_own(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Rotating the secret key must not make the stored camera passwords unreadable."""
    if settings.FIELD_KEY != settings.SECRET_KEY:
        return []
    return [
        Error(
            "CC_FIELD_KEY is not set: encrypted fields would hang on CC_SECRET_KEY.",
            hint="Give CC_FIELD_KEY 50 or more random characters of its own, and keep it with the backups.",
            id="commandcenter.E002",
        )
    ]


@register("commandcenter")
def vendor_files_are_there(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Names the browser libraries that set-up could not bring; pages work without them, plainer."""
    missing = [prefix for prefix, folder in settings.VENDOR.items() if not folder.is_dir()]
    if not missing or settings.TESTING:
        return []
    return [
        Warning(
            "Browser files are missing: " + ", ".join(missing),
            hint="Run `npm ci --ignore-scripts`, or `python3 manage.py up` where npm can be had.",
            id="commandcenter.W001",
        )
    ]
