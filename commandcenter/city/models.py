"""People, agencies, areas and the region they belong to, and the trail of who did what."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from commandcenter.city.office import CalendarDay as CalendarDay
from commandcenter.city.office import OfficeHours as OfficeHours
from commandcenter.city.origin import Origin
from commandcenter.city.querysets import AgencyQuerySet, AreaQuerySet, AuditQuerySet
from commandcenter.city.region import Region as Region
from commandcenter.city.roles import ROLE_LABELS, Role, roles_among
from commandcenter.city.sharing import Sharing

phone_validator = RegexValidator(
    r"^\+?[0-9][0-9 ()./-]{2,24}$",
    _("Write a telephone number with digits only, for instance 0254 200112 or +62 811 0000 0000."),
)
LATITUDE = [MinValueValidator(-90), MaxValueValidator(90)]
LONGITUDE = [MinValueValidator(-180), MaxValueValidator(180)]


class Area(Origin):
    """A province, kabupaten/kota, kecamatan or desa/kelurahan, by its dotted Kemendagri code."""

    class Kind(models.TextChoices):
        PROVINCE = "provinsi", _("province")
        REGENCY = "kabupaten", _("regency")
        CITY = "kota", _("city")
        DISTRICT = "kecamatan", _("district")
        VILLAGE = "desa", _("village")
        WARD = "kelurahan", _("urban village")

    code = models.CharField(_("Kemendagri code"), max_length=13, unique=True)
    name = models.CharField(_("name"), max_length=120)
    level = models.PositiveSmallIntegerField(_("level"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    lng = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)
    boundary_source = models.CharField(_("source of the boundary"), max_length=200, blank=True)
    boundary_approximate = models.BooleanField(_("approximate boundary"), default=False)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$"),
                name="city_area_code",
                violation_error_message=_("Write the code with dots, for instance 36.04.19.2001."),
            ),
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=4),
                name="city_area_level",
                violation_error_message=_("The level is 1 (province) to 4 (village)."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["provinsi", "kabupaten", "kota", "kecamatan", "desa", "kelurahan"]
                ),
                name="city_area_kind",
                violation_error_message=_("Choose one of the listed kinds of area."),
            ),
            models.CheckConstraint(
                condition=models.Q(lat__isnull=True, lng__isnull=True)
                | models.Q(
                    lat__isnull=False, lng__isnull=False, lat__range=(-90, 90), lng__range=(-180, 180)
                ),
                name="city_area_point",
                violation_error_message=_("Give both latitude (-90 to 90) and longitude (-180 to 180)."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.code})"

    @property
    def full_name(self) -> str:
        """Name with its kind: kecamatan share names with cities."""
        if self.kind in {self.Kind.REGENCY, self.Kind.CITY}:
            label = "Kabupaten" if self.kind == self.Kind.REGENCY else "Kota"
            return self.name if self.name.startswith(label) else f"{label} {self.name}"
        return {3: "Kecamatan ", 4: f"{self.kind.capitalize()} "}.get(self.level, "") + self.name

    @property
    def boundary(self) -> dict[str, object] | None:
        """GeoJSON geometry (lng, lat), one query; for many areas use ``boundaries.feature_collection``."""
        shape = AreaShape.objects.filter(area_id=self.pk).first()
        return shape.geometry if shape else None


class AreaShape(models.Model):
    """The boundary of one area, in its own table so that lists never load it."""

    area = models.OneToOneField(Area, models.CASCADE, primary_key=True, related_name="shape")
    geometry = models.JSONField()
    # The box around it, so that a point is only tried against its neighbours.
    west = models.FloatField(default=0)
    south = models.FloatField(default=0)
    east = models.FloatField(default=0)
    north = models.FloatField(default=0)

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")

    def __str__(self) -> str:
        return f"boundary of area {self.area_id}"


class Agency(Origin):
    """A part of the government (OPD, kecamatan, desa) with its head's title and duty phone."""

    class Kind(models.TextChoices):
        OPD = "opd", _("department (OPD)")
        DISTRICT = "kecamatan", _("district office")
        VILLAGE = "desa", _("village office")
        OTHER = "other", _("other")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OPD)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    head_title = models.CharField(_("title of the head"), max_length=120, blank=True)
    head_name = models.CharField(_("name of the head"), max_length=120, blank=True)
    phone_duty = models.CharField(_("duty phone"), max_length=26, blank=True, validators=[phone_validator])
    email = models.EmailField(_("e-mail"), blank=True)
    # Word of new reports and deadlines goes here by template, beside the e-mail.
    whatsapp = models.CharField(
        _("WhatsApp for notices"), max_length=26, blank=True, validators=[phone_validator]
    )
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("area"))

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind__in=["opd", "kecamatan", "desa", "other"]),
                name="city_agency_kind",
                violation_error_message=_("Choose one of the listed kinds of agency."),
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")) | models.Q(parent__isnull=True),
                name="city_agency_not_own_parent",
                violation_error_message=_("An agency cannot be part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def phone_link(self) -> str:
        """The duty phone for a ``tel:`` link."""
        return "".join(c for c in self.phone_duty if c.isdigit() or c == "+")


class User(Origin, AbstractUser):
    """A person with a login; what they may see comes from ``viewers.viewer_of_user``."""

    class Language(models.TextChoices):
        INDONESIAN = "id", "Bahasa Indonesia"
        ENGLISH = "en", "English"

    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=26, blank=True, validators=[phone_validator])
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("agency")
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.INDONESIAN
    )
    must_change_password = models.BooleanField(_("must change the password"), default=False)

    class Meta:
        ordering = ["username"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="city_user_email",
                violation_error_message=_("Another user has this e-mail address."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="city_user_username",
                violation_error_message=_("Another user has this user name."),
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=["id", "en"]),
                name="city_user_language",
                violation_error_message=_("Choose Indonesian or English."),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def display_name(self) -> str:
        """Full name, or the user name where none is known."""
        return self.get_full_name() or self.username

    @property
    def roles(self) -> frozenset[Role]:
        """The house's roles this person holds (one query); a superuser is an admin."""
        return roles_among({group.name for group in self.groups.all()}, self.is_superuser)


class RoleGrant(models.Model):
    """Remembers that a role once got a permission, so that a removal by an admin stays."""

    role = models.CharField(max_length=20)
    permission = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "permission"], name="city_rolegrant_once")]

    def __str__(self) -> str:
        return f"{self.role}: {self.permission}"


