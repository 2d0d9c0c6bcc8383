"""Letters handed to the mail server: a public one or one the city named; a password only over TLS."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from cctv.capture.address import Target
from complaints.channels import answers, shapes
from complaints.channels.contract import Permanent, Retryable, Secrets, Settings
from complaints.channels.http import WAIT, Http

PORT = 25
SECONDS = 20


class _Plain(smtplib.SMTP):
    """Dials the address that was judged, whatever the name says a moment later."""

    def __init__(self, target: Target) -> None:
        self._ip = target.ip
        super().__init__(target.host, target.port, timeout=SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((self._ip, port), timeout)


class _Tls(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, target: Target) -> None:
        self._ip, self._name, self._safe = target.ip, target.host, ssl.create_default_context()
        super().__init__(target.host, target.port, timeout=SECONDS, context=self._safe)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((self._ip, port), timeout)
        return self._safe.wrap_socket(plain, server_hostname=self._name)


def hand_over(letter: EmailMessage, settings: Settings, secrets: Secrets, http: Http) -> None:
    """What the server says later than the letter's last line may mean it has it.

    Raises:
        Permanent: the server refuses this letter.
        Retryable: it does not take it now, or the channel's settings do not allow to dial it.
    """
    host, port = str(settings.get("smtp_host") or ""), shapes.whole(settings.get("smtp_port")) or PORT
    if not host:
        raise answers.not_set_up("smtp_host")
    if settings.get("smtp_user") and settings.get("smtp_tls") == "none" and not http.trusts(host, port):
        raise Retryable("not_encrypted", "smtp_tls", after=WAIT, channel_wide=True)
    target, handed = http.server(host, port), False
    try:
        with _server(target, settings) as server:
            _log_in(server, settings, secrets)
            handed = True
            server.send_message(letter)
    except smtplib.SMTPAuthenticationError as error:
        raise Retryable(
            "token_refused", str(error.smtp_code), after=answers.TOKEN_WAIT, channel_wide=True
        ) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(next(iter(error.recipients.values()))[0], "recipient_unknown") from None
    except smtplib.SMTPServerDisconnected:
        raise Retryable("line_broken", maybe_sent=handed) from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, "refused") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Retryable("unreachable", type(error).__name__, maybe_sent=handed) from None


def _refusal(code: int, reason: str) -> Permanent | Retryable:
    """4xx: later (greylisting, a full mailbox); 5xx: never."""
    return Permanent(reason, str(code)) if code >= 500 else Retryable("provider_down", str(code))


def _server(target: Target, settings: Settings) -> smtplib.SMTP:
    kind = settings.get("smtp_tls", "starttls")
    if kind == "tls":
        return _Tls(target)
    server = _Plain(target)
    if kind != "none":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _log_in(server: smtplib.SMTP, settings: Mapping[str, Any], secrets: Secrets) -> None:
    user, password = str(settings.get("smtp_user") or ""), str(secrets.get("smtp_password") or "")
    if user:
        server.login(user, password)
