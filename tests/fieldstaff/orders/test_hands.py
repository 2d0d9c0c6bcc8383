"""An order in other hands, on the desk: given to another, passed on, taken back; and who hears of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commandcenter import live
from commandcenter.city.roles import Role
from fieldstaff.models import Latest, Order, OrderEvent
from fieldstaff.orders import family, moving
from fieldstaff.views.orders import hands_of
from tests.factories.city import client_of, make_user
from tests.factories.fieldstaff import make_officer
from tests.factories.orders import because


@pytest.fixture
def desk(crew):
    return client_of(make_user(Role.OPERATOR))


@pytest.fixture
def news(monkeypatch):
    """What is published: (order, scopes)."""
    told = []
    monkeypatch.setattr(live, "publish", lambda topic, *, id, rev, scopes: told.append((id, set(scopes))))
    return told


def near(*officers) -> None:
    now = datetime.now(UTC)
    for officer in officers:
        Latest.objects.create(
            officer=officer, last_contact=now, fix_at=now, lat_e7=-61200000, lon_e7=1061500000
        )


def test_the_desk_gives_an_order_to_somebody_else_with_the_reasons_before_it(crew, desk):
    near(crew.second)
    off = make_officer(agency=crew.agency, name="Sudah Pulang")
    order = crew.offered(crew.worker)
    moving.accept(pk=order.pk, viewer=crew.viewer(crew.worker))
    order.refresh_from_db()
    address = f"/fieldstaff/orders/{order.pk}/"
    assert f"{address}reassign/" in desk.get(address).content.decode()
    page = desk.get(f"{address}reassign/").content.decode()
    assert crew.second.name in page and "paling dekat" in page
    assert crew.boss.name in page and "30 menit" in page, "who was passed over, by name, with the reason"
    assert f'value="{crew.worker.pk}"' not in page and off.name not in page
    said = {"officer": [crew.second.pk], "rev": order.rev}
    assert desk.post(f"{address}reassign/", said).status_code == 409, "a reason is needed"
    assert desk.post(f"{address}reassign/", said | {"text": "sakit"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.assignee_id, order.round) == ("offered", crew.second.pk, 2)
    assert OrderEvent.objects.get(target="reassigned").text == "sakit"
    again = desk.post(f"{address}reassign/", said | {"text": "sakit", "officer": [crew.boss.pk]})
    assert again.status_code == 409 and "sakit" in again.content.decode()


def test_a_supervisor_passes_his_order_on_to_his_own_people_alone(crew, desk):
    near(crew.worker, crew.stranger)
    order = crew.offered(crew.boss)
    boss, address = client_of(crew.boss.user), f"/fieldstaff/orders/{order.pk}/"
    assert f"{address}delegate/" in boss.get(address).content.decode()
    page = boss.get(f"{address}delegate/").content.decode()
    assert crew.worker.name in page and crew.second.name in page and crew.stranger.name not in page
    for who in (desk, client_of(crew.worker.user)):
        assert who.get(f"{address}delegate/").status_code == 404
    assert boss.post(f"{address}delegate/", {"rev": order.rev}).status_code == 302
    assert not order.children.exists(), "nobody was ticked"
    refused = boss.post(f"{address}delegate/", {"officer": [crew.stranger.pk], "rev": order.rev})
    assert refused.status_code == 403
    said = {"officer": [crew.worker.pk, crew.second.pk], "rev": order.rev, "text": "Sisi timur"}
    assert boss.post(f"{address}delegate/", said).status_code == 302
    order.refresh_from_db()
    children = list(order.children.order_by("pk"))
    assert order.state == "accepted" and {row.assignee_id for row in children} == {
        crew.worker.pk, crew.second.pk
    }  # fmt: skip
    assert {row.text for row in children} == {"Sisi timur"}
    assert crew.worker.name in boss.get(address).content.decode()


def test_taken_back_without_asking_anybody(crew, desk):
    order = crew.offered(crew.worker)
    address = f"/fieldstaff/orders/{order.pk}/"
    assert f"{address}reassigned/" in desk.get(address).content.decode()
    said = {"rev": order.rev, "text": "salah orang"}
    assert desk.post(f"{address}reassigned/", said).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.offered_until) == ("reassigned", None) and order.waiting_since
    page = desk.get(address).content.decode()
    assert "salah orang" in page and f"{address}offer/" in page
    moving.offer(pk=order.pk, officers=[crew.second.pk], viewer=crew.desk)
    assert family.move(pk=order.pk, target="cancelled", viewer=crew.desk, said=because()).state == "cancelled"


def test_nobody_else_takes_it_back(crew):
    order = crew.offered(crew.worker)
    for officer, answer in ((crew.worker, 403), (crew.stranger, 404)):
        client = client_of(officer.user)
        said = {"text": "tidak mau", "officer": [crew.second.pk]}
        assert client.post(f"/fieldstaff/orders/{order.pk}/reassigned/", said).status_code == answer
        assert client.post(f"/fieldstaff/orders/{order.pk}/reassign/", said).status_code == answer
        assert client.get(f"/fieldstaff/orders/{order.pk}/reassign/").status_code == 404
    assert hands_of(order, crew.viewer(crew.worker)) == []
    assert hands_of(order, crew.viewer(crew.boss)) == ["reassign"]


def test_an_order_without_a_place_is_given_by_hand(crew, desk):
    order = crew.order(lat=None, lng=None)
    page = desk.get(f"/fieldstaff/orders/{order.pk}/").content.decode()
    assert "Pilih sendiri" in page and crew.worker.name in page
    asked = {"officer": [crew.worker.pk], "rev": order.rev}
    assert desk.post(f"/fieldstaff/orders/{order.pk}/offer/", asked).status_code == 302
    assert Order.objects.get(pk=order.pk).assignee_id == crew.worker.pk


def test_the_card_of_those_it_was_passed_on_to_is_there_before_anybody_is(crew, desk):
    """The page's live parts take fresh contents: what is not there cannot appear."""
    order = crew.offered(crew.boss)
    address = f"/fieldstaff/orders/{order.pk}/"
    page = desk.get(address).content.decode()
    assert '<section class="cc-card" data-live-part="children" hidden>' in page
    family.delegate(pk=order.pk, officers=[crew.worker.pk], viewer=crew.viewer(crew.boss))
    assert '<section class="cc-card" data-live-part="children">' in desk.get(address).content.decode()


def test_the_page_above_hears_of_every_step_below(crew, news):
    order = crew.offered(crew.boss)
    child = family.delegate(pk=order.pk, officers=[crew.worker.pk], viewer=crew.viewer(crew.boss))[0]
    assert order.pk in {pk for pk, _scopes in news}
    before = Order.objects.get(pk=order.pk).rev
    news.clear()
    moving.accept(pk=child.pk, viewer=crew.viewer(crew.worker))
    assert {pk for pk, _scopes in news} == {order.pk, child.pk}
    assert Order.objects.get(pk=order.pk).rev == before, "an open form of it stays good"


def test_who_lost_an_order_hears_of_it(crew, news):
    order = crew.offered(crew.stranger)
    news.clear()
    family.reassign(pk=order.pk, officers=[crew.worker.pk], viewer=crew.desk, said=because())
    lost = {f"officer-{crew.stranger.pk}", f"officer-{crew.worker.pk}"}
    assert lost <= set().union(*(scopes for _pk, scopes in news))
