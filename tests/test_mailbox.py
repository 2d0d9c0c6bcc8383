"""A house without a mail server: what `up` does with its mail."""

from __future__ import annotations

import re
import stat
import sys
from io import StringIO

import pytest
from django.core import mail
from django.test import Client

from commandcenter.city.roles import Role
from commandcenter.runtime import house, mailbox, supervisor, up
from tests.factories.city import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def console(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(sys, "__stdout__", StringIO())
    settings.EMAIL_BACKEND = "commandcenter.runtime.mailbox.Mailbox"
    return sys.__stdout__


def test_the_reset_link_stands_in_the_console_and_works(console, tmp_path):
    from commandcenter.city.tasks import send_reset

    user = make_user(Role.OPERATOR, email="op@kota.example")
    send_reset("op@kota.example", "testserver", False, "id")
    line = console.getvalue()
    assert supervisor._worth_a_line(line) and "op…@kota.example" in line and "op@kota" not in line
    link = re.search(r"http://testserver(/password/reset/\S+)", line)
    assert link and Client().get(link[1], follow=True).status_code == 200
    kept = list((tmp_path / "mail").iterdir())
    assert len(kept) == 1 and user.username in kept[0].read_text()
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(kept[0].parent.stat().st_mode) == 0o700


def test_the_page_says_what_to_do_without_mail(console, settings):
    page = Client().get("/password/reset/sent/").content.decode()
    assert "Administrator dapat membuatkan tautan" in page and "changepassword" in page
    assert "konsol" in page
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert "konsol" not in Client().get("/password/reset/sent/").content.decode()


def test_a_mail_server_that_is_named_is_used(monkeypatch):
    options = up.parse(["--no-demo"])
    monkeypatch.delenv("CC_EMAIL_BACKEND", raising=False)
    assert up.House(options).environment["CC_EMAIL_BACKEND"] == "commandcenter.runtime.mailbox.Mailbox"
    monkeypatch.setenv("CC_EMAIL_HOST", "mail.kota.example")
    assert "CC_EMAIL_BACKEND" not in up.House(options).environment


def test_a_mail_without_any_link_is_shown_too(console):
    mail.send_mail("Halo", "tanpa tautan", None, ["a@b.example"])
    assert "MAIL to a…@b.example: Halo" in console.getvalue()
    assert len(list(mailbox.folder().iterdir())) == 1


def test_a_backup_says_where_its_key_is(settings, monkeypatch, tmp_path):
    from commandcenter.runtime.management.commands.backup import _where_the_key_is

    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("CC_FIELD_KEY_FILE", raising=False)
    settings.FIELD_KEY = "a-key-from-elsewhere"
    assert "the variable CC_FIELD_KEY" in _where_the_key_is()
    house.secrets_file().write_text('{"CC_FIELD_KEY": "a-key-from-elsewhere"}')
    assert str(tmp_path / "secrets.json") in _where_the_key_is()
    monkeypatch.setenv("CC_FIELD_KEY_FILE", "/run/secrets/field_key")
    assert "/run/secrets/field_key" in _where_the_key_is()


@pytest.mark.parametrize(("language", "words"), [("id", "terlalu lama terbuka"), ("en", "open too long")])
def test_a_form_from_nowhere_gets_a_page_that_says_what_to_do(language, words, settings):
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.post("/login/", {"username": "a"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert words in page and "cc-card" in page and 'href="/"' in page
