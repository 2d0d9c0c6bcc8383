"""Outside parties with an Open311 endpoint of their own: another city, the province, a company."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.origin import Origin
from complaints.encryption import PersonalField
from complaints.querysets.reports import ThroughReport


class OutsideParty(Origin):
    """Where reports may be forwarded to. ``services`` is what its endpoint offered when it was last asked."""

    name = models.CharField(_("name"), max_length=120)
    url = models.CharField(
        _("address of the endpoint"), max_length=300,
        help_text=_("Up to the version, for instance https://lapor.example.go.id/open311/v2"),
    )  # fmt: skip
    jurisdiction = models.CharField(_("jurisdiction_id"), max_length=60, blank=True)
    key = PersonalField(_("API key"), max_length=400)
    enabled = models.BooleanField(_("in use"), default=True)
    services = models.JSONField(default=list, editable=False)
    discovered_at = models.DateTimeField(_("services read"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    last_problem = models.CharField(_("last problem"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("outside party")
        verbose_name_plural = _("outside parties")
        ordering = ["name"]
        constraints = [*Origin.Meta.constraints]

    def __str__(self) -> str:
        return self.name


class OutsideService(models.Model):
    """Our category under their code."""

    party = models.ForeignKey(OutsideParty, models.CASCADE, related_name="mapping")
    category = models.ForeignKey("complaints.Category", models.CASCADE, verbose_name=_("category"))
    code = models.CharField(_("their service code"), max_length=80)

    class Meta:
        verbose_name = _("service of an outside party")
        verbose_name_plural = _("services of outside parties")
        ordering = ["category__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "category"],
                name="outsideservice_once",
                violation_error_message=_("This category has a service already."),
            )
        ]

    def __str__(self) -> str:
        return self.code


class Forwarding(models.Model):
    """One report on its way to, and at, an outside party."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("forwarding", "to be sent")
        SENT = "sent", pgettext_lazy("forwarding", "with them")
        FAILED = "failed", pgettext_lazy("forwarding", "not sent")
        ENDED = "ended", pgettext_lazy("forwarding", "ended")

    report = models.ForeignKey("complaints.Report", models.CASCADE, related_name="forwardings")
    party = models.ForeignKey(OutsideParty, models.PROTECT, related_name="forwardings")
    code = models.CharField(max_length=80)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    token = models.CharField(max_length=100, blank=True)
    external_id = models.CharField(_("their number"), max_length=100, blank=True)
    seen = models.CharField(max_length=64, blank=True)  # what requests/{id} said last, as a digest
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    asked_at = models.DateTimeField(_("last asked"), null=True)
    next_ask_at = models.DateTimeField(null=True)

    objects = ThroughReport.as_manager()

    class Meta:
        verbose_name = _("forwarding")
        verbose_name_plural = _("forwardings")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="forwarding_waiting"),
            models.Index(fields=["next_ask_at"], condition=Q(state="sent"), name="forwarding_asked"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sent", "failed", "ended"]), name="forwarding_state"
            ),
            models.UniqueConstraint(
                fields=["report"], condition=Q(state__in=["queued", "sent"]), name="forwarding_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"forwarding {self.pk}"


class OutsideUpdate(models.Model):
    """One update of theirs that was brought home: never twice."""

    forwarding = models.ForeignKey(Forwarding, models.CASCADE, related_name="updates")
    update_id = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("update of an outside party")
        verbose_name_plural = _("updates of outside parties")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["forwarding", "update_id"], name="outsideupdate_once")]

    def __str__(self) -> str:
        return f"outside update {self.pk}"
