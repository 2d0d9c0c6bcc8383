"""Who is proposed, who is passed over, and that both are told why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.dispatch.suggest import Need, Officer, Passed, Policy, Why, metres, suggest

NOW = 1_790_000_000
HERE = (-6.1200, 106.1500)
NEED = Need(*HERE, skills=frozenset({"pohon"}), topics=frozenset({"gergaji"}), trained_since=date(2026, 1, 1))
GOOD = Officer(
    pk=1, on_shift=True, contact_age=30, place=(-6.1210, 106.1510), skills=frozenset({"pohon"}),
    trained={"gergaji": date(2026, 5, 1)},
)  # fmt: skip


def alone(**changed: object) -> Passed | None:
    found = suggest(NEED, [replace(GOOD, **changed)], NOW)
    return found.passed.get(1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"on_shift": False}, Passed.OFF_SHIFT),
        ({"sos": True}, Passed.SOS),
        ({"contact_age": None}, Passed.UNREACHABLE),
        ({"contact_age": 1801}, Passed.UNREACHABLE),
        ({"skills": frozenset({"lampu"})}, Passed.NO_SKILL),
        ({"trained": {}}, Passed.UNTRAINED),
        ({"trained": {"gergaji": date(2025, 12, 31)}}, Passed.UNTRAINED),
        ({"load": 3}, Passed.OVERLOADED),
        ({"place": None}, Passed.NO_PLACE),
        ({"place": (-6.9, 107.6)}, Passed.TOO_FAR),
        ({"on_shift": False, "sos": True, "place": None}, Passed.OFF_SHIFT),  # the first reason that holds
        ({}, None),
        ({"contact_age": 1800}, None),
        ({"load": 2}, None),
    ],
)
def test_one_who_is_passed_over_is_told_the_first_reason(changed, why):
    assert alone(**changed) is why


def test_the_nearest_comes_first_and_says_so():
    far, near = replace(GOOD, pk=2, place=(-6.15, 106.20)), replace(GOOD, pk=3, place=(-6.1201, 106.1501))
    found = suggest(NEED, [far, near], NOW)
    assert [pick.pk for pick in found.picks] == [3, 2]
    assert Why.CLOSEST in found.picks[0].why and Why.CLOSEST not in found.picks[1].why
    assert found.picks[0].metres < found.picks[1].metres and not found.passed


def test_at_the_same_distance_his_own_area_and_then_his_rest_decide():
    place = (-6.1201, 106.1501)
    rows = [
        replace(GOOD, pk=1, place=place, last_done=NOW - 60),
        replace(GOOD, pk=2, place=place, last_done=NOW - 9000),
        replace(GOOD, pk=3, place=place, last_done=NOW - 60, in_area=True),
    ]
    found = suggest(NEED, rows, NOW)
    assert [pick.pk for pick in found.picks] == [3, 2, 1] and Why.IN_AREA in found.picks[0].why


def test_who_rests_goes_only_when_nobody_else_can():
    tired, fit = replace(GOOD, pk=1, rests_until=NOW + 600), replace(GOOD, pk=2, place=(-6.15, 106.20))
    both = suggest(NEED, [tired, fit], NOW)
    assert [pick.pk for pick in both.picks] == [2] and both.passed == {1: Passed.RESTING}
    only = suggest(NEED, [tired, replace(fit, on_shift=False)], NOW)
    assert [pick.pk for pick in only.picks] == [1] and Why.REST_OVERRIDDEN in only.picks[0].why
    assert suggest(NEED, [replace(tired, rests_until=NOW)], NOW).picks[0].pk == 1  # the rest is over


def test_an_old_place_and_work_at_hand_are_said():
    pick = suggest(NEED, [replace(GOOD, contact_age=181, load=1)], NOW).picks[0]
    assert {Why.STALE_PLACE, Why.BUSY} <= set(pick.why) and Why.RESTED not in pick.why


def test_counts_stand_in_the_order_of_the_reasons():
    rows = [replace(GOOD, pk=n, on_shift=n > 2, sos=n == 4) for n in range(1, 6)]
    assert list(suggest(NEED, rows, NOW).counts.items()) == [(Passed.OFF_SHIFT, 2), (Passed.SOS, 1)]


def test_nobody_is_an_answer_too():
    assert suggest(NEED, [], NOW).picks == () and suggest(NEED, [], NOW).counts == {}


def test_distances_are_those_of_the_globe():
    assert metres((0, 0), (0, 1)) == pytest.approx(111_195, abs=1)
    assert metres((-6.2, 106.8), (-6.2, 106.8)) == 0
    assert metres((0, 179.9), (0, -179.9)) == pytest.approx(22_239, abs=2)


@pytest.mark.parametrize(
    ("field", "value"),
    [("fresh_s", 0), ("fresh_s", 9999), ("most_tasks", 0), ("radius_m", 0), ("detour", 0.9)],
)
def test_a_policy_that_makes_no_sense_names_the_field(field, value):
    with pytest.raises(ValueError, match=field):
        Policy(**{field: value})


@given(
    st.lists(
        st.builds(
            Officer, pk=st.integers(1, 10**6), on_shift=st.booleans(),
            contact_age=st.none() | st.integers(0, 4000),
            place=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)), sos=st.booleans(),
            skills=st.just(frozenset({"pohon"})), trained=st.just({"gergaji": date(2026, 5, 1)}),
            load=st.integers(0, 4), rests_until=st.none() | st.integers(NOW - 100, NOW + 100),
        ),
        max_size=12, unique_by=lambda officer: officer.pk,
    )
)  # fmt: skip
def test_everybody_is_either_proposed_or_told_why_not(officers):
    found = suggest(NEED, officers, NOW)
    picked = [pick.pk for pick in found.picks]
    assert sorted([*picked, *found.passed]) == sorted(officer.pk for officer in officers)
    assert all(pick.metres <= Policy().radius_m + 1 and pick.seconds >= 0 for pick in found.picks)
    assert sum(found.counts.values()) == len(found.passed)
