"""The words a camera is described with; every value is stored, sent to pages and never renamed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlaceKind(models.TextChoices):
    """What a camera looks at, or what kind of place a site is."""

    MARKET = "market", _("Market")
    STREET = "street", _("Street")
    PARK = "park", _("Park")
    OFFICE = "office", _("Office")
    SERVICE = "service", _("Service counter")
    DUMP = "dump", _("Dump site")
    TERMINAL = "terminal", _("Terminal")
    RIVER = "river", _("River or sluice")
    SCHOOL = "school", _("School")
    HEALTH = "health", _("Hospital or clinic")
    OTHER = "other", _("Other")


class Phase(models.TextChoices):
    """Whether a camera is on trial or here to stay."""

    TRIAL = "trial", _("Trial")
    PERMANENT = "permanent", _("Permanent")


class CaptureMode(models.TextChoices):
    """How pictures are taken from a camera."""

    HTTP_STILL = "http_still", _("HTTP picture")
    MJPEG = "mjpeg", _("MJPEG over HTTP")
    HLS = "hls", _("HLS")
    RTSP_ON_DEMAND = "rtsp_on_demand", _("RTSP on demand")
    RTSP_HELD = "rtsp_held", _("RTSP held open")
    PAUSED = "paused", _("Paused")


RTSP_MODES = (CaptureMode.RTSP_ON_DEMAND, CaptureMode.RTSP_HELD)
HTTP_STREAM_MODES = (CaptureMode.MJPEG, CaptureMode.HLS)


class Transport(models.TextChoices):
    """How RTSP media travels."""

    TCP = "tcp", "TCP"
    UDP = "udp", "UDP"


class Status(models.TextChoices):
    """The state of a camera, as pages, tiles and the log name it."""

    UNKNOWN = "unknown", _("Not tried yet")
    ONLINE = "online", _("Online")
    DEGRADED = "degraded", _("Unsteady")
    OFFLINE = "offline", _("Offline")
    AUTH_FAILED = "auth_failed", _("Wrong password")
    BUSY = "busy", _("Camera busy")
    MAINTENANCE = "maintenance", _("Maintenance")
    PAUSED = "paused", _("Paused")


class LinkKind(models.TextChoices):
    """Whether the data of a site's link is counted."""

    UNMETERED = "unmetered", _("Unmetered")
    METERED = "metered", _("Metered")


class ObstacleKind(models.TextChoices):
    """What stood in the way during a trial."""

    POWER = "power", _("Electricity")
    NETWORK = "network", _("Network")
    DEVICE = "device", _("Device")
    WEATHER = "weather", _("Weather")
    VANDALISM = "vandalism", _("Theft or vandalism")
    PERMISSION = "permission", _("Permission or land")
    BUDGET = "budget", _("Budget")
    OTHER = "other", _("Other")
