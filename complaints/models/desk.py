"""What the desks work with: routing rules, canned texts, shared views, who is on duty, who follows along."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from complaints.models.choices import Priority
from complaints.querysets.reports import ThroughReport
from complaints.querysets.rooms import RoomQuerySet


class RoutingRule(Origin):
    """Ordered; the first whose every condition holds decides. Empty conditions hold always.

    ``hours`` like ``07:30-16:00`` and ``weekdays`` (0 Monday) are in the city's zone; ``words`` any of them.
    """

    name = models.CharField(_("name"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)
    categories = models.ManyToManyField(
        "complaints.Category", blank=True, related_name="rules", verbose_name=_("categories")
    )
    areas = models.ManyToManyField("city.Area", blank=True, related_name="+", verbose_name=_("areas"))
    channels = models.ManyToManyField(
        "complaints.Channel", blank=True, related_name="+", verbose_name=_("channels")
    )
    words = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("any of these words")
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("weekdays")
    )
    opens = models.TimeField(_("from"), null=True, blank=True)
    closes = models.TimeField(_("until"), null=True, blank=True)
    agency = models.ForeignKey("city.Agency", models.PROTECT, related_name="+", verbose_name=_("agency"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("officer"),
    )  # fmt: skip
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, blank=True)
    dispatch = models.BooleanField(
        _("send without a look"), default=False,
        help_text=_("Otherwise the operator sees the proposal and confirms it."),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    problem = models.CharField(_("problem"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["order", "pk"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False),
                name="routingrule_hours",
                violation_error_message=_("Give both times or none."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CannedText(Origin):
    """A text that is written often; ``{number}``, ``{agency}``, ``{category}`` are filled in."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), max_length=2000)
    agency = models.ForeignKey(
        "city.Agency", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("agency"),
        help_text=_("Empty: for everybody."),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("canned text")
        verbose_name_plural = _("canned texts")
        ordering = ["order", "title"]
        constraints = [*Origin.Meta.constraints]

    def __str__(self) -> str:
        return self.title


class DeskView(models.Model):
    """A named filter of a desk that others can use too."""

    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=1000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_views")
    shared = models.BooleanField(_("for everybody"), default=False)

    class Meta:
        verbose_name = _("saved view of the desk")
        verbose_name_plural = _("saved views of the desk")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="deskview_name")]

    def __str__(self) -> str:
        return self.name


class DutyState(models.Model):
    """Whether an operator takes reports now; a break gives his claims back."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_duty")
    on_duty = models.BooleanField(default=False)
    since = models.DateTimeField(auto_now=True)
    sound = models.BooleanField(_("sound for urgent reports"), default=True)
    last_given_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")

    def __str__(self) -> str:
        return f"duty of user {self.user_id}"


class Subscription(models.Model):
    """Somebody who reported the same or follows along, and is told what happens.

    ``in_secret``: he came while the report was secret (his own, secret too, was merged into it). The others
    hear nothing while it is secret, and follow on when that is lifted.
    """

    report = models.ForeignKey("complaints.Report", models.CASCADE, related_name="subscriptions")
    reporter = models.ForeignKey("complaints.Reporter", models.CASCADE, related_name="subscriptions")
    came_from = models.ForeignKey(
        "complaints.Report", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    in_secret = models.BooleanField(default=False, editable=False)

    objects = ThroughReport.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "reporter"], name="subscription_once"),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class LetterStop(models.Model):
    """A mailbox that wants no more letters about a report, as a digest: whoever types its address again."""

    report = models.ForeignKey("complaints.Report", models.CASCADE, related_name="letter_stops")
    mailbox = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    objects = ThroughReport.as_manager()

    class Meta:
        verbose_name = _("end of letters")
        verbose_name_plural = _("ends of letters")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "mailbox"], name="letterstop_once")]

    def __str__(self) -> str:
        return f"end of letters {self.pk}"


class Deputy(models.Model):
    """Who stands in (Plt) for the head of an agency, from when until when."""

    agency = models.ForeignKey(
        "city.Agency", models.CASCADE, related_name="deputies", verbose_name=_("agency")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="deputy_for", verbose_name=_("deputy (Plt)")
    )
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))

    class Meta:
        verbose_name = _("deputy (Plt)")
        verbose_name_plural = _("deputies (Plt)")
        ordering = ["-first"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=models.F("first")),
                name="deputy_range",
                violation_error_message=_("The last day is before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"deputy {self.pk}"


class RoomRequest(models.Model):
    """A room or an ambulance: asked, held by a hospital until a time, arrived, expired or refused."""

    class Need(models.TextChoices):
        MATERNITY = "maternity", _("maternity room")
        BED = "bed", _("hospital bed")
        ICU = "icu", "ICU"
        AMBULANCE = "ambulance", _("ambulance")

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        HELD = "held", _("held")
        ARRIVED = "arrived", _("arrived")
        EXPIRED = "expired", _("expired")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")

    report = models.OneToOneField(
        "complaints.Report", models.PROTECT, related_name="room", verbose_name=_("report")
    )
    need = models.CharField(_("need"), max_length=10, choices=Need)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    hospital = models.ForeignKey(
        "city.Agency", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hospital")
    )
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    alternative = models.CharField(_("alternative"), max_length=200, blank=True)
    state_at = models.DateTimeField(auto_now=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room request")
        verbose_name_plural = _("room requests")
        permissions = [("handle_room", _("Can work at the desk for rooms and ambulances"))]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_until__isnull=False, hospital__isnull=False),
                name="roomrequest_held_until",
                violation_error_message=_("A held room says which hospital holds it until when."),
            )
        ]
        indexes = [models.Index(fields=["held_until"], condition=Q(state="held"), name="roomrequest_held")]

    def __str__(self) -> str:
        return f"room request {self.pk}"


class CallTally(models.Model):
    """How often a number called 112 for nothing; a count never blocks a call."""

    phone_digest = models.CharField(max_length=64, unique=True)
    prank = models.PositiveIntegerField(_("prank calls"), default=0)
    silent = models.PositiveIntegerField(_("silent calls"), default=0)
    real = models.PositiveIntegerField(_("real calls"), default=0)
    last_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("calls of a number")
        verbose_name_plural = _("calls of numbers")

    def __str__(self) -> str:
        return f"calls {self.pk}"
