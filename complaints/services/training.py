"""The city's own suggestion model: learned from closed reports, measured, kept only when it is no worse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from commandcenter.city import audit
from complaints.models import Category, CategoryChange, Report, SuggestionModel
from complaints.suggest import training
from complaints.suggest.choose import choose
from complaints.suggest.model import Model
from complaints.suggest.rules import Rules
from complaints.suggest.training import Outcome, Sample, Verdict
from complaints.suggesting import model_of, rules_of
from complaints.workflow import Status

TAUGHT_BY = (Status.RESOLVED.value, Status.UNABLE.value, Status.NOT_OURS.value)
"""Outcomes of reports that somebody understood. A prank teaches nothing, a duplicate says the same twice."""
KEPT = 5
"""Models kept, the one in use among them."""
NOBODY = "unknown"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to. ``rules`` and ``both``: the same held-out texts asked without and with it.

    ``overrides``: labels among the samples that differ from what had been suggested.
    """

    outcome: Outcome
    rules: training.Report
    both: training.Report
    verdict: Verdict
    overrides: int
    kept: bool


def samples(*, simulated: bool = False) -> Iterator[Sample]:
    """Texts of closed reports with the category people settled on, the newest first.

    Never a secret or a test one, nor one of a private category. A person is one person by whatever channel;
    reports of nobody known count as one person's, because nobody can say that they are several.
    """
    rows = Report.objects.filter(
        status__in=TAUGHT_BY, secret=False, is_test=False, anonymised_at__isnull=True,
        category__isnull=False, category__private=False, category__active=True,
    )  # fmt: skip
    if not simulated:
        rows = rows.filter(origin="real")
    columns = ("text", "category__code", "reporter", "reporter__phone_digest", "reporter__email_digest")
    for text, code, pk, phone, email in rows.order_by("-pk").values_list(*columns).iterator(2000):
        yield Sample(text, code, phone or email or (str(pk) if pk else NOBODY))


def overrides() -> int:
    """Closed reports whose category is another than the one that had been suggested."""
    newest = CategoryChange.objects.filter(report=OuterRef("pk")).order_by("-pk").values("suggested")[:1]
    rows = Report.objects.filter(status__in=TAUGHT_BY, secret=False, is_test=False, category__isnull=False)
    rows = rows.annotate(suggested=Subquery(newest)).filter(suggested__isnull=False)
    return int(rows.exclude(suggested=F("category")).count())


def train(*, least: int = training.LEAST_TEXTS, dry_run: bool = False, simulated: bool = False) -> Trained:
    """Learns, measures against the rules and the model in use, and puts it into use unless it is worse."""
    rules = rules_of({row.code: row for row in Category.objects.filter(active=True)})
    outcome = training.train(
        samples(simulated=simulated), on=timezone.localdate(), known=rules.stems, least_texts=least
    )
    model = outcome.model
    by_rules = training.judge(_asker(rules, None), outcome.held_out)
    both = training.judge(_asker(rules, model), outcome.held_out)
    verdict = training.compare(outcome, current())
    if verdict.accept and both.macro_f1 + training.TOLERANCE < by_rules.macro_f1:
        verdict = Verdict(False, both.macro_f1, by_rules.macro_f1, "worse_than_rules")
    kept = model is not None and verdict.accept and not dry_run
    if kept and model is not None:
        keep(model, {"model": outcome.report.as_json(), "rules": by_rules.as_json(), "both": both.as_json()})
    return Trained(outcome, by_rules, both, verdict, overrides(), kept)


def _asker(rules: Rules, model: Model | None) -> Callable[[str], list[tuple[str, float]]]:
    """Asked as the desk asks."""
    return lambda text: [(item.code, item.confidence) for item in choose(text, rules, model)]


def current() -> Model | None:
    """The model in use."""
    row = SuggestionModel.objects.filter(in_use=True).first()
    return model_of(row.version) if row is not None else None


@transaction.atomic
def keep(model: Model, quality: dict[str, object]) -> SuggestionModel:
    """Stores the model and asks it from now on, on every machine; the oldest ones leave."""
    SuggestionModel.objects.filter(in_use=True).update(in_use=False)
    row: SuggestionModel
    row, _created = SuggestionModel.objects.update_or_create(
        version=model.version, defaults={"content": model.to_json(), "quality": quality, "in_use": True}
    )
    old = SuggestionModel.objects.filter(in_use=False).order_by("-trained_at", "-pk")
    SuggestionModel.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT - 1 :])).delete()
    audit.record(viewer=None, action="suggestion.trained", detail={"version": model.version})
    return row
