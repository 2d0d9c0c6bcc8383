"""Where a channel's secrets go: moved elsewhere they are erased, and a password never travels in the open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from complaints.channels import imap, smtp
from complaints.channels.errors import ChannelError
from complaints.channels.http import Http

GOES_TO: dict[str, tuple[str, ...]] = {
    "smtp_password": ("smtp_host", "smtp_port", "smtp_tls"),
    "imap_password": ("imap_host", "imap_port", "imap_tls"),
    "token": ("api_base",),
    "secret": ("url",),
}
"""The settings that say where a secret is sent. The others never leave: they prove what comes in."""
_PORTS = {"smtp": (smtp.PORT, smtp.PORT), "imap": (imap.PORT, imap.PLAIN_PORT)}


def moved(before: Mapping[str, Any], after: Mapping[str, Any], secrets: Mapping[str, str]) -> list[str]:
    """Names of the stored ``secrets`` that would go somewhere else than when they were typed."""

    def other(name: str) -> bool:
        return str(before.get(name) or "") != str(after.get(name) or "")

    return [name for name in secrets if any(map(other, GOES_TO.get(name, ())))]


def refused(given: Mapping[str, Any], secrets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Settings at fault with the reason: a mail server that may not be dialled, a password without TLS."""
    http = Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS)
    for way, (port, plain_port) in _PORTS.items():
        host, plain = str(given.get(f"{way}_host") or ""), given.get(f"{way}_tls") == "none"
        at = int(given.get(f"{way}_port") or (plain_port if plain else port))
        if not host or http.trusts(host, at):
            continue
        if plain and (given.get(f"{way}_user") or secrets.get(f"{way}_password")):
            yield f"{way}_tls", _("A password is never sent without encryption: choose TLS.")
        elif not _may_be_dialled(http, host, at):
            yield (
                f"{way}_host",
                _("This server is not on the public internet. CC_CHANNEL_ALLOW_HOSTS may name %(pair)s.")
                % {"pair": f"{host}:{at}"},
            )


def _may_be_dialled(http: Http, host: str, port: int) -> bool:
    """A name that is unknown at this moment may be known when a letter goes; it is judged again then."""
    try:
        http.server(host, port)
    except ChannelError as error:
        return error.code == "unreachable"
    return True
