"""The benchmark of pay runs; ``PAY_BENCH=3000`` measures the whole city."""

from __future__ import annotations

import os

import pytest

from tests.bench.officers_pay import pay_metrics

pytestmark = pytest.mark.django_db


def test_the_benchmark_reckons_every_officer_and_closes(capsys):
    officers = int(os.environ.get("PAY_BENCH", "8"))
    found = pay_metrics(officers)
    with capsys.disabled():
        if officers > 8:
            print({name: value["value"] for name, value in found.items()})
    assert found["pay_days"]["value"] == officers * 21 and found["pay_sheets"]["value"] == officers
    assert found["pay_lines"]["value"] > officers * 5
