"""Categories, deadlines, routing rules and the table of moves."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin
from commandcenter.city.viewers import viewer_of
from complaints import moves
from complaints.models import AllowedMove, Category, Deputy, Question, Report, RoutingRule, SlaPolicy
from complaints.models.choices import STATUS_CHOICES
from complaints.services import routed
from complaints.workflow import OUTCOMES, Move, Status, problems

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Any, Any]
    MoveBase = forms.ModelForm[AllowedMove]
    RuleBase = forms.ModelForm[RoutingRule]
else:
    Admin, Inline, MoveBase = admin.ModelAdmin, admin.TabularInline, forms.ModelForm
    RuleBase = forms.ModelForm

DRY, LINKS = 200, 20
PROBLEMS = {
    "trap": lazy("From “%(state)s” no outcome could be reached any more."),
    "unreachable": lazy("Nothing would lead to “%(state)s” any more."),
    "final": lazy("“%(state)s” could never be opened again."),
    "silent": lazy("“%(state)s” would need no written reason."),
}


class QuestionInline(Inline):
    """What the category asks."""

    model = Question
    extra = 0
    fields = ["order", "code", "text", "text_en", "datatype", "required", "values", "public"]


class PolicyInline(Inline):
    """How soon, from a day on."""

    model = SlaPolicy
    extra = 0
    fields = [
        "valid_from", "verify_amount", "verify_unit", "answer_amount", "answer_unit", "finish_amount",
        "finish_unit", "source",
    ]  # fmt: skip


@admin.register(Category)
class CategoryAdmin(AuditedAdmin, OriginAdmin, Admin):
    """The tree of what citizens report about."""

    list_display = [
        "name",
        "code",
        "parent",
        "agency",
        "priority",
        "private",
        "active",
        "n_open",
        "simulated",
    ]
    list_filter = ["priority", "private", "external", "active", "dimension", "agency"]
    search_fields = ["name", "name_en", "code", "keywords"]
    autocomplete_fields = ["parent", "agency"]
    list_select_related = ["parent", "agency"]
    inlines = [QuestionInline, PolicyInline]
    fieldsets = [
        (None, {"fields": ["code", "parent", "name", "name_en", "description", "keywords"]}),
        (lazy("Handling"), {"fields": ["agency", "priority", "severity", "external", "proof_photo"]}),
        (
            lazy("Rules"),
            {"fields": ["private", "radius_m", "reopen_days", "kind", "dimension", "order", "active"]},
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code is part of addresses: it never changes."""
        return ["code"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """With the number of open reports."""
        rows: QuerySet[Category] = super().get_queryset(request)
        return rows.annotate(n=Count("reports", filter=~Q(reports__status__in=sorted(OUTCOMES))))

    @admin.display(description=lazy("open reports"), ordering="n")
    def n_open(self, obj: Any) -> int:
        """How many wait."""
        return int(obj.n)


class RuleForm(RuleBase):
    """Days by name; how words are separated."""

    weekdays = forms.TypedMultipleChoiceField(
        label=lazy("weekdays"), required=False, coerce=int, choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple, help_text=lazy("None ticked: every day."),
    )  # fmt: skip

    class Meta:
        model = RoutingRule
        fields = "__all__"
        help_texts = {
            "words": lazy(
                "Separated by commas, phrases too: lampu, tiang listrik. "
                "One of them in the report is enough; capitals do not matter. Empty: whatever it says."
            ),
            "opens": lazy(
                "By the city's clock; both empty: at any hour. From 16:00 until 07:30 is the night."
            ),
        }


@admin.register(RoutingRule)
class RoutingRuleAdmin(AuditedAdmin, OriginAdmin, Admin):
    """Ordered rules; the dry run tells what they would have done."""

    form = RuleForm
    list_display = ["order", "name", "agency", "dispatch", "active", "trouble", "simulated"]
    list_display_links = ["name"]
    list_filter = ["active", "dispatch", "agency"]
    search_fields = ["name"]
    autocomplete_fields = ["agency", "officer", "categories", "areas"]
    filter_horizontal = ["channels"]
    actions = ["dry_run"]
    fieldsets = [
        (None, {"fields": ["name", "order", "active"]}),
        (
            lazy("If"),
            {"fields": ["categories", "areas", "channels", "words", "weekdays", ("opens", "closes")]},
        ),
        (lazy("Then"), {"fields": ["agency", "officer", "priority", "dispatch"]}),
    ]

    def save_model(self, request: HttpRequest, obj: RoutingRule, form: Any, change: bool) -> None:
        """A changed rule is a new version: old traces keep theirs."""
        obj.version += 1 if change else 0
        obj.problem = ""
        super().save_model(request, obj, form, change)

    @admin.display(description=lazy("problem"))
    def trouble(self, obj: RoutingRule) -> str:
        """Red where its agency or officer is gone."""
        return _("its agency or officer is gone") if obj.problem else ""

    @admin.action(description=lazy("Dry run of all rules over the last 200 reports"), permissions=["view"])
    def dry_run(self, request: HttpRequest, queryset: QuerySet[RoutingRule]) -> None:
        """Which rule would win how often, and which reports are with another agency than it says."""
        known, seen = routed.rules(), Report.objects.visible_to(viewer_of(request))
        reports = list(seen.select_related("category__parent", "area__parent").order_by("-pk")[:DRY])
        won, other = Counter[str](), list[Report]()
        for report in reports:
            rule = routed.ask(report, known).rule
            won[rule.name if rule else _("triage desk")] += 1
            if rule and report.agency_id and rule.agency != report.agency_id:
                other.append(report)
        told = " · ".join(f"{name}: {count}" for name, count in won.most_common())
        looked = ngettext("%(n)d report looked at.", "%(n)d reports looked at.", len(reports))
        self.message_user(request, f"{looked % {'n': len(reports)}} {told}".strip(), messages.INFO)
        said = _("%(n)d of them are with another agency now.") % {"n": len(other)}
        self.message_user(request, format_html("{} {}", said, _links(other)), messages.INFO)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The dry run asks all rules: none has to be ticked for it."""
        data: Any = request.POST
        if data.get("action") == "dry_run" and not data.getlist(ACTION_CHECKBOX_NAME):
            data = data.copy()
            data["select_across"] = "1"
            data.setlist(ACTION_CHECKBOX_NAME, ["0"])
            request.POST = data
        return super().changelist_view(request, extra_context)


def _links(reports: list[Report]) -> str:
    """The first of them by number."""
    rows = [(reverse("complaints:report", args=[row.number]), row.number) for row in reports[:LINKS]]
    more = " …" if len(reports) > LINKS else ""
    return format_html("{}{}", format_html_join(", ", '<a href="{}">{}</a>', rows), more)


def right_words() -> dict[str, str]:
    """The permissions of reports in words."""
    return {code: str(words) for code, words in Report._meta.permissions}


class ByState(admin.SimpleListFilter):
    """A state by its name."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Those of the table."""
        return STATUS_CHOICES

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Its rows."""
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset


class BySource(ByState):
    """Where a move begins."""

    title, parameter_name = lazy("from"), "source"


class ByTarget(ByState):
    """Where a move ends."""

    title, parameter_name = lazy("to"), "target"


class MoveForm(MoveBase):
    """Refuses a row with which a report could be trapped."""

    source = forms.ChoiceField(label=lazy("from"), choices=STATUS_CHOICES)
    target = forms.ChoiceField(label=lazy("to"), choices=STATUS_CHOICES)
    right = forms.ChoiceField(label=lazy("permission"), choices=lambda: list(right_words().items()))

    class Meta:
        model = AllowedMove
        fields = ["source", "target", "right", "text_required", "back", "same"]

    def clean(self) -> dict[str, Any]:
        """The whole table as it would be."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            others = AllowedMove.objects.exclude(pk=self.instance.pk)
            row = Move(
                Status(data["source"]),
                Status(data["target"]),
                data["right"],
                data["text_required"],
                data["back"],
                data["same"],
            )
            check([*map(as_move, others), row])
        return data


def as_move(row: AllowedMove) -> Move:
    """A stored row."""
    return Move(Status(row.source), Status(row.target), row.right, row.text_required, row.back, row.same)


def check(rows: list[Move]) -> None:
    """ValidationError in words for what the table would do to a report."""
    words = dict(STATUS_CHOICES)
    found = [problem.split(":", 1) for problem in problems(rows)]
    if found:
        raise ValidationError([PROBLEMS[kind] % {"state": words[state]} for kind, state in found])


@admin.register(AllowedMove)
class AllowedMoveAdmin(AuditedAdmin, Admin):
    """The workflow as one table."""

    form = MoveForm
    list_display = ["source_word", "target_word", "right_word", "text_required", "back", "same"]
    list_filter = [BySource, ByTarget]

    @admin.display(description=lazy("from"), ordering="source")
    def source_word(self, obj: AllowedMove) -> str:
        """In words."""
        return str(dict(STATUS_CHOICES).get(obj.source, obj.source))

    @admin.display(description=lazy("to"), ordering="target")
    def target_word(self, obj: AllowedMove) -> str:
        """In words."""
        return str(dict(STATUS_CHOICES).get(obj.target, obj.target))

    @admin.display(description=lazy("permission"), ordering="right")
    def right_word(self, obj: AllowedMove) -> str:
        """In words."""
        return right_words().get(obj.right, obj.right)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The new table holds at once."""
        super().save_model(request, obj, form, change)
        moves.forget()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row without which a report would be trapped stays."""
        if obj is not None:
            rest = AllowedMove.objects.exclude(pk=obj.pk)
            try:
                check(list(map(as_move, rest)))
            except ValidationError:
                return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Rows leave one at a time: each is checked."""
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The new table holds at once."""
        super().delete_model(request, obj)
        moves.forget()


@admin.register(Deputy)
class DeputyAdmin(AuditedAdmin, Admin):
    """Who stands in for a head."""

    list_display = ["agency", "user", "first", "last"]
    autocomplete_fields = ["agency", "user"]
