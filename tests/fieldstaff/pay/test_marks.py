"""Whatever leaves of pay says of an invented officer that he is invented, and of a real one nothing."""

from __future__ import annotations

import csv
import re
from base64 import a85decode
from io import BytesIO, StringIO
from zlib import decompress

import pytest
import time_machine
from openpyxl import load_workbook

from commandcenter.city.roles import ensure_roles
from fieldstaff.models import Officer
from fieldstaff.pay import table
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_officer
from tests.fieldstaff.pay.scenes import IN_OCTOBER, clerk, scheme, worked_month

pytestmark = pytest.mark.django_db


@pytest.fixture
def month():
    with time_machine.travel(IN_OCTOBER, tick=True):
        ensure_roles()
        agency = make_agency("dlh")
        real = make_officer("P-1", agency=agency, name="Bu Nyata", user=make_user(username="nyata"))
        made_up = make_officer(
            "P-2", agency=agency, name="Pak Rekaan", user=make_user(username="rekaan"), origin="simulated"
        )
        scheme()
        for one in (real, made_up):
            worked_month(one)
        clerk("juru")
        client = client_of(type(real.user).objects.get(username="juru"))
        base = f"/fieldstaff/pay/{agency.pk}/2026-08/"
        client.post(base + "reckon/")
        yield {"client": client, "base": base}


def words(answer) -> str:
    """The text of a PDF as our paper library writes it."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", answer.content, re.S)
    texts = [decompress(a85decode(one.strip().removesuffix(b"~>"))) for one in streams]
    return b" ".join(texts).decode("latin-1")


def test_the_list_and_both_exports(month):
    page = month["client"].get(month["base"]).content.decode()
    rows = {name: page.split(f">{name}</a>")[1].split("</th>")[0] for name in ("Bu Nyata", "Pak Rekaan")}
    assert "SIMULASI" in rows["Pak Rekaan"] and "SIMULASI" not in rows["Bu Nyata"]
    content = month["client"].get(month["base"] + "export.csv").content.decode("utf-8-sig")
    found = {(row["nama"], row["data"]) for row in csv.DictReader(StringIO(content))}
    assert found == {("Bu Nyata", ""), ("Pak Rekaan", "SIMULASI")}
    book = load_workbook(BytesIO(month["client"].get(month["base"] + "export.xlsx").content))
    for sheet in book.worksheets:
        head, *lines = sheet.iter_rows(values_only=True)
        marks = {line[head.index("nama")]: line[head.index("data")] for line in lines}
        assert marks["Pak Rekaan"] == "SIMULASI" and not marks["Bu Nyata"]


def test_the_payslip_says_it_at_its_head_and_foot(month):
    for code, times in (("P-1", 0), ("P-2", 2)):
        officer = Officer.objects.get(code=code)
        answer = client_of(officer.user).get(f"/fieldstaff/pay/officer/{officer.pk}/2026-08/slip.pdf")
        assert answer.status_code == 200
        assert words(answer).count("BERISI DATA SIMULASI") == times


def test_a_month_closed_before_the_column_was_there_still_opens_as_a_book(month):
    content = month["client"].get(month["base"] + "export.csv").content.decode("utf-8-sig")
    rows = [row[:-1] for row in csv.reader(StringIO(content))]
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    book = load_workbook(BytesIO(table.xlsx_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())))
    head, *lines = book.worksheets[0].iter_rows(values_only=True)
    assert "data" not in head and len(lines) == len(rows) - 1
