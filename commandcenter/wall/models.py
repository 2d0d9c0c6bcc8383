"""Displays, what they show and when, and how a screen becomes a display."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from commandcenter.city.sharing import OFFICE, Sharing
from commandcenter.wall.legibility import Screen, root_px
from commandcenter.wall.querysets import DisplayQuerySet


def default_sharing() -> list[str]:
    """A wall in the office shows what the office may see."""
    return sorted(OFFICE)


class Scene(Origin):
    """A picture of the city: tiles placed on a grid of 12 by 6."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    preset = models.CharField(_("preset"), max_length=20)
    layout = models.JSONField(_("layout"), default=list)
    tag = models.SlugField(_("tag"), max_length=40, blank=True)
    rev = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("scene")
        verbose_name_plural = _("scenes")
        constraints = [*Origin.Meta.constraints]

    def __str__(self) -> str:
        return self.name


class Playlist(Origin):
    """Scenes that follow each other."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("playlist")
        verbose_name_plural = _("playlists")
        constraints = [*Origin.Meta.constraints]

    def __str__(self) -> str:
        return self.name


class PlaylistItem(models.Model):
    """One scene's turn, optionally only between two times of the city's day."""

    playlist = models.ForeignKey(Playlist, models.CASCADE, related_name="items")
    scene = models.ForeignKey(Scene, models.CASCADE, related_name="+", verbose_name=_("scene"))
    position = models.PositiveSmallIntegerField(default=0)
    dwell_s = models.PositiveIntegerField(
        _("seconds"), default=30, validators=[MinValueValidator(5), MaxValueValidator(3600)]
    )
    from_time = models.TimeField(_("from"), null=True, blank=True)
    until_time = models.TimeField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("playlist item")
        verbose_name_plural = _("playlist items")
        constraints = [
            models.CheckConstraint(
                condition=Q(dwell_s__range=(5, 3600)),
                name="wall_playlistitem_dwell",
                violation_error_message=_("A scene stays 5 seconds to one hour."),
            ),
            models.CheckConstraint(
                condition=Q(from_time__isnull=True, until_time__isnull=True)
                | (Q(from_time__isnull=False, until_time__isnull=False) & ~Q(from_time=F("until_time"))),
                name="wall_playlistitem_hours",
                violation_error_message=_("Give both times, and not the same one, or leave both empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.playlist_id}/{self.position}"


class Display(Origin):
    """One screen (or one PC of a wall): how large it is, where it hangs, what it may show."""

    class Theme(models.TextChoices):
        DARK = "dark", _("dark")
        LIGHT = "light", _("light")

    name = models.CharField(_("name"), max_length=80, unique=True)
    room = models.CharField(_("room"), max_length=80, blank=True)
    width_px = models.PositiveIntegerField(
        _("width in pixels"), default=1920, validators=[MinValueValidator(320), MaxValueValidator(30720)]
    )
    height_px = models.PositiveIntegerField(
        _("height in pixels"), default=1080, validators=[MinValueValidator(240), MaxValueValidator(17280)]
    )
    diagonal_in = models.FloatField(
        _("diagonal in inches"), default=55, validators=[MinValueValidator(5), MaxValueValidator(1000)]
    )
    viewing_distance_m = models.FloatField(
        _("farthest viewer in metres"),
        default=3.0,
        validators=[MinValueValidator(0.3), MaxValueValidator(60)],
    )
    scale = models.FloatField(
        _("scale"), default=1.0, validators=[MinValueValidator(0.3), MaxValueValidator(3)]
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme.choices, default=Theme.DARK)
    sharing = ArrayField(
        models.CharField(max_length=12, choices=Sharing.choices),
        default=default_sharing,
        verbose_name=_("may show"),
    )
    silent = models.BooleanField(_("silent"), default=False)
    volume = models.PositiveSmallIntegerField(_("volume"), default=80, validators=[MaxValueValidator(100)])
    night_from = models.TimeField(_("dim from"), null=True, blank=True)
    night_until = models.TimeField(_("dim until"), null=True, blank=True)
    scene = models.ForeignKey(
        Scene, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("default scene")
    )
    playlist = models.ForeignKey(
        Playlist, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("playlist")
    )
    crop = models.CharField(_("part of the scene (column,row,columns,rows)"), max_length=11, blank=True)
    allowed_cidrs = ArrayField(
        models.CharField(max_length=43),
        default=list,
        blank=True,
        verbose_name=_("only from these networks"),
        help_text=_("Empty: from anywhere. Several with commas, for instance 10.1.0.0/16, 10.2.0.0/16."),
    )
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    paired_at = models.DateTimeField(_("paired"), null=True, editable=False)
    paired_by = models.CharField(max_length=160, blank=True, editable=False)
    paired_from = models.GenericIPAddressField(null=True, editable=False)
    seen_from = models.GenericIPAddressField(null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    last_seen = models.DateTimeField(_("last seen"), null=True, editable=False)
    build = models.CharField(max_length=40, blank=True, editable=False)
    rev = models.PositiveIntegerField(default=1, editable=False)

    objects = DisplayQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("display")
        verbose_name_plural = _("displays")
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(theme__in=["dark", "light"]),
                name="wall_display_theme",
                violation_error_message=_("Choose dark or light."),
            ),
            models.CheckConstraint(
                condition=Q(sharing__contained_by=["public", "partner", "internal", "restricted"]),
                name="wall_display_sharing",
                violation_error_message=_("Choose sharing classes from the list."),
            ),
            models.UniqueConstraint(
                fields=["token_digest"], condition=~Q(token_digest=""), name="wall_display_token"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def paired(self) -> bool:
        """Whether some screen holds a valid token of this display."""
        return bool(self.token_digest) and self.revoked_at is None

    @property
    def root_px(self) -> float:
        """CSS pixels of 1rem on this screen (legibility at the farthest viewer, times ``scale``)."""
        return root_px(
            Screen(self.width_px, self.height_px, self.diagonal_in), self.viewing_distance_m, self.scale
        )


class PairingCode(models.Model):
    """Six digits on an unpaired screen; only the holder of the claim secret can turn them into a token."""

    code = models.CharField(max_length=6, db_index=True)
    secret_digest = models.CharField(max_length=64, unique=True)
    screen_px = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=45, blank=True)  # who asked, to share the waiting room fairly
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    asked_at = models.DateTimeField(default=timezone.now)  # when its page last asked, every 3 s
    used_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=160, blank=True)
    claimed_at = models.DateTimeField(null=True)
    display = models.ForeignKey(Display, models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("pairing code")
        verbose_name_plural = _("pairing codes")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(used_at__isnull=True), name="wall_pairingcode_live"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="wall_pairingcode_digits"),
        ]

    def __str__(self) -> str:
        return f"pairing code {self.pk}"


class SceneLayer(models.Model):
    """A wish laid over a display's own programme: takeover, cast or pin."""

    class Kind(models.TextChoices):
        TAKEOVER = "takeover", _("takeover")
        CAST = "cast", _("cast")
        PIN = "pin", _("pin")

    display = models.ForeignKey(Display, models.CASCADE, related_name="layers")
    scene = models.ForeignKey(Scene, models.CASCADE, null=True, related_name="+")
    params = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    priority = models.SmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["display", "ends_at"])]
        verbose_name = _("scene layer")
        verbose_name_plural = _("scene layers")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["takeover", "cast", "pin"]), name="wall_scenelayer_kind"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="wall_scenelayer_period",
                violation_error_message=_("It must end after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on display {self.display_id}"
