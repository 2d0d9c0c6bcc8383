"""The seed loaded into the city's own tables: what is there already is left as people made it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from commandcenter.city.models import Agency
from complaints import moves, seed, sla
from complaints.models import AllowedMove, CannedText, Category, Channel, Priority, Question, SlaPolicy
from complaints.seed import SeedCategory
from complaints.workflow import SEED

FROM_THE_START = date(2020, 1, 1)


@transaction.atomic
def load_seed(*, origin: str = "real") -> dict[str, int]:
    """Adds the categories, policies, channels and texts that are missing; how many of each."""
    before = [model.objects.count() for model in (Category, SlaPolicy, Channel, CannedText)]
    known = {row.code: row for row in Category.objects.all()}
    for order, item in enumerate(seed.CATEGORIES, start=1):
        if item.code not in known:
            known[item.code] = _category(item, known.get(item.parent), order, origin)
    _channels(origin)
    if not AllowedMove.objects.exists():
        AllowedMove.objects.bulk_create(
            AllowedMove(
                source=row.source.value, target=row.target.value, right=row.right, text_required=row.text,
                back=row.back, same=row.same,
            )
            for row in SEED
        )  # fmt: skip
        moves.forget()
    for order, text in enumerate(seed.CANNED, start=1):
        values = {"title": text.title, "text": text.text, "order": order, "origin": origin}
        CannedText.objects.get_or_create(code=text.code, defaults=values)
    after = [model.objects.count() for model in (Category, SlaPolicy, Channel, CannedText)]
    names = ("categories", "policies", "channels", "texts")
    return {name: b - a for name, a, b in zip(names, before, after, strict=True)}


def _category(item: SeedCategory, parent: Category | None, order: int, origin: str) -> Category:
    row = Category.objects.create(
        code=item.code, parent=parent, kind=item.kind.value, name=item.name_id, name_en=item.name_en,
        keywords=list(item.keywords), agency=usual_agency(item.agency_words), dimension=item.dimension.value,
        severity=item.severity.value, priority=Priority.URGENT if item.urgent else Priority.NORMAL,
        private=item.secret, external=item.external, proof_photo=item.proof_photo,
        radius_m=item.duplicate_radius_m, reopen_days=item.reopen_days, order=order, origin=origin,
    )  # fmt: skip
    _policy(row, item.policy, origin)
    for place, question in enumerate(item.questions, start=1):
        Question.objects.create(
            category=row, code=question.code, datatype=question.datatype.value, required=question.required,
            text=question.text, text_en=question.text_en, hint=question.hint, order=place,
            values=[list(pair) for pair in question.values], public=question.public,
        )  # fmt: skip
    return row


def _policy(row: Category, policy: sla.Policy, origin: str) -> None:
    verify, answer, finish = policy.verify, policy.answer, policy.finish
    if verify is None or answer is None or finish is None:
        return
    SlaPolicy.objects.create(
        category=row, valid_from=FROM_THE_START, verify_amount=verify.amount, verify_unit=verify.unit.value,
        answer_amount=answer.amount, answer_unit=answer.unit.value, finish_amount=finish.amount,
        finish_unit=finish.unit.value, origin=origin,
    )  # fmt: skip


def usual_agency(words: tuple[str, ...]) -> Agency | None:
    """The first agency whose short name or name has one of the words, the best word first."""
    for word in words:
        found = Agency.objects.filter(short_name__iexact=word).first()
        found = found or Agency.objects.filter(name__icontains=word).order_by("pk").first()
        if found is not None:
            return found
    return None


def _channels(origin: str) -> None:
    kinds = set(Channel.objects.values_list("kind", flat=True))
    for order, item in enumerate(seed.CHANNELS, start=1):
        if item.kind not in kinds:
            Channel.objects.create(
                kind=item.kind, slug=item.slug, name=item.name, quiet_after_h=item.quiet_after_h, order=order,
                origin=origin,
            )  # fmt: skip