class AuditEntry(models.Model):
    """Who did what to which thing, when and from where. Written once; the database refuses the rest.

    The actor and the subject are stored by value: rows outlive the things they speak of.
    """

    class Actor(models.TextChoices):
        USER = "user", _("user")
        DISPLAY = "display", _("display")
        TOKEN = "token", _("API token")
        PUBLIC = "public", _("public")
        SYSTEM = "system", _("system")

    at = models.DateTimeField(_("time"), auto_now_add=True)
    actor_kind = models.CharField(_("kind of actor"), max_length=10, choices=Actor.choices)
    actor_id = models.BigIntegerField(_("actor id"), null=True)
    actor_name = models.CharField(_("who"), max_length=160, blank=True)
    action = models.CharField(_("action"), max_length=80)
    subject_type = models.CharField(_("kind of thing"), max_length=80, blank=True)
    subject_id = models.CharField(_("id"), max_length=64, blank=True)
    subject_label = models.CharField(_("thing"), max_length=200, blank=True)
    detail = models.JSONField(_("details"), default=dict)
    ip = models.GenericIPAddressField(_("from where"), null=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [
            BrinIndex(fields=["at"], name="city_audit_at"),
            models.Index(fields=["action", "-id"], name="city_audit_action"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="city_audit_subject"),
            models.Index(fields=["actor_kind", "actor_id", "-id"], name="city_audit_actor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(actor_kind__in=["user", "display", "token", "public", "system"]),
                name="city_audit_actor_kind",
                violation_error_message=_("Unknown kind of actor."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} #{self.pk}"


class ApiToken(Origin):
    """An outside system's key: shown once, stored as a keyed hash (``services.issue_token``)."""

    name = models.CharField(_("name"), max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name=_("agency"))
    prefix = models.CharField(_("prefix"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("scopes"))
    sharing = ArrayField(
        models.CharField(max_length=10, choices=Sharing.choices),
        default=list,
        blank=True,
        verbose_name=_("sharing classes"),
    )
    allowed_cidrs = ArrayField(
        models.CharField(max_length=43), default=list, blank=True, verbose_name=_("allowed networks")
    )
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(sharing__contained_by=["public", "partner", "internal", "restricted"]),
                name="city_apitoken_sharing",
                violation_error_message=_("Choose sharing classes from the list."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A promised login: the link sets the password and makes the user (``services.accept_invitation``)."""

    username = models.CharField(_("user name"), max_length=150)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=26, blank=True, validators=[phone_validator])
    role = models.CharField(_("role"), max_length=20, choices=[(r.value, ROLE_LABELS[r]) for r in Role])
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, verbose_name=_("agency"))
    # Part of the signed link: a new nonce makes the old link worthless.
    nonce = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["admin", "operator", "agency-head", "mayor", "partner"]),
                name="city_invitation_role",
                violation_error_message=_("Choose one of the listed roles."),
            ),
            models.CheckConstraint(
                condition=~models.Q(role="agency-head") | models.Q(agency__isnull=False),
                name="city_invitation_head_agency",
                violation_error_message=_("An agency head needs an agency."),
            ),
        ]

    def __str__(self) -> str:
        return self.username


class SavedView(models.Model):
    """A person's named filter of a list page; ``query`` is the URL's query string without ``?``."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    page = models.CharField(_("page"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=1000, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"],
                name="city_savedview_name",
                violation_error_message=_("You already have a view of this name here."),
            )
        ]

    def __str__(self) -> str:
        return self.name
