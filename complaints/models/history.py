"""What happened to a report, one appended row each. The database refuses to change or remove any of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.choices import (
    STATUS_CHOICES,
    STATUS_VALUES,
    ClockKind,
    Direction,
    Priority,
    Severity,
    Visibility,
)
from complaints.querysets.reports import ThroughReport


class Happening(models.Model):
    """What every row has: which report, when, by whom (kept by value: rows outlive people)."""

    report = models.ForeignKey(
        "complaints.Report", models.PROTECT, related_name="%(class)ss", verbose_name=_("report")
    )
    at = models.DateTimeField(_("at"))
    actor_kind = models.CharField(_("kind of actor"), max_length=10, default="system")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, blank=True, db_constraint=False,
        related_name="+", verbose_name=_("by"),
    )  # fmt: skip
    actor_name = models.CharField(_("by"), max_length=160, blank=True)

    objects = ThroughReport.as_manager()

    class Meta:
        abstract = True
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["report", "id"], name="%(class)s_of_report"),
            BrinIndex(fields=["at"], name="%(class)s_at"),
        ]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk} of report {self.report_id}"


class StatusChange(Happening):
    """A move of the workflow. ``text`` is the reason; ``public_text`` what the citizen reads."""

    source = models.CharField(_("from"), max_length=16, choices=STATUS_CHOICES, blank=True)
    target = models.CharField(_("to"), max_length=16, choices=STATUS_CHOICES)
    text = models.TextField(_("reason"), max_length=4000, blank=True)
    body_named = models.CharField(
        _("right body"), max_length=160, blank=True, help_text=_("Who is responsible, where it is not us.")
    )

    class Meta(Happening.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(target__in=STATUS_VALUES) & Q(source__in=["", *STATUS_VALUES]),
                name="statuschange_known",
            )
        ]


class LocationChange(Happening):
    """Where it is, as somebody said or corrected it."""

    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    address = models.CharField(max_length=300, blank=True)
    area = models.ForeignKey("city.Area", models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    by_hand = models.BooleanField(default=False)


class CategoryChange(Happening):
    """Which category, who or what chose it, and what had been suggested: training data for the next model."""

    category = models.ForeignKey(
        "complaints.Category", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    suggested = models.ForeignKey(
        "complaints.Category", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    confidence = models.FloatField(null=True)
    why = models.JSONField(default=dict)


class Assignment(Happening):
    """Which agency and person has it from now on, and why (the routing trace)."""

    agency = models.ForeignKey(
        "city.Agency", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    agency_name = models.CharField(max_length=160, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    text = models.TextField(_("note"), max_length=2000, blank=True)
    why = models.JSONField(default=dict)


class PriorityChange(Happening):
    """How soon and how bad from now on."""

    priority = models.CharField(max_length=8, choices=Priority)
    severity = models.CharField(max_length=8, choices=Severity)
    text = models.CharField(max_length=500, blank=True)


class Note(Happening):
    """A remark of a colleague; a public one is read by everybody."""

    text = models.TextField(_("text"), max_length=4000)
    visibility = models.CharField(_("read by"), max_length=8, choices=Visibility, default=Visibility.INTERNAL)


class Message(Happening):
    """A word of the citizen or to him. An edit or a deletion at the provider is a row of its own."""

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("message", "message")
        EDIT = "edit", pgettext_lazy("message", "changed by the sender")
        DELETION = "deletion", pgettext_lazy("message", "deleted by the sender")

    class Proof(models.TextChoices):
        PASS = "pass", pgettext_lazy("sender of a letter", "sender confirmed")
        NONE = "none", pgettext_lazy("sender of a letter", "sender not confirmed")
        FAIL = "fail", pgettext_lazy("sender of a letter", "sender probably forged")

    direction = models.CharField(max_length=3, choices=Direction)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    channel = models.ForeignKey("complaints.Channel", models.PROTECT, related_name="messages")
    reporter = models.ForeignKey("complaints.Reporter", models.PROTECT, null=True, related_name="messages")
    envelope = models.ForeignKey(
        "complaints.Envelope", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    external_id = models.CharField(max_length=200, blank=True)
    about_external_id = models.CharField(max_length=200, blank=True)
    text = models.TextField(max_length=10_000, blank=True)
    sent_at = models.DateTimeField()
    is_answer = models.BooleanField(default=False)
    # What our own mail server found out about a letter's sender (DMARC); empty on other channels.
    proof = models.CharField(max_length=4, choices=Proof, blank=True)

    class Meta(Happening.Meta):
        indexes = [
            *Happening.Meta.indexes,
            models.Index(
                fields=["channel", "external_id"], condition=~Q(external_id=""), name="message_external"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id", "kind", "direction"],
                condition=~Q(external_id=""),
                name="message_once",
            )
        ]


class ClockEvent(Happening):
    """What happened to a clock: started, paused, resumed, stopped, recalculated, a rung reached."""

    class What(models.TextChoices):
        STARTED = "started", pgettext_lazy("clock", "started")
        PAUSED = "paused", pgettext_lazy("clock", "paused")
        RESUMED = "resumed", pgettext_lazy("clock", "resumed")
        RECALCULATED = "recalculated", pgettext_lazy("clock", "recalculated")
        STOPPED = "stopped", pgettext_lazy("clock", "stopped")
        RUNG = "rung", pgettext_lazy("clock", "escalated")

    clock = models.CharField(max_length=6, choices=ClockKind)
    round = models.PositiveSmallIntegerField(default=0)  # one more each time it opens again
    what = models.CharField(max_length=12, choices=What)
    reason = models.CharField(max_length=30, blank=True)
    due_at = models.DateTimeField(null=True)
    due_before = models.DateTimeField(null=True)
    rung = models.PositiveSmallIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta(Happening.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["report", "clock", "round", "rung"],
                condition=Q(what="rung"),
                name="clockevent_rung_once",
            )
        ]


class Rating(Happening):
    """What the citizen thought of the outcome, and whether it is solved at all."""

    score = models.PositiveSmallIntegerField(_("rating"))
    text = models.TextField(_("words"), max_length=2000, blank=True)
    reporter = models.ForeignKey(
        "complaints.Reporter", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )

    class Meta(Happening.Meta):
        constraints = [models.CheckConstraint(condition=Q(score__range=(1, 5)), name="rating_1_to_5")]


class Link(Happening):
    """Two reports tied or untied: a merge, its undoing, a split, a follow-up."""

    class What(models.TextChoices):
        MERGED = "merged", pgettext_lazy("report link", "merged into")
        UNMERGED = "unmerged", pgettext_lazy("report link", "separated again from")
        SPLIT = "split", pgettext_lazy("report link", "split from")
        FOLLOWS = "follows", pgettext_lazy("report link", "follows")

    what = models.CharField(max_length=8, choices=What)
    other = models.ForeignKey("complaints.Report", models.DO_NOTHING, db_constraint=False, related_name="+")
    text = models.CharField(max_length=500, blank=True)


class Tombstone(models.Model):
    """What is left of what the law or the schedule took: which rows, when and why. No personal data."""

    report = models.ForeignKey("complaints.Report", models.PROTECT, related_name="tombstones", null=True)
    number = models.CharField(max_length=16)
    at = models.DateTimeField()
    reason = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    actor_name = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")

    def __str__(self) -> str:
        return f"{self.number} {self.reason}"


class Routing(Happening):
    """What the routing rules said of a report: every condition of every rule looked at, and the winner."""

    rule = models.ForeignKey(
        "complaints.RoutingRule", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    rule_version = models.PositiveIntegerField(null=True)
    agency = models.ForeignKey(
        "city.Agency", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    dispatched = models.BooleanField(default=False)
    trace = models.JSONField(default=list)
