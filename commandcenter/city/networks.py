"""Networks that a token or a screen may come from."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def networks_of(texts: Sequence[str]) -> list[str]:
    """Networks in their own spelling; ValidationError names the first that is none."""
    found = []
    for text in texts:
        try:
            found.append(str(ip_network(text.strip())))
        except ValueError:
            message = _("“%(cidr)s” is not a network; write it like 10.1.0.0/16.") % {"cidr": text}
            raise ValidationError(message) from None
    return found


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address that ``text`` names; an IPv4 one behind an IPv6 door (::ffff:10.0.0.1) is IPv4."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def within(cidrs: Sequence[str], address: str | None) -> bool:
    """Whether ``address`` is in one of the networks; no networks means from anywhere."""
    if not cidrs:
        return True
    found = address_of(address or "")
    return found is not None and any(found in ip_network(cidr) for cidr in cidrs)


def share_of(address: str) -> str:
    """Whose share of something a visitor draws from: an IPv6 household has a whole /64 of addresses."""
    found = address_of(address)
    if found is None:
        return address[:45]
    if found.version == 4:
        return str(found)
    return str(ip_network((found, 64), strict=False).network_address)
