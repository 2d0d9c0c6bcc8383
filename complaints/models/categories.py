"""What citizens report about, what is asked of them, and how soon it must be done."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from complaints.models.choices import Dimension, Priority, ReportKind, Severity, Unit
from complaints.querysets.categories import CategoryQuerySet, PolicyQuerySet

code_validator = RegexValidator(
    r"^[A-Za-z0-9_-]{2,40}$", _("A code has letters, digits, - and _ only, for instance PJU-01.")
)


class Category(Origin):
    """One kind of report; two levels. The code is part of addresses and of Open311: it never changes."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ReportKind, default=ReportKind.COMPLAINT)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    keywords = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("words that point to it")
    )
    agency = models.ForeignKey(
        "city.Agency", models.SET_NULL, null=True, blank=True, related_name="categories",
        verbose_name=_("usual agency"), help_text=_("Empty: the triage desk decides."),
    )  # fmt: skip
    dimension = models.CharField(_("smart-city dimension"), max_length=12, choices=Dimension, blank=True)
    severity = models.CharField(
        pgettext_lazy("of a report", "severity"), max_length=8, choices=Severity, default=Severity.LIGHT
    )
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NORMAL)
    private = models.BooleanField(
        _("secret by default"), default=False, help_text=_("Reports are never on maps and lists.")
    )
    external = models.BooleanField(_("for an outside party"), default=False)
    proof_photo = models.BooleanField(_("a photo must prove the solution"), default=False)
    radius_m = models.PositiveIntegerField(
        _("radius of duplicates (m)"), default=250, validators=[MaxValueValidator(20_000)],
        help_text=_("Reports this near may be the same one. 0 switches the search off."),
    )  # fmt: skip
    reopen_days = models.PositiveSmallIntegerField(_("days to ask for reopening"), default=14)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("offered"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "name"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Za-z0-9_-]{2,40}$"),
                name="category_code",
                violation_error_message=_("A code has letters, digits, - and _ only, for instance PJU-01."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")) | Q(parent__isnull=True),
                name="category_not_own_parent",
                violation_error_message=_("A category cannot be part of itself."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ReportKind.values)
                & Q(priority__in=Priority.values)
                & Q(severity__in=Severity.values)
                & Q(dimension__in=["", *Dimension.values]),
                name="category_words_known",
                violation_error_message=_("Choose from the lists."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def is_urgent(self) -> bool:
        """Whether reports of it make a sound and count by the wall clock."""
        return self.priority == Priority.URGENT


class Question(models.Model):
    """One thing a category asks of its reporter (an Open311 attribute)."""

    class DataType(models.TextChoices):
        STRING = "string", pgettext_lazy("answer", "a few words")
        NUMBER = "number", pgettext_lazy("answer", "a number")
        DATETIME = "datetime", pgettext_lazy("answer", "date and time")
        TEXT = "text", pgettext_lazy("answer", "text")
        ONE = "singlevaluelist", pgettext_lazy("answer", "one of a list")
        SEVERAL = "multivaluelist", pgettext_lazy("answer", "several of a list")

    category = models.ForeignKey(
        Category, models.CASCADE, related_name="questions", verbose_name=_("category")
    )
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    datatype = models.CharField(_("kind of answer"), max_length=16, choices=DataType)
    required = models.BooleanField(_("required"), default=False)
    text = models.CharField(_("question"), max_length=200)
    text_en = models.CharField(_("question in English"), max_length=200, blank=True)
    hint = models.CharField(_("hint"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    values = models.JSONField(
        _("list of answers"), default=list, blank=True,
        help_text=_('For lists: [["key", "name"], …].'),
    )  # fmt: skip
    public = models.BooleanField(_("shown to the public"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "code"],
                name="question_code_once",
                violation_error_message=_("This category already asks that."),
            ),
            models.UniqueConstraint(
                fields=["category", "order"],
                name="question_order_once",
                violation_error_message=_("Two questions have the same order."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class SlaPolicy(Origin):
    """How soon from a day on: the newest policy that fits best (category, then its parent, then all) holds.

    Rows are versions: changing a deadline means adding a row with a later day, so old reports keep theirs.
    """

    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="policies", verbose_name=_("category"),
        help_text=_("Empty: for every category without its own."),
    )  # fmt: skip
    valid_from = models.DateField(_("valid from"))
    verify_amount = models.PositiveIntegerField(_("verification within"), default=3)
    verify_unit = models.CharField(_("counted in"), max_length=16, choices=Unit, default=Unit.WORKING_DAYS)
    answer_amount = models.PositiveIntegerField(_("first answer within"), default=5)
    answer_unit = models.CharField(_("counted in"), max_length=16, choices=Unit, default=Unit.WORKING_DAYS)
    finish_amount = models.PositiveIntegerField(_("completion within"), default=14)
    finish_unit = models.CharField(_("counted in"), max_length=16, choices=Unit, default=Unit.WORKING_DAYS)
    source = models.CharField(
        _("where it is written"),
        max_length=200,
        blank=True,
        help_text=_("The rule or decree, if there is one."),
    )

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline policy")
        verbose_name_plural = _("deadline policies")
        ordering = ["category", "-valid_from"]
        constraints = [
            *Origin.Meta.constraints,
            models.UniqueConstraint(
                fields=["category", "valid_from"],
                nulls_distinct=False,
                name="slapolicy_once_a_day",
                violation_error_message=_("There is a policy from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(verify_amount__gte=1, answer_amount__gte=1, finish_amount__gte=1),
                name="slapolicy_some_time",
                violation_error_message=_("Give at least 1."),
            ),
            models.CheckConstraint(
                condition=Q(verify_unit__in=Unit.values)
                & Q(answer_unit__in=Unit.values)
                & Q(finish_unit__in=Unit.values),
                name="slapolicy_units",
                violation_error_message=_("Choose from the lists."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id or '*'} {self.valid_from:%Y-%m-%d}"


class AllowedMove(models.Model):
    """One row of the city's table of moves; while there is none the table that ships holds."""

    source = models.CharField(_("from"), max_length=16)
    target = models.CharField(_("to"), max_length=16)
    right = models.CharField(_("permission"), max_length=60, default="handle_report")
    text_required = models.BooleanField(_("a reason must be written"), default=False)
    back = models.BooleanField(_("only to the state before waiting"), default=False)
    same = models.BooleanField(_("only to the outcome before"), default=False)

    class Meta:
        verbose_name = _("allowed move")
        verbose_name_plural = _("allowed moves")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target"],
                name="allowedmove_once",
                violation_error_message=_("This move is in the table already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
