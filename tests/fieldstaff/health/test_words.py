"""Every finding has its sentence, its reason and its cure, in Indonesian."""

from __future__ import annotations

import pytest
from django.utils import translation

from fieldstaff.health.judge import WEIGHTS, Code, Finding, Weight
from fieldstaff.health.words import battery_steps, say
from fieldstaff.models import Brand


@pytest.mark.parametrize("code", list(Code))
def test_a_finding_is_told_whole(code):
    told = {}
    for language in ("en", "id"):
        with translation.override(language):
            told[language] = say(Finding(code, 7, WEIGHTS[code]), "xiaomi")
    english, ours = told["en"], told["id"]
    assert ours.title != english.title and ours.why != english.why and ours.cure != english.cure
    assert all(len(text) > 8 and "%(" not in text for text in (ours.title, ours.why, ours.cure))


@pytest.mark.parametrize("brand", Brand.values)
def test_each_brand_has_its_own_steps(brand):
    with translation.override("id"):
        steps = battery_steps(brand)
        said = say(Finding(Code.BATTERY_SAVER, 40, Weight.CRIT), brand)
        assert (steps == battery_steps("")) is (brand == "other")
    assert said.cure.endswith(steps) and "40 menit" in said.title


def test_a_clock_is_fast_or_slow():
    with translation.override("id"):
        assert say(Finding(Code.CLOCK, 5, Weight.WARN)).title == "Jam ponsel 5 menit terlalu cepat"
        assert say(Finding(Code.CLOCK, -5, Weight.WARN)).title == "Jam ponsel 5 menit terlalu lambat"
