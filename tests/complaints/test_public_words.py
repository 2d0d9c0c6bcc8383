"""What a citizen's pages say, and what a phone is told to forget."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from complaints.models import Assignment, Report, StatusChange
from complaints.services import assigning, moving, reopening
from tests.factories.city import make_agency
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db


def page_of(client: Client, number: str) -> str:
    return re.sub(r"[ \n]+", " ", client.get(f"/lapor/{number}/").content.decode())


def sent(client: Client) -> Report:
    values = {"text": "Lampu jalan mati di Ciruas", "key": str(uuid.uuid4())}
    return Report.objects.get(number=client.post("/lapor/kirim/", values).json()["number"])


@pytest.mark.parametrize("path", ["tutup", "hapus"])
def test_what_is_closed_on_a_device_or_erased_names_the_number_to_forget(path):
    make_channel("web")
    client = Client()
    number = sent(client).number
    answer = client.post(f"/lapor/{number}/{path}/", follow=True).content.decode()
    assert f'data-forget="{number}"' in answer
    assert "data-forget" not in client.get("/lapor/daftar/").content.decode()


def test_an_answer_is_promised_until_it_came_or_the_report_is_closed():
    make_channel("web")
    client = Client()
    report = sent(client)
    asked = f"/lapor/{report.number}/state.json"
    promised = client.get(asked).json()["answer_by"]
    page = page_of(client, report.number)
    assert promised and f"<dt>Jawaban pertama paling lambat</dt><dd>{promised}</dd>" in page
    assert "<dt>Selesai paling lambat</dt>" in page
    moving.move(pk=report.pk, target="rejected", viewer=None, text="Uji")
    assert client.get(asked).json() == {"answer_by": ""}
    page = page_of(client, report.number)
    assert "<dt>Jawaban pertama" not in page and "<dt>Selesai paling lambat" not in page
    hidden = make_report(secret=True)
    assert client.get(f"/lapor/{hidden.number}/state.json").status_code == 404


def test_the_page_says_to_whom_it_went_and_how_many_report_it_too():
    make_channel("web")
    client = Client()
    report = sent(client)
    roads, lamps = make_agency(name="Dinas Jalan"), make_agency(name="Dinas Penerangan")
    assigning.assign(pk=report.pk, agency=roads, viewer=None, text="Jalan")
    assigning.assign(pk=report.pk, agency=lamps, viewer=None, text="Lampu")
    Report.objects.filter(pk=report.pk).update(supporters=1)
    page = page_of(client, report.number)
    assert "<b>Diteruskan ke Dinas Jalan</b>" in page
    assert "<dt>Ditangani oleh</dt><dd>Dinas Penerangan</dd>" in page
    assert "Ikut dilaporkan 1 warga lain" in page


def test_the_words_of_a_reopening_stand_once():
    make_channel("web")
    client = Client()
    report = sent(client)
    assigning.assign(pk=report.pk, agency=make_agency(), viewer=None)
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah diganti")
    reopening.ask_reopening(pk=report.pk, text="Masih gelap sekali")
    page = page_of(client, report.number)
    assert page.count("Masih gelap sekali") == 1 and "Minta dibuka kembali" not in page
    assert page.index("<b>Dibuka kembali</b>") < page.index("Masih gelap sekali")
    assert "Masih gelap" not in page_of(Client(), report.number)
    for model in (StatusChange, Assignment):
        assert model.objects.filter(report=report, text="Masih gelap sekali").count() == (
            model is StatusChange
        )


def test_letters_have_one_name_on_a_citizens_pages():
    make_channel("web")
    report = sent(Client())
    for path in ("/lapor/", f"/lapor/{report.number}/", "/lapor/privasi/"):
        page = Client().get(path).content.decode()
        assert "Surel" in page or "surel" in page
        assert not re.search(r"(?i)>[^<]*e-mail[^<]*<", page)


def test_the_panic_button_is_none_of_a_web_forms_choices():
    make_channel("web")
    make_category("DRT-05", name="Tombol panik")
    make_category("DRT-01", name="Kebakaran")
    page = Client().get("/lapor/").content.decode()
    assert "Kebakaran" in page and "Tombol panik" not in page
