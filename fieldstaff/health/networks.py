"""One token in two places: seen from two networks in turn, within minutes. Pure.

A phone changes its network all day, from the mast to the office's wireless and back. A copied token is
something else: two senders take turns, A B A B, each with its own rhythm. Kept is only the network (the first
16 bits of IPv4, 32 of IPv6), for half an hour; a full address never is.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

WINDOW_S = 1_800
TURNS = 4
"""So many changes to and fro within the window: a phone at the edge of a wireless network makes two."""
MOST = 8
V4_BITS, V6_BITS = 16, 32


def network(address: str) -> str:
    """``36.70.12.5`` -> ``36.70.0.0/16``; empty for what is no public or private address at all."""
    try:
        known = ip_address(address.strip())
    except ValueError:
        return ""
    mapped = getattr(known, "ipv4_mapped", None)
    known = mapped or known
    return str(ip_network(f"{known}/{V4_BITS if known.version == 4 else V6_BITS}", strict=False))


def noted(seen: Sequence[tuple[int, str]], at: int, net: str) -> list[tuple[int, str]]:
    """The changes of network of the last half hour, oldest first, with this sighting (epoch s) added."""
    kept = [(when, name) for when, name in seen if at - WINDOW_S <= when <= at]
    if not kept or kept[-1][1] != net:
        kept.append((at, net))
    return kept[-MOST:]


def in_turns(seen: Sequence[tuple[int, str]]) -> bool:
    """Whether two networks take turns: the same one comes back again and again."""
    names = [name for _at, name in seen]
    back = sum(a == b for a, b in zip(names, names[2:], strict=False))
    return back >= TURNS - 1
