"""A day survives its JSON, whatever it holds."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldstaff.attendance.day import Day
from fieldstaff.attendance.explain import Explanation, Gap, Step, Why, explain
from fieldstaff.attendance.states import Finality, Flag, State
from fieldstaff.days import codec
from fieldstaff.intervals import normal
from tests.fieldstaff.scenes import ELSEWHERE, POLICY, POST, at, every, facts

seconds = st.integers(0, 100_000)
moments = st.integers(-2_000_000_000, 9_000_000_000)
spans = st.lists(st.tuples(moments, moments), max_size=4).map(normal)
days = st.builds(
    Day,
    work_date=st.dates(),
    span=st.tuples(moments, moments),
    state=st.sampled_from(State),
    finality=st.sampled_from(Finality),
    policy_version=st.text(max_size=20),
    input_hash=st.text("0123456789abcdef", min_size=64, max_size=64),
    duty=spans,
    online=spans,
    neutral=spans,
    credited_s=seconds,
    required_s=seconds,
    neutral_s=seconds,
    need_s=seconds,
    late_s=seconds,
    early_s=seconds,
    pct=st.integers(0, 100),
    flags=st.frozensets(st.sampled_from(Flag)),
    corrections=st.lists(st.integers(1, 2**62), max_size=4).map(tuple),
    pings=st.tuples(seconds, seconds, seconds, seconds),
)
gaps = st.builds(Gap, moments, moments, seconds, seconds, st.sampled_from(Why))
steps = st.tuples(st.sampled_from(Step), st.integers(-100_000, 100_000))
evidence = st.builds(
    codec.Evidence,
    st.builds(Explanation, days, st.lists(gaps, max_size=4).map(tuple), st.lists(steps).map(tuple)),
    st.dictionaries(st.integers(1, 2**62), st.integers(-90_000, 90_000), max_size=3),
)


@settings(deadline=None)
@given(evidence)
def test_nothing_is_lost_on_the_way_through_json(kept):
    text = json.dumps(codec.write(kept), allow_nan=False)

    again = codec.read(json.loads(text))

    assert again == kept
    assert json.dumps(codec.write(again)) == text


def test_every_field_of_a_day_is_kept():
    """A new field of ``Day`` must not be forgotten here: it would come back as its default."""
    whole = explain(facts(every(60, at("08:00"), place=POST)), POLICY)

    assert codec.write(codec.Evidence(whole))["day"].keys() == {field.name for field in fields(Day)}


def test_a_real_day_comes_back_with_its_silences_and_why():
    pings = every(60, last=at("09:00"), place=POST) + every(60, at("11:00"), place=ELSEWHERE)
    told = explain(facts(pings), POLICY)

    again = codec.read(json.loads(json.dumps(codec.write(codec.Evidence(told, {7: 3_600})))))

    assert again.told == told and again.skews == {7: 3_600}
    assert [gap.why for gap in again.told.gaps] == [Why.TOO_LONG]
    assert again.told.day.need_s == 25_200


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: {},
        lambda kept: kept | {"v": 2},
        lambda kept: kept | {"gaps": None},
        lambda kept: kept | {"gaps": [[1, 2, 3]]},
        lambda kept: kept | {"day": kept["day"] | {"state": "asleep"}},
        lambda kept: kept | {"day": {key: value for key, value in kept["day"].items() if key != "neutral"}},
        lambda kept: kept | {"skews": []},
    ],
)
def test_evidence_of_another_kind_is_refused_and_never_guessed(spoil):
    kept = codec.write(codec.Evidence(explain(facts(every(600)), POLICY)))

    with pytest.raises(codec.CodecError):
        codec.read(spoil(kept))


def test_equal_days_are_equal_texts():
    told = explain(facts(every(600)), POLICY)
    flags = [
        frozenset({Flag.LATE, Flag.MOCK, Flag.CORRECTED}),
        frozenset({Flag.CORRECTED, Flag.MOCK, Flag.LATE}),
    ]
    texts = {
        json.dumps(codec.write(codec.Evidence(replace(told, day=replace(told.day, flags=some)))))
        for some in flags
    }
    assert len(texts) == 1
    assert told.day.work_date == date(2026, 8, 21)
