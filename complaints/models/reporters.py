"""Who reported: the least that is needed to answer, encrypted, and gone when its time is over."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from complaints.encryption import PersonalField
from complaints.querysets.reporters import ReporterQuerySet


class Reporter(Origin):
    """One person as one channel knows him. Digests (keyed) find him again without reading his number."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey("complaints.Channel", models.PROTECT, related_name="reporters")
    name = PersonalField(_("name"), max_length=160)
    phone = PersonalField(_("phone"), max_length=40)
    email = PersonalField(_("e-mail"), max_length=254)
    address = PersonalField(_("address at the channel"), max_length=200)
    phone_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    email_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    address_digest = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=2, default="id")
    confirmed_at = models.DateTimeField(_("contact confirmed"), null=True, blank=True)
    last_in_at = models.DateTimeField(_("last wrote"), null=True, editable=False)
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    objects = ReporterQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporter")
        verbose_name_plural = _("reporters")
        ordering = ["-pk"]
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(
                fields=["channel", "address_digest"],
                condition=~models.Q(address_digest=""),
                name="reporter_once_a_channel",
            ),
        ]
        permissions = [("view_contact", _("Can see names and contacts of reporters"))]

    def __str__(self) -> str:
        return f"reporter {self.pk}"


class Alias(models.Model):
    """Another id of one reporter at his channel, as a digest: a number he hides later, a user name's id."""

    channel = models.ForeignKey("complaints.Channel", models.CASCADE, related_name="+")
    reporter = models.ForeignKey(Reporter, models.CASCADE, related_name="aliases")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("further id of a reporter")
        verbose_name_plural = _("further ids of reporters")
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="alias_once_a_channel")]

    def __str__(self) -> str:
        return f"alias {self.pk}"
