"""The citizens' pages as an app: what a phone may keep, and the door of reports that waited on it."""

from __future__ import annotations

import io
import json
import re
import uuid
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from commandcenter.city.roles import Role
from complaints.models import Attachment, Question, Report
from complaints.services import moving
from complaints.views.citizen_app import SHELL
from tests.complaints.devices import opened_in
from tests.complaints.test_files import picture, upload
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def web(db):
    return make_channel("web")


def kept(**values: str) -> dict[str, str]:
    return {"text": "Lampu jalan mati di Ciruas", "key": str(uuid.uuid4()), **values}


def test_a_report_sent_twice_is_one_report_with_the_same_number_and_pin():
    values = kept()
    first = Client().post("/lapor/kirim/", values)
    again = Client().post("/lapor/kirim/", values)  # the first answer was lost on the way
    assert (first.status_code, again.status_code) == (201, 200)
    said, repeated = first.json(), again.json()
    assert (said["number"], said["pin"]) == (repeated["number"], repeated["pin"])
    assert re.fullmatch(r"\d{8}", said["pin"]) and repeated["again"] is True
    assert Report.objects.count() == 1
    other = Client()
    other.post(f"/lapor/{said['number']}/pin/", {"pin": said["pin"]})
    assert opened_in(other) == [Report.objects.get().pk]


def test_pins_of_different_keys_differ_and_say_nothing_of_the_key():
    pins = {Client().post("/lapor/kirim/", kept()).json()["pin"] for _ in range(12)}
    assert len(pins) > 9


