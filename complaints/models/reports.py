"""A citizen's report: what was said, and pointers to where it stands now."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.origin import Origin
from complaints.models.choices import (
    STATUS_CHOICES,
    STATUS_VALUES,
    Priority,
    ReportKind,
    Severity,
)
from complaints.querysets.reports import ReportQuerySet
from complaints.workflow import OUTCOMES, Status

OPEN = ~Q(status__in=sorted(OUTCOMES))
NEXT_FIRST = (F("next_due").asc(nulls_last=True), F("id").desc())


class Report(Origin):
    """The row that lists, maps and clocks read. What happened to it is in the history tables beside it.

    ``secret``: invisible outside named roles. ``anonymous``: the name is hidden from the public and from the
    agency that handles it. ``is_test``: sent to the test endpoint, reaches no agency. ``sent_at`` is the
    provider's, ``received_at`` ours, ``occurred_at`` the reporter's word.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=16, unique=True, editable=False)
    pin_digest = models.CharField(max_length=64, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ReportKind, default=ReportKind.COMPLAINT)
    channel = models.ForeignKey(
        "complaints.Channel", models.PROTECT, related_name="reports", verbose_name=_("channel")
    )
    envelope = models.ForeignKey(
        "complaints.Envelope", models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    reporter = models.ForeignKey(
        "complaints.Reporter", models.PROTECT, null=True, blank=True, related_name="reports",
        verbose_name=_("reporter"),
    )  # fmt: skip
    text = models.TextField(_("text"), max_length=10_000)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    anonymous = models.BooleanField(_("anonymous"), default=False)
    secret = models.BooleanField(_("secret"), default=False)
    is_test = models.BooleanField(_("test"), default=False)
    flags = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("flags"))
    occurred_at = models.DateTimeField(_("happened"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"))
    received_at = models.DateTimeField(_("received"))

    # Pointers to the newest history rows, moved by the verbs only.
    status = models.CharField(_("status"), max_length=16, choices=STATUS_CHOICES, default=Status.NEW.value)
    status_at = models.DateTimeField(_("status since"))
    category = models.ForeignKey(
        "complaints.Category", models.PROTECT, null=True, blank=True, related_name="reports",
        verbose_name=_("category"),
    )  # fmt: skip
    agency = models.ForeignKey(
        "city.Agency", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("agency")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assigned_reports",
        verbose_name=_("assigned to"),
    )  # fmt: skip
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NORMAL)
    severity = models.CharField(
        pgettext_lazy("of a report", "severity"), max_length=8, choices=Severity, default=Severity.LIGHT
    )
    lat = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    lng = models.FloatField(
        _("longitude"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    area = models.ForeignKey(
        "city.Area", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("area")
    )

    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("duplicate of"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("split from")
    )
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    supporters = models.PositiveIntegerField(_("also reported by"), default=0)
    round = models.PositiveSmallIntegerField(default=0, editable=False)
    reopenings = models.PositiveSmallIntegerField(_("reopenings"), default=0)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    unread = models.PositiveSmallIntegerField(_("unread messages"), default=0)

    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="claimed_reports",
        verbose_name=_("taken by"),
    )  # fmt: skip
    claimed_at = models.DateTimeField(_("taken"), null=True, blank=True)

    # The clocks' present: due moments of those that run, and when the next rung of the ladder is reached.
    verify_due = models.DateTimeField(_("verification due"), null=True, blank=True)
    answer_due = models.DateTimeField(_("answer due"), null=True, blank=True)
    finish_due = models.DateTimeField(_("completion due"), null=True, blank=True)
    next_due = models.DateTimeField(_("next deadline"), null=True, blank=True)
    # The same for clocks that have stopped too: what statistics compare with.
    answer_by = models.DateTimeField(null=True, editable=False)
    finish_by = models.DateTimeField(null=True, editable=False)
    next_rung_at = models.DateTimeField(null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    answered_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    late = models.BooleanField(_("a deadline was missed"), default=False)

    anonymised_at = models.DateTimeField(_("anonymised"), null=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    rev = models.PositiveIntegerField(default=1, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("text", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a citizen", "report")
        verbose_name_plural = pgettext_lazy("of citizens", "reports")
        ordering = ["-pk"]
        permissions = [
            ("handle_report", _("Can move reports on")),
            ("ask_reopening", _("Can ask for a reopening")),
            ("assign_report", _("Can send reports to agencies")),
            ("merge_report", _("Can merge and split reports")),
            ("answer_report", _("Can answer citizens")),
            ("view_secret", _("Can see secret reports")),
            ("take_112", _("Can take 112 calls")),
            ("bulk_report", _("Can act on many reports at once")),
            ("export_report", _("Can export reports")),
            ("erase_report", _("Can erase personal data")),
            ("list_breach", _("Can list whom a breach touched")),
        ]
        indexes = [
            models.Index(*NEXT_FIRST, condition=OPEN, name="report_due"),
            models.Index(*NEXT_FIRST, name="report_due_all"),
            models.Index(fields=["-id"], condition=Q(unread__gt=0), name="report_unread"),
            models.Index(fields=["-id"], condition=OPEN, name="report_open"),
            models.Index(fields=["-id"], condition=OPEN & Q(lat__isnull=True), name="report_placeless"),
            models.Index(fields=["status", "-id"], name="report_status"),
            models.Index(fields=["agency", "status", "-id"], name="report_agency"),
            models.Index(fields=["agency", "next_due"], condition=OPEN, name="report_agency_due"),
            models.Index(fields=["category", "-id"], name="report_category"),
            models.Index(fields=["area", "-id"], name="report_area"),
            models.Index(fields=["channel", "-id"], name="report_channel"),
            models.Index(fields=["priority", "-id"], condition=OPEN, name="report_priority"),
            models.Index(fields=["received_at"], name="report_received"),
            models.Index(fields=["-sent_at", "-id"], name="report_sent"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="report_closed"),
            models.Index(fields=["updated_at"], name="report_updated"),
            models.Index(
                fields=["next_rung_at"], condition=Q(next_rung_at__isnull=False), name="report_rung"
            ),
            models.Index(
                fields=["claimed_by", "-id"], condition=Q(claimed_by__isnull=False), name="report_claimed"
            ),
            GinIndex(fields=["search"], name="report_search"),
            GinIndex(OpClass(Upper("address"), name="gin_trgm_ops"), name="report_address"),
            GistIndex(Func(F("lng"), F("lat"), function="point"), name="report_place"),
        ]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=STATUS_VALUES),
                name="report_status_known",
                violation_error_message=_("Choose from the lists."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ReportKind.values)
                & Q(priority__in=Priority.values)
                & Q(severity__in=Severity.values),
                name="report_words_known",
                violation_error_message=_("Choose from the lists."),
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lng__isnull=True)
                | Q(lat__isnull=False, lng__isnull=False, lat__range=(-90, 90), lng__range=(-180, 180)),
                name="report_point",
                violation_error_message=_("Give both latitude (-90 to 90) and longitude (-180 to 180)."),
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)),
                name="report_rating",
                violation_error_message=_("A rating is 1 to 5."),
            ),
            models.CheckConstraint(
                condition=~Q(duplicate_of=F("id")) | Q(duplicate_of__isnull=True),
                name="report_not_own_duplicate",
                violation_error_message=_("A report is no duplicate of itself."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OUTCOMES), closed_at__isnull=False)
                | (~Q(status__in=sorted(OUTCOMES)) & Q(closed_at__isnull=True)),
                name="report_closed_has_time",
                violation_error_message=_("A closed report says when it was closed."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status not in OUTCOMES

    @property
    def hidden(self) -> bool:
        """Whether it is out of sight: secret, or of a category that was made private since."""
        return self.secret or (self.category is not None and self.category.private)

    @property
    def is_urgent(self) -> bool:
        """Whether it makes a sound."""
        return self.priority == Priority.URGENT
