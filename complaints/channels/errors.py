"""What may go wrong on a channel, in types: who is not let in, what is tried again, what is not."""

from __future__ import annotations


class ChannelError(Exception):
    """Base of everything an adapter raises. ``code`` names the reason (`words.REASONS`), never a person."""

    def __init__(self, code: str, detail: str = "") -> None:
        """``detail``: the provider's own code, for whoever mends the channel."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        """Safe to store and to show."""
        return f"{self.code} ({self.detail})" if self.detail else self.code


class Unverified(ChannelError):
    """A post that may not be from the provider; nothing of it is kept. Answer it with ``status``."""

    status = 403


class MissingSignature(Unverified):
    """No signature at all."""

    status = 401


class WrongSignature(Unverified):
    """A signature that does not fit, or a channel without a secret to compare with."""


class SendFailed(ChannelError):
    """Base of the two ways sending or fetching fails."""


class Retryable(SendFailed):
    """Try again, ``after`` seconds from now where the provider said so.

    ``maybe_sent``: the request had left when the line broke; another try may arrive twice. ``channel_wide``:
    the channel itself is at fault (an expired token), every other message would fail as well.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        after: float | None = None,
        maybe_sent: bool = False,
        channel_wide: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(code, detail)
        self.after = after
        self.maybe_sent = maybe_sent
        self.channel_wide = channel_wide


class Permanent(SendFailed):
    """Trying again is useless; somebody has to choose another way."""
