"""Cameras, the places they stand at, and what happened to them."""

from cctv.models.cameras import Camera
from cctv.models.choices import (
    CaptureMode,
    LinkKind,
    ObstacleKind,
    Phase,
    PlaceKind,
    Status,
    Transport,
)
from cctv.models.history import HealthHour, Still, Transition
from cctv.models.sites import CameraGroup, DataPackage, DeviceModel, Site
from cctv.models.upkeep import CaptureIncident, Maintenance, Obstacle

__all__ = [
    "Camera",
    "CameraGroup",
    "CaptureIncident",
    "CaptureMode",
    "DataPackage",
    "DeviceModel",
    "HealthHour",
    "LinkKind",
    "Maintenance",
    "Obstacle",
    "ObstacleKind",
    "Phase",
    "PlaceKind",
    "Site",
    "Status",
    "Still",
    "Transition",
    "Transport",
]
