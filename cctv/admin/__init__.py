"""The register as a workplace. Pages read through ``visible_to`` and write through services only."""

from cctv.admin.cameras import CameraAdmin
from cctv.admin.history import CaptureIncidentAdmin, StillAdmin, TransitionAdmin
from cctv.admin.sites import CameraGroupAdmin, DataPackageAdmin, DeviceModelAdmin, SiteAdmin
from cctv.admin.upkeep import MaintenanceAdmin, ObstacleAdmin

__all__ = [
    "CameraAdmin",
    "CameraGroupAdmin",
    "CaptureIncidentAdmin",
    "DataPackageAdmin",
    "DeviceModelAdmin",
    "MaintenanceAdmin",
    "ObstacleAdmin",
    "SiteAdmin",
    "StillAdmin",
    "TransitionAdmin",
]
