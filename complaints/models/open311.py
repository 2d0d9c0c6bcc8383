"""What GeoReport v2 partners sent: which key, which updates, which pictures are still to be fetched."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.encryption import PersonalField


class PartnerReport(models.Model):
    """Whose key sent a report: that partner may update it and ask for its reopening, another may not.

    The key is kept by value: a revoked token's reports stay its reports.
    """

    report = models.OneToOneField("complaints.Report", models.CASCADE, related_name="sent_by_partner")
    key = models.PositiveBigIntegerField(db_index=True)
    key_name = models.CharField(_("key"), max_length=160, blank=True)
    account_id = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("report of a partner")
        verbose_name_plural = _("reports of partners")

    def __str__(self) -> str:
        return f"partner report {self.report_id}"


class PartnerUpdate(models.Model):
    """One posted update. The partner's own number is the key: a repeat is answered with this row."""

    report = models.ForeignKey("complaints.Report", models.CASCADE, related_name="partner_updates")
    key = models.PositiveBigIntegerField()
    update_id = models.CharField(max_length=200)
    status = models.CharField(max_length=30)
    at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("update of a partner")
        verbose_name_plural = _("updates of partners")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["key", "update_id"], name="partnerupdate_once"),
        ]

    def __str__(self) -> str:
        return f"partner update {self.pk}"


class RemoteFile(models.Model):
    """A picture that a partner named by its address: fetched by a worker, then a file like any other."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("remote file", "to be fetched")
        DONE = "done", pgettext_lazy("remote file", "fetched")
        FAILED = "failed", pgettext_lazy("remote file", "not to be had")

    report = models.ForeignKey("complaints.Report", models.CASCADE, related_name="remote_files")
    url = PersonalField(max_length=2000)
    moment = models.CharField(max_length=8, default="reported")
    public = models.BooleanField(default=False)
    partner = models.CharField(max_length=160, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    attachment = models.ForeignKey("complaints.Attachment", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("picture to fetch")
        verbose_name_plural = _("pictures to fetch")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="remotefile_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "done", "failed"]), name="remotefile_state"
            ),
        ]

    def __str__(self) -> str:
        return f"remote file {self.pk}"


class ServiceVersion(models.Model):
    """Which services and definitions were last served, and since when: one row, the changeset's source."""

    mark = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("version of the services")
        verbose_name_plural = _("versions of the services")

    def __str__(self) -> str:
        return f"services since {self.at:%Y-%m-%d %H:%M}"
