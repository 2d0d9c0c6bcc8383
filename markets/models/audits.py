"""Looks at a market's condition: the checklist, its versions, audits with answers and photos."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.origin import Origin
from markets.condition import BEST, Grade
from markets.querysets.audits import AuditPhotoQuerySet, ConditionAuditQuerySet
from markets.words import GRADES


class Subject(models.TextChoices):
    """What a checklist looks at; subjects in the spirit of SNI 8152, in our own words."""

    CLEANLINESS = "cleanliness", _("Cleanliness")
    WASTE = "waste", _("Waste")
    DRAINAGE = "drainage", _("Drainage")
    TOILETS = "toilets", _("Toilets")
    WATER = "water", _("Clean water")
    FIRE = "fire", _("Fire safety")
    ACCESS = "access", _("Access")
    ZONING = "zoning", _("Zoning")
    SCALES = "scales", _("Scales")
    LIGHTING = "lighting", _("Lighting and air")
    PRAYER = "prayer", _("Prayer room")
    STRUCTURE = "structure", _("Structure")
    MANAGEMENT = "management", _("Management (tata kelola)")


class ChecklistItem(models.Model):
    """One line of the checklist as it is asked from now on; audits that are there keep their version."""

    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("Stays as it is for good."))
    subject = models.CharField(_("subject"), max_length=12, choices=Subject.choices)
    text = models.CharField(_("what is looked at"), max_length=200)
    hint = models.CharField(
        _("how to judge"), max_length=300, blank=True, help_text=_("What deserves a 4, what a 0.")
    )
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    critical = models.BooleanField(
        _("critical"), default=False, help_text=_("A 0 here caps the whole audit at “medium damage”.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(pgettext_lazy("checklist", "asked"), default=True)

    class Meta:
        verbose_name = _("line of the checklist")
        verbose_name_plural = _("checklist of condition audits")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__range=(1, 9)), name="checklistitem_weight"),
            models.CheckConstraint(condition=Q(subject__in=Subject.values), name="checklistitem_subject"),
        ]

    def __str__(self) -> str:
        return self.code


class ChecklistVersion(models.Model):
    """The checklist as it stood when an audit began; written once, the database refuses changes."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    # Lines as asked: code, subject, text, hint, weight, critical.
    items: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(_("lines"))

    class Meta:
        verbose_name = _("version of the checklist")
        verbose_name_plural = _("versions of the checklist")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number}"


class Way(models.TextChoices):
    """How somebody looked."""

    VISIT = "visit", _("by a visit")
    REMOTE = "remote", _("over the cameras")


class AuditState(models.TextChoices):
    """A draft is its author's; a final audit stays as it is."""

    DRAFT = "draft", pgettext_lazy("audit of a market", "draft")
    FINAL = "final", pgettext_lazy("audit of a market", "final")


class ConditionAudit(Origin):
    """One look at a market. Final, it is never written again: a correction is an audit of its own."""

    market = models.ForeignKey(
        "markets.Market", verbose_name=_("market"), on_delete=models.PROTECT, related_name="audits"
    )
    version = models.ForeignKey(
        ChecklistVersion, verbose_name=_("checklist"), on_delete=models.PROTECT, related_name="audits"
    )
    day = models.DateField(_("day of the look"))
    way = models.CharField(_("looked"), max_length=6, choices=Way.choices, default=Way.VISIT)
    state = models.CharField(
        _("state"), max_length=5, choices=AuditState.choices, default=AuditState.DRAFT, editable=False
    )
    # The name is kept beside the account: a final audit is not rewritten when an account goes.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.DO_NOTHING, null=True,
        db_constraint=False, editable=False, related_name="+",
    )  # fmt: skip
    author_name = models.CharField(_("audited by"), max_length=120, editable=False)
    remark = models.TextField(_("summary"), max_length=4000, blank=True)
    corrects = models.ForeignKey(
        "self", verbose_name=_("corrects"), on_delete=models.PROTECT, null=True, editable=False,
        related_name="corrections",
    )  # fmt: skip
    total = models.FloatField(_("score"), null=True, editable=False)
    grade = models.CharField(_("class"), max_length=6, choices=GRADES, blank=True, editable=False)
    answered = models.FloatField(_("answered share"), default=0, editable=False)
    started_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    objects = ConditionAuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition audit")
        verbose_name_plural = _("condition audits")
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["market", "-day"], name="conditionaudit_by_market")]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state="draft", finished_at__isnull=True, total__isnull=True)
                | Q(
                    state="final",
                    finished_at__isnull=False,
                    total__range=(0, 100),
                    grade__in=[grade.value for grade in Grade],
                ),
                name="conditionaudit_state",
            ),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="conditionaudit_way"),
            models.UniqueConstraint(
                fields=["market", "author"], condition=Q(state="draft"), name="conditionaudit_one_draft"
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(state="final"),
                name="conditionaudit_corrected_once",
                violation_error_message=_("This audit was corrected already: correct its correction."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.day:%Y-%m-%d}"

    @property
    def is_final(self) -> bool:
        """Whether it counts and can no longer be written."""
        return self.state == AuditState.FINAL


class AuditAnswer(models.Model):
    """A line as it was found. Without a value it was not seen, or does not apply."""

    audit = models.ForeignKey(ConditionAudit, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(_("line"), max_length=40)
    value = models.PositiveSmallIntegerField(_("mark"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["audit", "item"], name="auditanswer_once"),
            models.CheckConstraint(condition=Q(value__range=(0, BEST)), name="auditanswer_scale"),
        ]

    def __str__(self) -> str:
        return self.item


class PhotoState(models.TextChoices):
    """A photo is shown only when it was made anew."""

    WAITING = "waiting", pgettext_lazy("photo", "being checked")
    READY = "ready", pgettext_lazy("photo", "ready")
    REFUSED = "refused", pgettext_lazy("photo", "refused")


class AuditPhoto(models.Model):
    """A photo of an audit. The original is locked away; what is shown is made anew by a confined child."""

    audit = models.ForeignKey(ConditionAudit, on_delete=models.CASCADE, related_name="photos")
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    item = models.CharField(_("line"), max_length=40, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    state = models.CharField(_("state"), max_length=7, choices=PhotoState.choices, default=PhotoState.WAITING)
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(default=0)
    original = models.CharField(max_length=120)
    served = models.CharField(max_length=120, blank=True)
    thumb = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    objects = AuditPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of an audit")
        verbose_name_plural = _("photos of audits")
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="auditphoto_waiting")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PhotoState.values), name="auditphoto_state")
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"
