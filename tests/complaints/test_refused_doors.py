"""What the doors refuse is everyday news, and tells no log which report was asked for."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from commandcenter.redaction import RedactingFilter, redact

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/lapor/LAP-7K3M-92QF/",
        "/lapor/lap-7k3m-92qf/hapus/",
        "/lapor/7K3M92QF/data.json",
        "/lapor/LAPQKRMQTQF/",
        "/lapor/kamar/LAP-QKRM-QTQF/x/",
        "/lapor/henti/1a-2b-00000000000000000000/",
    ],
)
def test_a_refusal_is_news_without_a_number(caplog, path):
    with caplog.at_level(logging.INFO, logger="django.request"):
        answer = Client().get(path)
    assert 400 <= answer.status_code < 500
    (record,) = [row for row in caplog.records if row.name == "django.request"]
    RedactingFilter().filter(record)
    text = record.getMessage().upper()
    assert record.levelno == logging.INFO
    assert not any(part in text for part in ("7K3M", "92QF", "QKRM", "QTQF", "0000"))


def test_elsewhere_a_refusal_stays_a_warning(caplog):
    with caplog.at_level(logging.INFO, logger="django.request"):
        Client().get("/tidak-ada/")
    assert [row.levelno for row in caplog.records if row.name == "django.request"] == [logging.WARNING]


def test_no_log_line_names_a_report_in_full():
    assert redact("report SRG-7K3M-92QF was late") == "report SRG-… was late"
    mark = "0c3f0c9e-3c43-4f0e-9a39-5a53f3a5a311"
    assert redact(mark) == mark and redact("/reports/LAP-7K3M-92QF/") == "/reports/LAP-…/"
