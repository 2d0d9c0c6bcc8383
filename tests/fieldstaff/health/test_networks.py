"""Two networks in turn are two senders; a phone on its way is not."""

from __future__ import annotations

import pytest

from fieldstaff.health.networks import MOST, WINDOW_S, in_turns, network, noted

A, B, C = "36.70.0.0/16", "114.10.0.0/16", "182.2.0.0/16"


@pytest.mark.parametrize(
    ("address", "net"),
    [
        ("36.70.12.5", A),
        ("::ffff:36.70.12.5", A),
        ("2001:448a:10:20::1", "2001:448a::/32"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_only_the_network_is_kept(address, net):
    assert network(address) == net


def seen(*nets: str, step: int = 60) -> list[tuple[int, str]]:
    rows: list[tuple[int, str]] = []
    for n, net in enumerate(nets):
        rows = noted(rows, 1_000_000 + n * step, net)
    return rows


def test_turns_are_seen_and_a_way_home_is_not():
    assert in_turns(seen(A, B, A, B, A))
    assert in_turns(seen(A, A, B, A, A, B, A))
    assert not in_turns(seen(A, A, A))
    assert not in_turns(seen(A, B, A))
    assert not in_turns(seen(A, B, A, B))
    assert not in_turns(seen(A, B, C, A, B, C))


def test_what_is_older_than_half_an_hour_is_forgotten():
    assert not in_turns(seen(A, B, A, B, A, step=WINDOW_S // 3))
    assert seen(A, B, step=WINDOW_S + 1) == [(1_000_000 + WINDOW_S + 1, B)]
    assert len(seen(*[A, B] * 20)) == MOST
