"""The admin form of channels: a stored secret goes nowhere but where it was typed for."""

from __future__ import annotations

import json
import re

import pytest

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from complaints.models import Channel
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db
MAIL = {
    "address": "lapor@kota.example", "smtp_host": "mail.kota.example", "smtp_port": 587,
    "smtp_tls": "starttls", "smtp_user": "lapor", "imap_host": "mail.kota.example", "imap_user": "lapor",
}  # fmt: skip
KEPT = {"smtp_password": "rahasia-s", "imap_password": "rahasia-i", "reply_secret": "rahasia-r"}


@pytest.fixture
def admin():
    return client_of(make_user(Role.ADMIN, is_superuser=True))


@pytest.fixture(autouse=True)
def names(monkeypatch):
    """No resolver is asked: every name stands on the public internet."""
    monkeypatch.setattr("cctv.capture.address.resolve_name", lambda name: ["93.184.216.34"])


def saved(admin, channel, **changed):
    """The form as its page would send it, with these fields changed."""
    form = {"slug": channel.slug, "name": channel.name, "order": "1", "quiet_after_h": "72"}
    form |= {f"setting_{name}": value for name, value in channel.settings.items()}
    answer = admin.post(f"/admin/complaints/channel/{channel.pk}/change/", {**form, **changed}, follow=True)
    channel.refresh_from_db()
    return answer


@pytest.mark.parametrize(
    ("changed", "gone"),
    [
        ({"setting_smtp_host": "mail.lain.example"}, {"smtp_password"}),
        ({"setting_smtp_port": "465"}, {"smtp_password"}),
        ({"setting_smtp_tls": "tls"}, {"smtp_password"}),
        ({"setting_imap_host": "mail.lain.example"}, {"imap_password"}),
        ({"setting_imap_port": "994"}, {"imap_password"}),
        ({"setting_imap_folder": "Lapor", "setting_name": "Lapor"}, set()),
        ({"setting_smtp_host": "mail.lain.example", "secret_smtp_password": "rahasia-b"}, set()),
    ],
)
def test_a_password_does_not_follow_its_server(admin, changed, gone):
    channel = make_channel("email", settings=MAIL, secrets=json.dumps(KEPT))
    html = saved(admin, channel, **changed).content.decode()
    assert set(KEPT) - set(json.loads(channel.secrets)) == gone
    for name in gone:
        assert re.search(rf"jadi rahasia ini dihapus: [^<]*\({name}\)", html)
    trail = AuditEntry.objects.get(action="channel.changed").detail["fields"]
    assert ("erase_secrets" in trail) is bool(gone)
    assert "rahasia" not in str(trail)


@pytest.mark.parametrize(
    ("kind", "where", "secret"), [("telegram", "api_base", "token"), ("partner", "url", "secret")]
)
def test_a_token_does_not_follow_its_address(admin, kind, where, secret):
    kept = {secret: "rahasia", "secret_token": "lain"}
    channel = make_channel(kind, settings={where: "https://lama.example"}, secrets=json.dumps(kept))
    saved(admin, channel, **{f"setting_{where}": "https://baru.example"})
    assert channel.settings == {where: "https://baru.example"}
    assert json.loads(channel.secrets) == {"secret_token": "lain"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"smtp_tls": "none"}, "smtp_tls"),
        ({"imap_tls": "none"}, "imap_tls"),
        ({"smtp_host": "127.0.0.1"}, "smtp_host"),
        ({"smtp_host": "10.1.2.3"}, "smtp_host"),
        ({"imap_host": "169.254.169.254"}, "imap_host"),
        ({"imap_host": "[::1]"}, "imap_host"),
    ],
)
def test_a_password_goes_neither_in_the_open_nor_inside(admin, changed, field):
    channel = make_channel("email", settings=MAIL, secrets=json.dumps(KEPT))
    typed = {"secret_smtp_password": "baru", "secret_imap_password": "baru"}
    wrong = saved(admin, channel, **{f"setting_{name}": value for name, value in changed.items()}, **typed)
    assert list(wrong.context["adminform"].errors) == [f"setting_{field}"]
    assert Channel.objects.get().settings == MAIL and json.loads(channel.secrets) == KEPT


def test_a_server_that_the_city_named_is_let_in(admin, settings):
    settings.CHANNEL_ALLOW_HOSTS = ["10.1.2.3:25"]
    channel = make_channel("email", settings=MAIL, secrets=json.dumps(KEPT))
    given = {"setting_smtp_host": "10.1.2.3", "setting_smtp_port": "25", "setting_smtp_tls": "none"}
    saved(admin, channel, **given, secret_smtp_password="baru")
    assert channel.settings["smtp_host"] == "10.1.2.3"
    assert json.loads(channel.secrets)["smtp_password"] == "baru"


def test_the_trail_tells_what_a_setting_was(admin):
    channel = make_channel("email", settings=MAIL, secrets=json.dumps(KEPT))
    saved(admin, channel, setting_smtp_host="mail.lain.example", secret_smtp_password="rahasia-b")
    trail = AuditEntry.objects.get(action="channel.changed").detail["fields"]
    assert trail["setting_smtp_host"] == ["mail.kota.example", "mail.lain.example"]
    assert trail["secret_smtp_password"] == "•••" and "rahasia" not in str(trail)
