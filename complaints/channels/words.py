"""The reasons an adapter gives, in words for the people who mend the channel or choose another way."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.channels.errors import ChannelError, Retryable

REASONS: dict[str, str | Promise] = {
    "signature_missing": _("A message arrived without a signature and was refused."),
    "signature_wrong": _("A message arrived with a wrong signature and was refused. Compare the secrets."),
    "secret_not_set": _("The channel has no secret yet, so nothing can be let in."),
    "clock_skew": _("The sender's clock is more than five minutes off."),
    "not_set_up": _("The channel lacks a setting."),
    "token_refused": _("The provider no longer takes our token. Enter a new one."),
    "rate_limited": _("The provider asks us to send more slowly."),
    "provider_down": _("The provider has a fault of its own."),
    "unreachable": _("The provider cannot be reached."),
    "timeout": _("The provider did not answer in time; the message may have arrived."),
    "line_broken": _("The connection broke; the message may have arrived."),
    "answer_not_understood": _("The provider answered without a number; the message may have arrived."),
    "window_closed": _("The citizen last wrote too long ago for a free answer on this channel."),
    "recipient_unknown": _("The provider does not know this recipient."),
    "blocked": _("The recipient takes no messages from us."),
    "account_restricted": _("The provider has restricted our account."),
    "template_refused": _("The provider does not accept this template."),
    "too_long": _("The text is too long for this channel."),
    "refused": _("The provider refused the message."),
    "bounced": _("The letter came back."),
    "address_refused": _("This address may not be opened from here."),
    "not_encrypted": _("A password is never sent without encryption. Choose TLS in the channel's settings."),
    "media_gone": _("The file is no longer there."),
    "media_too_large": _("The file is too large."),
    "media_refused": _("The file could not be fetched."),
    "no_way_out": _("This channel cannot send."),
}

OUTSIDE: dict[str, str | Promise] = {
    "provider_down": _("The other endpoint has a fault of its own."),
    "unreachable": _("The other endpoint cannot be reached."),
    "timeout": _("The other endpoint did not answer in time."),
    "line_broken": _("The connection to the other endpoint broke."),
    "answer_not_understood": _("The other endpoint gave an answer that we do not understand."),
    "refused": _("The other endpoint refused the request."),
}
"""The same of a province, another city or a company to which reports are handed on: nobody's provider."""


def in_words(code: str) -> str | Promise:
    """A reason in the reader's language; an unknown code as it stands."""
    return REASONS.get(code.partition(" ")[0], code)


def explained(error: ChannelError) -> str:
    """One sentence and the provider's own code."""
    return f"{in_words(error.code)} ({error.detail})" if error.detail else str(in_words(error.code))


def of_outside(error: ChannelError, *, sending: bool = False) -> str:
    """What an outside party's endpoint did; while ``sending``, also whether the report may be there."""
    words = str(OUTSIDE.get(error.code) or in_words(error.code))
    if error.detail and not isinstance(error, Retryable):
        words = f"{words} ({error.detail})"
    unsure = error.code == "answer_not_understood" or (isinstance(error, Retryable) and error.maybe_sent)
    return f"{words} {_('The report may have arrived all the same.')}" if sending and unsure else words
