"""The officers' app as a phone keeps it: nobody's data, no foreign file, complete without a network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from fieldstaff.views.pwa_app import SHELL
from tests.factories.complaints import make_category
from tests.fieldstaff.pwa.stage import Pwa

pytestmark = pytest.mark.django_db


def test_the_shell_is_the_same_for_everybody(redis_client):
    make_category(name="Sampah menumpuk")
    phone = Pwa(name="Nama Rahasia")
    phone.sign_in()
    pages = [one.get("/petugas/?lang=id").content.decode() for one in (phone.client, Client())]
    assert pages[0] == pages[1] and "Sampah menumpuk" in pages[0]
    assert "Nama Rahasia" not in pages[0] and "csrfmiddlewaretoken" not in pages[0]


def test_the_shell_speaks_indonesian_and_english(redis_client):
    assert "Tahan untuk minta tolong" in Client().get("/petugas/").content.decode()
    assert "Hold for help" in Client().get("/petugas/?lang=en").content.decode()


def test_the_worker_stands_before_the_app_only():
    answer = Client().get("/petugas/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer and "no-store" in answer["Cache-Control"]
    head = json.loads(answer.content.decode().split("\n", 1)[0].removeprefix("self.PETUGAS = ").rstrip(";"))
    script = answer.content.decode()
    assert script.index("function keepShell(") < script.index("importScripts(...self.PETUGAS.senders)")
    assert all(path.startswith("/static/cc/") for path in head["files"])


def test_the_worker_keeps_every_module_of_the_app():
    found, left = set(), ["cc/officer.js"]
    while left:
        name = left.pop()
        found.add(name)
        path = finders.find(name)
        assert path, name
        text = Path(path).read_text(encoding="utf-8")
        imports = re.findall(r'^\s*(?:import|export)\b[^;(]*?"\./([\w.-]+)";', text, re.MULTILINE)
        left += [f"cc/{one}" for one in imports if f"cc/{one}" not in found]
    assert found <= set(SHELL)


def test_manifest_and_icons(redis_client):
    said = Client().get("/petugas/app.webmanifest").json()
    assert said["scope"] == said["start_url"] == "/petugas/" and len(said["icons"]) == 4
    for icon in said["icons"]:
        assert Client().get(icon["src"]).content.startswith(b"\x89PNG")
    assert Client().get("/petugas/ikon-17.png").status_code == 404
