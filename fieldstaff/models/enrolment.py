"""What enrolment leaves behind: how a phone fares, who was told what becomes of his data, sheets read in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.encryption import PersonalField
from fieldstaff.querysets.enrolment import HealthQuerySet, NoticeQuerySet, SheetQuerySet


class Brand(models.TextChoices):
    """Makers whose battery savers are switched off in different places."""

    XIAOMI = "xiaomi", "Xiaomi, Redmi, Poco"
    OPPO = "oppo", "Oppo, Realme, OnePlus"
    VIVO = "vivo", "Vivo, iQOO"
    SAMSUNG = "samsung", "Samsung"
    TRANSSION = "transsion", "Infinix, Tecno, Itel"
    HUAWEI = "huawei", "Huawei, Honor"
    IPHONE = "iphone", "iPhone"
    OTHER = "other", pgettext_lazy("brand of a phone", "another brand")


class App(models.TextChoices):
    """The apps that can be enrolled; each is told its settings in its own way."""

    TRACCAR_10 = "traccar10", "Traccar Client 10"
    TRACCAR_9 = "traccar9", "Traccar Client 9"
    TRACCAR_7 = "traccar7", "Traccar Client 7"
    OWNTRACKS = "owntracks", "OwnTracks"
    OWN = "own", _("our own app")


class PhoneCare(models.Model):
    """What is known of one phone beyond its messages: maker, last verdict; ``findings`` are (code, n)."""

    device = models.OneToOneField(
        "fieldstaff.Device", models.CASCADE, primary_key=True, related_name="care", verbose_name=_("phone")
    )
    brand = models.CharField(_("brand"), max_length=12, choices=Brand, default=Brand.OTHER)
    program = models.CharField(_("app"), max_length=12, choices=App, blank=True)
    # Who carried it when it was judged; the verdict is about his day and leaves with him.
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.CASCADE, null=True, related_name="+", verbose_name=_("officer")
    )
    judged_at = models.DateTimeField(_("judged"), null=True)
    worst = models.CharField(_("state"), max_length=8, blank=True)
    findings = models.JSONField(_("findings"), default=list)
    two_networks_at = models.DateTimeField(_("seen from two networks at once"), null=True)

    objects = HealthQuerySet.as_manager()

    class Meta:
        verbose_name = _("health of a phone")
        verbose_name_plural = _("health of phones")
        indexes = [models.Index(fields=["worst"], name="phonecare_worst")]

    def __str__(self) -> str:
        return f"care of device {self.pk}"


class NoticeGiven(models.Model):
    """An officer was handed the privacy notice (UU 27/2022) and said so; ``version`` names its text."""

    officer = models.ForeignKey(
        "fieldstaff.Officer", models.CASCADE, related_name="notices", verbose_name=_("officer")
    )
    version = models.CharField(_("version"), max_length=20)
    given_at = models.DateTimeField(_("handed over"))
    given_by = models.ForeignKey(
        "city.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("handed over by")
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy notice handed over")
        verbose_name_plural = _("privacy notices handed over")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["officer", "version"], name="noticegiven_once")]

    def __str__(self) -> str:
        return f"notice {self.version} of officer {self.officer_id}"


class SheetImport(models.Model):
    """One sheet read in: what it made and what it changed, so that it can be taken back whole."""

    class Kind(models.TextChoices):
        OFFICERS = "officers", _("officers")
        ROSTER = "roster", pgettext_lazy("sheet", "roster")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    by = models.ForeignKey("city.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    agencies = models.ManyToManyField("city.Agency", related_name="+", verbose_name=_("agencies"))
    created_at = models.DateTimeField(_("read in"), auto_now_add=True)
    undone_at = models.DateTimeField(_("taken back"), null=True)
    made = models.JSONField(default=list)
    # Old values as JSON, phone numbers among them: encrypted like those. Emptied when taken back.
    before = PersonalField(_("old values"), max_length=4_000_000)
    count_made = models.PositiveIntegerField(pgettext_lazy("sheet", "new"), default=0)
    count_changed = models.PositiveIntegerField(_("changed"), default=0)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet read in")
        verbose_name_plural = _("sheets read in")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"sheet {self.pk}"
