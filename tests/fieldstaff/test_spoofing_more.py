"""Heights, companions, photos: each with a cheat who shows the sign and honest officers who must not."""

from __future__ import annotations

from random import Random

import pytest

from fieldstaff.attendance.policy import PolicyError
from fieldstaff.spoofing import review
from fieldstaff.spoofmore import Photo, heights, photos, together
from fieldstaff.spoofpolicy import Kind, SpoofPolicy
from tests.fieldstaff.scenes import START
from tests.fieldstaff.trails import bad_receiver, indoors, moved, pinned, street

SIGNS = SpoofPolicy("signs-2")
TEN = START + 600


def high(sights, metres):
    """With heights: a number for all, or one drawn for each."""
    rng = Random(5)
    return [
        s._replace(height=metres if isinstance(metres, int) else round(rng.gauss(*metres))) for s in sights
    ]


def beside(sights, east_m: float, seed: int = 9):
    """A second phone in the same pocket: its own receiver trembles on its own."""
    rng = Random(seed)
    return [
        s._replace(
            lat=s.lat + rng.randint(-300, 300), lon=s.lon + round(east_m * 90) + rng.randint(-300, 300)
        )
        for s in sights
    ]


@pytest.mark.parametrize("metres", [0, 21, -3])
def test_one_height_along_a_way_is_a_sign_whatever_it_is(metres):
    sights = high(street(3), metres)
    (found,) = heights(sights, SIGNS)
    assert found.kind is Kind.SAME_HEIGHT and dict(found.facts) == {"fixes": 510, "metres": metres}
    report = review(sights, SIGNS, neighbours=[found])
    assert report.score == 20 and not report.needs_review, "a sign alone asks nobody to look"


@pytest.mark.parametrize(
    "sights",
    [
        pytest.param(high(street(3), (12, 4)), id="a receiver errs by metres"),
        pytest.param(street(3), id="a phone that states no height"),
        pytest.param(high(indoors(3), 0), id="a guard goes no way"),
        pytest.param(high(street(3), 0)[:59], id="too few"),
        pytest.param([*high(street(3)[:-1], 0), *high(street(3)[-1:], 1)], id="once another"),
    ],
)
def test_heights_of_honest_phones(sights):
    assert heights(sights, SIGNS) == []


def longer(seed: int):
    """A street of 1,600 m: twice as far north."""
    home = moved(0, 0)
    return [s._replace(lat=home[0] + 2 * (s.lat - home[0])) for s in street(seed)]


def test_two_phones_in_one_pocket_are_found_for_both_and_ask_nobody_to_look():
    first = longer(3)
    found = together({1: first, 2: beside(first, 3), 3: longer(4)[::-1]}, SIGNS)
    assert set(found) == {1, 2}
    (one,), (two,) = found[1], found[2]
    assert (one.others, two.others) == ((2,), (1,)) and one.facts == two.facts
    assert dict(one.facts)["minutes"] >= 480 and one.weight == 30
    assert not review(first, SIGNS, neighbours=[one]).needs_review, "a crew in one lorry looks the same"


def test_colleagues_who_work_apart_or_stand_at_one_post_are_no_pair():
    first = longer(3)
    assert together({1: first, 2: beside(first, 60)}, SIGNS) == {}
    assert together({1: pinned(), 2: beside(pinned(), 3)}, SIGNS) == {}, "no way, no sign"
    assert together({1: first, 2: bad_receiver(3)}, SIGNS) == {}
    assert together({1: first, 2: beside(first, 3)[:59]}, SIGNS) == {}, "less than an hour"
    half = [*beside(first[:250], 3), *beside(first[250:], 200)]
    assert together({1: first, 2: half}, SIGNS) == {}, "went together for the morning"


def test_the_order_of_officers_and_cells_decides_nothing():
    first = longer(3)
    trails = {7: first, 2: beside(first, 9), 5: street(4)}
    backwards = dict(reversed(list(trails.items())))
    assert together(trails, SIGNS) == together(backwards, SIGNS) and set(together(trails, SIGNS)) == {2, 7}


def test_a_photo_far_from_the_trail_is_found_and_one_across_the_river_is_not():
    sights, here = street(3), {s.at: s for s in street(3)}[TEN]

    def taken(east_m: float, at: int = TEN, acc: int = 10):
        lat, lon = moved(0, east_m)
        return Photo(at, here.lat + lat - moved(0, 0)[0], here.lon + lon - moved(0, 0)[1], acc)

    (found,) = photos([taken(3_000)], sights, SIGNS)
    assert found.kind is Kind.PHOTO_ELSEWHERE and found.span == (TEN, TEN)
    assert 2_900 < dict(found.facts)["metres"] < 3_000
    assert photos([taken(300), taken(0)], sights, SIGNS) == []
    assert photos([taken(3_000, acc=2_800)], sights, SIGNS) == [], "nobody knows where it was taken"
    silent = [s for s in sights if abs(s.at - TEN) > SIGNS.photo_s]
    assert photos([taken(3_000)], silent, SIGNS) == [], "no fix of those minutes to hold it against"
    assert len(photos([taken(3_000), taken(4_000, TEN + 60)], sights, SIGNS)) == 2


def test_limits_that_flag_everybody_are_refused():
    with pytest.raises(PolicyError, match="together_pct"):
        SpoofPolicy("x", together_pct=101)
    with pytest.raises(PolicyError, match="photo_m"):
        SpoofPolicy("x", photo_m=0)
