"""What cameras offer to the floors below, told once at start-up."""

from __future__ import annotations

from cctv import sharing
from commandcenter import live
from commandcenter.city.roles import Role, grant

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


def register() -> None:
    """Role defaults and the topic of camera events."""
    grant(Role.OPERATOR, *VIEW, *UPKEEP, sharing.CONTROL, sharing.EXPORT)
    grant(Role.HEAD, "cctv.view_camera", "cctv.view_site", sharing.EXPORT)
    grant(Role.MAYOR, "cctv.view_camera", "cctv.view_site")
    grant(Role.PARTNER, "cctv.view_camera")
    live.register_topic(live.Topic(key="cctv.camera", scopes=sharing.scopes_of))
