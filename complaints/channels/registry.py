"""The twelve channels and what each can do. The keys are `ChannelKind`'s values, in the order people see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from complaints.channels.contract import Adapter
from complaints.channels.email import ADAPTER as EMAIL
from complaints.channels.instagram import ADAPTER as INSTAGRAM
from complaints.channels.lapor import ADAPTER as LAPOR
from complaints.channels.messenger import ADAPTER as MESSENGER
from complaints.channels.partner import ADAPTER as PARTNER
from complaints.channels.telegram import ADAPTER as TELEGRAM
from complaints.channels.whatsapp import ADAPTER as WHATSAPP
from complaints.channels.x import ADAPTER as X

Inlet = Literal["citizen_form", "staff_form", "webhook", "mailbox", "pull"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a channel can do.

    ``inlets`` how reports come in; ``outbound`` whether an answer goes out the same way; ``window_h`` hours a
    free answer is allowed after the citizen's last word (0: always), ``templates`` whether something may go
    out after it; ``max_text`` characters of an answer (0: no limit of its own); ``may_lack_number`` whether a
    report may come without any way back (112 works without a SIM card); ``settings`` and ``secrets`` the
    names its adapter reads, the needed ones first in ``needs``.
    """

    key: str
    inlets: tuple[Inlet, ...]
    adapter: Adapter | None = None
    outbound: bool = False
    window_h: int = 0
    templates: bool = False
    max_text: int = 0
    may_lack_number: bool = False
    experimental: bool = False
    settings: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def staffed(self) -> bool:
        """Whether an operator writes the report down."""
        return self.inlets == ("staff_form",)

    @property
    def public_address(self) -> bool:
        """Whether a provider calls us (a webhook that must be reachable from the internet)."""
        return "webhook" in self.inlets


_GRAPH = ("api_base", "api_version")

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("web", ("citizen_form",), may_lack_number=True),
        Kind("phone", ("staff_form",)),
        Kind("112", ("staff_form",), may_lack_number=True),
        Kind("walk_in", ("staff_form",), may_lack_number=True),
        Kind(
            "email",
            ("mailbox", "webhook"),
            EMAIL,
            outbound=True,
            settings=(
                "address", "name", "smtp_host", "smtp_port", "smtp_tls", "smtp_user", "imap_host",
                "imap_port", "imap_tls", "imap_user", "imap_folder", "authserv_id", ),
                secrets=("reply_secret", "old_reply_secret", "smtp_password", "imap_password",
                "inbound_secret"), needs=("address", "smtp_host", "reply_secret"), ), Kind( "whatsapp",
                ("webhook",), WHATSAPP, outbound=True, window_h=24, templates=True, max_text=4096,
                settings=("phone_number_id", *_GRAPH), secrets=("app_secret", "verify_token", "token"),
                needs=("phone_number_id", "app_secret", "verify_token", "token"), ), Kind( "telegram",
                ("webhook",), TELEGRAM, outbound=True, max_text=4096, settings=("api_base",),
                secrets=("secret_token", "token"), needs=("secret_token", "token"), ), Kind( "x",
                ("webhook",), X, outbound=True, max_text=10_000, settings=("api_base",),
                secrets=("consumer_secret", "token"), needs=("consumer_secret", "token"), ), Kind(
                "messenger", ("webhook",), MESSENGER, outbound=True, window_h=24, max_text=2000,
                settings=("account_id", "human_agent", *_GRAPH), secrets=("app_secret", "verify_token",
                "token"), needs=("account_id", "app_secret", "verify_token", "token"), ), Kind( "instagram",
                ("webhook",), INSTAGRAM, outbound=True, window_h=24, max_text=1000, settings=("account_id",
                "human_agent", *_GRAPH), secrets=("app_secret", "instagram_app_secret", "verify_token",
                "token"), needs=("account_id", "verify_token", "token"), ), Kind( "lapor", ("pull",
                "webhook"), LAPOR, outbound=True, max_text=4000, may_lack_number=True, experimental=True,
                settings=("api_base", "agency_id"), secrets=("token", "inbound_token"), needs=("api_base",
                "agency_id", "token"), ), Kind( "partner", ("webhook",), PARTNER, outbound=True,
                may_lack_number=True, settings=("url",), secrets=("secret", "old_secret"), needs=("secret",),
                ), ) }  # fmt: skip


def kind_of(key: str) -> Kind:
    """The channel of this key; KeyError for another."""
    return KINDS[key]


def adapter_of(key: str) -> Adapter | None:
    """Its adapter; None for a channel that is a form of our own."""
    return KINDS[key].adapter


def missing(key: str, settings: object, secrets: object) -> list[str]:
    """Names of what the channel still needs before it works."""
    given = {
        name
        for values in (settings, secrets)
        if isinstance(values, dict)
        for name, value in values.items()
        if value
    }
    return [name for name in KINDS[key].needs if name not in given]
