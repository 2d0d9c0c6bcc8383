"""The admin form of channels in people's words: names, help, what is wrong, what is lacking."""

from __future__ import annotations

import html as web
import json

import pytest

from commandcenter.city.roles import Role
from complaints.admin import wording
from complaints.channels.registry import KINDS
from complaints.models import Channel
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return client_of(make_user(Role.ADMIN, is_superuser=True))


def page(admin, channel):
    return web.unescape(admin.get(f"/admin/complaints/channel/{channel.pk}/change/").content.decode())


def test_every_setting_and_secret_has_a_name_and_help():
    asked = {name for kind in KINDS.values() for name in (*kind.settings, *kind.secrets)}
    assert asked <= set(wording.NAMES) and asked <= set(wording.HELP)


def test_the_form_speaks_to_people(admin):
    channel = make_channel("email", enabled=True)
    html = page(admin, channel)
    for words in ("Alamat surel kota (address)", "Server surel keluar (smtp_host)"):
        assert html.count(words) >= 2, "as a label and among what is lacking"
    assert "Hanya namanya, misalnya mail.kota.go.id." in html and "alamat surel lengkap." in html


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("email", "address", "lapor kota"),
        ("email", "smtp_host", "mail kota.example"),
        ("email", "smtp_host", "https://mail.kota.example/"),
        ("email", "imap_host", "mail.kota.example:993/x"),
        ("telegram", "api_base", "api.telegram.org"),
        ("telegram", "api_base", "https://user:pass@api.telegram.org"),
        ("partner", "url", "ftp://mitra.example/masuk"),
        ("partner", "url", "https://mitra.example:banyak/"),
    ],
)
def test_nonsense_is_refused_under_its_name(admin, kind, name, value):
    channel = make_channel(kind)
    form = {
        "slug": channel.slug,
        "name": "Kanal",
        "order": "1",
        "quiet_after_h": "72",
        f"setting_{name}": value,
    }
    answer = admin.post(f"/admin/complaints/channel/{channel.pk}/change/", form)
    [(field, said)] = answer.context["adminform"].errors.items()
    assert field == f"setting_{name}" and f"({name}): " in said[0]
    assert Channel.objects.get().settings == {}


def test_the_list_shows_what_is_in_use_and_cannot_work(admin):
    make_channel("telegram", enabled=True)
    make_channel("whatsapp", enabled=False)
    make_channel("web", enabled=True)
    html = web.unescape(admin.get("/admin/complaints/channel/").content.decode())
    chips = [html.count(f'data-state="{state}"') for state in ("warn", "off", "ok")]
    assert chips == [1, 1, 1] and "Dipakai, belum lengkap" in html
    assert "Masih kurang: Rahasia panggilan balik (secret_token), Token akses (token)." in html
    Channel.objects.filter(kind="telegram").update(secrets=json.dumps({"token": "a", "secret_token": "b"}))
    assert 'data-state="warn"' not in admin.get("/admin/complaints/channel/").content.decode()


def test_the_callback_address_is_whole_or_says_what_is_not_set(admin, settings):
    channel = make_channel("telegram")
    settings.PUBLIC_URL = "https://lapor.kota.example"
    assert f"https://lapor.kota.example/hooks/{channel.slug}/" in page(admin, channel)
    settings.PUBLIC_URL = ""
    assert "isi CC_PUBLIC_URL" in page(admin, channel)
