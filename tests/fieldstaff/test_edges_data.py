"""Edge cases 19 to 40 of the reference: what phones send, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fieldstaff.attendance.clock import by_steady_clock, exact_skew, learn_skew
from fieldstaff.attendance.day import compute
from fieldstaff.attendance.explain import Why, explain
from fieldstaff.attendance.pings import NOWHERE, Mark, distinct, ping
from fieldstaff.attendance.states import Finality, Flag, State
from fieldstaff.intervals import clip
from fieldstaff.presence import Latest, Place
from fieldstaff.spoofing import Sight, footprint, review, shared
from fieldstaff.spoofpolicy import Kind, SpoofPolicy
from tests.fieldstaff.scenes import (
    AFTER,
    ELSEWHERE,
    END,
    FRIDAY,
    POLICY,
    POST,
    SHIFT,
    START,
    at,
    drained,
    every,
    facts,
    worked,
    wrong_clock,
)
from tests.fieldstaff.trails import pinned, street

SIGNS = SpoofPolicy("signs-1")
NO_BREAK = replace(SHIFT, breaks=())
NOON = at("12:00")


def test_edge_19_no_ping():
    day = worked([])

    assert (day.state, day.credited_s, day.late_s, day.early_s) == (State.ABSENT, 0, 0, 0)
    assert day.flags == frozenset()
    assert [gap.why for gap in explain(facts([]), POLICY).gaps] == [Why.NOT_SEEN]


def test_edge_20_one_ping():
    day = worked([ping(at("10:00"))])

    assert (day.credited_s, day.state) == (120, State.ABSENT)
    assert day.online == ((at("10:00"), at("10:02")),)


@pytest.mark.parametrize(("gap", "credited"), [(600, 720), (601, 240)])
def test_edge_21_gap_of_exactly_the_bridge_and_one_more(gap, credited):
    assert worked([ping(START), ping(START + gap)]).credited_s == credited


def test_edge_22_duplicates_with_other_attributes():
    plain, sharper = ping(START, place=POST), ping(START, place=POST, acc=5)
    alarm = ping(START, place=POST, marks=Mark.ALARM)

    assert worked([plain, sharper, plain, alarm]).credited_s == 120
    assert alarm in distinct([plain, plain, alarm])
    assert len(distinct([plain, plain, alarm])) == 2


def test_edge_23_reversed_order():
    assert worked(every(60)[::-1]) == worked(every(60))


def test_edge_24_whole_day_in_one_burst():
    day = worked(drained(every(60), AFTER))

    assert (day.state, day.credited_s, day.pings) == (State.PRESENT, 25_200, (0, 511, 0, 0))
    assert Flag.REVIEW_LATE_DATA in day.flags


def test_edge_25_burst_older_than_the_window_is_evidence_only():
    late = END + POLICY.late_window_s
    day = worked(drained(every(60), late + 1), as_of=late + 2)

    assert (day.credited_s, day.state, day.pings) == (0, State.ABSENT, (0, 0, 511, 0))
    inside = worked(drained(every(60), START + POLICY.late_window_s), as_of=late + 2)
    assert inside.credited_s == 25_200


@pytest.mark.parametrize(("ahead", "is_flagged"), [(1, False), (120, False), (121, True), (31_536_000, True)])
def test_edge_26_fix_in_the_future(ahead, is_flagged):
    day = worked([ping(NOON + 7_200 + ahead, recv_at=NOON + 7_200)])

    assert day.online == ((NOON + 7_200, NOON + 7_320),)
    assert (Flag.CLOCK_AHEAD in day.flags) is is_flagged
    known = Latest().heard(NOON, Place(NOON + ahead, 1, 1)).heard(NOON + 1, Place(NOON + 1, 2, 2))
    assert known.place == Place(NOON + 1, 2, 2)


def test_edge_27_clock_set_back_mid_day():
    """The phone's clock is set back an hour at noon; its steady clock counts on."""
    true_times = [NOON + offset for offset in range(-1_800, 1_801, 60)]
    items = [(t if t < NOON else t - 3_600, (t - START) * 1_000) for t in true_times]
    sent_at, recv_at = true_times[-1] - 3_600, true_times[-1]

    skew = exact_skew(sent_at, recv_at)
    assert [moment + skew for moment in by_steady_clock(items)] == true_times