def test_the_key_of_another_channels_report_leads_to_nothing_of_it():
    report = make_report(channel=make_channel("phone"))
    answer = Client().post("/lapor/kirim/", kept(key=str(report.uuid)))
    assert answer.status_code == 201 and answer.json()["number"] != report.number


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"), ({"text": "a" * 20_000}, "text"), ({"key": ""}, "key"), ({"key": "x"}, "key"),
        ({"email": "x"}, "email"), ({"lat": "91", "lng": "0"}, "lat"), ({"lat": "nan", "lng": "0"}, "lat"),
        ({"lat": "1"}, "lat"), ({"phone": "9" * 200}, "phone"), ({"text": "\u202e\u200b"}, "text"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_field_and_stores_nothing(values, field):
    answer = Client().post("/lapor/kirim/", kept(**values))
    assert answer.status_code == 400 and answer.json()["errors"][field]
    assert not Report.objects.exists()


@pytest.mark.parametrize("value", ["x", "999999", "9" * 300, "-1"])
def test_a_category_that_went_out_of_use_meanwhile_stops_no_report(value):
    assert Client().post("/lapor/kirim/", kept(category=value)).status_code == 201
    assert Report.objects.get().category is None


def test_a_category_is_kept():
    category = make_category()
    Client().post("/lapor/kirim/", kept(category=str(category.pk)))
    assert Report.objects.get().category == category


def test_a_question_that_nobody_asked_stops_no_report():
    """A category's required question is for channels that ask it: a fire is reported without an answer."""
    category = make_category(name="Kebakaran", priority="urgent")
    Question.objects.create(category=category, code="TERBAKAR", text="Apa yang terbakar?", required=True)
    assert Client().post("/lapor/kirim/", kept(category=str(category.pk))).status_code == 201
    make_channel("112")
    call = {"category": category.pk, "phone": "", "address": "Ciruas", "key": str(uuid.uuid4())}
    client_of(make_user(Role.OPERATOR)).post("/reports/112/send/", call)
    assert Report.objects.filter(category=category, channel__kind="112").count() == 1


def test_signs_of_abuse_flag_a_citizens_report_and_refuse_nothing():
    text = "dasar pemerintah GOBLOOOKK semua"
    assert Client().post("/lapor/kirim/", kept(text=text)).status_code == 201
    assert "insult" in Report.objects.get().flags


def test_a_file_sent_twice_is_one_file_and_one_taken_away_again_stays_behind(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    values = kept()
    draft = uuid.UUID(values["key"])
    wanted, repeated = (upload(picture(size=(30, 30)), draft).json()["id"] for _ in range(2))
    unwanted = upload(picture(size=(40, 40)), draft).json()["id"]
    assert wanted == repeated != unwanted
    Client().post("/lapor/kirim/", {**values, "files": f"{wanted},x,"})
    assert [str(row.uuid) for row in Report.objects.get().attachments.all()] == [wanted]
    assert Attachment.objects.get(uuid=unwanted).report is None


def test_a_report_needs_the_token_that_the_door_gives():
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/lapor/kirim/", kept()).status_code == 403
    token = strict.get("/lapor/kirim/").json()["csrf"]
    assert strict.post("/lapor/kirim/", kept(), headers={"X-CSRFToken": token}).status_code == 201
    assert "cc_device" in strict.cookies


def test_the_kept_form_is_made_for_nobody_in_particular():
    make_category(name="Lampu Jalan Umum")
    staff = client_of(make_user(Role.OPERATOR, username="petugas-rahasia"))
    answer = staff.get("/lapor/luring/?lang=id")
    html = answer.content.decode()
    assert "Lampu Jalan Umum" in html and 'data-made="' in html
    assert "petugas-rahasia" not in html and "csrfmiddlewaretoken" not in html
    assert re.search(r'name="key"(?![^>]*value=")', html)
    assert "Not sent yet" in staff.get("/lapor/luring/?lang=en").content.decode()
    assert "Belum terkirim" in staff.get("/lapor/luring/?lang=xx").content.decode()


def test_the_worker_lies_where_it_can_stand_before_citizens_pages_only():
    answer = Client().get("/lapor/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer and "no-store" in answer["Cache-Control"]
    head = json.loads(answer.content.decode().split("\n", 1)[0].removeprefix("self.LAPOR = ").rstrip(";"))
    script = answer.content.decode()
    assert script.index("function keepShell(") < script.index("importScripts(...self.LAPOR.senders)")
    assert all(path.startswith("/static/cc/") for path in head["files"])
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_the_worker_keeps_every_module_that_the_form_is_made_of():
    """What is imported at once, however far down; what a tap brings later needs a network anyway."""
    found, left = set(), ["cc/citizen.js"]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        source = Path(finders.find(name)).read_text(encoding="utf-8")
        imports = re.findall(r'^\s*(?:import|export)\b[^;(]*?"\./([\w.-]+)";', source, re.MULTILINE)
        left += [f"cc/{other}" for other in imports]
    assert {"cc/citizen-outbox.js", "cc/citizen-send.js"} <= found
    assert found <= set(SHELL), found - set(SHELL)


def test_the_manifest_has_the_citys_name_and_icons_that_are_there(settings):
    settings.REPORT_APP = "RABEG"
    answer = Client().get("/lapor/app.webmanifest")
    found = answer.json()
    assert found["name"] == "RABEG" and found["scope"] == found["start_url"] == found["id"] == "/lapor/"
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable"}
    for icon in found["icons"]:
        image = Image.open(io.BytesIO(Client().get(icon["src"]).content))
        assert f"{image.width}x{image.height}" == icon["sizes"] and image.format == "PNG"
    assert Client().get("/lapor/ikon-9999.png").status_code == 404
    settings.REPORT_APP = ""
    assert Client().get("/lapor/app.webmanifest").json()["name"].startswith("Lapor")


@pytest.mark.parametrize("path", ["", "kirim/", "luring/", "sw.js", "app.webmanifest"])
def test_a_city_without_the_web_channel_has_no_app(web, path):
    web.enabled = False
    web.save()
    assert Client().get(f"/lapor/{path}").status_code == 404


def test_pages_of_reports_are_never_to_be_stored():
    report = make_report()
    moving.move(pk=report.pk, target="verified", viewer=None)
    for path in ("", "kirim/", "luring/", f"{report.number}/"):
        assert "no-store" in Client().get(f"/lapor/{path}")["Cache-Control"]
