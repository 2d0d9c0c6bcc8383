"""What a channel's settings and secrets are called by people, what each is for, and how it must look."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

NAMES: dict[str, Promise] = {
    "address": lazy("E-mail address of the city"),
    "name": lazy("Sender's name"),
    "smtp_host": lazy("Outgoing mail server"),
    "smtp_port": lazy("Port of the outgoing server"),
    "smtp_tls": lazy("Encryption to the outgoing server"),
    "smtp_user": lazy("User at the outgoing server"),
    "smtp_password": lazy("Password at the outgoing server"),
    "imap_host": lazy("Incoming mail server"),
    "imap_port": lazy("Port of the incoming server"),
    "imap_tls": lazy("Encryption to the incoming server"),
    "imap_user": lazy("User at the incoming server"),
    "imap_password": lazy("Password at the incoming server"),
    "imap_folder": lazy("Folder of the mailbox"),
    "authserv_id": lazy("Name of your mail server in its findings"),
    "reply_secret": lazy("Secret of the reply addresses"),
    "old_reply_secret": lazy("Earlier secret of the reply addresses"),
    "inbound_secret": lazy("Secret of posted letters"),
    "phone_number_id": lazy("Number ID of WhatsApp"),
    "account_id": lazy("Account or page ID"),
    "human_agent": lazy("Answers by people for seven days"),
    "api_base": lazy("Address of the provider's service"),
    "api_version": lazy("Version of the provider's service"),
    "agency_id": lazy("Instance number"),
    "url": lazy("Address for our answers"),
    "app_secret": lazy("Secret of the app"),
    "instagram_app_secret": lazy("Secret of the Instagram app"),
    "verify_token": lazy("Word for the callback check"),
    "token": lazy("Access token"),
    "secret_token": lazy("Secret of the callback"),
    "consumer_secret": lazy("Secret of the consumer key"),
    "inbound_token": lazy("Their token to us"),
    "secret": lazy("Shared secret"),
    "old_secret": lazy("Earlier shared secret"),
}
HELP: dict[str, Promise] = {
    "address": lazy("The mailbox that citizens write to."),
    "name": lazy("The sender's name on letters."),
    "smtp_host": lazy("Only the name, such as mail.kota.go.id."),
    "smtp_port": lazy("Empty: 25. Usual are 587 with starttls and 465 with tls."),
    "smtp_tls": lazy("Empty: starttls. With “none” no password is sent."),
    "smtp_user": lazy("Empty: letters are handed over without a login."),
    "smtp_password": lazy("Of the user above."),
    "imap_host": lazy("Only the name; empty: no letters are fetched."),
    "imap_port": lazy("Empty: 993."),
    "imap_tls": lazy("Empty: tls. “none” is only for servers in CC_CHANNEL_ALLOW_HOSTS."),
    "imap_user": lazy("Often the whole e-mail address."),
    "imap_password": lazy("Of the user above."),
    "imap_folder": lazy("Empty: INBOX."),
    "authserv_id": lazy(
        "Your mail server's own name in Authentication-Results; empty: senders stay unproven."
    ),
    "reply_secret": lazy("A long random word of your own: it signs the addresses that answers come back to."),
    "old_reply_secret": lazy("While a new one is introduced: answers to earlier letters still arrive."),
    "inbound_secret": lazy("What a mail server shows that posts letters to the callback address."),
    "phone_number_id": lazy("From the provider's console; it is not the telephone number."),
    "account_id": lazy("The page or account the provider names in its posts."),
    "human_agent": lazy("The provider has approved answers by people for seven days."),
    "api_base": lazy("Empty: the provider's usual address."),
    "api_version": lazy("Empty: the version this system was made for."),
    "agency_id": lazy("Your instance's number at the national portal."),
    "url": lazy("Where the partner takes our answers; empty: none are sent."),
    "app_secret": lazy("From the provider's console: it proves that posts come from there."),
    "instagram_app_secret": lazy("From the provider's console, where Instagram has an app of its own."),
    "verify_token": lazy("A word of your own; type the same into the provider's console."),
    "token": lazy("From the provider: with it our answers go out."),
    "secret_token": lazy("A word of your own, given to the provider when the callback was set."),
    "consumer_secret": lazy("From the provider's console: it proves that posts come from there."),
    "inbound_token": lazy("What the portal shows when it posts to us."),
    "secret": lazy("Both sides sign with it; at least 32 random signs."),
    "old_secret": lazy("While a new one is introduced: posts signed with it still count."),
}
_HOST = re.compile(r"(?i)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|[0-9a-f:]+:[0-9a-f:.]+")
_is_mail = EmailValidator()


def label(name: str) -> str:
    """The name for people, and the provider's key to find it in his papers by."""
    return f"{NAMES[name]} ({name})"


def labels(names: list[str]) -> str:
    """Several in a row."""
    return ", ".join(label(name) for name in names)


def problem(name: str, value: Any) -> str:
    """Why a setting cannot be right, with its name; empty where it may be."""
    if not value or not isinstance(value, str):
        return ""
    said = ""
    if name == "address" and not _mail(value):
        said = _("write an e-mail address such as lapor@kota.go.id.")
    elif name in {"smtp_host", "imap_host"} and not _HOST.fullmatch(value):
        said = _("write only the server's name, without spaces, https:// or a path.")
    elif name in {"api_base", "url"} and not _web(value):
        said = _("write a web address that begins with https://.")
    return f"{label(name)}: {said}" if said else ""


def _mail(value: str) -> bool:
    try:
        _is_mail(value)
    except ValidationError:
        return False
    return True


def _web(value: str) -> bool:
    """http passes here: whether a host may be spoken to without TLS is judged where it is dialled."""
    try:
        parts = urlsplit(value)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        return fits and (parts.port or 1) > 0 and value.isascii() and value.isprintable() and " " not in value
    except ValueError:
        return False