def test_edge_27_a_restart_ends_what_the_steady_clock_knows():
    items = [(1_000, 900_000), (1_060, 960_000), (1_500, 5_000), (1_400, 65_000)]

    assert by_steady_clock(items) == [1_000, 1_060, 1_340, 1_400]
    assert by_steady_clock([]) == []


def test_edge_28_clock_behind_is_learned():
    behind = wrong_clock(every(60), -3_600)

    assert worked(behind).credited_s == 25_200
    assert learn_skew([(row[6] - row[0], row[6]) for row in behind], POLICY) == 3_600
    assert learn_skew([(row[6] - row[0], row[6]) for row in behind[:29]], POLICY) == 0


def test_edge_28_a_backlog_that_drains_is_no_slow_clock():
    """Four hours of queue in 35 minutes, nothing live after it: the least delay is 36 minutes."""
    fixes = every(60, START, START + 4 * 3_600)
    first = START + 4 * 3_600 + 60
    queue = [(*row[:6], first + round(number * 2_100 / len(fixes))) for number, row in enumerate(fixes)]
    delays = [(row[6] - row[0], row[6]) for row in queue]

    assert min(delays)[0] > 2_000
    assert learn_skew(delays, POLICY) == 0
    assert worked(queue, shift=NO_BREAK).online == ((START, START + 4 * 3_600 + 120),)


@pytest.mark.parametrize("error", [-60, 60])
def test_edge_28_a_minute_is_no_clock_error(error):
    assert learn_skew([(error, moment) for moment in range(START, END, 60)], POLICY) == 0


def test_edge_29_heartbeat_before_any_location():
    pings = [ping(START), *every(60, START + 600, place=POST)]

    assert worked(pings).credited_s == 25_200
    assert Latest().heard(START).place is None


def still(place, **about):
    """Two fixes 1,700 s apart."""
    rows = [ping(START, place=place, **about), ping(START + 1_700, place=place, **about)]
    return worked(rows).credited_s


def test_edge_30_null_island_is_no_place():
    assert [still(POST), still((0.0, 0.0)), still(None)] == [1_820, 240, 240]


def test_edge_31_accuracy_of_five_kilometres_is_contact_and_no_place():
    assert [still(POST, acc=5_000), still(POST, acc=201), still(POST, acc=200)] == [240, 240, 1_820]


def test_edge_32_teleport_is_a_sign_and_costs_nothing():
    rows = [row._replace(lat=row.lat + 18_000_000) if row.fix_at >= NOON else row
            for row in every(60, place=POST, acc=5)]  # fmt: skip
    sights = [Sight(row.fix_at, row.lat, row.lon, row.acc) for row in rows]

    assert worked(rows).credited_s == 25_200
    found = review(sights, SIGNS).findings
    assert [f.span for f in found if f.kind is Kind.IMPOSSIBLE_JUMP] == [(NOON - 60, NOON)]


def test_edge_33_mock_on_then_off():
    rows = [row._replace(marks=1) if at("09:00") <= row.fix_at <= at("10:00") else row for row in every(60)]
    day = worked(rows)

    assert day.credited_s == 25_200 - 3_600
    assert clip(day.online, at("09:01"), at("10:01")) == ()
    assert day.flags == {Flag.MOCK}
    assert day.pings == (450, 0, 0, 61)


def test_edge_34_coordinate_of_another_officer_for_an_hour():
    mine, his = street(1), street(2)
    both = [s if n >= 60 else s._replace(lat=his[0].lat, lon=his[0].lon, acc=5) for n, s in enumerate(mine)]
    pin = [s if n >= 60 else s._replace(lat=his[0].lat, lon=his[0].lon, acc=5) for n, s in enumerate(his)]
    prints = [footprint(officer, FRIDAY, sights, SIGNS) for officer, sights in ((1, both), (2, pin))]

    found = shared(prints, SIGNS)

    assert [(f.others, dict(f.facts)["fixes"]) for f in found[1]] == [((2,), 60)]
    assert review(both, SIGNS, neighbours=found[1]).needs_review


def test_edge_35_frozen_coordinate():
    days = [FRIDAY - timedelta(days=back) for back in (2, 1)]
    mine = footprint(1, FRIDAY, pinned(), SIGNS)
    history = [footprint(1, day, pinned(day), SIGNS) for day in days]

    assert {f.kind for f in review(pinned(), SIGNS).findings} == {Kind.ZERO_JITTER}
    assert review(pinned(), SIGNS, mine=mine, history=history).needs_review
    assert worked(every(60, place=POST)).credited_s == 25_200


