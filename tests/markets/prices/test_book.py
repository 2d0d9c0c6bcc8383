"""Writing prices: revisions, questions, resending, rights, and what the database refuses."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from markets.models import Commodity, PriceReading, PriceSeries, PriceSurveyor
from markets.pricebook import Entry, Refusal, Result, write_prices
from markets.pricedays import asked_at
from markets.priceseed import ensure_commodities
from tests.factories.cctv import make_market
from tests.factories.city import make_agency, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(db) -> None:
    ensure_roles()
    ensure_commodities()


@pytest.fixture
def market():
    return make_market(name="Pasar Uji", agency=make_agency("disperindag"))


@pytest.fixture
def head(market):
    return viewer_of_user(make_user(Role.HEAD, agency=market.agency))


def rice() -> Commodity:
    return Commodity.objects.get(code="beras-medium-1")


def today(back: int = 0) -> date:
    return timezone.localdate() - timedelta(days=back)


def entry(market, value: int, back: int = 0, **values) -> Entry:
    day = today(back)
    at = values.pop("observed_at", min(asked_at(day), timezone.now()))
    return Entry(market=market, commodity=values.pop("commodity", None) or rice(), day=day, value=value,
                 observed_at=at, **values)  # fmt: skip


def write(by, *entries: Entry, way: str = "phone", **options) -> list[Result]:
    return [one.result for one in write_prices(by=by, entries=entries, way=way, **options)]


def test_a_correction_is_another_revision_and_the_first_word_stays(market, head) -> None:
    assert write(head, entry(market, 13_400)) == [Result.ADDED]
    assert write(head, entry(market, 13_500)) == [Result.CORRECTED]
    assert write(head, entry(market, 13_500)) == [Result.SAME]
    rows = PriceReading.objects.order_by("revision").values_list("revision", "value", "entered_by_name")
    assert [(n, int(value)) for n, value, _name in rows] == [(1, 13_400), (2, 13_500)]
    assert int(PriceReading.objects.counting().get().value) == 13_500
    assert PriceSeries.objects.get().value == 13_500
    changed = AuditEntry.objects.get(action="pricereading.changed")
    assert changed.subject_label == "Pasar Uji" and [13_400, 13_500] in changed.detail.values()


def test_the_same_entry_sent_again_is_one_price(market, head) -> None:
    sent = entry(market, 13_400, key=uuid.uuid4())
    assert write(head, sent) == [Result.ADDED]
    write(head, entry(market, 13_600))
    assert write(head, sent) == [Result.SAME]
    assert PriceReading.objects.count() == 2 and PriceSeries.objects.get().value == 13_600


def test_a_key_of_another_entry_is_refused(market, head) -> None:
    key = uuid.uuid4()
    write(head, entry(market, 13_400, key=key))
    [told] = write_prices(by=head, entries=[entry(market, 13_500, key=key)], way="phone")
    assert (told.result, told.why) == (Result.REFUSED, Refusal.KEY)
    assert PriceReading.objects.count() == 1


def test_what_waited_on_a_phone_does_not_undo_a_later_word(market, head) -> None:
    early = entry(market, 13_400, key=uuid.uuid4(), observed_at=timezone.now() - timedelta(minutes=9))
    write(head, entry(market, 13_700, key=uuid.uuid4(), observed_at=timezone.now() - timedelta(minutes=1)))
    assert write(head, early) == [Result.OLDER]
    assert PriceSeries.objects.get().value == 13_700


def test_a_late_older_day_leaves_the_newest_alone(market, head) -> None:
    write(head, entry(market, 13_400))
    assert write(head, entry(market, 13_000, back=3)) == [Result.ADDED]
    series = PriceSeries.objects.get()
    assert (series.day, int(series.value)) == (today(), 13_400)


def test_a_price_far_from_the_last_is_asked_about_and_taken_with_a_yes(market, head) -> None:
    write(head, entry(market, 13_400, back=1))
    assert write(head, entry(market, 16_000)) == [Result.ASKED]
    assert not PriceReading.objects.filter(day=today()).exists()
    assert write(head, entry(market, 16_000, confirmed=True)) == [Result.ADDED]
    row = PriceReading.objects.get(day=today())
    assert row.confirmed and row.quality == "good"


def test_a_slipped_digit_that_somebody_insists_on_is_kept_as_doubtful(market, head) -> None:
    write(head, entry(market, 13_400, back=1))
    [told] = write_prices(by=head, entries=[entry(market, 134_000)], way="phone")
    assert told.result is Result.ASKED and told.finding and told.finding.meant == 13_400
    write(head, entry(market, 134_000, confirmed=True))
    assert PriceReading.objects.get(day=today()).quality == "suspect"


def test_a_bad_entry_never_blocks_good_ones(market, head) -> None:
    foreign = make_market(agency=make_agency("lain"))
    garlic = Commodity.objects.get(code="bawang-putih")
    found = write(
        head, entry(foreign, 13_000), entry(market, 13_000, back=-1), entry(market, 38_000, commodity=garlic)
    )
    assert found == [Result.REFUSED, Result.REFUSED, Result.ADDED]


def test_prices_of_a_batch_are_held_to_each_other_by_day(market, head) -> None:
    found = write(head, entry(market, 26_000), entry(market, 13_000, back=1), save=False)
    assert found == [Result.ASKED, Result.ADDED]
    assert not PriceReading.objects.exists() and not PriceSeries.objects.exists()


def test_who_writes_is_the_agency_the_administrator_and_the_surveyor(market) -> None:
    surveyor = make_user(None)
    assert write(viewer_of_user(surveyor), entry(market, 13_000)) == [Result.REFUSED]
    PriceSurveyor.objects.create(user=surveyor, market=market)
    assert write(viewer_of_user(surveyor), entry(market, 13_000)) == [Result.ADDED]
    assert write(viewer_of_user(make_user(Role.ADMIN)), entry(market, 13_100)) == [Result.CORRECTED]
    for role in (Role.OPERATOR, Role.MAYOR, Role.PARTNER):
        assert write(viewer_of_user(make_user(role)), entry(market, 13_200)) == [Result.REFUSED]
    other = viewer_of_user(make_user(Role.HEAD, agency=make_agency("lain")))
    assert write(other, entry(market, 13_200)) == [Result.REFUSED]


@pytest.mark.parametrize(
    "statement", ["UPDATE markets_pricereading SET value = 1", "DELETE FROM markets_pricereading"]
)
def test_the_database_keeps_what_was_written(market, head, statement) -> None:
    write(head, entry(market, 13_400))
    for mark in ("off", "on"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('cc.erasing', %s, true)", [mark])
            cursor.execute(statement)


def test_a_login_that_goes_leaves_its_prices(market) -> None:
    user = make_user(Role.HEAD, agency=market.agency)
    write(viewer_of_user(user), entry(market, 13_400))
    user.delete()
    assert PriceReading.objects.get().entered_by_name


def test_commodities_that_ship_are_those_of_the_reference() -> None:
    assert Commodity.objects.count() == 28
    Commodity.objects.filter(code="garam").delete()
    ensure_commodities()
    assert Commodity.objects.count() == 27  # what an administrator takes away stays away
