"""The programme's road, its money, its priority, and who puts a name under what."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from openpyxl import load_workbook

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from markets import ranking, rollout
from markets.models import Budget, Market, Office, PriorityWeight, ProgrammePoint, ProgrammeStep
from markets.priority import SEED, Outcome
from markets.programme import COMMITTED, MOVES, ROAD, Money, Stage, committed_cost, move_between
from tests.factories.cctv import make_market
from tests.factories.city import client_of, make_agency, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db) -> None:
    ensure_roles()
    ranking.ensure_weights()


@pytest.fixture
def market():
    return make_market(name="Pasar Uji", agency=make_agency("disperindag"), traders=300)


@pytest.fixture
def head(market):
    return make_user(Role.HEAD, agency=market.agency)


@pytest.fixture
def budget():
    return Budget.objects.create(year=2026, fund="region", original=100_000_000)


def proposed(market: Market, **values) -> ProgrammePoint:
    return rollout.propose(by=None, market=market, **({"reason": "Jauh.", "cost": 45_000_000} | values))


def test_the_table_leads_from_proposal_to_handing_over_and_back_only_with_a_reason() -> None:
    assert all(move_between(a, b) for a, b in pairwise(ROAD))
    places = {stage: place for place, stage in enumerate(ROAD)}
    for move in MOVES:
        onward = move.source in places and places.get(move.target, -1) > places[move.source]
        assert move.text is not onward
    assert move_between(Stage.PROPOSED, Stage.LIVE) is None
    assert move_between(Stage.HANDED_OVER, Stage.DROPPED) is None


def test_money_counts_the_amended_budget_and_contracts_before_estimates() -> None:
    taken = committed_cost([(Stage.BUDGETED, 45, None), (Stage.LIVE, 45, 40), (Stage.PROPOSED, 99, None)])
    assert taken == 85 and Stage.REVIEWED not in COMMITTED
    assert (Money(100, None, taken).left, Money(100, 80, taken).left) == (15, -5)


def test_a_point_goes_its_whole_road_on_its_pages(market, head, budget) -> None:
    client = client_of(head)
    sent = {"market": market.pk, "reason": "Jauh.", "cost": "45000000"}
    assert client.post("/markets/programme/new/", sent).status_code == 302
    point = ProgrammePoint.objects.get()
    path, today = f"/markets/programme/{point.pk}/", timezone.localdate().isoformat()

    def step(target: str, **more: object) -> Any:
        return client.post(f"{path}move/", {"target": target, "day": today, **more})

    assert step("live").status_code == 422
    assert step("reviewed").status_code == 302
    assert step("budgeted").status_code == 422  # no name, no budget
    assert client.post(f"{path}approve/").status_code == 403
    mayor = make_user(Role.MAYOR)
    assert "Setujui" in client_of(mayor).get(path).content.decode()
    assert client_of(mayor).post(f"{path}approve/").status_code == 302
    values = {"reason": "Jauh.", "cost": "45000000", "budget": budget.pk, "vendor": "", "contract_cost": ""}
    assert client.post(f"{path}change/", values).status_code == 302
    assert step("budgeted").status_code == 302
    assert step("procured").status_code == 422
    client.post(f"{path}change/", values | {"vendor": "CV Uji", "contract_cost": "44000000"})
    assert step("procured").status_code == 302
    assert step("installed").status_code == 422
    paper = {"title": "Kontrak", "number": "1/2026", "day": today}
    assert client.post(f"{path}documents/", paper).status_code == 302
    assert step("installed").status_code == 302 and step("live").status_code == 302
    assert step("handed_over").status_code == 422  # the contract is not the minutes
    client.post(f"{path}documents/", paper | {"title": "Berita acara"})
    assert step("handed_over").status_code == 302
    point.refresh_from_db()
    assert (point.stage, point.approved_name) == ("handed_over", mayor.display_name)
    assert point.steps.count() == 7 and budget.money.committed == 44_000_000
    assert AuditEntry.objects.filter(action="programmepoint.moved").count() == 6


def test_back_asks_why_and_a_dearer_point_needs_the_name_again(market, head) -> None:
    point = proposed(market)
    rollout.move_point(by=None, pk=point.pk, target="reviewed")
    mayor = viewer_of_user(make_user(Role.MAYOR))
    rollout.approve(by=mayor, pk=point.pk)
    rollout.approve(by=mayor, pk=point.pk)
    assert AuditEntry.objects.filter(action="programmepoint.approved").count() == 1
    rollout.change_point(by=None, pk=point.pk, values={"cost": 44_000_000})
    point.refresh_from_db()
    assert point.approved_name
    rollout.change_point(by=None, pk=point.pk, values={"cost": 46_000_000})
    point.refresh_from_db()
    assert not point.approved_name and not point.approved_at
    with pytest.raises(ValidationError):
        rollout.move_point(by=None, pk=point.pk, target="proposed")
    with pytest.raises(ValidationError):
        rollout.move_point(
            by=None, pk=point.pk, target="proposed", note="x", day=timezone.localdate() + timedelta(days=1)
        )
    rollout.move_point(by=None, pk=point.pk, target="proposed", note="Lokasi belum jelas.")
    with pytest.raises(ValidationError):
        rollout.approve(by=mayor, pk=point.pk)
    with pytest.raises(ValidationError):
        proposed(market)  # one on its way already


def test_the_database_keeps_what_happened(market) -> None:
    proposed(market)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeStep.objects.update(note="lain")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeStep.objects.all().delete()


def test_who_may_what(market, head) -> None:
    other = viewer_of_user(make_user(Role.HEAD, agency=make_agency("lain")))
    with pytest.raises(PermissionDenied):
        rollout.propose(by=other, market=market, reason="x")
    point = proposed(market)
    with pytest.raises(PermissionDenied):
        rollout.move_point(by=other, pk=point.pk, target="reviewed")
    foreign = client_of(make_user(Role.OPERATOR))
    assert foreign.get(f"/markets/programme/{point.pk}/").status_code == 200
    assert foreign.post(f"/markets/programme/{point.pk}/move/", {"target": "reviewed"}).status_code == 403
    partner = client_of(make_user(Role.PARTNER))
    for path in ("", "what-if/", "export.xlsx", f"{point.pk}/", f"{point.pk}/proposal.pdf"):
        assert partner.get(f"/markets/programme/{path}").status_code == 403


def test_a_budget_reaches_the_most_urgent_first_and_says_why(market, head) -> None:
    near = make_market(name="Pasar Dekat", agency=market.agency, lat=-6.12, lng=106.15, travel_min=5)
    Market.objects.filter(pk=market.pk).update(lat=-6.4, lng=106.5, travel_min=150)
    Office.objects.create(name="Kantor", lat=-6.12, lng=106.15)
    rows = ranking.what_if(viewer_of_user(head), 50_000_000, 45_000_000, ranking.criteria())
    assert [(row.candidate.name, row.outcome) for row in rows] == [
        ("Pasar Uji", Outcome.REACHED), (near.name, Outcome.SHORT),
    ]  # fmt: skip
    client = client_of(head)
    page = client.get("/markets/programme/what-if/?budget=50000000&cost=45000000").content.decode()
    assert "Pasar Uji" in page and "Jarak" in page
    zero = "&".join(f"w-{criterion.code}=0" for criterion in SEED)
    refused = client.get(f"/markets/programme/what-if/?budget=1&cost=1&{zero}")
    assert refused.status_code == 200 and refused.context["problem"]
    assert client.get("/markets/programme/what-if/?budget=x&cost=-1").status_code == 422
    PriorityWeight.objects.filter(code="travel_min").update(weight=0)
    assert next(c for c in ranking.criteria() if c.code == "travel_min").weight == 0


def test_files_are_a_sheet_and_a_paper(market, head) -> None:
    point = proposed(market, reason="<b>Jauh</b> & ramai")
    client = client_of(head)
    sheet = load_workbook(BytesIO(client.get("/markets/programme/export.xlsx").content)).worksheets[0]
    assert sheet.max_row == 2 and sheet["A2"].value == "Pasar Uji"
    answer = client.get(f"/markets/programme/{point.pk}/proposal.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content[:5] == b"%PDF-"


def test_the_list_asks_as_often_for_many_as_for_few(head, market, django_assert_max_num_queries) -> None:
    for n in range(8):
        proposed(make_market(name=f"Pasar {n}", agency=market.agency))
    client = client_of(head)
    client.get("/markets/programme/")
    with django_assert_max_num_queries(22):
        assert client.get("/markets/programme/").status_code == 200
