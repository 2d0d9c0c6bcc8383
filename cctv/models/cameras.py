"""A camera: where it stands, whose it is, who may see it, how pictures are taken, and how it fares."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import and_

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cctv.addresses import check_camera
from cctv.encryption import SecretField
from cctv.models.choices import (
    RTSP_MODES,
    CaptureMode,
    Phase,
    PlaceKind,
    Status,
    Transport,
)
from cctv.models.rules import CAMERA_CONSTRAINTS
from cctv.models.sites import CameraGroup, DataPackage, DeviceModel, Site
from cctv.querysets import CameraQuerySet
from cctv.sharing import effective_sharing
from commandcenter.city.origin import Origin
from commandcenter.city.sharing import Sharing


class CameraPlace(models.Model):
    """Where a camera stands and what it looks at."""

    name = models.CharField(_("name"), max_length=120)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    site = models.ForeignKey(Site, verbose_name=_("site"), on_delete=models.PROTECT, related_name="cameras")
    agency = models.ForeignKey(
        "city.Agency", verbose_name=_("owner"), on_delete=models.PROTECT, related_name="cameras"
    )
    area = models.ForeignKey(
        "city.Area", verbose_name=_("area"), on_delete=models.PROTECT, related_name="cameras"
    )
    lat = models.FloatField(_("latitude"), validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lng = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    direction = models.PositiveSmallIntegerField(
        _("direction (°)"), null=True, blank=True, validators=[MaxValueValidator(359)],
        help_text=_("0 is north, 90 is east."),
    )  # fmt: skip
    fov = models.PositiveSmallIntegerField(
        _("field of view (°)"), default=90, validators=[MinValueValidator(1), MaxValueValidator(360)]
    )
    range_m = models.PositiveSmallIntegerField(
        _("range (m)"), default=40, validators=[MinValueValidator(1), MaxValueValidator(5000)]
    )
    place_kind = models.CharField(_("looks at"), max_length=12, choices=PlaceKind, default=PlaceKind.MARKET)

    class Meta:
        abstract = True


class CameraPolicy(models.Model):
    """Programme, trial, sharing and the law."""

    programme = models.CharField(_("programme"), max_length=80, blank=True)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase, default=Phase.PERMANENT)
    trial_until = models.DateField(_("trial until"), null=True, blank=True)
    sharing = models.CharField(_("shared with"), max_length=10, choices=Sharing, default=Sharing.INTERNAL)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    lawful_basis = models.CharField(_("lawful basis"), max_length=200, blank=True)
    notice_posted = models.BooleanField(
        _("notice posted"), default=False, help_text=_("Law 27/2022 art. 17 asks for a sign at the camera.")
    )
    notice_photo = models.ImageField(_("photo of the notice"), upload_to="notices/", blank=True)
    retention_days = models.PositiveSmallIntegerField(
        _("pictures kept (days)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    contact = models.CharField(_("contact"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)

    class Meta:
        abstract = True


class CameraCapture(models.Model):
    """How pictures are taken. Addresses never hold a user or a password."""

    device_model = models.ForeignKey(
        DeviceModel, verbose_name=_("device model"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="cameras",
    )  # fmt: skip
    data_package = models.ForeignKey(
        DataPackage, verbose_name=_("data package"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="cameras",
    )  # fmt: skip
    capture_mode = models.CharField(
        _("capture mode"), max_length=16, choices=CaptureMode, default=CaptureMode.RTSP_ON_DEMAND
    )
    pause_reason = models.CharField(_("why paused"), max_length=200, blank=True, editable=False)
    resume_mode = models.CharField(max_length=16, choices=CaptureMode, blank=True, editable=False)
    main_url = models.CharField(_("main stream"), max_length=500, blank=True)
    sub_url = models.CharField(_("sub stream"), max_length=500, blank=True)
    still_url = models.CharField(_("picture address"), max_length=500, blank=True)
    transport = models.CharField(_("transport"), max_length=3, choices=Transport, default=Transport.TCP)
    codec_hint = models.CharField(_("codec"), max_length=20, blank=True)
    min_interval = models.PositiveSmallIntegerField(
        _("shortest interval (s)"), default=1, validators=[MinValueValidator(1), MaxValueValidator(3600)]
    )
    wall_interval = models.PositiveSmallIntegerField(
        _("interval on a wall (s)"), default=10, validators=[MinValueValidator(1), MaxValueValidator(3600)]
    )
    idle_interval = models.PositiveSmallIntegerField(
        _("idle interval (s)"), default=60, validators=[MinValueValidator(1), MaxValueValidator(3600)]
    )
    username = SecretField(_("user"), max_length=200, blank=True, null=True)
    password = SecretField(_("password"), max_length=200, blank=True, null=True)
    credentials_rev = models.PositiveIntegerField(default=0, editable=False)
    address_rev = models.PositiveIntegerField(default=0, editable=False)
    enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True


class Camera(CameraPlace, CameraPolicy, CameraCapture, Origin):
    """One camera. `state` belongs to the capture; the columns beside it repeat it for lists and filters."""

    groups = models.ManyToManyField(CameraGroup, verbose_name=_("groups"), blank=True, related_name="cameras")
    notes = models.TextField(_("notes"), blank=True)
    state = models.JSONField(default=dict, editable=False)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.UNKNOWN, editable=False
    )
    status_reason = models.CharField(_("reason"), max_length=200, blank=True, editable=False)
    status_since = models.DateTimeField(_("since"), null=True, blank=True, editable=False)
    last_good_at = models.DateTimeField(_("last good picture"), null=True, blank=True, editable=False)
    picture_faults = models.JSONField(_("picture faults"), default=list, editable=False)
    faults_since = models.DateTimeField(_("picture fault since"), null=True, blank=True, editable=False)
    probe = models.JSONField(_("last test"), default=dict, editable=False)
    rev = models.PositiveBigIntegerField(default=1, editable=False)
    registered_at = models.DateTimeField(_("registered"), auto_now_add=True)

    objects = CameraQuerySet.as_manager()

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        ordering = ["name"]
        permissions = [
            ("view_restricted", _("Can see restricted cameras")),
            ("export_camera", _("Can export cameras and pictures")),
            ("control_camera", _("Can pause, test and maintain cameras")),
        ]
        indexes = [models.Index(fields=["status"]), models.Index(fields=["sharing", "notice_posted"])]
        constraints = [*Origin.Meta.constraints, *CAMERA_CONSTRAINTS]

    def __str__(self) -> str:
        return self.name

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Django asks the database once for each check; one question for all is enough when all hold.

        The table has check constraints only; a unique one would need the longer way.
        """
        hidden = set(exclude or ())
        checks = [c.condition for c in CAMERA_CONSTRAINTS if isinstance(c, models.CheckConstraint)]
        known = [q for q in checks if isinstance(q, Q) and not q.referenced_base_fields & hidden]
        values = self._get_field_expression_map(  # type: ignore[attr-defined]
            meta=self._meta, exclude=hidden
        )
        if known and not reduce(and_, known).check(values):
            super().validate_constraints(exclude)

    def clean(self) -> None:
        """Checks changed addresses against the guard, whatever door they come through."""
        check_camera(self)

    @property
    def effective_sharing(self) -> str:
        """The sharing class that counts; without a posted notice at most internal."""
        return effective_sharing(self.sharing, self.notice_posted)

    @property
    def has_password(self) -> bool:
        """All that is ever said about the password."""
        return bool(self.password)

    @property
    def has_username(self) -> bool:
        """All that is ever said about the user."""
        return bool(self.username)

    @property
    def mode(self) -> str:
        """The way pictures are taken when the camera is not paused; "" where no address tells."""
        if self.capture_mode != CaptureMode.PAUSED or self.resume_mode:
            return self.resume_mode if self.capture_mode == CaptureMode.PAUSED else self.capture_mode
        stream = self.sub_url or self.main_url
        if stream.startswith("rtsp"):
            return CaptureMode.RTSP_ON_DEMAND
        fallback = CaptureMode.MJPEG if stream else ""
        return CaptureMode.HTTP_STILL if self.still_url else fallback

    @property
    def still_address(self) -> str:
        """The address pictures for walls come from: the still, or the smaller stream."""
        return self.still_url if self.mode == CaptureMode.HTTP_STILL else self.sub_url or self.main_url

    @property
    def is_rtsp(self) -> bool:
        """Whether pictures come from an RTSP stream."""
        return self.mode in RTSP_MODES