def test_edge_36_phone_swapped_at_noon():
    bindings = {1: [(0, NOON)], 2: [(NOON, 2**40)]}
    morning, afternoon = every(60, last=NOON - 60), every(60, NOON, device=2)
    stray = every(60, at("13:00"), END + 600)

    day = worked([*morning, *afternoon, *stray], bindings=bindings)

    assert day.credited_s == 25_200
    assert worked([*morning, *stray], bindings=bindings).credited_s == 14_400


def test_edge_37_one_phone_two_officers_two_shifts():
    early, late = replace(NO_BREAK, end=NOON), replace(NO_BREAK, start=NOON)
    pings = every(60)
    first = worked(pings, shift=early, bindings={1: [(0, NOON)]})
    second = worked(pings, shift=late, bindings={1: [(NOON, 2**40)]})

    assert [first.credited_s, second.credited_s] == [NOON - START, END - NOON]
    # Of the morning's holder only the tail of his last ping reaches over noon.
    assert worked(pings, shift=late, bindings={1: [(0, NOON)]}).credited_s == POLICY.tail_s - 60
    backlog = drained(every(60, last=NOON - 60), AFTER)
    assert worked(backlog, shift=early, bindings={1: [(0, NOON)]}).credited_s > 0


def test_edge_38_two_phones_at_once():
    here, there = every(1_200, place=POST), every(1_200, START + 600, device=2, place=ELSEWHERE)
    both = worked([*here, *there])

    assert both.credited_s == 25_200
    assert Flag.TWO_PLACES not in worked([*here, *every(600, device=2, place=POST)]).flags
    assert Flag.TWO_PLACES in worked([*here, *every(1_200, START + 300, device=2, place=ELSEWHERE)]).flags


def test_edge_38_a_second_phone_takes_nothing_from_the_first():
    mine = every(1_500, place=POST, last=START + 4_500)
    other = every(1_500, START + 750, START + 4_000, device=2, place=ELSEWHERE)

    assert worked([*mine, *other]).credited_s >= worked(mine).credited_s == 4_620


def test_edge_39_revoked_token_with_a_queued_backlog():
    revoked = {1: [(0, NOON)]}
    queue = drained(every(60), AFTER)
    day = worked(queue, shift=NO_BREAK, bindings=revoked)

    assert day.online == ((START, NOON + 60),)
    assert day.pings[1] == (NOON - START) // 60


def test_edge_40_late_ping_after_final_and_after_close():
    final_at = END + POLICY.late_window_s
    first = compute(facts(every(60, last=NOON), as_of=final_at), POLICY)
    late = drained(every(60, NOON + 60), final_at + 60)
    again = facts([*every(60, last=NOON), *late], as_of=final_at + 120)
    closed = replace(first, finality=Finality.CLOSED)

    assert first.finality is Finality.FINAL
    assert compute(again, POLICY).credited_s == first.credited_s
    assert compute(again, POLICY).pings[2] == len(late)
    assert compute(again, POLICY).input_hash != first.input_hash
    assert compute(replace(again, closed=closed), POLICY) is closed


def test_a_heartbeat_inside_a_still_gap_does_not_destroy_it():
    """The refinement of the reference: a look at neighbours only would say 360 s."""
    ends = [ping(START, place=POST), ping(START + 1_700, place=POST)]

    assert worked(ends).credited_s == 1_820
    assert worked([*ends, ping(START + 850)]).credited_s == 1_820
    assert ping(START + 850).lat == NOWHERE


def test_silences_say_why_they_counted_or_not():
    rows = [
        ping(at("07:30"), place=POST), ping(at("07:55"), place=POST), ping(at("08:15"), place=ELSEWHERE),
        ping(at("08:50"), place=ELSEWHERE), ping(at("09:05")), ping(at("09:20")),
    ]  # fmt: skip
    told = explain(facts(rows, outages=((at("09:06"), at("09:12")),)), POLICY)

    assert [(gap.why, gap.credited_s) for gap in told.gaps] == [
        (Why.STILL, 1_500), (Why.MOVED, 120), (Why.TOO_LONG, 120), (Why.NO_PLACE, 120),
        (Why.OUTAGE, 900), (Why.NOT_SEEN, 120),
    ]  # fmt: skip
