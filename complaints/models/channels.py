"""The ways in and out: channels, what came over them untouched, what goes out and how it fared."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.origin import Origin
from complaints.encryption import PersonalField
from complaints.models.choices import Delivery
from complaints.querysets.channels import ChannelQuerySet, EnvelopeQuerySet, OutboxQuerySet


class ChannelKind(models.TextChoices):
    """The twelve ways in; the value names the adapter."""

    WEB = "web", pgettext_lazy("channel", "Web and app")
    PHONE = "phone", pgettext_lazy("channel", "Telephone")
    CALL112 = "112", "112"
    WALK_IN = "walk_in", pgettext_lazy("channel", "Walk-in and letter")
    EMAIL = "email", pgettext_lazy("channel", "E-mail")
    WHATSAPP = "whatsapp", "WhatsApp"
    TELEGRAM = "telegram", "Telegram"
    X = "x", "X"
    MESSENGER = "messenger", "Facebook Messenger"
    INSTAGRAM = "instagram", "Instagram"
    LAPOR = "lapor", "SP4N-LAPOR!"
    PARTNER = "partner", pgettext_lazy("channel", "Partners")


class Channel(Origin):
    """One way in and out under the name the city gave it (RABEG, LAKSA, Serang Siaga 112).

    ``settings`` hold what is no secret (phone number id, page id), ``secrets`` the rest as JSON, written in
    the admin and never shown again.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=ChannelKind)
    slug = models.SlugField(_("short name in addresses"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    enabled = models.BooleanField(_("in use"), default=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    secrets = PersonalField(_("secrets"), max_length=4000)
    quiet_after_h = models.PositiveIntegerField(
        _("unusual silence after (hours)"), default=72, help_text=_("0: silence is normal here.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    last_in_at = models.DateTimeField(_("last received"), null=True, editable=False)
    last_out_at = models.DateTimeField(_("last sent"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    last_problem = models.CharField(_("last problem"), max_length=200, blank=True, editable=False)
    resting_until = models.DateTimeField(_("rests until"), null=True, editable=False)
    cursor = models.JSONField(default=dict, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["order", "name"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=ChannelKind.values),
                name="channel_kind",
                violation_error_message=_("Choose from the lists."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Envelope(models.Model):
    """What came in, byte for byte, under the provider's own key: a replay finds it and makes nothing new."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="envelopes")
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    raw = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("received envelope")
        verbose_name_plural = _("received envelopes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="envelope_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(handled_at__isnull=True), name="envelope_waiting"),
            models.Index(fields=["received_at"], name="envelope_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Outbox(models.Model):
    """One delivery to one person: written with what it tells about, sent by a worker, tried again."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="outbox")
    report = models.ForeignKey(
        "complaints.Report", models.CASCADE, null=True, related_name="outbox", verbose_name=_("report")
    )
    message = models.OneToOneField(
        "complaints.Message", models.CASCADE, null=True, related_name="delivery", verbose_name=_("message")
    )
    reporter = models.ForeignKey(
        "complaints.Reporter", models.CASCADE, null=True, related_name="outbox", verbose_name=_("reporter")
    )
    purpose = models.CharField(_("purpose"), max_length=30)
    # Sending twice what was said once is refused here: purpose and row it tells about.
    key = models.CharField(max_length=120, unique=True)
    to = PersonalField(max_length=400)
    # Digest of the mailbox behind ``to``, for the limit of a day; empty where it is no letter to a citizen.
    mailbox = models.CharField(max_length=64, blank=True, editable=False)
    body = PersonalField(max_length=8000)
    template = models.CharField(_("template"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=Delivery, default=Delivery.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    claimed_until = models.DateTimeField(null=True, editable=False)
    external_id = models.CharField(max_length=200, blank=True, db_index=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state__in=["queued", "sending"]), name="outbox_waiting"
            ),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="outbox_failed"),
            models.Index(fields=["mailbox", "created_at"], condition=~Q(mailbox=""), name="outbox_mailbox"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Delivery.values), name="outbox_state"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
