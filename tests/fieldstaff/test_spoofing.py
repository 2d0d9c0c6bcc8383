"""Each sign with a cheat who shows it and an honest officer who must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.attendance.clock import settle
from fieldstaff.attendance.online import two_places
from fieldstaff.attendance.pings import Mark, distinct, ping
from fieldstaff.attendance.policy import PolicyError
from fieldstaff.spoofing import Charging, footprint, review, shared
from fieldstaff.spoofpolicy import WEIGHTS, Kind, SpoofPolicy
from tests.fieldstaff.scenes import ELSEWHERE, FRIDAY, POLICY, POST, START, every
from tests.fieldstaff.trails import (
    bad_receiver,
    draining,
    indoors,
    lying_still,
    moved,
    pinned,
    replayed,
    street,
)

SIGNS = SpoofPolicy("signs-1")
DAYS = [FRIDAY - timedelta(days=back) for back in (3, 2, 1)]


def kinds(report):
    return {finding.kind for finding in report.findings}


def look(sights, **more):
    return review(sights, SIGNS, **more)


def week(make, *, seeds=(1, 2, 3)):
    return [footprint(1, day, make(seed, day), SIGNS) for seed, day in zip(seeds, DAYS, strict=True)]


HONEST = {"street": street, "bad receiver": bad_receiver, "indoors": indoors}


@pytest.mark.parametrize("seed", [3, 17, 29, 31])
@pytest.mark.parametrize("name", HONEST)
def test_an_honest_officer_shows_no_sign_however_bad_the_receiver(name, seed):
    make = HONEST[name]
    sights = make(seed)
    mine = footprint(1, FRIDAY, sights, SIGNS)

    # The guard's rough place is the same each day, and so it may be; ways differ from day to day.
    seeds = (seed,) * 3 if make is indoors else (seed + 1, seed + 2, seed + 3)
    report = look(sights, mine=mine, history=week(make, seeds=seeds))

    assert report.findings == ()
    assert (report.score, report.needs_review) == (0, False)


def test_honest_officers_of_one_building_share_no_sign():
    prints = [footprint(officer, FRIDAY, indoors(7), SIGNS) for officer in (1, 2, 3)]

    assert shared(prints, SIGNS) == {}


def test_a_phone_that_lies_still_shows_a_sign_and_asks_nobody_to_look():
    report = look(lying_still(3))

    assert kinds(report) == {Kind.ZERO_JITTER}
    assert report.score == 25
    assert not report.needs_review


def test_mock_is_found_with_its_times():
    sights = [s._replace(marks=int(Mark.MOCK)) if 100 <= n < 160 else s for n, s in enumerate(street(1))]
    report = look(sights)

    assert kinds(report) == {Kind.MOCK}
    assert report.findings[0].span == (START + 6_000, START + 9_540)
    assert report.findings[0].facts == (("fixes", 60),)
    assert report.needs_review


def test_a_pin_that_never_trembles_is_found():
    report = look(pinned())

    assert kinds(report) == {Kind.ZERO_JITTER}
    assert dict(report.findings[0].facts) == {"fixes": 510, "seconds": 30_540}


def test_a_pin_needs_more_than_half_an_hour():
    sights = street(1)
    spot = sights[100]

    def held(until):
        return [
            s._replace(lat=spot.lat, lon=spot.lon, acc=5) if 100 <= n < until else s
            for n, s in enumerate(sights)
        ]

    assert kinds(look(held(131))) == set()
    assert kinds(look(held(132))) == {Kind.ZERO_JITTER}


def test_a_heartbeat_that_repeats_its_last_fix_is_no_pin():
    fixes = street(1)[:20]

    assert kinds(look(fixes + fixes[-1:] * 200)) == set()


def test_several_officers_at_one_coordinate_are_found_with_each_others_names():
    prints = [footprint(officer, FRIDAY, pinned(), SIGNS) for officer in (11, 12, 13)]
    prints.append(footprint(14, FRIDAY, street(4), SIGNS))

    found = shared(prints, SIGNS)

    assert set(found) == {11, 12, 13}
    assert found[11][0].others == (12, 13)
    assert look(pinned(), neighbours=found[11]).needs_review


def test_the_same_coordinate_on_another_day_is_no_shared_one():
    prints = [footprint(11, FRIDAY, pinned(), SIGNS), footprint(12, DAYS[0], pinned(DAYS[0]), SIGNS)]

    assert shared(prints, SIGNS) == {}


def test_a_coordinate_frozen_over_three_days_is_found_with_the_days():
    mine = footprint(1, FRIDAY, pinned(), SIGNS)
    before = [footprint(1, day, pinned(day), SIGNS) for day in DAYS[1:]]

    report = look(pinned(), mine=mine, history=before)

    assert Kind.FROZEN_COORDINATE in kinds(report)
    frozen = next(f for f in report.findings if f.kind is Kind.FROZEN_COORDINATE)
    assert frozen.days == (*DAYS[1:], FRIDAY)
    assert Kind.FROZEN_COORDINATE not in kinds(look(pinned(), mine=mine, history=before[:1]))


def test_a_jump_to_where_he_stays_is_found_and_a_slip_of_the_receiver_is_not():
    def off(sights, first, last):
        return [s._replace(lat=s.lat + 18_000_000) if first <= n < last else s for n, s in enumerate(sights)]

    stays, slips = look(off(street(1), 200, 510)), look(off(street(1), 200, 201))

    assert kinds(stays) == {Kind.IMPOSSIBLE_JUMP}
    assert dict(stays.findings[0].facts)["metres"] > 190_000
    assert kinds(slips) == set()


@pytest.mark.parametrize(("kmh", "found"), [(100, set()), (200, {Kind.TOO_FAST})])
def test_fast_driving_is_a_sign_only_without_a_task(kmh, found):
    step = kmh / 3.6 * 60
    sights = [
        s._replace(lat=moved(n * step, 0)[0], lon=moved(0, 0)[1] + n * 37)
        for n, s in enumerate(street(1)[:20])
    ]

    assert kinds(look(sights)) == found
    assert kinds(look(sights, tasks=((START, START + 9_000),))) == set()


def test_what_the_receiver_is_unsure_of_is_taken_off_a_jump():
    def leap(acc):
        rows = [s._replace(acc=acc, at=START + n * 10) for n, s in enumerate(street(1)[:20])]
        return kinds(look([s._replace(lon=s.lon + moved(0, 1_300 * (n >= 10))[1] - moved(0, 0)[1])
                           for n, s in enumerate(rows)]))  # fmt: skip

    assert [leap(5), leap(200)] == [{Kind.IMPOSSIBLE_JUMP}, set()]


def test_one_accuracy_all_along_a_way_is_a_weak_sign():
    report = look([s._replace(acc=7) for s in street(1)])

    assert kinds(report) == {Kind.CONSTANT_ACCURACY}
    assert report.score == 10
    assert kinds(look([s._replace(acc=30) for s in indoors(1)])) == set()


def test_a_battery_that_never_drains_off_the_plug_is_found():
    def powered(charging, percent):
        return look([s._replace(battery=percent, charging=charging) for s in street(1)])

    assert kinds(powered(Charging.NO, 87)) == {Kind.FLAT_BATTERY}
    assert kinds(powered(Charging.YES, 100)) == set()
    assert kinds(powered(Charging.UNKNOWN, 80)) == set()
    assert draining(0) != draining(509)


def test_phones_in_two_places_are_found():
    def places(other):
        rows = every(60, START, START + 3_600, place=POST)
        rows += [ping(START + 1_800, device=2, place=other)]
        return two_places(settle(distinct(rows), {}, None, POLICY), POLICY)

    assert kinds(look(street(1), two_places=places(ELSEWHERE))) == {Kind.TWO_PLACES}
    assert kinds(look(street(1), two_places=places(POST))) == set()


def test_yesterdays_trail_with_new_times_is_found_and_the_same_street_walked_again_is_not():
    yesterday = street(1)
    history = [footprint(1, FRIDAY, yesterday, SIGNS)]
    today = FRIDAY + timedelta(days=1)

    def seen(sights):
        return look(sights, mine=footprint(1, today, sights, SIGNS), history=history)

    assert kinds(seen(replayed(yesterday, today))) == {Kind.REPLAYED_TRAIL}
    assert seen(replayed(yesterday, today)).findings[0].days == (FRIDAY,)
    assert kinds(seen(street(2, today))) == set()


def test_a_street_walked_by_a_phone_that_rounds_to_metres_is_no_replay():
    def rounded(seed, day):
        return [s._replace(lat=s.lat // 100 * 100, lon=s.lon // 100 * 100) for s in street(seed, day)]

    today = rounded(4, FRIDAY)
    mine = footprint(1, FRIDAY, today, SIGNS)

    assert kinds(look(today, mine=mine, history=week(rounded))) == set()


def test_signs_of_one_kind_count_once_and_the_score_ends_at_a_hundred():
    twice = pinned()[:100] + street(1)[200:300] + [
        s._replace(at=s.at + 86_400) for s in pinned()[:100]
    ]  # fmt: skip
    neighbours = shared([footprint(o, FRIDAY, pinned(), SIGNS) for o in (1, 2)], SIGNS)[1]
    mocked = [s._replace(marks=int(Mark.MOCK)) for s in pinned()]

    assert [f.kind for f in look(twice).findings] == [Kind.ZERO_JITTER] * 2
    assert look(twice).score == 25
    assert look(mocked, neighbours=neighbours).score == 100


@given(st.randoms())
def test_the_order_of_fixes_does_not_matter(random):
    sights = pinned()[:60] + street(1)[100:200]
    shuffled = list(sights)
    random.shuffle(shuffled)

    assert look(shuffled) == look(sights)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("version", {"version": ""}),
        ("review_at", {"review_at": 0}),
        ("weights", {"weights": WEIGHTS[1:]}),
        ("weights", {"weights": (*WEIGHTS[1:], (Kind.REPLAYED_TRAIL, 101))}),
        ("replay_pct", {"replay_pct": 101}),
        ("impossible_kmh", {"impossible_kmh": 150}),
        ("good_m", {"good_m": 201}),
    ],
)
def test_limits_that_make_no_sense_name_their_field(field, change):
    with pytest.raises(PolicyError) as refused:
        replace(SIGNS, **change)
    assert refused.value.field == field
