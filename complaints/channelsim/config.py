"""What a simulated world looks like: accounts, tokens, secrets, and where its webhooks go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

KEYS = ("whatsapp", "telegram", "x", "messenger", "instagram", "partner", "lapor", "email")


class ConfigError(ValueError):
    """A configuration that makes no sense; the message can be shown to a person."""


@dataclass(frozen=True)
class Config:
    """A simulated world. The defaults are the demo's and no secret to anybody.

    ``webhooks``: channel → address of ours that gets its posts. ``templates``: name → number of parameters.
    Port 0 takes a free one; ``smtp_port`` and ``imap_port`` below 0 leave mail out.
    """

    host: str = "127.0.0.1"
    port: int = 0
    smtp_port: int = -1
    imap_port: int = -1
    data: str = ""
    webhooks: dict[str, str] = field(default_factory=dict)
    templates: dict[str, int] = field(default_factory=lambda: {"report_received": 2, "report_status": 3})
    phone_number_id: str = "100200300"
    page_id: str = "PAGE1"
    instagram_id: str = "IG1"
    x_id: str = "1"
    agency_id: str = "7001"
    token: str = "sim-token-not-secret"
    bot_token: str = "123456789:SIM-bot-token-that-is-no-secret-00"
    app_secret: str = "sim-app-secret"
    instagram_app_secret: str = "sim-instagram-secret"
    verify_token: str = "sim-verify"
    consumer_secret: str = "sim-consumer-secret"
    secret_token: str = "sim-telegram-secret"
    partner_secret: str = "sim-partner-secret"
    mail_secret: str = "sim-mail-secret"
    mail_user: str = "lapor"
    mail_password: str = "sim-mail-password"
    reply_secret: str = "sim-reply-secret"


def load(path: Path) -> Config:
    """From a JSON file.

    Raises:
        ConfigError: no JSON, an unknown name, or a webhook of an unknown channel.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{path} is no JSON: {error}") from None
    return parse(value)


def parse(value: Mapping[str, Any]) -> Config:
    """From names and values; see `load`."""
    unknown = set(value) - set(asdict(Config()))
    if unknown:
        raise ConfigError(f"unknown: {', '.join(sorted(unknown))}")
    config = Config(**value)
    strange = set(config.webhooks) - set(KEYS)
    if strange:
        raise ConfigError(f"no such channel: {', '.join(sorted(strange))}")
    return config


def settings_of(config: Config, base: str) -> dict[str, dict[str, Any]]:
    """What our channels must be told so that they talk to this world, by channel; ``base`` is its address."""
    mail: dict[str, Any] = {"address": "lapor@kota.example", "name": "Lapor Kota", "smtp_tls": "none"}
    mail |= {"smtp_host": config.host, "smtp_port": config.smtp_port, "imap_host": config.host}
    mail |= {"imap_port": config.imap_port, "imap_tls": "none", "imap_user": config.mail_user}
    return {
        "whatsapp": {"api_base": base, "phone_number_id": config.phone_number_id},
        "telegram": {"api_base": base},
        "x": {"api_base": base},
        "messenger": {"api_base": base, "account_id": config.page_id},
        "instagram": {"api_base": base, "account_id": config.instagram_id},
        "partner": {"url": f"{base}/partner/inbox"},
        "lapor": {"api_base": f"{base}/lapor", "agency_id": config.agency_id},
        "email": mail,
    }


def secrets_of(config: Config) -> dict[str, dict[str, str]]:
    """The secrets that belong to `settings_of`."""
    meta = {"app_secret": config.app_secret, "verify_token": config.verify_token, "token": config.token}
    return {
        "whatsapp": meta,
        "messenger": meta,
        "instagram": {**meta, "instagram_app_secret": config.instagram_app_secret},
        "telegram": {"token": config.bot_token, "secret_token": config.secret_token},
        "x": {"token": config.token, "consumer_secret": config.consumer_secret},
        "partner": {"secret": config.partner_secret},
        "lapor": {"token": config.token, "inbound_token": config.token},
        "email": {
            "reply_secret": config.reply_secret,
            "inbound_secret": config.mail_secret,
            "imap_password": config.mail_password,
        },
    }
